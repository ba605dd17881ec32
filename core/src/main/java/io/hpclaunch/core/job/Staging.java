// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.StagedFile;
import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transfer.CopyResult;
import io.hpclaunch.core.transfer.TreeCopy;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a job's files to its working directory. */
final class Staging {
  private static final Logger log = LoggerFactory.getLogger(Staging.class);
  private static final int FILE = 0644;

  private final Transport transport;
  private final CopyListener listener;

  Staging(Transport transport, CopyListener listener) {
    this.transport = transport;
    this.listener = listener;
  }

  void bring(JobSpec spec) throws IOException {
    String directory = String.valueOf(spec.workingDirectory());
    for (StagedFile file : spec.stageIn()) {
      String target = directory + "/" + file.target();
      JobFolder.makeFolders(transport, JobFolder.parent(target));
      if (file instanceof StagedFile.FromContent content) {
        transport.write(content.content(), target, FILE);
      } else if (file instanceof StagedFile.FromPath path) {
        CopyResult result =
            TreeCopy.over(transport).progress(listener).upload(path.source(), target);
        if (!result.leftOut().isEmpty()) {
          log.warn(
              "Not staged from {}, as they lead out of it or are no files: {}",
              path.source(),
              String.join(", ", result.leftOut()));
        }
      }
    }
  }
}
