// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.Resources;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of sweeps on every backend. */
abstract class SweepContract {
  /** Values that quoting gets wrong. */
  private static final List<String> ODD = List.of(
      "a b",
      " ",
      "",
      "'",
      "\"",
      "it's \"so\"",
      "$HOME",
      "`id`",
      "$(id)",
      "a|b",
      "a;b&c",
      "line\nend\n",
      "\r\n",
      "\t",
      "*",
      "~",
      "\\",
      "\\n",
      "%s",
      "{args}",
      "{{x}}",
      "!x",
      "#x",
      "-n",
      "grün ☃ 𝄞",
      "esac",
      ")",
      ";;",
      "a=b");

  private static final int KILLED = Integer.getInteger("hpc.test.killedClients", 5);

  Path folder;
  SweepSite site;

  abstract String backend();

  /** Brings what the backend needs. */
  void prepare() throws IOException {}

  @BeforeEach
  void open() throws IOException {
    folder = Files.createTempDirectory("sweep").toRealPath();
    prepare();
    site = new SweepSite(folder);
  }

  /** A job that was told to have ended may still be about to write its last lines. */
  @AfterEach
  void close() {
    site.close();
    Awaitility.await().ignoreExceptions().until(() -> {
      remove(folder);
      return true;
    });
  }

