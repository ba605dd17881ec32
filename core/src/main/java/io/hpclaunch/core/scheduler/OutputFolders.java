// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.scheduler;

import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;

/** The folders of a job's output, which schedulers do not make: some lose the output instead. */
public final class OutputFolders {
  private OutputFolders() {}

  /**
   * Makes those that are missing, save in the job's own folder and where only the job knows the
   * path.
   *
   * @param transport the way to the host whose files the nodes see
   * @param request what is to be submitted
   * @throws Rejected when one cannot be made
   */
  public static void make(Transport transport, SubmitRequest request) {
    for (String path : new LinkedHashSet<>(List.of(request.stdout(), request.stderr()))) {
      String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
      if (folder.isEmpty() || folder.equals(request.jobDirectory()) || folder.contains("{")) {
        continue;
      }
      try {
        make(transport, folder);
      } catch (IOException e) {
        throw new Rejected("the output " + path + " cannot be made, since its folder cannot on "
            + transport.host() + ": " + e.getMessage());
      }
    }
  }

  private static void make(Transport transport, String folder) throws IOException {
    if (folder.isEmpty() || transport.stat(folder).isPresent()) {
      return;
    }
    make(transport, folder.substring(0, folder.lastIndexOf('/')));
    transport.mkdir(folder, 0777);
  }
}
