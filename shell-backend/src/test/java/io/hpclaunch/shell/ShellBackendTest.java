// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.shell.RawBytes;
import io.hpclaunch.shell.ShellSite.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on this machine: the real agent, scripts as core renders them. */
class ShellBackendTest {
  private static final String ODD = "it's \"a\" $HOME `id` %41~\\ \u00e4\ud83d\ude80 {x} *";

  @TempDir
  Path folder;

  private ShellSite site;
  private ShellBackend backend;

  @BeforeEach
  void open() {
    site = new ShellSite(folder.resolve("a state's folder"));
    backend = site.backend(Map.of("slots", 2, "gpus", List.of(), "kill_grace", 1));
  }

  @AfterEach
  void close() {
    site.close();
  }

  private NativeId submit(JobSpec.Builder spec) {
    return site.submit(backend, spec.build());
  }

  private static JobSpec.Builder shell(String... lines) {
    return JobSpec.builder("job").shell(lines);
  }

  private static Dependency after(Dependency.Kind kind, NativeId id) {
    return new Dependency(kind, new JobId("shell", id));
  }

  @Test
  void theEndIsToldWithAllThatIsKnown() {
    Instant before = Instant.now().minusSeconds(1);
    Request request = site.request(shell("echo out", "echo err >&2", "exit 42").build(), backend);
    NativeId id = backend.submit(request);
    JobInfo info = ShellSite.end(backend, id);
    assertThat(info.state()).isEqualTo(JobState.FAILED);
    assertThat(info.cause()).isEqualTo(Cause.EXIT_CODE);
    assertThat(info.exitCode()).isEqualTo(42);
    assertThat(info.signal()).isNull();
    assertThat(info.attempt()).isEqualTo(1);
    assertThat(info.nodes()).containsExactly(site.spool().getFileName().toString());
    assertThat(info.submitted()).isBetween(before, info.started());
    assertThat(info.ended()).isBetween(info.started(), Instant.now().plusSeconds(1));
    assertThat(info.wallTime()).isEqualTo(Duration.between(info.started(), info.ended()));
    assertThat(info.cpuTime()).isNotNull();
    assertThat(request.text("stdout")).isEqualTo("out\n");
    assertThat(request.text("stderr")).isEqualTo("err\n");
    assertThat(request.text("exit"))
        .contains("native=" + id.value(), "status=42")
        .endsWith("end\n");
  }

  @Test
  void successAndSignalsAreToldApart() {
    NativeId good = site.submit(backend, "true");
    NativeId killed = submit(JobSpec.builder("job").command("bash", "-c", "kill -TERM $$"));
    assertThat(ShellSite.end(backend, good))
        .extracting(JobInfo::state, JobInfo::exitCode, JobInfo::cause)
        .containsExactly(JobState.COMPLETED, 0, null);
    assertThat(ShellSite.end(backend, killed))
        .extracting(JobInfo::state, JobInfo::exitCode, JobInfo::signal, JobInfo::cause)
        .containsExactly(JobState.FAILED, null, 15, Cause.SIGNAL);
  }

  @Test
  void wordsReachTheJobByteForByteAndFilesAreWhereTheJobSays() throws IOException {
    Path given = folder.resolve("out " + ODD.replace("/", "")).resolve("{id}.log");
    Request request = site.request(
        JobSpec.builder(ODD)
            .command("printf", "%s|", ODD, "", "\udcff", "a\nb")
            .stdout(given.toString())
            .stderr(given.toString())
            .build(),
        backend);
    NativeId id = backend.submit(request);
    assertThat(site.backend(Map.of()).queue(true))
        .allSatisfy(e -> assertThat(e.name()).isEqualTo(ODD));
    assertThat(ShellSite.end(backend, id).exitCode()).isEqualTo(0);
    byte[] printed = Files.readAllBytes(given.resolveSibling(id.value() + ".log"));
    assertThat(RawBytes.decode(printed)).isEqualTo(ODD + "||\udcff|a\nb|");
  }

  @Test
  void standardInputIsTheFileOrNothing() throws IOException {
    Path input = Files.writeString(folder.resolve("in \u00e4"), "from a file");
    Request request = site.request(shell("cat").stdin(input.toString()).build(), backend);
    ShellSite.end(backend, backend.submit(request));
    assertThat(request.text("stdout")).isEqualTo("from a file");
    Request none = site.request(shell("cat; echo end").build(), backend);
    ShellSite.end(backend, backend.submit(none));
    assertThat(none.text("stdout")).isEqualTo("end\n");
  }

