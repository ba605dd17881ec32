// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A real Slurm: the cluster of {@code scripts/slurm-up}, which says what there is on it.
 *
 * <p>Register it in a static field. It is started by the first class that does so and serves all
 * others of the build; where {@code scripts/test} has started it, it is just found.
 * {@code scripts/test} ends it; after a build without that, {@code scripts/slurm-down} does. Where
 * there can be none, the tests are skipped, and the reason says why.
 *
 * <p>What a test takes away it gives back: a {@link Fault} is closed by the test that staged it,
 * and no other test runs meanwhile.
 */
final class SlurmCluster implements BeforeAllCallback {
  /** For what takes longest: a node that is told lost. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  /** For one command, also while daemons are down. */
  private static final Duration COMMAND = Duration.ofMinutes(2);

  private static final int NOT_TO_BE_HAD = 77;

  private final Path scripts = scripts();
  private Map<String, String> environment = Map.of();

  @Override
  public void beforeAll(ExtensionContext context) {
    start();
  }

  /** Starts it, or finds it up. */
  void start() {
    Ran up = exec(List.of(scripts.resolve("slurm-up").toString()));
    if (up.exit() == NOT_TO_BE_HAD) {
      throw new TestAbortedException("Slurm cluster (" + up.err().strip() + ")");
    }
    Map<String, String> told = new HashMap<>();
    for (String line : up.expect(0).out().lines().toList()) {
      String[] words = line.replaceFirst("^export ", "").split("=", 2);
      told.put(words[0], words[1]);
    }
    environment = Map.copyOf(told);
  }

  /** What Slurm's commands, and those who run them, need to find this cluster. */
  Map<String, String> environment() {
    return environment;
  }

  /** Its slurm.conf. */
  String conf() {
    return environment.get("SLURM_CONF");
  }

  /** Runs a command to its end, with this cluster's environment. */
  Ran run(String... command) {
    return exec(List.of(command));
  }

  /**
   * Submits a job with a plain sbatch.
   *
   * @param options of sbatch; its output goes nowhere unless they say where
   * @return its id
   */
  String submit(String... options) {
    List<String> command = new ArrayList<>(
        List.of("sbatch", "--parsable", "--output=/dev/null", "--chdir=/", "--time=5"));
    command.addAll(List.of(options));
    return exec(command).expect(0).out().strip();
  }

  /** Waits until accounting tells this of the job as a whole, such as {@code COMPLETED 0:0}. */
  void awaitRecord(String job, String stateAndExitCode) {
    String[] last = {""};
    await(() -> "job " + job + " " + stateAndExitCode + ", but: " + last[0], () -> {
      last[0] = record(job);
      return last[0].equals(stateAndExitCode);
    });
  }

  /** State and exit code as accounting has them, or nothing. */
  String record(String job) {
    return run("sacct", "-nXPj", job, "-o", "State,ExitCode").out().strip().replace('|', ' ');
  }

  /** Waits until the queue tells this state of the job. */
  void awaitQueue(String job, String state) {
    String[] last = {""};
    await(() -> "job " + job + " " + state + ", but: " + last[0], () -> {
      last[0] = run("squeue", "-hj", job, "-o", "%T").out().strip();
      return last[0].equals(state);
    });
  }

  /**
   * Waits until slurmctld has written the job down, which it does some seconds after it took it.
   */
  void awaitSaved(String name) {
    Path saved = Path.of(environment.getOrDefault("HPC_SLURM_HOME", ""), "state", "job_state");
    await(() -> name + " in " + saved, () -> {
      try {
        return new String(Files.readAllBytes(saved), StandardCharsets.ISO_8859_1).contains(name);
      } catch (IOException e) {
        return false; // it is being replaced
      }
    });
  }

  /** Ends slurmctld in good order; closing starts it again. */
  Fault stopController() {
    return fault("stop", "slurmctld", "start");
  }

  /** Kills slurmctld, as a crash of its host does; closing starts it again. */
  Fault killController() {
    return fault("kill", "slurmctld", "start");
  }

  /** Leaves slurmctld listening, but answering nothing, until closed. */
  Fault pauseController() {
    return fault("pause", "slurmctld", "resume");
  }

  /** Ends slurmdbd, so that accounting can't be asked; closing starts it again. */
  Fault stopAccounting() {
    return fault("stop", "slurmdbd", "start");
  }

  /**
   * Kills the slurmd of a node, of 1 to 4; closing starts it again, and waits until it has work.
   */
  Fault killNode(int number) {
    return fault("kill", "node" + number, "start");
  }

  /**
   * Restarts slurmctld with a changed configuration; closing takes the change back.
   *
   * @param settings of slurm.conf, such as {@code MaxArraySize=11}
   */
  Fault configured(String... settings) {
    List<String> before = slurmFault("set", settings).out().lines().toList();
    return () -> slurmFault("set", before.toArray(String[]::new));
  }

  /** Requeues a running job, as an operator does. */
  void requeue(String job) {
    slurmFault("requeue", job);
  }

  /** Lets the time of a running job be over, which Slurm notices within 30 seconds. */
  void expire(String job) {
    slurmFault("expire", job);
  }

  /** Something that is taken away until this is closed. */
  @FunctionalInterface
  interface Fault extends AutoCloseable {
    @Override
    void close();
  }

  private Fault fault(String begin, String daemon, String end) {
    slurmFault(begin, daemon);
    return () -> slurmFault(end, daemon);
  }

  private Ran slurmFault(String action, String... about) {
    List<String> command =
        new ArrayList<>(List.of(scripts.resolve("slurm-fault").toString(), action));
    command.addAll(List.of(about));
    return exec(command).expect(0);
  }

  /** What a command left. */
  record Ran(List<String> command, int exit, String out, String err) {
    /** This, if it ended with that status. */
    Ran expect(int status) {
      if (exit != status) {
        throw new AssertionError("status " + exit + " of " + command + ":\n" + err + out);
      }
      return this;
    }
  }

  private Ran exec(List<String> command) {
    try {
      Path out = Files.createTempFile("slurm", ".out");
      Path err = Files.createTempFile("slurm", ".err");
      try {
        int exit = exec(command, out, err);
        return new Ran(command, exit, Files.readString(out), Files.readString(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int exec(List<String> command, Path out, Path err) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("not within " + COMMAND + ": " + command);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void await(Supplier<String> what, BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("not within " + PATIENCE + ": " + what.get());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /** The project's scripts, from whichever of its folders the build runs in. */
  private static Path scripts() {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isExecutable(folder.resolve("scripts/slurm-up"))) {
        return folder.resolve("scripts");
      }
    }
    throw new IllegalStateException("no scripts/slurm-up in " + start + " or above");
  }
}
