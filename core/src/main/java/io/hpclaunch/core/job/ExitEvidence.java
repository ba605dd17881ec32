// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.script.ExitRecord;
import io.hpclaunch.core.store.JobRecord;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for the exit record that a job's script wrote. */
final class ExitEvidence {
  private static final Logger log = LoggerFactory.getLogger(ExitEvidence.class);

  private final Transport transport;

  ExitEvidence(Transport transport) {
    this.transport = transport;
  }

  /**
   * The end of an attempt.
   *
   * @param record the job
   * @param index the element, or null for a plain job
   * @param attempt the earliest attempt that counts
   * @return what its script wrote; empty where there is no whole record of such an attempt
   */
  Optional<JobInfo> of(JobRecord record, @Nullable Integer index, int attempt) {
    if (record.isForeign()) {
      return Optional.empty();
    }
    JobFolder folder = new JobFolder(transport, record.jobFolder());
    String name = ExitRecord.fileName(index);
    try {
      Optional<String> text = folder.read(name);
      if (text.isEmpty() && index == null) {
        folder.refresh();
        text = folder.read(name);
      }
      return text.flatMap(ExitRecord::parse)
          .filter(exit -> exit.token().equals(record.token().value()))
          .filter(exit -> exit.attempt() >= attempt)
          .map(ExitRecord::toInfo);
    } catch (IOException | IllegalArgumentException e) {
      log.debug("No exit record of {}: {}", record.id(), e.getMessage());
      return Optional.empty();
    }
  }
}