  @Test
  void aMissingInputEndsTheJobAsALaunchThatFailed() {
    NativeId id = submit(shell("true").stdin(folder + "/missing"));
    assertThat(ShellSite.end(backend, id))
        .extracting(JobInfo::state, JobInfo::cause)
        .containsExactly(JobState.FAILED, Cause.LAUNCH);
    assertThat(ShellSite.end(backend, id).reason()).contains("missing");
  }

  @Test
  void theWalltimeEndsAJobAndItsWarningComesBefore() {
    Request request = site.request(
        shell("trap 'echo warned' USR1", "while :; do sleep 0.05; done")
            .walltime(Duration.ofMillis(1500))
            .warn("USR1", Duration.ofMillis(1000))
            .build(),
        backend);
    JobInfo info = ShellSite.end(backend, backend.submit(request));
    assertThat(info.state()).isEqualTo(JobState.FAILED);
    assertThat(info.cause()).isEqualTo(Cause.TIMEOUT);
    assertThat(request.text("stdout")).isEqualTo("warned\n");
  }

  @Test
  void cancelEndsWhatRunsAndWhatWaitsAndMindsNothingElse() {
    NativeId running = submit(shell("trap '' TERM", "sleep 300").cpus(2));
    NativeId queued = site.submit(backend, "true");
    AgentSpool.await(() -> ShellSite.seen(backend, running).state() == JobState.RUNNING);
    assertThat(ShellSite.seen(backend, queued).state()).isEqualTo(JobState.QUEUED);
    List<NativeId> all = List.of(
        queued,
        running,
        NativeId.of("00000000-0000-0000-0000-000000000000"),
        NativeId.of("12[].x"));
    backend.cancel(all);
    assertThat(ShellSite.end(backend, running).state()).isEqualTo(JobState.CANCELLED);
    assertThat(ShellSite.end(backend, queued).state()).isEqualTo(JobState.CANCELLED);
    backend.cancel(all);
    backend.cancel(List.of());
  }

