// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The PBS that tests run on: this machine's own, where qsub is on PATH or {@code PBS_EXEC} says
 * where it is, else the small one of pbs-backend's tests. {@code scripts/pbs-up} starts a real one.
 */
final class PbsSite implements BeforeAllCallback, AfterAllCallback {
  private static final int SECONDS = 60;
  private static final int NO_PYTHON = 77;

  /** The build runs these tests in the folder of their module. */
  private static final Path PROGRAMS =
      Path.of("..", "pbs-backend", "src", "test", "fakepbs").toAbsolutePath().normalize();

  private Path folder;

  /** Whether it is a true PBS, in which no fault can be staged. */
  static boolean isReal() {
    return Installation.onPath("qsub") || isInstalled();
  }

  private static boolean isInstalled() {
    String exec = System.getenv("PBS_EXEC");
    return exec != null && Files.isExecutable(Path.of(exec, "bin", "qsub"));
  }

  /** Commands of another scheduler that have the names of PBS's; slurm or gridengine. */
  static Path impostor(String scheduler) {
    return PROGRAMS.resolve("impostors").resolve(scheduler);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (isReal()) {
      return;
    }
    folder = Files.createTempDirectory("pbs").toRealPath();
    if (run(PROGRAMS.resolve("pbs-fake-up"), home().toString()) == NO_PYTHON) {
      delete();
      Assumptions.abort("PBS of the tests (no Python 3.9)");
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (folder != null) {
      run(PROGRAMS.resolve("pbs-fake-down"), "--jobs", home().toString());
      delete();
    }
  }

  private Path home() {
    return folder.resolve("home");
  }

  /** What a user's environment has beside what every user's has. */
  Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    if (!isReal()) {
      environment.put("PATH", home().resolve("bin") + ":" + System.getenv("PATH"));
      return environment;
    }
    System.getenv().forEach((name, value) -> {
      if (name.startsWith("PBS_")) {
        environment.put(name, value);
      }
    });
    return environment;
  }

  /** Changes settings of the small one: {@code end_delay=2}; its settings.py lists them. */
  void set(String... changes) throws IOException, InterruptedException {
    assertThat(run(home().resolve("bin/pbs-fault"), changes)).isZero();
  }

  private int run(Path program, String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(words));
    Path said = folder.resolve("said");
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " has not ended: " + Files.readString(said));
    }
    assertThat(process.exitValue()).as(Files.readString(said)).isIn(0, NO_PYTHON);
    return process.exitValue();
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
