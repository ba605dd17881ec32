// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.shell.AgentSpool.Job;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent of the shell backend, with real processes. Words of an answer: see hpc-shell. */
class ShellAgentTest {
  private static final int STATE = 3;
  private static final int STATUS = 4;
  private static final int SIGNAL = 5;
  private static final int CAUSE = 6;
  private static final int PEAK = 13;
  private static final int REASON = 16;

  @TempDir
  Path folder;

  private AgentSpool spool;

  @BeforeEach
  void open() {
    spool = new AgentSpool(folder);
  }

  @AfterEach
  void close() throws IOException {
    spool.close();
  }

  @Test
  void jobsRunWithoutAClientAndTellHowTheyEnded() throws IOException {
    Job good = spool.job("echo out; echo err >&2");
    Job bad = spool.job("exit 42");
    assertThat(spool.submit(good, bad)).containsExactly("ok " + good.id(), "ok " + bad.id());
    AgentSpool.await(() -> Files.exists(bad.folder().resolve("exit")));
    assertThat(spool.end(good)).element(STATE).isEqualTo("COMPLETED");
    List<String> end = spool.end(bad);
    assertThat(end.get(STATE)).isEqualTo("FAILED");
    assertThat(end.get(STATUS)).isEqualTo("42");
    assertThat(end.get(CAUSE)).isEqualTo("exit_code");
    assertThat(good.folder().resolve("stdout")).hasContent("out");
    assertThat(good.folder().resolve("stderr")).hasContent("err");
  }

  @Test
  void theSubmittersEnvironmentDoesNotLeak() throws IOException {
    Job job = spool.job("env");
    spool.submit(job);
    spool.end(job);
    assertThat(job.folder().resolve("stdout"))
        .content()
        .contains("HPC_TOKEN=h0000001", "HPC_NATIVE_ID=" + job.id(), "PATH=")
        .doesNotContain("LEAKS=", "HPC_SHELL_");
  }

