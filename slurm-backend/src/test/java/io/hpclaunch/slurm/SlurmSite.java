// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A user of the cluster: a state folder, a workspace, and Slurm's commands, each behind a wrapper
 * that notes how it was called and that a test can make fail. All jobs are cancelled at the end.
 */
final class SlurmSite implements BeforeEachCallback, AfterEachCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> COMMANDS =
      List.of("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo");

  private final SlurmCluster cluster;
  private final List<HpcRuntime> runtimes = new ArrayList<>();
  private Path folder;

  SlurmSite(SlurmCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("slurm-site").toRealPath();
    Files.createDirectory(bin());
    for (String command : COMMANDS) {
      wrap(command);
    }
  }

  private void wrap(String command) throws IOException {
    Path real = Stream.of(System.getenv("PATH").split(":", -1))
        .map(where -> Path.of(where, command))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
    Path wrapper = bin().resolve(command);
    Files.writeString(wrapper, """
        #!/bin/bash
        here=%s real=%s
        printf '%%s\\n' "$*" >>"$here/%s.calls"
        [[ ! -e $here/%s.fault ]] || . "$here/%s.fault"
        exec "$real" "$@"
        """.formatted(bin(), real, command, command, command));
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
    return list(folder.resolve("work/jobs"));
  }

  private static List<Path> list(Path where) {
    if (!Files.isDirectory(where)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(where)) {
      return all.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what goes wrong

  /**
   * Lets a command fail.
   *
   * @param lines of bash, run instead of the command, unless they come to their end: then it
   *     follows; {@code "$real" "$@"} is the command as it was called, {@code $here} a folder
   */
  void fault(String command, String... lines) {
    try {
      Path fresh = bin().resolve("fresh");
      Files.writeString(fresh, String.join("\n", lines) + "\n");
      Files.move(
          fresh,
          bin().resolve(command + ".fault"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
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

  /** As slurmctld is some minutes after a job's end: it does not know the job any more. */
  void forget(String job) {
    fault("squeue", "\"$real\" \"$@\" | grep -v '^" + job + "[^0-9]'", "exit 0");
  }

  /** The words of each call of a command. */
  List<String> calls(String command) {
    try {
      Path calls = bin().resolve(command + ".calls");
      return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
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

  /** The cluster as the client has it. */
  Backend slurm(HpcRuntime client) {
    return slurm(client, Map.of());
  }

  /** The cluster as the client has it who says more in its configuration. */
  Backend slurm(HpcRuntime client, Map<String, ?> config) {
    return slurm(client, folder, cluster.conf(), config);
  }

  static Backend slurm(HpcRuntime client, Path folder, String conf, Map<String, ?> config) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("slurm_conf", conf);
    all.put("bin", folder.resolve("bin").toString());
    all.putAll(config);
    return client.open(
        "slurm",
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

  // ---- jobs

  /** A job that notes each of its starts. */
  JobSpec.Builder noting(String name) {
    return noting(folder, name);
  }

  static JobSpec.Builder noting(Path folder, String name) {
    return JobSpec.builder(name).shell("echo \"$SLURM_JOB_ID\" >>" + folder + "/ran-" + name);
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

  /** The native ids of all jobs of a name that this test ever brought to the queue. */
  List<String> queued(String name) {
    List<String> ids = new ArrayList<>();
    for (String line : mine("%A %Z %j")) {
      String[] words = line.split(" ", 3);
      if (words[1].startsWith(folder.toString()) && words[2].equals(name)) {
        ids.add(words[0]);
      }
    }
    return ids;
  }

  /** The native ids of this test's jobs that are in the queue. */
  List<String> queued() {
    return mine("%A %Z %T").stream()
        .filter(line -> line.contains(" " + folder))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }

  private List<String> mine(String format) {
    return cluster
        .run("squeue", "--noheader", "--me", "--states=all", "-o", format)
        .expect(0)
        .out()
        .lines()
        .toList();
  }

  /** Waits for the end of a job. */
  static JobInfo end(HPCProcess job) throws InterruptedException {
    return job.waitFor(PATIENCE)
        .orElseThrow(() -> new AssertionError(job.id() + " has not ended: " + job.info()));
  }

  /** Waits until something is so. */
  static void until(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    runtimes.forEach(HpcRuntime::close);
    runtimes.clear();
    List<String> cancel = new ArrayList<>(List.of("scancel"));
    cancel.addAll(queued());
    if (cancel.size() > 1) {
      cluster.run(cancel.toArray(String[]::new));
    }
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
