// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.ContainerSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A real Podman with an image of busybox: {@code scripts/podman-up} makes it, or finds it made.
 * Where there can be none, the tests are skipped, and the reason says why.
 */
final class Podman implements BeforeAllCallback {
  private static final int NOT_TO_BE_HAD = 77;

  private Path home = Path.of("/nonexistent");

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Path scripts = Path.of("").toAbsolutePath();
    while (!Files.exists(scripts.resolve("scripts/podman-up"))) {
      scripts = scripts.getParent();
    }
    Path errors = Files.createTempFile("podman-up", ".err");
    try {
      Process up = new ProcessBuilder(scripts.resolve("scripts/podman-up").toString())
          .redirectError(errors.toFile())
          .start();
      String told = new String(up.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = up.waitFor();
      String why = Files.readString(errors).strip();
      if (status == NOT_TO_BE_HAD) {
        throw new TestAbortedException("Podman (" + why + ")");
      }
      if (status != 0) {
        throw new IllegalStateException("podman-up: status " + status + ": " + why);
      }
      home = Path.of(told.strip().replace("export HPC_PODMAN_HOME=", ""));
    } finally {
      Files.delete(errors);
    }
  }

  /** What an entry's {@code config} says under {@code container}. */
  Map<String, Object> config() {
    return Map.of("executable", home.resolve("podman").toString());
  }

  ContainerSpec.Builder busybox() {
    return ContainerSpec.image("localhost/hpc-test:1");
  }

  /** What {@code podman ps --all} lists of the containers of a job. */
  List<String> containers(String token) throws IOException {
    List<String> argv = new ArrayList<>(List.of(
        home.resolve("podman").toString(), "ps", "--all", "--format", "{{.Labels}} {{.Status}}"));
    Process ps = new ProcessBuilder(argv).redirectErrorStream(true).start();
    String told = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return told.lines().filter(line -> line.contains(token)).toList();
  }
}