  @Test
  void noMoreRunThanThereAreSlotsFirstComeFirstServed() throws IOException {
    Path log = folder.resolve("log");
    Job[] jobs = new Job[6];
    for (int i = 0; i < jobs.length; i++) {
      jobs[i] = spool.job("echo + >>" + log + "; sleep 0.1; echo - >>" + log);
    }
    spool.submit(jobs);
    for (Job job : jobs) {
      assertThat(spool.end(job).get(STATE)).isEqualTo("COMPLETED");
    }
    int running = 0;
    for (String line : Files.readAllLines(log)) {
      running += line.equals("+") ? 1 : -1;
      assertThat(running).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aJobLargerThanTheMachineIsRefusedWithBothFiguresUnlessOversubscribed() throws IOException {
    Job refused = spool.job("true").cpus(3);
    Job allowed = spool.job("true").cpus(3).oversubscribe();
    List<String> answer = spool.submit(refused, allowed);
    assertThat(answer.get(0)).startsWith("refused " + refused.id()).contains("3%20cpus", "has%202");
    assertThat(answer.get(1)).isEqualTo("ok " + allowed.id());
    assertThat(spool.end(allowed).get(STATE)).isEqualTo("COMPLETED");
    assertThat(spool.query(refused.id()).get(0).get(0)).isEqualTo("unknown");
  }

  @Test
  void noMoreMemoryIsHandedOutThanThereIsFirstComeFirstServed() throws IOException {
    Path log = folder.resolve("log");
    String lines = "echo +$1 >>" + log + "; sleep 0.2; echo -$1 >>" + log;
    Job[] jobs = new Job[6];
    for (int i = 0; i < jobs.length; i++) {
      jobs[i] = spool.job(lines.replace("$1", "" + i));
    }
    jobs[0].memory(600);
    jobs[1].memory(400);
    jobs[2].memory(700); // waits for both, and keeps those behind it waiting
    jobs[3].memory(300);
    jobs[5].memory(1001).oversubscribe();
    spool.submit(List.of("--slots", "6", "--memory", "1000"), jobs);
    assertThat(spool.ends(List.of(jobs))).allMatch(end -> end.get(STATE).equals("COMPLETED"));
    List<String> told = Files.readAllLines(log);
    assertThat(told.subList(0, 2)).containsExactlyInAnyOrder("+0", "+1");
    assertThat(told.indexOf("+2")).isGreaterThan(Math.max(told.indexOf("-0"), told.indexOf("-1")));
    assertThat(told.indexOf("+3")).isGreaterThan(Math.max(told.indexOf("-0"), told.indexOf("-1")));
    assertThat(told.indexOf("+5")).isGreaterThan(Math.max(told.indexOf("-2"), told.indexOf("-3")));
  }

  @Test
  void moreMemoryThanThereIsIsRefusedWithBothFigures() throws IOException {
    Job job = spool.job("true").memory(1025);
    assertThat(spool.submit(List.of("--memory", "1024"), job))
        .singleElement()
        .asString()
        .startsWith("refused " + job.id())
        .contains("1025K%20of%20memory", "has%201M");
  }

  /** What the next agent finds running holds its memory there, too. */
  @Test
  void memoryStaysHeldWhenTheAgentIsFollowedByAnother() throws IOException {
    Job first = spool.job("sleep 300").memory(800);
    Job second = spool.job("true").memory(300);
    spool.submit(List.of("--slots", "2", "--memory", "1000"), first);
    AgentSpool.await(() -> spool.state(first.id()).equals("RUNNING"));
    AgentSpool.kill(spool.agent());
    Job small = spool.job("true").memory(200);
    spool.submit(List.of("--slots", "2", "--memory", "1000"), small, second);
    assertThat(spool.end(small).get(STATE)).isEqualTo("COMPLETED");
    assertThat(spool.state(second.id())).isEqualTo("QUEUED");
    spool.call(first.id() + "\n", List.of("cancel"));
    assertThat(spool.end(second).get(STATE)).isEqualTo("COMPLETED");
  }

  @Test
  void gpusAreHandedOutAndGivenBack() throws IOException {
    Job[] jobs = new Job[4];
    for (int i = 0; i < 3; i++) {
      jobs[i] = spool.job("echo $CUDA_VISIBLE_DEVICES; sleep 0.1").gpus(1);
    }
    jobs[3] = spool.job("echo \"<$CUDA_VISIBLE_DEVICES>\"");
    spool.submit(List.of("--slots", "4", "--gpus", "5,7"), jobs);
    List<String> seen = new ArrayList<>();
    for (Job job : jobs) {
      spool.end(job);
      seen.add(Files.readString(job.folder().resolve("stdout")).strip());
    }
    assertThat(seen.subList(0, 2)).containsExactlyInAnyOrder("5", "7");
    assertThat(seen.get(2)).isIn("5", "7");
    assertThat(seen.get(3)).isEqualTo("<>");
  }

  @Test
  void theWalltimeEndsTheWholeGroup() throws IOException {
    Job job = spool
        .job("trap '' TERM; sleep 300 & echo $!; sleep 300")
        .walltime(Duration.ofMillis(500))
        .grace(Duration.ofMillis(200));
    spool.submit(job);
    List<String> end = spool.end(job);
    assertThat(end.get(STATE)).isEqualTo("FAILED");
    assertThat(end.get(CAUSE)).isEqualTo("timeout");
    assertThat(job.folder().resolve("exit")).content().contains("cause=timeout").endsWith("end\n");
    assertGone(job);
  }

  @Test
  void theWarningComesBeforeTheWalltime() throws IOException {
    Job job =
        spool.job(":").walltime(Duration.ofSeconds(30)).warn("USR1", Duration.ofMillis(29_500));
    Files.writeString(
        job.folder().resolve("script"),
        "#!/bin/bash\ntrap 'echo warned; exit 3' USR1\nwhile :; do sleep 0.05; done\n");
    spool.submit(job);
    assertThat(spool.end(job).get(STATUS)).isEqualTo("3");
    assertThat(job.folder().resolve("stdout")).hasContent("warned");
  }

  @Test
  void cancelLeavesNoProcessEvenOfThoseThatLeftTheSession() throws IOException {
    Job job = spool
        .job("trap '' TERM; setsid sleep 300 & echo $!; sleep 300")
        .grace(Duration.ofMillis(100));
    Job queued = spool.job("true");
    spool.submit(List.of("--slots", "1"), job, queued);
    AgentSpool.await(() -> job.folder().resolve("stdout").toFile().length() > 0);
    spool.call(queued.id() + "\n" + job.id() + "\n", List.of("cancel"));
    assertThat(spool.end(job).get(STATE)).isEqualTo("CANCELLED");
    assertThat(spool.end(queued).get(STATE)).isEqualTo("CANCELLED");
    assertThat(queued.folder().resolve("announced")).doesNotExist();
    assertGone(job);
    assertThat(spool.call(job.id() + "\n", List.of("cancel"))).containsExactly("ended " + job.id());
  }

  @Test
  void thePeakMemoryOfAJobThatRunsForAWhileIsKnown() throws IOException {
    Job job = spool.job("x=$(head -c 40000000 /dev/zero | tr '\\0' x); sleep 3; :");
    spool.submit(job);
    assertThat(Long.parseLong(spool.end(job).get(PEAK))).isBetween(40_000L, 400_000L);
    assertThat(job.folder().resolve("exit")).content().doesNotContain("peak_kb=-");
  }

  /** What left the group, the session and the environment, while its parent lives. */
  @Test
  void cancelFindsWhatDescendsFromTheJob() throws IOException {
    spool.with("HPC_SHELL_CGROUP", "none");
    Job job = spool.job("env -i setsid sleep 300 & echo $!; sleep 300");
    spool.submit(job);
    AgentSpool.await(() -> job.folder().resolve("stdout").toFile().length() > 0);
    spool.call(job.id() + "\n", List.of("cancel"));
    assertThat(spool.end(job).get(STATE)).isEqualTo("CANCELLED");
    assertGone(job);
  }

  /** And whose parent is gone: only a control group holds it. */
  @Test
  void cancelFindsAllThatIsInTheControlGroup() throws IOException {
    Job probe = spool.job("true");
    spool.submit(probe);
    spool.end(probe);
    Assumptions.assumeTrue(
        Files.readString(spool.spool().resolve("ledger")).contains("/hpc-job."),
        "a control group (none is delegated)");
    Job job = spool.job("(env -i setsid sleep 300 & echo $!); sleep 300");
    spool.submit(job);
    AgentSpool.await(() -> job.folder().resolve("stdout").toFile().length() > 0);
    spool.call(job.id() + "\n", List.of("cancel"));
    assertThat(spool.end(job).get(STATE)).isEqualTo("CANCELLED");
    assertGone(job);
    Job next = spool.job("true");
    spool.submit(next);
    assertThat(spool.end(next).get(STATE)).isEqualTo("COMPLETED");
  }

  @Test
  void aJobIsHeldToItsMemoryWhereAControlGroupCan() throws IOException {
    Path group = memoryGroup();
    try {
      spool.with("HPC_SHELL_CGROUP", group.toString());
      String eat = "x=$(head -c 90000000 /dev/zero | tr '\\0' x)";
      Job hungry = spool.job(eat + "; echo fed").memory(40_000);
      Job careless = spool.job("(" + eat + "); true").memory(40_000);
      Job modest = spool.job("true").memory(40_000);
      Job free = spool.job(eat + "; echo fed");
      spool.submit(List.of("--slots", "1"), hungry, careless, modest, free);
      for (Job job : List.of(hungry, careless)) {
        List<String> end = spool.end(job);
        assertThat(List.of(end.get(STATE), end.get(CAUSE)))
            .containsExactly("FAILED", "out_of_memory");
        assertThat(end.get(REASON)).contains("40000K");
        assertThat(job.folder().resolve("exit")).content().contains("cause=out_of_memory");
      }
      assertThat(spool.end(modest).get(STATE)).isEqualTo("COMPLETED");
      assertThat(spool.end(free).get(STATE)).isEqualTo("COMPLETED");
      assertThat(free.folder().resolve("stdout")).hasContent("fed");
      AgentSpool.await(() -> AgentSpool.processes(folder).isEmpty());
      try (var left = Files.list(group)) {
        assertThat(left.filter(Files::isDirectory)).isEmpty();
      }
    } finally {
      AgentSpool.await(() -> !Files.exists(group) || group.toFile().delete());
    }
  }

  /** A group of this test's own below that of this process, in a hierarchy that limits memory. */
  private static Path memoryGroup() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      String[] words = line.split(":", 3);
      Path mount =
          Path.of(words[1].equals("memory") ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup", words[2]);
      boolean limits = words[1].equals("memory")
          || (words[1].isEmpty() && Files.exists(mount.resolve("memory.max")));
      if (limits && Files.isWritable(mount)) {
        return Files.createDirectory(
            mount.resolve("hpc-test." + ProcessHandle.current().pid()));
      }
    }
    Assumptions.abort("a control group that limits memory (none is delegated)");
    throw new AssertionError();
  }

  /** The files of version 2, of which a kernel that has version 1 has none for memory. */
  @Test
  void theLimitIsWrittenInTheWordsOfTheSecondVersion() throws IOException {
    Path group = Files.createDirectory(folder.resolve("group"));
    Files.writeString(group.resolve("memory.current"), "4096\n");
    Files.writeString(group.resolve("memory.max"), "max\n");
    Files.writeString(group.resolve("memory.swap.max"), "max\n");
    Files.writeString(group.resolve("memory.events"), "low 0\noom 9\noom_kill 2\n");
    String setUp = "LC_ALL=C; set -f; . '" + spool.scripts() + "/cgroup.bash'; cgroup=" + group
        + " home=" + folder + " cgroup_limit=0; ";
    assertThat(bash(setUp + "cgroup_hold 20000; cgroup_kills; echo $cgroup_limit $REPLY"))
        .isEqualTo("20000 2");
    assertThat(group.resolve("memory.max")).hasContent("20480000");
    assertThat(group.resolve("memory.swap.max")).hasContent("0");
    bash(setUp + "cgroup_limit=20000; cgroup_hold 0");
    assertThat(group.resolve("memory.max")).hasContent("max");
    assertThat(group.resolve("memory.swap.max")).hasContent("max");
  }

  private static String bash(String lines) throws IOException {
    Process process =
        new ProcessBuilder("bash", "-c", lines).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** Its helper goes on in another control group, so that the end of the next job spares it. */
  @Test
  void whatAJobLeavesRunningIsNoneOfTheNextJob() throws IOException {
    Job daemon = spool.job("(env -i setsid sleep 300 >/dev/null 2>&1 & echo $!)");
    Job next = spool.job("echo up; sleep 300");
    spool.submit(List.of("--slots", "1"), daemon, next);
    AgentSpool.await(() -> next.folder().resolve("stdout").toFile().length() > 0);
    spool.call(next.id() + "\n", List.of("cancel"));
    assertThat(spool.end(next).get(STATE)).isEqualTo("CANCELLED");
    long left =
        Long.parseLong(Files.readString(daemon.folder().resolve("stdout")).strip());
    assertThat(ProcessHandle.of(left)).get().matches(ProcessHandle::isAlive);
    AgentSpool.kill(left);
  }

  @Test
  void anAgentWhoseSpoolIsRemovedEndsItsJobsAndGoes() throws IOException {
    Job running = spool.job("echo $BASHPID; sleep 300");
    Job queued = spool.job("true");
    spool.submit(List.of("--slots", "1"), running, queued);
    AgentSpool.await(() -> running.folder().resolve("stdout").toFile().length() > 0);
    long agent = spool.agent();
    Path removed = spool.root().resolveSibling("removed");
    Files.move(spool.root(), removed);
    AgentSpool.await(() -> ProcessHandle.of(agent).isEmpty());
    AgentSpool.await(() -> AgentSpool.processes(folder).isEmpty());
    assertGone(running);
    assertThat(queued.folder().resolve("announced")).doesNotExist();
    Job fresh = spool.job("true");
    spool.submit(fresh);
    assertThat(spool.end(fresh).get(STATE)).isEqualTo("COMPLETED");
  }

  @Test
  void whoEndsAJobGoesWhenItsSpoolIsRemoved() throws IOException {
    Job deaf = spool.job("trap '' TERM; echo $BASHPID; sleep 300").grace(Duration.ofSeconds(2));
    spool.submit(deaf);
    AgentSpool.await(() -> deaf.folder().resolve("stdout").toFile().length() > 0);
    spool.call(deaf.id() + "\n", List.of("cancel"));
    AgentSpool.await(() -> AgentSpool.processes(folder).stream()
        .anyMatch(process -> process.info().commandLine().orElse("").contains("reaper.bash")));
    Files.move(spool.root(), spool.root().resolveSibling("removed"));
    AgentSpool.await(() -> AgentSpool.processes(folder).isEmpty());
    assertGone(deaf);
  }

  private static void assertGone(Job job) throws IOException {
    long pid = Long.parseLong(Files.readAllLines(job.folder().resolve("stdout")).get(0));
    Path stat = Path.of("/proc/" + pid + "/stat");
    assertThat(Files.exists(stat) ? Files.readString(stat) : ") Z").contains(") Z");
  }

  @Test
  void anArrayKeepsToItsLimitAndTellsItsElements() throws IOException {
    Job job = spool
        .job("echo $HPC_ARRAY_INDEX/$HPC_ARRAY_COUNT; test $HPC_ARRAY_INDEX != 5")
        .array("1:9:2:1");
    spool.submit(job);
    AgentSpool.await(() ->
        list(job).stream().allMatch(e -> List.of("COMPLETED", "FAILED").contains(e.get(STATE))));
    assertThat(list(job))
        .extracting(e -> e.get(2) + e.get(STATE).charAt(0))
        .containsExactly("1C", "3C", "5F", "7C", "9C");
    assertThat(job.folder().resolve("stdout.9")).hasContent("9/5");
    assertThat(job.folder().resolve("exit.9")).exists();
  }

  private List<List<String>> list(Job job) {
    try {
      return spool.query(job.id());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void dependenciesStartOrEndTheirJobs() throws IOException {
    Job bad = spool.job("exit 1");
    Job notOk = spool.job("true").after("afternotok:" + bad.id());
    Job any = spool.job("true").after("afterany:" + bad.id() + ",afterok:" + notOk.id());
    Job ok = spool.job("true").after("afterok:" + bad.id());
    Job further = spool.job("true").after("afterok:" + ok.id());
    Job stranger = spool.job("true").after("afterok:00000000-0000-0000-0000-000000000000");
    assertThat(spool.submit(bad, notOk, any, ok, further, stranger).get(5)).startsWith("refused");
    assertThat(spool.end(notOk).get(STATE)).isEqualTo("COMPLETED");
    assertThat(spool.end(any).get(STATE)).isEqualTo("COMPLETED");
    assertThat(spool.end(ok).get(CAUSE)).isEqualTo("dependency");
    assertThat(spool.end(further).get(CAUSE)).isEqualTo("dependency");
    assertThat(ok.folder().resolve("announced")).doesNotExist();
  }

  @Test
  void aKilledScriptIsToldByItsSignal() throws IOException {
    Job job = spool.job(":");
    Files.writeString(job.folder().resolve("script"), "#!/bin/bash\nkill -KILL $$\n");
    spool.submit(job);
    List<String> end = spool.end(job);
    assertThat(List.of(end.get(STATE), end.get(SIGNAL), end.get(CAUSE)))
        .containsExactly("FAILED", "9", "signal");
    assertThat(job.folder().resolve("exit")).content().contains("signal=9").endsWith("end\n");
  }

  @Test
  void anOutputThatCannotBeWrittenEndsTheJobWithAReason() throws IOException {
    Job job = spool.job("true");
    Files.createDirectory(job.folder().resolve("stdout"));
    spool.submit(job);
    List<String> end = spool.end(job);
    assertThat(end.get(CAUSE)).isEqualTo("launch");
    assertThat(end.get(REASON)).contains("cannot%20write%20standard%20output");
    assertThat(job.folder().resolve("announced")).doesNotExist();
  }

  @Test
  void aJobWithoutWrapperAndScriptDoesNotRunForEver() throws IOException {
    Job job = spool.job("sleep 30").grace(Duration.ofMillis(100));
    spool.submit(job);
    AgentSpool.await(() -> Files.exists(job.folder().resolve("announced")));
    AgentSpool.kill(spool.agent());
    spool.helpers().forEach(AgentSpool::kill);
    String announced = Files.readString(job.folder().resolve("announced"));
    AgentSpool.kill(Long.parseLong(announced.split(" ", -1)[6]));
    assertThat(spool.end(job).get(STATE)).isEqualTo("FAILED");
  }

  @Test
  void aRebootEndsWhatRanAsANodeFailure() throws IOException {
    Job job = spool.job("sleep 30");
    spool.submit(job);
    AgentSpool.await(() -> Files.exists(job.folder().resolve("announced")));
    AgentSpool.kill(spool.agent());
    spool.helpers().forEach(AgentSpool::kill);
    AgentSpool.kill(
        Long.parseLong(Files.readString(job.folder().resolve("announced")).split(" ", -1)[6]));
    Path ledger = spool.spool().resolve("ledger");
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    Files.writeString(ledger, Files.readString(ledger).replace(boot, "an-earlier-boot"));
    assertThat(spool.end(job).get(CAUSE)).isEqualTo("node_fail");
  }

  @Test
  void theJobOfAnotherHostIsShownAsItsRecordTells() throws IOException {
    Job ended = spool.job("true");
    spool.submit(ended);
    spool.end(ended);
    AgentSpool.await(this::retired);
    Job running = spool.job("true");
    Path ledger = spool.spool().resolve("ledger");
    List<String> lines = new ArrayList<>(Files.readAllLines(ledger));
    lines.add(lines.stream()
        .filter(l -> l.startsWith("~Q "))
        .findFirst()
        .orElseThrow()
        .replace(ended.id(), running.id()));
    lines.add("~S " + running.id() + " - 1 1000000 77 88 99 none .");
    Files.createDirectory(spool.root().resolve("elsewhere"));
    Files.write(spool.root().resolve("elsewhere/ledger"), lines);
    Files.delete(ledger);
    assertThat(spool.state(ended.id())).isEqualTo("COMPLETED");
    List<String> answer = spool.query(running.id()).get(0);
    assertThat(answer.get(STATE)).isEqualTo("UNKNOWN");
    assertThat(answer.get(REASON)).contains("belongs%20to%20elsewhere", "RUNNING");
    assertThat(spool.call(running.id() + "\n", List.of("cancel")))
        .containsExactly("elsewhere " + running.id() + " elsewhere");
  }

  @Test
  void tornLinesHideNothing() throws IOException {
    Job first = spool.job("true");
    spool.submit(first);
    Files.writeString(spool.spool().resolve("ledger"), "~Q torn h0", StandardOpenOption.APPEND);
    Job second = spool.job("true");
    spool.submit(second);
    assertThat(spool.end(first).get(STATE)).isEqualTo("COMPLETED");
    assertThat(spool.end(second).get(STATE)).isEqualTo("COMPLETED");
  }

  @Test
  void whatIsNoJobIsRefusedAndHarmsNoOther() throws IOException {
    Job good = spool.job("true");
    List<String> answer = spool.call(
        "\nrubbish\n" + good.toString().replace(" 1 1 0 ", " 1 -1 0 ") + "\n" + good + "\n",
        List.of("submit"));
    assertThat(answer).hasSize(4);
    assertThat(answer.subList(0, 3)).allMatch(line -> line.startsWith("refused "));
    assertThat(spool.end(good).get(STATE)).isEqualTo("COMPLETED");
  }

  @Test
  void theSameSubmissionTwiceRunsOnce() throws IOException {
    Job job = spool.job("true");
    spool.submit(job, job);
    spool.submit(job);
    spool.end(job);
    assertThat(Files.readAllLines(job.folder().resolve("announced"))).hasSize(1);
    assertThat(spool.call("h0000001testtoken\nhzzzzzzzzz\n", List.of("find")))
        .singleElement()
        .asString()
        .startsWith("found h0000001testtoken " + job.id());
  }

  @Test
  void agentsAndHelpersKilledAtAnyMomentLoseAndDoubleNoJob() throws IOException {
    Job[] jobs = new Job[200];
    for (int i = 0; i < jobs.length; i++) {
      jobs[i] = spool.job("echo ran");
    }
    spool.submit(jobs);
    for (int kills = 0; kills < 40; kills++) {
      List<Long> helpers = spool.helpers();
      AgentSpool.kill(
          kills % 2 == 0 || helpers.isEmpty() ? spool.agent() : helpers.get(helpers.size() - 1));
      spool.call("", List.of("repair"));
    }
    assertThat(spool.ends(List.of(jobs))).allMatch(end -> end.get(STATE).equals("COMPLETED"));
    for (Job job : jobs) {
      assertThat(Files.readAllLines(job.folder().resolve("announced"))).hasSize(1);
    }
  }

  @Test
  void whatEndedIsMovedToTheArchiveAndStillKnown() throws IOException {
    Job job = spool.job("true");
    spool.submit(job);
    spool.end(job);
    AgentSpool.await(this::retired);
    Files.writeString(
        spool.spool().resolve("ledger"), "# torn ~Q\n".repeat(20_001), StandardOpenOption.APPEND);
    Job next = spool.job("true").after("afterok:" + job.id());
    spool.submit(next);
    assertThat(spool.end(next).get(STATE)).isEqualTo("COMPLETED");
    assertThat(spool.spool().resolve("archive")).isNotEmptyDirectory();
    assertThat(spool.query(job.id()).get(0).get(STATE)).isEqualTo("COMPLETED");
  }

  @Test
  void whatIsCleanedIsGoneFromLedgerAndArchive() throws IOException {
    Job archived = spool.job("true");
    spool.submit(archived);
    spool.end(archived);
    AgentSpool.await(this::retired);
    spool.with("HPC_SHELL_COMPACT", "1");
    Job job = spool.job("exit 3");
    spool.submit(job); // the agent that starts for it compacts
    spool.end(job);
    assertThat(spool.spool().resolve("archive")).isNotEmptyDirectory();
    spool.with("HPC_SHELL_COMPACT", "20000");
    assertThat(spool.call(archived.id() + "\n" + job.id() + "\n", List.of("clean")))
        .containsExactly("cleaned " + archived.id(), "cleaned " + job.id());
    assertThat(spool.query(archived.id(), job.id()))
        .allMatch(answer -> answer.get(0).equals("unknown"));
    assertThat(spool.call(job.id() + "\n", List.of("clean")))
        .containsExactly("unknown " + job.id());
    AgentSpool.await(this::retired);
    Job next = spool.job("true");
    spool.submit(next);
    spool.end(next);
    assertThat(spool.query(archived.id(), job.id()))
        .allMatch(answer -> answer.get(0).equals("unknown"));
    assertThat(spool.call(tokenOf(job) + "\n" + tokenOf(archived) + "\n", List.of("find")))
        .isEmpty();
    try (var files = Files.walk(spool.spool())) {
      assertThat(files.filter(Files::isRegularFile))
          .noneMatch(file -> mentions(file, archived, job));
    }
  }

  private static String tokenOf(Job job) {
    String path = job.folder().toString();
    return path.substring(path.lastIndexOf('\n') + 1);
  }

  private static boolean mentions(Path file, Job... jobs) {
    try {
      String text = Files.readString(file);
      return List.of(jobs).stream().anyMatch(job -> text.contains(job.id()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatRunsOrIsWaitedForIsNotCleaned() throws IOException {
    Job running = spool.job("sleep 300");
    Job parent = spool.job("true");
    spool.submit(List.of("--slots", "1"), parent, running);
    spool.end(parent);
    Job child = spool.job("true").after("afterok:" + parent.id());
    spool.submit(List.of("--slots", "1"), child); // there is no room for it
    assertThat(spool.call(running.id() + "\n" + parent.id() + "\nrubbish\n", List.of("clean")))
        .containsExactly(
            "running " + running.id(),
            "needed " + parent.id() + " " + child.id(),
            "unknown rubbish");
    spool.call(running.id() + "\n", List.of("cancel"));
    assertThat(spool.end(child).get(STATE)).isEqualTo("COMPLETED");
    assertThat(spool.call(parent.id() + "\n", List.of("clean")))
        .containsExactly("cleaned " + parent.id());
    assertThat(spool.submit(spool.job("true").after("afterok:" + parent.id())))
        .singleElement()
        .asString()
        .startsWith("refused ");
  }

  /** One line for all that wait, with their step, and one for each that began. */
  @Test
  void elementsThatAreAlikeAreToldInOneLine() throws IOException {
    Job array = spool.job("exit $((HPC_ARRAY_INDEX == 0 ? 0 : 3)); ").array("0:99999:3:-");
    Job first = spool.job("sleep 300");
    spool.submit(List.of("--slots", "1"), first, array);
    assertThat(spool.query(array.id()))
        .singleElement()
        .satisfies(
            answer -> assertThat(answer.subList(2, 4)).containsExactly("0-99999:3", "QUEUED"));
    spool.call(array.id() + "/0\n" + array.id() + "/6\n", List.of("cancel"));
    AgentSpool.await(() -> spool.state(array.id() + "/6").equals("CANCELLED"));
    assertThat(spool.query(array.id()))
        .extracting(answer -> answer.get(2) + " " + answer.get(STATE))
        .containsExactly("0 CANCELLED", "3 QUEUED", "6 CANCELLED", "9-99999:3 QUEUED");
    spool.call(array.id() + "\n", List.of("cancel"));
    AgentSpool.await(() -> spool.state(array.id() + "/99999").equals("CANCELLED"));
    assertThat(spool.query(array.id())).hasSize(4);
  }

  private boolean retired() {
    try {
      return spool.agent() == 0;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
