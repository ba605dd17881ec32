// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A user of the {@link FakePbs}: a state folder, a workspace, and clients. Its qsub is behind a
 * wrapper, for what happens to the one who waits for it. To be registered after the PBS.
 */
final class PbsUser implements BeforeEachCallback, AfterEachCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> COMMANDS = List.of("qsub", "qstat", "qdel", "pbsnodes");

  private final FakePbs pbs;
  private final List<HpcRuntime> runtimes = new ArrayList<>();
  private Path folder;

  PbsUser(FakePbs pbs) {
    this.pbs = pbs;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("pbs-user").toRealPath();
    Files.createDirectory(bin());
    for (String command : COMMANDS) {
      wrap(command);
    }
  }

  private void wrap(String command) throws IOException {
    Path wrapper = bin().resolve(command);
    Files.writeString(wrapper, """
        #!/bin/bash
        here=%s real=%s
        [[ ! -e $here/%s.fault ]] || . "$here/%s.fault"
        exec "$real" "$@"
        """.formatted(bin(), pbs.bin().resolve(command), command, command));
    Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path bin() {
    return folder.resolve("bin");
  }

  /** A folder of this test's own. */
  Path folder() {
    return folder;
  }

  /** The folders of jobs. */
  List<Path> jobFolders() {
    Path jobs = folder.resolve("work/jobs");
    if (!Files.isDirectory(jobs)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(jobs)) {
      return all.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what goes wrong

  /**
   * Lets a command fail before or after it reached PBS.
   *
   * @param lines of bash, run instead of the command, unless they come to their end: then it
   *     follows; {@code "$real" "$@"} is the command as it was called, {@code $here} a folder
   */
  void fault(String command, String... lines) {
    try {
      Path fresh = bin().resolve("fresh");
      Files.writeString(fresh, String.join("\n", lines) + "\n");
      Files.move(fresh, bin().resolve(command + ".fault"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends {@link #fault}. */
  void mend(String command) {
    try {
      Files.deleteIfExists(bin().resolve(command + ".fault"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- clients

  /** A client. */
  HpcRuntime open() {
    return open(Clock.systemUTC(), folder.resolve("state"));
  }

  /** A client that has another state folder. */
  HpcRuntime stranger() {
    return open(Clock.systemUTC(), folder.resolve("state-of-another"));
  }

  /** A client that comes when so much time has passed. */
  HpcRuntime openAfter(Duration passed) {
    return open(Clock.offset(Clock.systemUTC(), passed), folder.resolve("state"));
  }

  private HpcRuntime open(Clock clock, Path state) {
    HpcRuntime runtime = open(folder, clock, state);
    runtimes.add(runtime);
    return runtime;
  }

  /** A client in the process that calls, which may be another than the test's. */
  static HpcRuntime open(Path folder, Clock clock, Path state) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("HPC_"));
    return HpcRuntime.builder()
        .configuration(Map.of())
        .environment(environment)
        .workingDirectory(folder)
        .stateDirectory(state)
        .clock(clock)
        .build();
  }

  /** PBS as a client has it. */
  Backend pbs() {
    return pbs(open());
  }

  /** PBS as the client has it. */
  Backend pbs(HpcRuntime client) {
    return pbs(client, Map.of());
  }

  /** PBS as the client has it who says more in its configuration. */
  Backend pbs(HpcRuntime client, Map<String, ?> config) {
    return pbs(client, folder, config);
  }

  static Backend pbs(HpcRuntime client, Path folder, Map<String, ?> config) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("bin", folder.resolve("bin").toString());
    all.putAll(config);
    return client.open(
        "pbs",
        Map.of(
            "workspace", folder.resolve("work").toString(),
            "submit", Map.of("polling_interval", 0.3),
            "config", all));
  }

  /** Gives everything back, and leaves what is open to the next client. */
  void close(HpcRuntime client) {
    runtimes.remove(client);
    client.close();
  }

  /** All jobs that a client knows. */
  static List<KnownJob> known(HpcRuntime client) {
    List<KnownJob> all = new ArrayList<>(client.jobs().active().jobs());
    all.addAll(client.jobs().ended(Instant.EPOCH).jobs());
    return all;
  }

  // ---- jobs

  /** A job that notes each of its starts. */
  JobSpec.Builder noting(String name) {
    return noting(folder, name);
  }

  static JobSpec.Builder noting(Path folder, String name) {
    return JobSpec.builder(name).shell("echo \"$PBS_JOBID\" >>" + folder + "/ran-" + name);
  }

  /** A line that lets a job go on when {@link #go} is called. */
  String awaitGo() {
    return "until [[ -e " + folder + "/go ]]; do sleep 0.1; done";
  }

  /** Lets the jobs go on that wait for it. */
  void go() throws IOException {
    Files.createFile(folder.resolve("go"));
  }

  /** The native ids under which such a job started, one for each start. */
  List<String> starts(String name) {
    try {
      Path file = folder.resolve("ran-" + name);
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The native ids of all jobs of a name that ever came to PBS. */
  List<String> taken(String name) {
    return pbs.jobs().stream()
        .filter(job -> job.name().equals(name))
        .map(FakePbs.Job::id)
        .toList();
  }

  /** How often something was submitted, successfully or not. */
  long submissions() {
    return pbs.commands().stream()
        .map(FakePbs.Command::words)
        .filter(words -> words.get(0).equals("qsub") && !words.contains("--version"))
        .count();
  }

  static String id(HPCProcess job) {
    return job.id().nativeId().value();
  }

  /** What PBS is told to say of a job now. */
  static JobInfo look(Backend pbs, HPCProcess job) {
    return pbs.status(List.of(job.id())).get(job.id());
  }

  /** Waits until so much is told: an answer may be two seconds old, which clients share. */
  static JobInfo awaited(Backend pbs, HPCProcess job, JobState state) {
    return awaited(pbs, job, state.toString(), info -> info.state() == state);
  }

  static JobInfo awaited(Backend pbs, HPCProcess job, String what, Predicate<JobInfo> condition) {
    JobInfo[] last = new JobInfo[1];
    until(
        job + " " + what,
        () -> {
          last[0] = look(pbs, job);
          return condition.test(last[0]);
        },
        last);
    return last[0];
  }

  /** Waits for the end of a job. */
  static JobInfo end(HPCProcess job) throws InterruptedException {
    return job.waitFor(PATIENCE)
        .orElseThrow(() -> new AssertionError(job.id() + " has not ended: " + job.info()));
  }

  /** What may have to be asked again and again. */
  interface Condition {
    boolean holds() throws IOException;
  }

  /** Waits until something is so. */
  static void until(String what, Condition condition) {
    until(what, condition, new JobInfo[] {null});
  }

  private static void until(String what, Condition condition, JobInfo[] last) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!condition.holds()) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "not within " + PATIENCE + ": " + what + (last[0] == null ? "" : ", but " + last[0]));
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    runtimes.forEach(HpcRuntime::close);
    runtimes.clear();
    removeWhatJobsMayStillWrite();
  }

  private void removeWhatJobsMayStillWrite() {
    for (int i = 0; i < 50; i++) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
        return;
      } catch (IOException | UncheckedIOException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
  }
}