  private static void remove(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  private static SweepStatus end(SweepRun run) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> !run.status().isActive());
    return run.status();
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"INDIVIDUAL", "ARRAY"})
  void mixedResultsAreToldAndWhatFailedRunsAgain(Mode mode) {
    String yaml = "{grid: {x: [1, 2, 3, 4]}, command: 'echo run {x} >>ran;"
        + " [ {x} = 1 ] || [ -e mended ] || { echo no {x} >&2; exit {x}; }'}";
    SweepRun run = site.run(backend(), mode, yaml);
    SweepStatus status = end(run);
    assertThat(status.count(TaskState.COMPLETED)).isEqualTo(1);
    assertThat(status.count(TaskState.FAILED)).isEqualTo(3);
    assertThat(info(status, 3).exitCode()).isEqualTo(3);
    assertThat(SweepSite.read(run.log(3))).isEqualTo("no 3\n");
    assertThat(SweepSite.read(run.taskFolder(2).resolve("status")))
        .contains("state=running", "state=failed\nexit_code=2\nended=2");
    assertThat(run.errors())
        .hasSize(3)
        .allSatisfy(group -> assertThat(group.log()).isRegularFile());

    site.nextClient();
    SweepRun later = site.open("s");
    touch("mended");
    assertThat(
            later.resume(SweepRun.Resumption.ALL.retryFailed(false), done -> {}).isEmpty())
        .as("failed ones are left alone")
        .isTrue();
    TaskSet only = TaskSet.parse("1-2", "t", 4);
    assertThat(later.resume(SweepRun.Resumption.ALL.only(only), done -> {}))
        .as("done ones never run again")
        .hasToString("2");
    assertThat(end(later).count(TaskState.COMPLETED)).isEqualTo(2);
    assertThat(later.resume(SweepRun.Resumption.ALL, done -> {})).hasToString("3-4");
    assertThat(end(later).count(TaskState.COMPLETED)).isEqualTo(4);
    assertThat(SweepSite.read(folder.resolve("ran")).lines().sorted())
        .containsExactly("run 1", "run 2", "run 2", "run 3", "run 3", "run 4", "run 4");
    later.cleanUp();
    assertThat(later.folder()).doesNotExist();
  }

  private static JobInfo info(SweepStatus status, int task) {
    JobInfo info = status.info(task);
    assertThat(info).isNotNull();
    return info;
  }

  private void touch(String name) {
    try {
      Files.createFile(folder.resolve(name));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"INDIVIDUAL", "ARRAY"})
  @SuppressWarnings("OrphanedFormatString") // it is printf(1) that formats
  void everyByteOfAValueArrives(Mode mode) throws Exception {
    StringBuilder yaml = new StringBuilder("command: [sh, -c, 'printf \"%s\\0\" \"$@\" "
        + "\"$HPC_PARAM_v\" \"$HPC_TASK_INDEX\" >\"$HPC_TASK_DIR/got\"', \"it's\", '{v}', '{args}',"
        + " '<{v}>']\ngrid:\n  v:\n");
    ODD.forEach(odd -> yaml.append("  - ").append(Jsons.quote(odd)).append('\n'));
    SweepRun run = site.run(backend(), mode, yaml.toString());
    SweepStatus status = end(run);
    assertThat(status.count(TaskState.COMPLETED)).isEqualTo(ODD.size());
    for (int task = 1; task <= ODD.size(); task++) {
      String odd = ODD.get(task - 1);
      String got = Files.readString(run.taskFolder(task).resolve("got"), StandardCharsets.UTF_8);
      assertThat(Arrays.asList(got.split("\0", -1)))
          .containsExactly(odd, "v=" + odd, "<" + odd + ">", odd, Integer.toString(task), "");
      String parameters = SweepSite.read(run.taskFolder(task).resolve("parameters.json"));
      assertThat(JsonParser.parseString(parameters).getAsJsonObject().get("v").getAsString())
          .isEqualTo(odd);
      assertThat(replayed(run, task)).as("the command as it is told").isEqualTo(got);
    }
  }

  /** What comes out when the words of the file {@code command} are run as they stand there. */
  private static String replayed(SweepRun run, int task) throws Exception {
    Path got = run.taskFolder(task).resolve("got");
    Files.delete(got);
    ProcessBuilder sh = new ProcessBuilder(
        "/bin/sh", "-c", SweepSite.read(run.taskFolder(task).resolve("command")));
    sh.environment().put("HPC_PARAM_v", ODD.get(task - 1));
    sh.environment().put("HPC_TASK_INDEX", Integer.toString(task));
    sh.environment().put("HPC_TASK_DIR", run.taskFolder(task).toString());
    assertThat(sh.start().waitFor()).isZero();
    return Files.readString(got, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"INDIVIDUAL", "ARRAY"})
  void aSweepIsCancelledInTheMiddleAndResumed(Mode mode) {
    String yaml = "{grid: {x: [1, 2, 3, 4]}, command: '[ {x} = 1 ] || [ -e mended ] ||"
        + " { touch begun; sleep 600; }'}";
    site.run(backend(), yaml, site.options(mode).maxParallel(1));
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> Files.exists(folder.resolve("begun")));
    site.nextClient();
    SweepRun later = site.open("s");
    assertThat(later.taskFolder(3).resolve("status"))
        .as("one at once: no later one has begun")
        .doesNotExist();
    assertThat(later.cancel()).isGreaterThan(0);
    SweepStatus status = end(later);
    assertThat(status.count(TaskState.COMPLETED)).isEqualTo(1);
    assertThat(status.count(TaskState.CANCELLED))
        .as(() -> info(status, 2) + "\n" + info(status, 3) + "\n" + info(status, 4))
        .isEqualTo(3);
    site.forget(later);
    assertThat(later.status().count(TaskState.CANCELLED))
        .as("told from disk alone")
        .isEqualTo(3);
    touch("mended");
    assertThat(later.resume(SweepRun.Resumption.ALL, done -> {})).hasToString("2-4");
    assertThat(end(later).count(TaskState.COMPLETED)).isEqualTo(4);
  }

  /** At moments drawn by lot, from before anything is written to after everything is submitted. */
  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"INDIVIDUAL", "ARRAY"})
  void aClientThatIsKilledLosesAndDoublesNothing(Mode mode) throws Exception {
    Random lot = new Random(4711);
    int begun = 0;
    for (int i = 0; i < KILLED; i++) {
      String id = "k" + i;
      kill(mode, id, lot);
      site.muchLaterClient();
      if (!Files.exists(site.sweeps().resolve(id))) {
        continue; // it died before it had written anything down
      }
      begun++;
      SweepRun run = site.open(id);
      run.resume(SweepRun.Resumption.ALL, done -> {});
      SweepStatus status = end(run);
      assertThat(status.count(TaskState.COMPLETED)).as("the %s", id).isEqualTo(KilledClient.TASKS);
      assertThat(run.resume(SweepRun.Resumption.ALL, done -> {}).isEmpty()).isTrue();
      List<String> ran = SweepSite.read(folder.resolve("ran")).lines().toList();
      assertThat(ran).as(id).doesNotHaveDuplicates().hasSize(KilledClient.TASKS);
      Files.delete(folder.resolve("ran"));
    }
    assertThat(begun).as("sweeps that were begun").isPositive();
  }

  private void kill(Mode mode, String id, Random lot) throws Exception {
    Process client = new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            KilledClient.class.getName(),
            folder.toString(),
            backend(),
            mode.toString(),
            id)
        .redirectError(folder.resolve("client.err").toFile())
        .start();
    try (BufferedReader out = client.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine())
          .as(() -> SweepSite.read(folder.resolve("client.err")))
          .isEqualTo("begun");
      Path made = site.sweeps().resolve(id);
      while (!Files.exists(made) && client.isAlive()) {
        Thread.onSpinWait();
      }
      TimeUnit.MILLISECONDS.sleep(
          lot.nextInt(mode == Mode.ARRAY ? 60 : 300)); // the moment of death is the input
      client.toHandle().destroyForcibly();
      client.waitFor();
    }
  }

  @Test
  void metricsAreCollectedWithTheirParameters() {
    String yaml = "{grid: {x: [1, 2]}, command: 'cd \"$HPC_TASK_DIR\";"
        + " echo \"{\\\"loss\\\": 0.$HPC_PARAM_x, \\\"deep\\\": {\\\"x\\\": [1]}}\" >metrics.json;"
        + " printf \"epoch,acc\\n1,0.5\\n2,\\\"0.75\\\"\\n\" >results.csv'}";
    SweepRun run = site.run(backend(), Mode.INDIVIDUAL, yaml);
    end(run);
    Results results = run.collect(Results.FILES);
    StringWriter csv = new StringWriter();
    PrintWriter out = new PrintWriter(csv);
    results.printCsv(out);
    assertThat(csv.toString()).isEqualTo("""
            task,state,x,loss,deep.x,epoch,acc\r
            1,completed,1,0.1,[1],2,0.75\r
            2,completed,2,0.2,[1],2,0.75\r
            """);
    StringWriter json = new StringWriter();
    PrintWriter jsonOut = new PrintWriter(json);
    results.printJson(jsonOut);
    jsonOut.flush();
    assertThat(JsonParser.parseString(json.toString()).getAsJsonArray()).hasSize(2);
    assertThatThrownBy(() -> run.collect(List.of("../../x")))
        .isInstanceOf(InvalidConfiguration.class);
  }

  @Test
  void whatNoRecordHasAnyMoreIsJudgedByWhatTheTaskWrote() throws Exception {
    SweepRun run =
        site.run(backend(), Mode.INDIVIDUAL, "{grid: {x: [0, 1]}, command: [sh, -c, 'exit {x}']}");
    end(run);
    site.forget(run);
    SweepStatus status = site.open("s").status();
    assertThat(status.state(1)).isEqualTo(TaskState.COMPLETED);
    assertThat(status.state(2)).isEqualTo(TaskState.FAILED);
    Files.writeString(run.taskFolder(1).resolve("status"), "state=running\nsubmission=1\njob=x\n");
    assertThat(site.open("s").status().state(1))
        .as("it began, and nothing tells that it goes on")
        .isEqualTo(TaskState.LOST);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"INDIVIDUAL", "ARRAY"})
  void whatAnotherStateFolderRemembersIsLeftAlone(Mode mode) {
    SweepRun run = site.run(
        backend(),
        mode,
        "{grid: {x: [1, 2]}, command: '[ {x} = 1 ] || until [ -e go ]; do sleep 0.1; done'}");
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> run.status().count(TaskState.COMPLETED) == 1
            && run.status().count(TaskState.RUNNING) == 1);
    try (HpcRuntime other = site.stranger()) {
      SweepRun seen = SweepRun.open(run.folder(), other);
      assertThat(seen.status().state(1)).isEqualTo(TaskState.COMPLETED);
      assertThat(seen.status().state(2)).isEqualTo(TaskState.UNKNOWN);
      String place = folder.resolve("state").toString();
      assertThat(seen.remembered())
          .hasValueSatisfying(where -> assertThat(where).contains(place));
      for (ThrowingCallable deed : List.<ThrowingCallable>of(
          () -> seen.resume(SweepRun.Resumption.ALL, done -> {}),
          seen::cancel,
          seen::waitFor,
          seen::cleanUp)) {
        assertThatThrownBy(deed)
            .isInstanceOf(InvalidConfiguration.class)
            .hasMessageContainingAll(place, "HPC_STATE_DIR");
      }
      touch("go");
      end(run);
      assertThat(seen.status().count(TaskState.COMPLETED)).as("as they wrote").isEqualTo(2);
      assertThat(seen.resume(SweepRun.Resumption.ALL, done -> {}).isEmpty()).isTrue();
    }
  }

  @Test
  void whoSaysThatNothingRunsAnyMoreMayRunItAgain() throws Exception {
    SweepRun run =
        site.run(backend(), Mode.INDIVIDUAL, "{grid: {x: [0, 1]}, command: [sh, -c, 'exit 0']}");
    end(run);
    site.close();
    remove(folder.resolve("state"));
    site = new SweepSite(folder);
    Files.writeString(run.taskFolder(1).resolve("status"), "state=running\nsubmission=1\njob=x\n");
    SweepRun later = site.open("s");
    assertThat(later.status().state(1)).isEqualTo(TaskState.UNKNOWN);
    assertThatThrownBy(() -> later.resume(SweepRun.Resumption.ALL, done -> {}))
        .hasMessageContaining("--retry-unknown");
    SweepRun.Resumption all = SweepRun.Resumption.ALL.retryUnknown(true);
    assertThat(later.resume(all, done -> {})).hasToString("1");
    assertThat(end(later).count(TaskState.COMPLETED)).isEqualTo(2);
  }

  @Test
  void aSweepThatIsRefusedLeavesNothing() {
    assertThatThrownBy(() -> site.run(
            backend(),
            "command: ['true']",
            site.options(Mode.INDIVIDUAL).workingDirectory(folder.resolve("none"))))
        .isInstanceOf(HpcException.class)
        .hasMessageContaining("does not exist");
    assertThat(SweepRun.all(site.sweeps(), site.client())).isEmpty();
  }

  @Test
  void aNameIsTakenOnce() {
    SweepRun run = site.run(backend(), Mode.INDIVIDUAL, "command: ['true']");
    assertThatThrownBy(() -> site.run(backend(), Mode.INDIVIDUAL, "command: ['true']"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("is there already");
    assertThat(end(run).count(TaskState.COMPLETED)).isEqualTo(1);
    assertThat(SweepRun.all(site.sweeps(), site.client())).hasSize(1);
  }

  @Test
  void aSweepIsSubmittedAndAwaitedFromJava() throws Exception {
    Sweep sweep = Sweep.parse("{grid: {x: [0, 1, 2]}, command: [sh, -c, 'exit {x}']}", "s", folder);
    SweepRun run = sweep.submit(
        site.backend(backend()),
        SweepOptions.builder()
            .mode(Mode.ARRAY)
            .folder(site.sweeps())
            .workingDirectory(folder)
            .resources(Resources.none())
            .build());
    SweepStatus status = run.waitFor();
    assertThat(status.count(TaskState.COMPLETED)).isEqualTo(1);
    assertThat(status.count(TaskState.FAILED)).isEqualTo(2);
  }
}
