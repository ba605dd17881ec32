// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a run that is prepared from a file may be given beside it. */
final class FileOptions {
  @Option(
      names = "--run",
      paramLabel = "ID",
      description = "The run's id; default: what the file says under run:, else the file's name"
          + " before its first dot.")
  @Nullable String run;

  @Option(
      names = {"-b", "--backend"},
      paramLabel = "NAME",
      description = "The backend of tasks that name none; default: what the file says, else the"
          + " configured one, else the detected.")
  @Nullable String backend;
}
