// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Runs the usual commands once, so that the JVM that does it sees the classes that belong into the
 * class-data archive. Their output is thrown away.
 */
public final class HpcTraining {
  private HpcTraining() {}

  /**
   * Runs the usual commands.
   *
   * @param args a folder to work in
   */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("HPC_STATE_DIR", folder.resolve("state").toString());
    String[][] lines = {
      {"--help"},
      {"config", "show"},
      {"backends"},
      {"backends", "--json"},
      {"status"},
      {"run", "list"},
      {"status", "--json"},
      {"submit", "-b", "shell", "--dry-run", "--", "true"},
      {"no-such-command"}
    };
    for (String[] line : lines) {
      try (Session session = new Session(environment, folder, Installation.NONE)) {
        PrintWriter sink = new PrintWriter(Writer.nullWriter());
        Hpc.commandLine(session).setOut(sink).setErr(sink).execute(line);
      }
    }
  }
}