  @Test
  void theJobOfAnotherHostIsUnknownHereAndOnlyThatHostCancelsIt() throws IOException {
    NativeId here = site.submit(backend, "true");
    ShellSite.end(backend, here);
    String other = "00000000-0000-4000-8000-000000000001";
    String submitted = Files.readAllLines(site.spool().resolve("ledger")).stream()
        .filter(line -> line.startsWith("~Q "))
        .findFirst()
        .orElseThrow();
    Files.writeString(
        Files.createDirectory(site.root().resolve("elsewhere")).resolve("ledger"),
        submitted.replace(here.value(), other) + "\n~S " + other
            + " - 1 1000000 77 88 99 none .\n");
    NativeId there = NativeId.of(other);
    JobInfo info = ShellSite.seen(backend, there);
    assertThat(info.state()).isEqualTo(JobState.UNKNOWN);
    assertThat(info.reason()).contains("elsewhere");
    NativeId running = site.submit(backend, "sleep 300");
    assertThatThrownBy(() -> backend.cancel(List.of(there, running)))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining(other + " on elsewhere");
    assertThat(ShellSite.end(backend, running).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void arraysAreToldAsAWholeAndByElement() {
    Request request = site.request(
        shell("echo $HPC_ARRAY_INDEX/$HPC_ARRAY_COUNT", "test $HPC_ARRAY_INDEX != 5")
            .array(ArrayRange.parse("1-9:2%1"))
            .build(),
        backend);
    NativeId id = backend.submit(request);
    Map<Integer, JobInfo> elements = ShellSite.endOfAll(backend, id);
    assertThat(elements).containsOnlyKeys(1, 3, 5, 7, 9);
    assertThat(elements.get(5).cause()).isEqualTo(Cause.EXIT_CODE);
    assertThat(elements.get(9).state()).isEqualTo(JobState.COMPLETED);
    assertThat(ShellSite.seen(backend, id.element(5))).isEqualTo(elements.get(5));
    assertThat(backend.query(List.of(id.element(4))).get(id.element(4)))
        .isInstanceOf(Observation.NotKnown.class);
    assertThat(request.text("stdout.9")).isEqualTo("9/5\n");
  }

  @Test
  void oneElementCanBeCancelled() {
    NativeId id = submit(shell("sleep 300").array(ArrayRange.of(0, 1)));
    backend.cancel(List.of(id.element(1)));
    assertThat(ShellSite.end(backend, id.element(1)).state()).isEqualTo(JobState.CANCELLED);
    assertThat(ShellSite.seen(backend, id.element(0)).state().isFinal()).isFalse();
  }

  @Test
  void dependenciesStartOrRuleOutAJob() {
    NativeId bad = submit(shell("test $HPC_ARRAY_INDEX = 1").array(ArrayRange.of(1, 2)));
    NativeId any = submit(shell("true").dependsOn(after(Dependency.Kind.AFTERANY, bad)));
    NativeId ok = submit(shell("true").dependsOn(after(Dependency.Kind.AFTEROK, bad)));
    NativeId both = submit(shell("true")
        .dependsOn(after(Dependency.Kind.AFTERNOTOK, bad), after(Dependency.Kind.AFTEROK, any)));
    assertThat(ShellSite.end(backend, any).state()).isEqualTo(JobState.COMPLETED);
    assertThat(ShellSite.end(backend, both).state()).isEqualTo(JobState.COMPLETED);
    assertThat(ShellSite.end(backend, ok).cause()).isEqualTo(Cause.DEPENDENCY);
  }

  @Test
  void oneElementIsEnoughToWaitFor() {
    NativeId array = submit(shell("test $HPC_ARRAY_INDEX = 1").array(ArrayRange.of(1, 2)));
    NativeId first =
        submit(shell("true").dependsOn(after(Dependency.Kind.AFTEROK, array.element(1))));
    NativeId second =
        submit(shell("true").dependsOn(after(Dependency.Kind.AFTEROK, array.element(2))));
    assertThat(ShellSite.end(backend, first).state()).isEqualTo(JobState.COMPLETED);
    assertThat(ShellSite.end(backend, second).cause()).isEqualTo(Cause.DEPENDENCY);
    assertThatThrownBy(
            () -> submit(shell("true").dependsOn(after(Dependency.Kind.AFTEROK, array.element(3)))))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("element");
  }

  @Test
  void aDependencyOnWhatIsNotThereIsRefusedWithItsName() {
    String stranger = "00000000-0000-0000-0000-000000000000";
    assertThatThrownBy(() ->
            submit(shell("true").dependsOn(after(Dependency.Kind.AFTEROK, NativeId.of(stranger)))))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining(stranger);
    assertThatThrownBy(() ->
            submit(shell("true").dependsOn(after(Dependency.Kind.AFTEROK, NativeId.of("4711")))))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("4711");
  }

  @Test
  void gpusAreTheJobsOwn() {
    ShellBackend two = site.backend(Map.of("slots", 4, "gpus", List.of(0, 1)));
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      requests.add(site.request(
          shell(
                  "echo $CUDA_VISIBLE_DEVICES",
                  "until test -e '" + folder + "/go'; do sleep 0.05; done")
              .gpus(1)
              .build(),
          two));
    }
    requests.add(site.request(shell("echo \"<$CUDA_VISIBLE_DEVICES>\"").build(), two));
    List<NativeId> ids = requests.stream().map(two::submit).toList();
    ShellSite.end(two, ids.get(2));
    AgentSpool.await(() -> ids.subList(0, 2).stream()
        .allMatch(id -> ShellSite.seen(two, id).state() == JobState.RUNNING));
    touch(folder.resolve("go"));
    ids.forEach(id -> ShellSite.end(two, id));
    assertThat(List.of(requests.get(0).text("stdout"), requests.get(1).text("stdout")))
        .containsExactlyInAnyOrder("0\n", "1\n");
    assertThat(requests.get(2).text("stdout")).isEqualTo("<>\n");
    assertThatThrownBy(() -> site.submit(two, shell("true").gpus(3).build()))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("3 gpus")
        .hasMessageContaining("has 2");
  }

  private static void touch(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void cpusAreTasksTimesCpusOfEach() {
    Resources large = Resources.builder().tasks(3).cpusPerTask(7).build();
    assertThatThrownBy(() -> submit(shell("true").resources(large)))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("21 cpus")
        .hasMessageContaining("has 2");
    ShellBackend wide = site.backend(Map.of("slots", 2, "oversubscribe", true));
    NativeId id = site.submit(wide, shell("true").resources(large).build());
    assertThat(ShellSite.end(wide, id).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void memoryOfEachCpuCountsForAllCpus() {
    ShellBackend small = site.backend(Map.of("slots", 4, "memory", "2G"));
    Resources asked = Resources.builder()
        .tasks(3)
        .cpusPerTask(1)
        .memoryPerCpu(MemorySize.parse("700M"))
        .build();
    assertThatThrownBy(() -> site.submit(small, shell("true").resources(asked).build()))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("2100M of memory")
        .hasMessageContaining("has 2G");
    NativeId id = site.submit(small, shell("true").memory("2G").build());
    assertThat(ShellSite.end(small, id).state()).isEqualTo(JobState.COMPLETED);
    ShellBackend wide = site.backend(Map.of("memory", "2G", "oversubscribe", true));
    NativeId large = site.submit(wide, shell("true").resources(asked).build());
    assertThat(ShellSite.end(wide, large).state()).isEqualTo(JobState.COMPLETED);
    assertThat(wide.resources().nodes().get(0).memoryPerNode()).isEqualTo(MemorySize.parse("2G"));
  }

  @Test
  void moreMemoryThanTheMachineHasIsRefused() {
    Resources absurd =
        Resources.builder().cpusPerTask(2).memoryPerCpu(Long.MAX_VALUE).build();
    for (JobSpec.Builder job :
        List.of(shell("true").memory("999T"), shell("true").resources(absurd))) {
      assertThatThrownBy(() -> submit(job))
          .isInstanceOf(Rejected.class)
          .hasMessageContaining("of memory are asked for")
          .hasMessageContaining("oversubscribe");
    }
  }

  @Test
  void whatIsForgottenIsNotKnownAndWhatRunsStays() {
    NativeId ended = submit(shell("true"));
    ShellSite.end(backend, ended);
    NativeId running = submit(shell("sleep 300"));
    backend.forget(List.of());
    backend.forget(List.of(ended, NativeId.of("none")));
    assertThat(backend.query(List.of(ended)).get(ended)).isInstanceOf(Observation.NotKnown.class);
    assertThatThrownBy(() -> backend.forget(List.of(running)))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("has not ended");
    assertThat(ShellSite.seen(backend, running).state().isFinal()).isFalse();
  }

  @Test
  void theSameTokenTwiceIsOneJob() {
    Request request = site.request(shell("echo ran").build(), backend);
    NativeId first = backend.submit(request);
    assertThat(backend.submit(request)).isEqualTo(first);
    ShellSite.end(backend, first);
    assertThat(backend.submit(request)).isEqualTo(first);
    assertThat(ShellSite.end(backend, first).state()).isEqualTo(JobState.COMPLETED);
    assertThat(request.text("announced").lines()).hasSize(1);
  }

  @Test
  void jobsAreFoundByTheirTokens() {
    Request request = site.request(shell("true").build(), backend);
    NativeId id = backend.submit(request);
    Token stranger = Token.random();
    ShellBackend another = site.backend(Map.of());
    assertThat(another.find(List.of(stranger, request.token()), Instant.EPOCH))
        .containsExactly(Map.entry(request.token(), id));
    assertThat(another.find(List.of(), Instant.EPOCH)).isEmpty();
    assertThat(ShellSite.end(another, id).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void theQueueHoldsWhatHasNotEnded() {
    assertThat(backend.queue(true)).isEmpty();
    NativeId running =
        site.submit(backend, JobSpec.builder("first").shell("sleep 300").cpus(2).build());
    NativeId array = submit(shell("true").name("\u00e4rray").array(ArrayRange.of(0, 1)));
    AgentSpool.await(() -> ShellSite.seen(backend, running).state() == JobState.RUNNING);
    assertThat(backend.queue(false))
        .extracting(QueueReporter.Entry::id, QueueReporter.Entry::name, QueueReporter.Entry::state)
        .containsExactly(
            tuple(running, "first", JobState.RUNNING),
            tuple(array.element(0), "\u00e4rray", JobState.QUEUED),
            tuple(array.element(1), "\u00e4rray", JobState.QUEUED));
  }

  @Test
  void whatIsNotThereIsNotKnown() {
    NativeId stranger = NativeId.of("00000000-0000-0000-0000-000000000000");
    NativeId odd = NativeId.of("12[].h\u00e4%~");
    Map<NativeId, Observation> told =
        backend.query(List.of(stranger, odd, odd, stranger.element(7)));
    assertThat(told).containsOnlyKeys(stranger, odd, stranger.element(7));
    assertThat(told.values())
        .allSatisfy(o -> assertThat(o)
            .isInstanceOfSatisfying(
                Observation.NotKnown.class,
                n -> assertThat(n.evidence()).contains("has no such job")));
    assertThat(backend.query(List.of())).isEmpty();
  }

  @Test
  void jobsGoOnWithoutTheirClient() {
    NativeId id = site.submit(backend, "sleep 0.3", "exit 7");
    backend.close();
    assertThat(ShellSite.end(site.backend(Map.of()), id).exitCode()).isEqualTo(7);
  }

  @Test
  void oneMachineHasNoNodesOrQueues() {
    assertThat(backend.capabilities().all())
        .contains(Capability.ARRAYS, Capability.GPUS, Capability.SHARED_FILES)
        .doesNotContain(Capability.MULTIPLE_NODES, Capability.QUEUES, Capability.EXCLUSIVE);
    assertThat(backend.capabilities().maxArrayIndex()).isNull();
    assertThat(List.of("shell", "local", "none")).allMatch(backend::matches);
    assertThat(backend.matches("shel")).isFalse();
    assertThat(backend.resources().nodes().get(0).cpusPerNode()).isEqualTo(2);
  }
}
