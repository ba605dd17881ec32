// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
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
      run(environment, folder, line);
    }
    trainKubernetes(environment, folder);
  }

  /** Without it the other commands' classes are in the archive all the same. */
  private static void trainKubernetes(Map<String, String> environment, Path folder) {
    try (TrainingCluster cluster = TrainingCluster.start(folder)) {
      Map<String, String> there = new HashMap<>(environment);
      there.put(
          "HPC_CONFIG",
          Files.writeString(
                  folder.resolve("k8s.yaml"),
                  "hpc: {backends: [{type: k8s, config: {image: app, kubeconfig: '"
                      + cluster.kubeconfig().toString().replace("'", "''") + "'}}]}")
              .toString());
      String id = run(there, folder, "submit", "-b", "k8s", "--", "true").strip();
      run(there, folder, "status", id);
      run(there, folder, "status", id, "--json");
    } catch (IOException | GeneralSecurityException e) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String run(Map<String, String> environment, Path folder, String... line) {
    try (Session session = new Session(environment, folder, Installation.NONE)) {
      StringWriter out = new StringWriter();
      Hpc.commandLine(session)
          .setOut(new PrintWriter(out))
          .setErr(new PrintWriter(Writer.nullWriter()))
          .execute(line);
      return out.toString();
    }
  }
}
