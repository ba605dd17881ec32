// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.launch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Plans the usual launches once, so that the JVM that does it sees the classes that belong into the
 * class-data archive. Its answers are thrown away.
 */
public final class ArchiveTraining {
  private static final String CONFIGURATION = """
      hpc:
        backend: site
        backends:
          - name: site
            type: shell
            config: {cores_per_socket: 4, sockets_per_node: 2}
            launch:
              type: mpi
              exec: sh
              default_options: [--map-by, "ppr:%(ranks_per_socket)d:socket"]
              pre_options: --bind-to core
              variables: {OMP_NUM_THREADS: "1"}
              mpmd: {global_options: [-v], local_options: []}
      """;

  private ArchiveTraining() {}

  /**
   * Plans the usual launches.
   *
   * @param args a folder to work in
   * @throws IOException when the folder cannot be written to
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Path file = folder.resolve("hpc-launch.yaml");
    Files.writeString(file, CONFIGURATION, StandardCharsets.UTF_8);
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("HPC_STATE_DIR", folder.toString());
    environment.put("HOME", folder.toString());
    String[][] lines = {
      {"--backend=mpi", "-n", "4", "true"},
      {"--backend", "fork", "-n", "2", "true", "a b"},
      {"--dry-run", "--config-file", file.toString(), "-n", "8", "true"},
      {"--config-file", file.toString(), "-n", "1", "true", ":", "-n", "3", "true"},
      {"--set", "backends.site.launch.exec=sh", "-n", "1", "true"},
      {"-n", "1", "no-such-program"},
      {"--help"},
    };
    try (OutputStream sink = OutputStream.nullOutputStream()) {
      for (String[] line : lines) {
        HpcLaunch.Answer answer = new HpcLaunch(environment, folder).answer(line);
        sink.write(answer.script().getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
