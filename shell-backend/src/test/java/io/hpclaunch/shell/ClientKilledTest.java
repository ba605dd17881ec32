// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that submit one job after the other are killed at moments drawn by lot. Whoever comes
 * next knows every job that was promised, and no job ran twice.
 */
@Timeout(300)
class ClientKilledTest {
  private static final int CLIENTS = Integer.getInteger("hpc.test.killedClients", 12);
  private static final long SEED = 4711;

  @TempDir
  Path folder;

  @Test
  void noJobIsLostAndNoneRunsTwice() throws Exception {
    Random lot = new Random(SEED);
    Path ran = Files.createFile(folder.resolve("ran"));
    Set<String> promised = new HashSet<>();
    for (int i = 0; i < CLIENTS; i++) {
      promised.addAll(killedClient(ran, Duration.ofMillis(lot.nextInt(60))));
    }
    assertThat(promised).as("jobs that were promised").isNotEmpty();
    settle();
    List<String> runs = Files.readAllLines(ran);
    assertThat(runs).as("a job writes its token when it runs").doesNotHaveDuplicates();
    assertThat(ids()).as("every promise is known").containsAll(promised);
    assertThat(tokens()).as("every job that ran is known").containsAll(runs);
    assertThat(folders()).as("no folder is nobody's").containsExactlyInAnyOrderElementsOf(tokens());
  }

  /**
   * The ids that it told, and with the last line it may have been killed in the middle of a next.
   */
  private List<String> killedClient(Path ran, Duration delay) throws Exception {
    Process client = new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Client.class.getName(),
            folder.toString(),
            ran.toString())
        .redirectError(folder.resolve("client.err").toFile())
        .start();
    List<String> told = new ArrayList<>();
    try (BufferedReader out = new BufferedReader(
        new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
      String first = out.readLine();
      assertThat(first).as(Files.readString(folder.resolve("client.err"))).isNotNull();
      told.add(first);
      TimeUnit.MILLISECONDS.sleep(delay.toMillis()); // the moment of death is the input
      client.destroyForcibly();
      out.lines().filter(line -> line.endsWith(".")).forEach(told::add);
    }
    client.waitFor();
    return told.stream().map(line -> line.substring(0, line.length() - 1)).toList();
  }

  /** A client that comes when every deadline has passed; all that runs is followed to its end. */
  private void settle() throws Exception {
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    try (HpcRuntime runtime = runtime(folder, later)) {
      runtime.backend("shell").status(List.of());
      for (KnownJob job : runtime.jobs().active().jobs()) {
        HPCProcess process = runtime.backend("shell").attach(job.id());
        assertThat(process.waitFor().state()).isEqualTo(JobState.COMPLETED);
      }
      assertThat(runtime.jobs().active().jobs()).isEmpty();
    }
  }

  private List<KnownJob> jobs() {
    try (HpcRuntime runtime = runtime(folder, Clock.systemUTC())) {
      return runtime.jobs().ended(java.time.Instant.EPOCH).jobs();
    }
  }

  private List<String> ids() {
    return jobs().stream().map(KnownJob::id).map(JobId::toString).toList();
  }

  private List<String> tokens() {
    return jobs().stream().map(job -> job.token().value()).toList();
  }

  private List<String> folders() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("state/jobs"))) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static HpcRuntime runtime(Path folder, Clock clock) {
    return HpcRuntime.builder()
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .clock(clock)
        .build();
  }

  /** Submits until it is killed, and tells each id that it was given. */
  static final class Client {
    private Client() {}

    @SuppressWarnings("InfiniteLoopStatement")
    public static void main(String[] args) {
      HpcRuntime runtime = runtime(Path.of(args[0]), Clock.systemUTC());
      JobSpec spec = JobSpec.builder("told")
          .shell("echo \"$HPC_TOKEN\" >>'" + args[1] + "'")
          .build();
      while (true) {
        HPCProcess process = runtime.backend("shell").submit(spec);
        System.out.print(process.id() + ".\n");
        System.out.flush();
      }
    }
  }
}
