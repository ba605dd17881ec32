// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.script.ExitRecord;
import io.hpclaunch.core.store.JobRecord;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for the exit record that a job's script wrote. */
final class ExitEvidence {
  private static final Logger log = LoggerFactory.getLogger(ExitEvidence.class);

  private final Transport transport;
  private final BooleanSupplier left;

  /**
   * Makes it.
   *
   * @param transport the way to the job folders
   * @param left whether jobs leave records there at all
   */
  ExitEvidence(Transport transport, BooleanSupplier left) {
    this.transport = transport;
    this.left = left;
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

  /**
   * Whether a job is known to have written nothing of its end.
   *
   * @param record the job
   * @param index the element, or null for a plain job
   * @return false where there is a record, or its folder cannot be looked into, or jobs leave none
   */
  boolean isMissing(JobRecord record, @Nullable Integer index) {
    if (record.isForeign() || !left.getAsBoolean()) {
      return false;
    }
    try {
      String file = "/" + ExitRecord.fileName(index);
      return transport.list(record.jobFolder()).stream()
          .noneMatch(entry -> entry.path().endsWith(file));
    } catch (IOException e) {
      log.debug("The folder of {} cannot be listed: {}", record.id(), e.getMessage());
      return false;
    }
  }

  /**
   * The elements that left a file of some kind: one listing tells it, where 100,000 looks would be
   * needed.
   *
   * @param record the array
   * @param fileName the file's name, of an element's index
   * @return the users' indices; none where the folder cannot be listed
   */
  Set<Integer> elements(JobRecord record, IntFunction<String> fileName) {
    ArrayRange array = record.array();
    Set<Integer> found = new HashSet<>();
    if (array == null || record.isForeign()) {
      return found;
    }
    try {
      Set<String> names = new HashSet<>();
      transport
          .list(record.jobFolder())
          .forEach(file -> names.add(file.path().substring(file.path().lastIndexOf('/') + 1)));
      array.indices().filter(i -> names.contains(fileName.apply(i))).forEach(found::add);
    } catch (IOException e) {
      log.debug("The folder of {} cannot be listed: {}", record.id(), e.getMessage());
    }
    return found;
  }
}
