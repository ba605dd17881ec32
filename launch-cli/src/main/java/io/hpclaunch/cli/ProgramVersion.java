// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a program says of itself when it is called with {@code --version}.
 *
 * <p>Seen: Open MPI 4.1.4 ({@code mpirun (Open MPI) 4.1.4}, and {@code mpiexec (OpenRTE) 4.1.4}),
 * MPICH 4.0.2 ({@code HYDRA build details:} and {@code Version: 4.0.2} on lines of their own), GNU
 * bash 5.2.
 */
public final class ProgramVersion {
  private static final int SECONDS_TO_ANSWER = 10;

  private ProgramVersion() {}

  /**
   * Asks a program.
   *
   * @param program its path
   * @return its name and version, or null when it gave no answer within some seconds
   */
  public static @Nullable String ask(Path program) {
    try {
      Path answer = Files.createTempFile("hpc-version", null);
      try {
        Process process = new ProcessBuilder(program.toString(), "--version")
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(answer.toFile())
            .start();
        if (!process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          return null;
        }
        return digest(new String(Files.readAllBytes(answer), StandardCharsets.UTF_8));
      } finally {
        Files.delete(answer);
      }
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** Makes one line of an answer. */
  static @Nullable String digest(String answer) {
    String first = null;
    String version = null;
    for (String line : answer.lines().map(String::strip).toList()) {
      first = first == null && !line.isEmpty() ? line : first;
      if (version == null && line.startsWith("Version:")) {
        version = line.substring("Version:".length()).strip();
      }
    }
    if (first == null) {
      return null;
    }
    if (first.startsWith("HYDRA build details")) {
      return version == null ? "MPICH" : "MPICH " + version;
    }
    int openMpi = Math.max(first.indexOf("(Open MPI) "), first.indexOf("(OpenRTE) "));
    return openMpi < 0 ? first : "Open MPI" + first.substring(first.indexOf(") ", openMpi) + 1);
  }
}
