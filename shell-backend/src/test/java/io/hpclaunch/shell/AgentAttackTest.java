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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agent must survive: killed parts, full disks, jobs that will not end, crowds. */
class AgentAttackTest {
  private static final int STATE = 3;
  private static final int STATUS = 4;
  private static final int CAUSE = 6;

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

  /** The processes of this spool whose command line names the script. */
  private List<ProcessHandle> processes(String script) {
    return ProcessHandle.allProcesses()
        .filter(process -> commandLine(process).contains(script)
            && commandLine(process).contains(folder.toString()))
        .toList();
  }

  /** Read here, since the JDK tells no command line that it finds too long. */
  private static String commandLine(ProcessHandle process) {
    try {
      byte[] words = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline"));
      return new String(words, StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException e) {
      return ""; // it is gone
    }
  }

  /**
   * Whether it leads its session, as each helper does. What a helper forks to become a job does
   * not, and has the helper's command line until the script takes its place.
   */
  private static boolean leadsSession(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      String session = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5)[3];
      return session.equals(Long.toString(process.pid()));
    } catch (IOException e) {
      return false; // it has ended, as a job may between two looks
    }
  }

  private static String bash(String... words) throws IOException {
    List<String> argv = new ArrayList<>(List.of("bash", "-c"));
    argv.addAll(Arrays.asList(words));
    Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  // ---- killed parts ----------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverIsKilledNoJobIsLostOrRunsTwice(long seed) throws IOException {
    Path ran = folder.resolve("ran");
    Random random = new Random(seed);
    Job[] jobs = new Job[200];
    for (int i = 0; i < jobs.length; i++) {
      jobs[i] = spool.job("echo $HPC_NATIVE_ID >>" + ran).grace(Duration.ofMillis(100));
    }
    spool.submit(jobs);
    int killedScripts = 0;
    int wishes = 0;
    for (int kills = 0; kills < 30; kills++) {
      String part =
          List.of("agent.bash", "helper.bash", "/script", "reaper.bash").get(random.nextInt(4));
      if (part.equals("reaper.bash")) {
        String id = jobs[random.nextInt(jobs.length)].id();
        wishes += spool.call(id + "\n", List.of("cancel")).contains("asked " + id) ? 1 : 0;
      }
      List<ProcessHandle> found = processes(part);
      if (!found.isEmpty()) {
        ProcessHandle victim = found.get(random.nextInt(found.size()));
        killedScripts +=
            part.equals("/script") || (part.equals("helper.bash") && !leadsSession(victim)) ? 1 : 0;
        victim.destroyForcibly();
      }
      spool.call("", List.of("repair"));
    }
    List<String> states =
        spool.ends(List.of(jobs)).stream().map(answer -> answer.get(STATE)).toList();
    assertThat(Collections.frequency(states, "FAILED")).isLessThanOrEqualTo(killedScripts);
    assertThat(Collections.frequency(states, "CANCELLED")).isLessThanOrEqualTo(wishes);
    List<String> lines = Files.readAllLines(ran);
    assertThat(lines).doesNotHaveDuplicates();
    for (int i = 0; i < jobs.length; i++) {
      if (states.get(i).equals("COMPLETED")) {
        assertThat(lines).contains(jobs[i].id());
      }
    }
  }

  @Test
  void whatAKilledScriptLeavesIsEnded() throws IOException {
    Job job = spool.grouped("echo $BASHPID; sleep 300");
    spool.submit(job);
    long command = firstLine(job);
    processes("/script").stream()
        .filter(p -> p.pid() != command)
        .forEach(ProcessHandle::destroyForcibly);
    List<String> end = spool.end(job);
    assertThat(List.of(end.get(STATE), end.get(CAUSE))).containsExactly("FAILED", "signal");
    assertGone(command);
  }

  @Test
  void aKilledReaperIsFollowedByAnother() throws IOException {
    Job job = spool.grouped("trap '' TERM; echo $BASHPID; sleep 300").grace(Duration.ofSeconds(2));
    spool.submit(job);
    long command = firstLine(job);
    spool.call(job.id() + "\n", List.of("cancel"));
    AgentSpool.await(() -> !processes("reaper.bash").isEmpty());
    processes("reaper.bash").forEach(ProcessHandle::destroyForcibly);
    assertThat(spool.end(job).get(STATE)).isEqualTo("CANCELLED");
    assertGone(command);
  }

  @Test
  void ofManyAgentsOneWorks() throws IOException {
    Path ran = folder.resolve("ran");
    Job[] jobs = new Job[30];
    for (int i = 0; i < jobs.length; i++) {
      jobs[i] = spool.job("echo $HPC_NATIVE_ID >>" + ran + "; sleep 0.05");
    }
    spool.submit(jobs);
    AgentSpool.await(() -> Files.exists(ran));
    String agent = spool.scripts().resolve("agent.bash").toString();
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    bash(
        "for i in 1 2 3 4 5 6; do setsid bash \"$@\" </dev/null >/dev/null 2>&1 & done",
        "-",
        agent,
        spool.spool().toString(),
        spool.spool().getFileName().toString(),
        boot);
    AgentSpool.await(() -> processes("agent.bash").stream()
            .filter(p -> commandLine(p).startsWith("bash "))
            .count()
        == 0);
    assertThat(spool.ends(List.of(jobs))).allMatch(end -> end.get(STATE).equals("COMPLETED"));
    assertThat(Files.readAllLines(ran)).doesNotHaveDuplicates().hasSize(jobs.length);
  }

  // ---- pids ------------------------------------------------------------------------------------

  @Test
  void aZombieAndAReusedPidAreNotAlive() throws IOException {
    String lib = "LC_ALL=C; set -f; . '" + spool.scripts() + "/lib.bash'; ";
    String tell =
        "proc_stat $pid; alive $pid $ps_start && echo $ps_state alive || echo $ps_state gone";
    assertThat(bash(lib + "pid=$$; " + tell)).endsWith("alive");
    assertThat(bash(lib + "proc_stat $$; alive $$ $((ps_start + 1)) && echo alive || echo gone"))
        .isEqualTo("gone");
    assertThat(bash(lib
            // A bash would reap it: it ends when that has become another program.
            + "exec {fd}< <(p=$BASHPID; until read -r c </proc/$p/comm && [[ $c == sleep ]];"
            + " do sleep 0.01; done & echo $!; exec sleep 60); read -r pid <&$fd; parent=$!;"
            + " until proc_stat $pid && [[ $ps_state == Z ]]; do ((SECONDS < 50)) || break; done; "
            + tell
            + "; kill $parent"))
        .isEqualTo("Z gone");
  }

  @Test
  void anAgentWhosePidAnotherProcessGotIsReplaced() throws IOException {
    Job first = spool.job("true");
    spool.submit(first);
    spool.end(first);
    AgentSpool.kill(spool.agent());
    Path file = spool.spool().resolve("agent");
    String told = Files.readString(file);
    Files.writeString(
        file, told.replaceFirst("^\\d+", "" + ProcessHandle.current().pid()));
    Job second = spool.job("true");
    spool.submit(second);
    assertThat(spool.end(second).get(STATE)).isEqualTo("COMPLETED");
  }

  // ---- a full disk -----------------------------------------------------------------------------

  @Test
  void onAFullDiskAJobIsTakenOrRefusedAndNeverHalf() throws IOException {
    Path disk = Files.createDirectory(spool.root().getParent().resolve("disk"));
    Assumptions.assumeTrue(
        bash("mount -t tmpfs -o size=128k none \"$1\" && echo done", "-", disk.toString())
            .equals("done"),
        "mount (not permitted)");
    AgentSpool small = new AgentSpool(folder, disk);
    try {
      Path ran = folder.resolve("ran");
      List<Job> taken = new ArrayList<>();
      List<Job> refused = new ArrayList<>();
      for (int round = 0; refused.size() < 20; round++) {
        assertThat(round).as("rounds until the disk is full").isLessThan(1000);
        Job[] jobs = new Job[10];
        for (int i = 0; i < jobs.length; i++) {
          jobs[i] = small.job("echo $HPC_NATIVE_ID >>" + ran);
        }
        List<String> answers = small.submit(jobs);
        assertThat(answers).hasSize(jobs.length);
        for (int i = 0; i < jobs.length; i++) {
          (answers.get(i).equals("ok " + jobs[i].id()) ? taken : refused).add(jobs[i]);
        }
      }
      assertThat(taken).isNotEmpty();
      assertThat(small.query(refused.stream().map(Job::id).toArray(String[]::new)))
          .allMatch(answer -> answer.get(0).equals("unknown"));
      assertThat(small.query(taken.stream().map(Job::id).toArray(String[]::new)))
          .allMatch(answer -> answer.get(0).equals("job"));
      bash("mount -o remount,size=8m \"$1\"", "-", disk.toString());
      small.call("", List.of("repair"));
      assertThat(small.ends(taken)).allMatch(end -> end.get(STATE).equals("COMPLETED"));
      assertThat(Files.readAllLines(ran))
          .containsExactlyInAnyOrderElementsOf(taken.stream().map(Job::id).toList());
    } finally {
      bash("mount -o remount,size=8m \"$1\"", "-", disk.toString());
      small.close();
      AgentSpool.await(() -> {
        try {
          return bash("umount \"$1\" 2>&1", "-", disk.toString()).isEmpty();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
    }
  }

  /** Lines of helpers must not come in between the halves of a line of a large batch. */
  @Test
  void aLargeBatchIsWholeWhileOthersAppend() throws IOException {
    Path ledger = Files.createDirectories(spool.root().resolve(host())).resolve("ledger");
    Process noise = new ProcessBuilder(
            "bash", "-c", "while :; do echo '~C none - 1 noise .' >>\"$1\"; done", "-", "" + ledger)
        .start();
    try {
      Job[] jobs = IntStream.range(0, 400).mapToObj(i -> job()).toArray(Job[]::new);
      assertThat(spool.submit(jobs)).allMatch(answer -> answer.startsWith("ok "));
      noise.destroyForcibly();
      String[] ids = Stream.of(jobs).map(Job::id).toArray(String[]::new);
      assertThat(spool.query(ids)).allMatch(answer -> answer.get(0).equals("job"));
      spool.call(String.join("\n", ids) + "\n", List.of("cancel"));
    } finally {
      noise.destroyForcibly();
    }
  }

  private Job job() {
    try {
      return spool.job("true");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String host() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  // ---- jobs that will not end ------------------------------------------------------------------

  private static final String STUBBORN = "trap '' TERM HUP INT; "
      + "(setsid nohup bash -c 'trap \"\" TERM HUP; sleep 300 & wait' & ) >/dev/null 2>&1; "
      + "echo $BASHPID; sleep 300; sleep 300";

  private void endsWholly(UnaryOperator<Job> bound, boolean cancel, String state)
      throws IOException {
    for (Job job : List.of(spool.job(STUBBORN), spool.grouped(STUBBORN))) {
      spool.submit(bound.apply(job.grace(Duration.ofMillis(200))));
      long command = firstLine(job);
      List<Long> all = carriers(job);
      if (cancel) {
        spool.call(job.id() + "\n", List.of("cancel"));
      }
      assertThat(spool.end(job).get(STATE)).isEqualTo(state);
      assertThat(carriers(job)).isEmpty();
      all.forEach(AgentAttackTest::assertGone);
      assertGone(command);
    }
  }

  @Test
  void cancelLeavesNoProcessOfAStubbornJob() throws IOException {
    endsWholly(job -> job, true, "CANCELLED");
  }

  @Test
  void theWalltimeLeavesNoProcessOfAStubbornJob() throws IOException {
    endsWholly(job -> job.walltime(Duration.ofSeconds(1)), false, "FAILED");
  }

  /** The processes that run with the job's token. */
  private static List<Long> carriers(Job job) throws IOException {
    String pids = bash(
        "for f in /proc/[0-9]*/environ; do pid=${f//[!0-9]/};"
            + " if tr '\\0' '\\n' 2>/dev/null <$f | grep -qx \"HPC_NATIVE_ID=$1\";"
            + " then echo $pid; fi; done",
        "-",
        job.id());
    return pids.lines().filter(l -> l.matches("\\d+")).map(Long::valueOf).toList();
  }

  private static void assertGone(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      assertThat(stat).matches("(?s).*\\) [ZX] .*");
    } catch (IOException e) {
      assertThat(Path.of("/proc/" + pid + "/stat"))
          .satisfiesAnyOf(
              path -> assertThat(path).doesNotExist(),
              path -> assertThat(e).hasMessageContaining("such"));
    }
  }

  private static long firstLine(Job job) throws IOException {
    Path stdout = job.folder().resolve("stdout");
    AgentSpool.await(() -> stdout.toFile().length() > 0);
    return Long.parseLong(Files.readAllLines(stdout).get(0));
  }

  @Test
  void theWarningReachesTheCommandInItsOwnGroup() throws IOException {
    Job job = spool
        .grouped("trap 'echo warned; exit 3' USR1; echo ready; while :; do sleep 0.05; done")
        .walltime(Duration.ofSeconds(30))
        .warn("USR1", Duration.ofSeconds(29));
    spool.submit(job);
    assertThat(spool.end(job).get(STATUS)).isEqualTo("3");
    assertThat(job.folder().resolve("stdout")).hasContent("ready\nwarned");
  }

  // ---- crowds, limits, locales -----------------------------------------------------------------

  @Test
  void tenJobsOnTwoSlotsEndWithNoClientAlive() throws IOException {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      jobs.add(spool.job("sleep 0.1"));
    }
    spool.submit(jobs.toArray(Job[]::new));
    AgentSpool.await(
        () -> jobs.stream().allMatch(job -> Files.exists(job.folder().resolve("exit"))));
    assertThat(spool.ends(jobs)).allMatch(end -> end.get(STATE).equals("COMPLETED"));
  }

  @Test
  void noMoreElementsRunAtOnceThanTheArrayAllows() throws IOException {
    Path log = folder.resolve("log");
    Job job = spool.job("echo + >>" + log + "; sleep 0.2; echo - >>" + log).array("0:7:1:2");
    spool.submit(List.of("--slots", "4"), job);
    AgentSpool.await(() -> {
      try {
        return spool.query(job.id()).stream().allMatch(e -> e.get(STATE).equals("COMPLETED"));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
    int running = 0;
    int most = 0;
    for (String line : Files.readAllLines(log)) {
      running += line.equals("+") ? 1 : -1;
      most = Math.max(most, running);
    }
    assertThat(most).isEqualTo(2);
  }

  @Test
  void aDependencyOnAnArrayOrOneElementIsKept() throws IOException {
    Job array = spool.job("exit $((HPC_ARRAY_INDEX == 2))").array("1:2:1:-");
    Job whole = spool.job("true").after("afterok:" + array.id());
    Job element = spool.job("true").after("afterok:" + array.id() + "/1");
    Job bad = spool.job("true").after("afternotok:" + array.id() + "/2");
    Job stranger = spool.job("true").after("afterok:" + array.id() + "/3");
    assertThat(spool.submit(array, whole, element, bad, stranger).get(4)).startsWith("refused");
    Job late = spool.job("true").after("afternotok:" + array.id() + "/2");
    Job lateStranger = spool.job("true").after("afterok:" + array.id() + "/0");
    assertThat(spool.submit(late, lateStranger))
        .satisfiesExactly(
            answer -> assertThat(answer).isEqualTo("ok " + late.id()),
            answer -> assertThat(answer).startsWith("refused"));
    assertThat(spool.end(late).get(STATE)).isEqualTo("COMPLETED");
    assertThat(spool.end(whole).get(CAUSE)).isEqualTo("dependency");
    assertThat(spool.end(element).get(STATE)).isEqualTo("COMPLETED");
    assertThat(spool.end(bad).get(STATE)).isEqualTo("COMPLETED");
  }

  @Test
  void bytesPassUnchangedUnderLcAllC() throws IOException {
    spool.with("LC_ALL", "C");
    Job job = spool.job("echo \"$LC_ALL\" 'grüße ✓'");
    Path odd = folder.resolve("ü $x `y` ~\\ *.txt");
    String line =
        job.toString().replaceFirst(" \\S+/stdout ", " " + AgentSpool.encode("" + odd) + " ");
    assertThat(spool.call(line + "\n", List.of("submit"))).containsExactly("ok " + job.id());
    assertThat(spool.end(job).get(STATE)).isEqualTo("COMPLETED");
    assertThat(odd).hasContent("C grüße ✓");
  }

  @Test
  void aReasonAsLongAsABookDoesNotTearTheLedger() throws IOException {
    Job job = spool.job("true");
    String record =
        "v=1\ntoken=t\nnative=%s\nindex=-\nattempt=1\nhost=h\nstarted=1.000\nended=2.000\n"
                .formatted(job.id())
            + "status=1\nsignal=-\ncause=launch\nreason=" + "very long ".repeat(2000)
            + "\ncpu_ms=-\npeak_kb=-\nend\n";
    Files.writeString(job.folder().resolve("record"), record);
    Files.writeString(
        job.folder().resolve("script"),
        "#!/bin/bash\ncp \"${0%/*}/record\" \"${0%/*}/exit\"; exit 1\n",
        StandardOpenOption.TRUNCATE_EXISTING);
    spool.submit(job);
    assertThat(spool.end(job).get(CAUSE)).isEqualTo("launch");
    assertThat(Files.readAllLines(spool.spool().resolve("ledger")))
        .allMatch(line -> line.length() < 4096);
  }
}
