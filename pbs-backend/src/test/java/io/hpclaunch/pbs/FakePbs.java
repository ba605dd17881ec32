// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * The small PBS of {@code src/test/fakepbs}, whose README says what it is: real commands, a server
 * that remembers, jobs that really run, and faults at will.
 *
 * <p>Registered in a field, each test has one of its own; in a static field, all tests of the class
 * share one. Without JUnit, {@link #start} and {@link #close} are called by hand. It is closed with
 * all processes that it started. Where there is no Python 3.9, the tests are skipped, and the
 * reason says so.
 */
final class FakePbs
    implements BeforeAllCallback,
        AfterAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int NO_PYTHON = 77;

  private final Path programs = programs();
  private final List<String> settings;
  private Path folder;
  private boolean shared;

  private FakePbs(List<String> settings) {
    this.settings = settings;
  }

  /** An OpenPBS, with settings such as {@code max_queued=3}. */
  static FakePbs openPbs(String... settings) {
    return new FakePbs(List.of(settings));
  }

  /** A Torque. */
  static FakePbs torque(String... settings) {
    List<String> all = new ArrayList<>(List.of("dialect=torque"));
    all.addAll(List.of(settings));
    return new FakePbs(all);
  }

  /**
   * Commands of another scheduler that look like those of PBS.
   *
   * @param scheduler {@code slurm} or {@code gridengine}
   * @return the folder they are in
   */
  static Path impostor(String scheduler) {
    return programs().resolve("impostors").resolve(scheduler);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared = true;
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!shared) {
      start();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!shared) {
      close();
    }
  }

  /** Starts it, with no jobs, in a folder of its own. */
  void start() {
    try {
      folder = Files.createTempDirectory("pbs").toRealPath();
      Files.createDirectory(work());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    up(settings);
  }

  private void up(List<String> given) {
    List<String> command = new ArrayList<>();
    command.add(programs.resolve("pbs-fake-up").toString());
    command.add(home().toString());
    command.addAll(given);
    Ran up = exec(command, work(), Map.of(), "");
    if (up.exit() == NO_PYTHON) {
      delete();
      throw new TestAbortedException("PBS of the tests (" + up.err().strip() + ")");
    }
    up.expect(0);
  }

  /** Ends the server and what is left of its jobs, and removes all files. */
  @Override
  public void close() {
    exec(
            List.of(
                programs.resolve("pbs-fake-down").toString(), "--jobs", home().toString()),
            folder,
            Map.of(),
            "")
        .expect(0);
    delete();
  }

  /** Ends the server as a crash of its host's network does: jobs go on. */
  void stopServer() {
    exec(
            List.of(programs.resolve("pbs-fake-down").toString(), home().toString()),
            folder,
            Map.of(),
            "")
        .expect(0);
  }

  /** Starts the server again, which finds its jobs. */
  void startServer() {
    up(List.of());
  }

  // ---- where things are

  /** Its commands. */
  Path bin() {
    return home().resolve("bin");
  }

  /** A folder for the test's own files, from which {@link #run} runs. */
  Path work() {
    return folder.resolve("work");
  }

  /** Where the text of undeliverable output ends up. */
  Path undelivered() {
    return home().resolve("undelivered");
  }

  private Path home() {
    return folder.resolve("home");
  }

  /** A search path that begins with its commands. */
  String path() {
    return bin() + ":" + System.getenv("PATH");
  }

  /** What a client needs in its environment. */
  Map<String, String> environment() {
    return Map.of("PATH", path());
  }

  // ---- what goes wrong, and what happened

  /** Changes settings: {@code down=on}, {@code drop_submits=1}; the README says where all are. */
  void fault(String... changes) {
    ours("pbs-fault", changes).expect(0);
  }

  /** Takes settings back; without names, all that break something. */
  void mend(String... names) {
    ours("pbs-fault", Stream.concat(Stream.of("clear"), Stream.of(names)).toArray(String[]::new))
        .expect(0);
  }

  private Ran ours(String command, String... words) {
    List<String> all = new ArrayList<>(List.of(bin().resolve(command).toString()));
    all.addAll(List.of(words));
    return exec(all, folder, Map.of(), "");
  }

  /** One run of a command of PBS. */
  record Command(Instant time, List<String> words) {}

  /** All commands of PBS that anyone ran, but for those of this class. */
  List<Command> commands() {
    Path log = home().resolve("commands");
    List<Command> commands = new ArrayList<>();
    try {
      if (Files.exists(log)) {
        for (String line : Files.readAllLines(log)) {
          commands.add(command(JsonParser.parseString(line).getAsJsonObject()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return commands;
  }

  private static Command command(JsonObject line) {
    List<String> words = new ArrayList<>();
    for (JsonElement word : line.getAsJsonArray("argv")) {
      words.add(word.getAsString());
    }
    BigDecimal seconds = line.get("time").getAsBigDecimal();
    long millis = seconds.movePointRight(3).longValue();
    return new Command(Instant.ofEpochMilli(millis), List.copyOf(words));
  }

  /** How often a command ran. */
  long count(String name) {
    return commands().stream()
        .filter(command -> command.words().get(0).equals(name))
        .count();
  }

  /** A job, an array or an element that has begun. */
  record Job(String id, String state, OptionalInt exitStatus, String name) {}

  /** All jobs as the server has them, whatever its commands tell. */
  List<Job> jobs() {
    List<Job> jobs = new ArrayList<>();
    for (String line : ours("pbs-jobs").expect(0).out().lines().toList()) {
      String[] words = line.split(" ", 4);
      OptionalInt status =
          words[2].equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(words[2]));
      jobs.add(new Job(words[0], words[1], status, words[3]));
    }
    return jobs;
  }

  /** Waits until the server has this state of a job. */
  void await(String id, String state) {
    await(
        () -> id + " " + state + ", but: " + jobs(),
        () -> jobs().stream().anyMatch(job -> job.id().equals(id) && job.state().equals(state)));
  }

  /** Waits until something is so. */
  static void await(Supplier<String> what, BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("not within " + PATIENCE + ": " + what.get());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  // ---- commands

  /** What a command left. */
  record Ran(String command, int exit, String out, String err) {
    /** This, if it ended with that status. */
    Ran expect(int status) {
      if (exit != status) {
        throw new AssertionError("status " + exit + " of " + command + ":\n" + err + out);
      }
      return this;
    }
  }

  /** Runs a line of bash that finds the commands of this PBS. */
  Ran run(String line) {
    return run(line, "");
  }

  /** Runs a line of bash that reads that from its standard input. */
  Ran run(String line, String input) {
    return exec(List.of("bash", "-c", line), work(), environment(), input);
  }

  private Ran exec(
      List<String> command, Path where, Map<String, String> environment, String input) {
    try {
      Path in = Files.writeString(Files.createTempFile(folder, "in", ""), input);
      Path out = Files.createTempFile(folder, "out", "");
      Path err = Files.createTempFile(folder, "err", "");
      ProcessBuilder builder = new ProcessBuilder(command)
          .directory(where.toFile())
          .redirectInput(in.toFile())
          .redirectOutput(out.toFile())
          .redirectError(err.toFile());
      Map<String, String> inherited = builder.environment();
      inherited.keySet().removeIf(name -> name.startsWith("PBS_"));
      inherited.putAll(new HashMap<>(environment));
      int exit = exitOf(builder.start(), command);
      return new Ran(String.join(" ", command), exit, text(out), text(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int exitOf(Process process, List<String> command) {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("not within " + PATIENCE + ": " + command);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** What qstat tells need not be UTF-8. */
  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private void delete() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The programs, from whichever of the project's folders the build runs in. */
  private static Path programs() {
    Path start = Path.of("").toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      for (String way : List.of("src/test/fakepbs", "pbs-backend/src/test/fakepbs")) {
        if (Files.isExecutable(at.resolve(way).resolve("pbs-fake-up"))) {
          return at.resolve(way);
        }
      }
    }
    throw new IllegalStateException("no pbs-fake-up of " + start);
  }
}
