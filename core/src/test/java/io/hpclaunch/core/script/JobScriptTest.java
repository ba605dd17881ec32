// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts as the real bash runs them, in a folder with a blank and a quote in its name. */
class JobScriptTest {
  private static final String AWKWARD =
      " a  'b' \"c\" $HOME `id` \\ $(id) * ? ~ ! & ; | < > # % {x,y}\n\tü 漢 \\n";
  private static final ScriptForm SLURM = new ScriptForm(
      List.of(),
      "${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID-}}",
      "${SLURM_ARRAY_TASK_ID-}",
      "$((${SLURM_RESTART_COUNT:-0} + 1))",
      true);

  /** An element is {@code 12[3].server} of {@code 12[].server}. */
  private static final ScriptForm PBS = new ScriptForm(
      List.of(), "${PBS_JOBID/\\[*\\]/[]}", "${PBS_ARRAY_INDEX:-${PBS_ARRAYID-}}", "", true);

  private static final Token TOKEN = new Token("h3k9x2m7qv");

  @TempDir
  Path scratch;

  private Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private String native1 = "4711";

  @BeforeEach
  void jobFolder() throws IOException {
    folder = Files.createDirectory(scratch.resolve("job's folder"));
  }

  @Test
  void argumentsArriveByteForByte() throws Exception {
    JobSpec spec =
        JobSpec.builder("j").command("printf", "%s|", "", AWKWARD, "-n", "a").build();
    assertThat(run(spec)).isEqualTo(new Ran(0, "|" + AWKWARD + "|-n|a|", ""));
    assertThat(record().toInfo().state()).isEqualTo(JobState.COMPLETED);
  }

  /** PBS refuses scripts that hold CR LF. */
  @Test
  void lineEndsOfDosArriveAndDoNotStandInTheScript() throws Exception {
    String text = "a\r\nb'\r\n\r\n$HOME\r";
    JobSpec spec = JobSpec.builder("j")
        .command("sh", "-c", "printf '%s|%s' \"$1\" \"$X\"", "sh", text)
        .environment("X", text)
        .prologue("Y='\r\n'")
        .build();
    assertThat(script(spec).render()).doesNotContain("\r\n");
    assertThat(run(spec).out).isEqualTo(text + "|" + text);
  }

  @Test
  void argumentsArriveByteForByteInTheCLocale() throws Exception {
    environment.put("LC_ALL", "C");
    JobSpec spec = JobSpec.builder("jü").command("printf", "%s|", AWKWARD).build();
    assertThat(run(spec).out).isEqualTo(AWKWARD + "|");
  }

  @Test
  void bytesOfAnInputThatAreNoTextPassThrough() throws Exception {
    byte[] bytes = {(byte) 0xff, 0, (byte) 0xc3, '\n', (byte) 0x80};
    Files.write(folder.resolve("in"), bytes);
    JobSpec spec = JobSpec.builder("j")
        .command("cat")
        .stdin(folder + "/in")
        .stdout(folder + "/a b/ü/{id}.out")
        .build();
    run(spec, opening(spec));
    assertThat(folder.resolve("a b/ü/4711.out")).hasBinaryContent(bytes);
  }

  @Test
  void variablesAreSetAndUnsetUnderAnyName() throws Exception {
    environment.put("GONE", "1");
    JobSpec spec = JobSpec.builder("n 'x'")
        .command("env", "-0")
        .environment("PLAIN", AWKWARD)
        .environment("with.dot", AWKWARD)
        .environment("UID", "7")
        .environment("GONE", null)
        .environment("not.there", null)
        .environment("IFS", "x")
        .secretEnvironment("KEY", AWKWARD)
        .build();
    Files.writeString(folder.resolve("secrets"), JobScript.secrets(spec));
    JobScript script = script(spec);
    assertThat(run(spec, script).out.split("\0"))
        .contains("PLAIN=" + AWKWARD, "with.dot=" + AWKWARD, "UID=7", "IFS=x", "KEY=" + AWKWARD)
        .contains("HPC_JOB_ID=cluster:4711", "HPC_JOB_NAME=n 'x'")
        .noneMatch(line -> line.startsWith("GONE") || line.startsWith("HPC_ARRAY"))
        .noneMatch(line -> line.startsWith("hpc_"));
    assertThat(script.render()).doesNotContain("KEY");
  }

  @Test
  void variablesUnderAnyNameReachShellLinesToo() throws Exception {
    JobSpec spec = JobSpec.builder("j")
        .shell("env | grep dot; echo \"$P\"")
        .environment("with.dot", "x")
        .environment("P", "'q'")
        .build();
    assertThat(run(spec)).isEqualTo(new Ran(0, "with.dot=x\n'q'\n", ""));
  }

  @Test
  void aSecretWithANameThatBashCannotExportIsRefused() {
    JobSpec spec =
        JobSpec.builder("j").command("true").secretEnvironment("a.b", "x").build();
    assertThatThrownBy(() -> JobScript.secrets(spec))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("'a.b'")
        .hasMessageNotContaining("x'");
  }

  @Test
  void missingSecretsEndTheJob() throws Exception {
    JobSpec spec =
        JobSpec.builder("j").command("true").secretEnvironment("A", "x").build();
    run(spec);
    assertLaunchFailure("secrets cannot be read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exit 5",
        "set -e; (exit 5); echo no",
        "exec sh -c 'exit 5'",
        "trap 'exit 5' EXIT; false",
        "hpc_pid=1 hpc_folder=/; exit 5",
        "exec 1>&- 2>&-; exit 5",
        "unset -f hpc_record; exit 5",
        "(exit 5)"
      })
  void whatLinesDoToTheirShellLeavesTheRecordWhole(String line) throws Exception {
    Ran ran = run(JobSpec.builder("j").shell(line).build());
    assertThat(ran).isEqualTo(new Ran(5, "", ""));
    assertThat(record().status()).isEqualTo(5);
    assertThat(record().toInfo().cause()).isEqualTo(Cause.EXIT_CODE);
  }

  @Test
  void aSyntaxErrorInLinesIsAFailureOfTheCommand() throws Exception {
    Ran ran =
        run(JobSpec.builder("j").shell("echo first", "if then (", "echo 'x").build());
    assertThat(ran.out).isEqualTo("first\n");
    assertThat(ran.err).contains("syntax error");
    assertThat(record().status()).isNotZero();
    assertThat(record().toInfo().cause()).isEqualTo(Cause.EXIT_CODE);
  }

  @Test
  void linesAreVerbatimAndSeeWhatThePrologueDefined() throws Exception {
    JobSpec spec = JobSpec.builder("j")
        .prologue("f() {", "  echo \"f $1\"", "}", "x='it''s'")
        .shell("f \"$x\"", "cat <<'END'", AWKWARD, "END")
        .build();
    assertThat(run(spec)).isEqualTo(new Ran(0, "f its\n" + AWKWARD + "\n", ""));
  }

  @Test
  void aFailingPrologueEndsTheJobBeforeItsCommand() throws Exception {
    Ran ran = run(JobSpec.builder("j")
        .prologue("true", "ls /no/such", "true")
        .command("echo", "no")
        .build());
    assertThat(ran.out).isEmpty();
    assertLaunchFailure("ls /no/such failed with status 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit 0", "exit 3", "if then (", "no-such-command-at-all"})
  void aPrologueThatDoesNotComeToItsEndEndsTheJob(String line) throws Exception {
    assertThat(run(JobSpec.builder("j").prologue(line).command("echo", "no").build()).out)
        .isEmpty();
    assertLaunchFailure("");
  }

  @Test
  void aSourcedFileMayFailInside() throws Exception {
    Path sourced = Files.writeString(scratch.resolve("f"), "false\nX=1\nfalse\ntrue\n");
    JobSpec spec = JobSpec.builder("j")
        .modules("source '" + sourced + "'")
        .shell("echo $X")
        .build();
    assertThat(run(spec).out).isEqualTo("1\n");
  }

  @Test
  void modulesAreLoadedByTheFunctionThatIsFound() throws Exception {
    moduleFunction("[[ $1 == load ]] && export \"L=${L-}$2,\"");
    JobSpec spec = JobSpec.builder("j")
        .modules("gcc/12", "module load 'mpi x'")
        .command("env")
        .build();
    assertThat(run(spec).out).contains("L=gcc/12,mpi x,");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo 'no such module' >&2; return 1",
        "echo 'ModuleCmd_Load.c(213):ERROR:105: no such module' >&2"
      })
  void aModuleThatFailsEndsTheJobWithItsText(String body) throws Exception {
    moduleFunction(body);
    Ran ran = run(JobSpec.builder("j").modules("nope/1").command("echo", "no").build());
    assertThat(ran.out).isEmpty();
    assertThat(ran.err).contains("no such module");
    assertLaunchFailure("module load nope/1 failed");
    assertThat(record().reason()).contains("no such module");
  }

  @Test
  void withoutModulesOnTheNodeTheTextSaysSo() throws Exception {
    environment.put("PATH", System.getenv("PATH"));
    run(JobSpec.builder("j").modules("gcc").command("echo", "no").build());
    assertLaunchFailure("module load gcc failed");
  }

  @Test
  void aMissingDirectoryIsToldAndNotMade() throws Exception {
    JobSpec spec = JobSpec.builder("j")
        .command("pwd")
        .workingDirectory(folder + "/no such")
        .stdout("sub/out")
        .build();
    run(spec, opening(spec));
    assertLaunchFailure("no such");
    assertThat(folder.resolve("no such")).doesNotExist();
  }

  @Test
  void theCommandRunsInItsDirectoryWithRelativePathsFromThere() throws Exception {
    Path place = Files.createDirectory(scratch.resolve("-p 'l'"));
    JobSpec spec = JobSpec.builder("j")
        .command("sh", "-c", "pwd; echo e >&2")
        .workingDirectory(place)
        .stdout("o/{id}{index}")
        .stderr("o/{id}{index}")
        .build();
    run(spec, opening(spec));
    assertThat(place.resolve("o/4711")).hasContent(place + "\ne\n");
  }

  @Test
  void anOutputThatCannotBeWrittenIsTold() throws Exception {
    Files.writeString(scratch.resolve("file"), "");
    JobSpec spec =
        JobSpec.builder("j").command("true").stdout(scratch + "/file/out").build();
    run(spec, opening(spec));
    assertLaunchFailure("standard output " + scratch + "/file/out cannot be written");
  }

  @Test
  void anInputThatCannotBeReadIsTold() throws Exception {
    JobSpec spec = JobSpec.builder("j").command("true").stdin(scratch + "/none").build();
    run(spec, opening(spec));
    assertLaunchFailure("standard input " + scratch + "/none cannot be read");
  }

  @Test
  void whatCannotBeExecutedIsALaunchFailure() throws Exception {
    assertThat(run(JobSpec.builder("j").command("no-such-'x'").build()).status).isEqualTo(127);
    assertLaunchFailure("no such command: no-such-'x'");
    JobSpec odd =
        JobSpec.builder("j").command("no-such").environment("a.b", "c").build();
    Files.delete(folder.resolve("launch.1"));
    assertThat(run(odd).status).isEqualTo(127);
    assertLaunchFailure("no such command: no-such");
    Path plain = Files.writeString(scratch.resolve("plain"), "x");
    assertThat(run(JobSpec.builder("j").command(plain.toString()).build()).status)
        .isEqualTo(126);
    assertLaunchFailure("cannot be executed");
  }

  @Test
  void aProgramThatReturns127IsNoLaunchFailure() throws Exception {
    run(JobSpec.builder("j").command("sh", "-c", "exit 127").build());
    assertThat(record().toInfo().cause()).isEqualTo(Cause.EXIT_CODE);
  }

  @Test
  void aSignalThatEndsTheCommandIsRecorded() throws Exception {
    Ran ran = run(JobSpec.builder("j").command("sh", "-c", "kill -SEGV $$").build());
    assertThat(ran).isEqualTo(new Ran(139, "", ""));
    assertThat(record().signal()).isEqualTo(11);
    assertThat(record().toInfo().cause()).isEqualTo(Cause.SIGNAL);
    assertThat(record().toInfo().exitCode()).isNull();
  }

  @Test
  void whatWasCancelledBeforeItBeganIsNotStarted() throws Exception {
    JobSpec spec = JobSpec.builder("j").command("touch", folder + "/ran").build();
    String mark = JobScript.cancelMark(folder.toString(), null);
    String gone = JobScript.cancelMark(scratch + "/gone", 3);
    List<String> argv = JobScript.markCancelled(List.of(gone, mark));
    assertThat(new ProcessBuilder(argv).inheritIO().start().waitFor()).isZero();
    assertThat(Path.of(mark)).content().matches("\\d+ by a client\n");
    assertThat(run(spec).status).isEqualTo(143);
    assertThat(folder.resolve("ran")).doesNotExist();
    assertThat(record().toInfo().state()).isEqualTo(JobState.CANCELLED);
  }

  /** Whenever it comes: from the first line to the command's own. */
  @Test
  void anEndThatIsAskedForAtAnyMomentLeavesARecord() throws Exception {
    JobSpec spec = JobSpec.builder("j").command("sleep", "1").build();
    Random random = new Random(7);
    int announced = 0;
    for (int round = 0; round < 150; round++) {
      folder = Files.createDirectory(scratch.resolve("round " + round));
      Process process = start(spec, script(spec));
      TimeUnit.MICROSECONDS.sleep(random.nextInt(15_000));
      kill("TERM", process.pid());
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      if (Files.exists(folder.resolve("announced"))) {
        announced++;
        assertThat(record().status()).as("round %d", round).isEqualTo(process.exitValue());
        assertThat(record().cause()).as("round %d", round).isNull();
      }
    }
    assertThat(announced).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP", "USR1", "USR2", "XCPU"})
  void signalsReachTheCommand(String signal) throws Exception {
    assumeThat(ignored(signal))
        .as("the tests were started with %s ignored", signal)
        .isFalse();
    Process process = startTrapping(signal);
    kill(signal, process.pid());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(9);
    assertThat(Files.readString(scratch.resolve("out"))).isEqualTo("got\n");
    assertThat(record().status()).isEqualTo(9);
  }

  private Process startTrapping(String signal) throws Exception {
    JobSpec spec = JobSpec.builder("j")
        .command(
            "bash",
            "-c",
            "trap 'echo got; exit 9' " + signal
                + "; echo >\"$0\"; while :; do read -t 1 <> <(:); done",
            folder + "/ready")
        .walltime(Duration.ofHours(1))
        .warn("XCPU", Duration.ofMinutes(1))
        .build();
    Process process = start(spec, script(spec));
    await(folder.resolve("ready"));
    return process;
  }

  /** As Slurm sends it: CONT comes with every signal, and both arrive at once on a busy node. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "USR1", "XCPU"})
  void aSignalThatComesTogetherWithAContinueReachesTheCommand(String signal) throws Exception {
    Process process = startTrapping(signal);
    kill("STOP", process.pid());
    awaitState(process.pid(), "T");
    kill(signal, process.pid());
    kill("CONT", process.pid());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(scratch.resolve("out"))).isEqualTo("got\n");
    assertThat(record().status()).isEqualTo(9);
  }

  @Test
  void theCommandStopsAndContinuesWithItsJob() throws Exception {
    Process process = startTrapping("CONT");
    kill("TSTP", process.pid());
    awaitState(process.pid(), "T");
    kill("CONT", process.pid());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(scratch.resolve("out"))).isEqualTo("got\n");
    assertThat(record().status()).isEqualTo(9);
  }

  /** A shell cannot trap what its parent ignored, as nohup and {@code &} in a script make it. */
  private static boolean ignored(String signal) throws Exception {
    Process bash =
        new ProcessBuilder("bash", "-c", "trap : \"$0\"; trap -p \"$0\"", signal).start();
    String trap = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    bash.waitFor();
    return !trap.contains("trap -- ':'");
  }

  @Test
  void anEndBySignalReachesTheWholeGroup() throws Exception {
    JobSpec spec = JobSpec.builder("j")
        .shell(
            "sleep 600 & echo $! >'" + scratch + "/tmp'",
            "mv '" + scratch + "/tmp' '" + scratch + "/pid'",
            "sleep 601")
        .build();
    Process process = start(spec, script(spec));
    await(scratch.resolve("pid"));
    long sleeper = Long.parseLong(Files.readString(scratch.resolve("pid")).strip());
    kill("TERM", process.pid());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(record().signal()).isEqualTo(15);
    ProcessHandle.of(sleeper)
        .ifPresent(h -> assertThat(h.onExit()).succeedsWithin(Duration.ofSeconds(10)));
  }

  @Test
  void aSecondJobWithTheTokenDoesNothing() throws Exception {
    JobSpec spec = JobSpec.builder("j").command("echo", "ran").build();
    assertThat(run(spec).out).isEqualTo("ran\n");
    String record = Files.readString(folder.resolve("exit"));
    native1 = "4712";
    assertThat(run(spec)).isEqualTo(new Ran(0, "", ""));
    assertThat(folder.resolve("exit")).hasContent(record);
    assertThat(folder.resolve("claim")).hasContent("4711\n");
    assertThat(Files.readAllLines(folder.resolve("announced"))).hasSize(2);
  }

  @Test
  void aJobEndsAtAClaimThatWasTakenForNobody() throws Exception {
    assertThat(take()).isEqualTo("-");
    assertThat(run(JobSpec.builder("j").command("echo", "no").build()))
        .isEqualTo(new Ran(0, "", ""));
    assertThat(take()).isEqualTo("-");
  }

  @Test
  void aClaimThatIsOwnedTellsItsOwner() throws Exception {
    run(JobSpec.builder("j").command("true").build());
    assertThat(take()).isEqualTo("4711");
  }

  @Test
  void anEmptyClaimIsOursOnlyWhenNobodyElseAnnouncedHimself() throws Exception {
    Files.createFile(folder.resolve("claim"));
    JobSpec spec = JobSpec.builder("j").command("echo", "ran").build();
    assertThat(run(spec).out).isEqualTo("ran\n");
    Files.delete(folder.resolve("claim"));
    Files.createFile(folder.resolve("claim"));
    native1 = "4712";
    Ran other = run(spec);
    assertThat(other.out).isEmpty();
    assertThat(other.status).isEqualTo(1);
    assertThat(other.err).contains("names no owner");
  }

  @Test
  void ofManyJobsWithOneTokenOneRuns() throws Exception {
    JobSpec spec =
        JobSpec.builder("j").shell("echo ran >>'" + scratch + "/ran'").build();
    String script = script(spec).render();
    Path file = Files.writeString(folder.resolve("script"), script);
    List<Process> all = new java.util.ArrayList<>();
    for (int i = 0; i < 16; i++) {
      ProcessBuilder builder = new ProcessBuilder("bash", file.toString())
          .redirectErrorStream(true)
          .redirectOutput(scratch.resolve("o" + i).toFile());
      builder.environment().put("SLURM_JOB_ID", "" + (100 + i));
      all.add(builder.start());
    }
    for (Process each : all) {
      assertThat(each.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(each.exitValue()).isZero();
    }
    assertThat(scratch.resolve("ran")).hasContent("ran\n");
  }

  @Test
  void aRequeueWithTheSameIdIsTheNextAttempt() throws Exception {
    JobSpec spec = JobSpec.builder("j").command("true").build();
    run(spec);
    environment.put("SLURM_RESTART_COUNT", "1");
    run(JobSpec.builder("j").command("false").build());
    assertThat(record().attempt()).isEqualTo(2);
    assertThat(record().status()).isEqualTo(1);
  }

  @Test
  void attemptsAreCountedWhereTheSchedulerDoesNot() throws Exception {
    JobSpec spec = JobSpec.builder("j").command("true").build();
    environment.put("PBS_JOBID", "12.srv");
    for (int attempt = 1; attempt <= 3; attempt++) {
      run(spec, JobScript.of(spec, TOKEN, PBS.streamsOpened(), folder.toString()));
      assertThat(record().attempt()).isEqualTo(attempt);
    }
    assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("exit."));
  }

  @Test
  void elementsOfAnArrayHaveFilesOfTheirOwn() throws Exception {
    ArrayRange array = ArrayRange.parse("0-20:10");
    JobSpec spec = JobSpec.builder("j")
        .shell("echo $HPC_ARRAY_INDEX/$HPC_ARRAY_COUNT $HPC_JOB_ID")
        .array(array)
        .build();
    environment.put("SLURM_ARRAY_JOB_ID", "4700");
    for (int index : new int[] {0, 10}) {
      environment.put("SLURM_ARRAY_TASK_ID", "" + index);
      run(spec, opening(spec).part(new ArrayRange(10, 20, 10, null), 10));
    }
    assertThat(folder.resolve("stdout.10")).hasContent("10/3 cluster:4700/10\n");
    assertThat(folder.resolve("stdout.20")).hasContent("20/3 cluster:4700/20\n");
    assertThat(ExitRecord.parse(Files.readString(folder.resolve("exit.20")))
            .orElseThrow()
            .index())
        .isEqualTo(20);
    assertThat(folder.resolve(JobScript.claimName(new ArrayRange(10, 20, 10, null))))
        .hasContent("4700\n");
  }

  @Test
  void anArrayOfOneElementMayBeAPlainJob() throws Exception {
    JobSpec spec = JobSpec.builder("j")
        .shell("echo $HPC_ARRAY_INDEX")
        .array(ArrayRange.of(7, 7))
        .build();
    assertThat(run(spec).out).isEqualTo("7\n");
    assertThat(folder.resolve("exit.7")).exists();
  }

  @Test
  void pbsElementsShareTheIdOfTheirArray() throws Exception {
    JobSpec spec =
        JobSpec.builder("j").command("true").array(ArrayRange.of(1, 3)).build();
    environment.put("PBS_JOBID", "12[3].srv");
    environment.put("PBS_ARRAY_INDEX", "3");
    run(spec, JobScript.of(spec, TOKEN, PBS.streamsOpened(), folder.toString()));
    assertThat(folder.resolve("claim")).hasContent("12[].srv\n");
    assertThat(folder.resolve("exit.3")).exists();
  }

  @Test
  void withoutASchedulerNothingRuns() throws Exception {
    native1 = "";
    Ran ran = run(JobSpec.builder("j").command("echo", "no").build());
    assertThat(ran.status).isEqualTo(1);
    assertThat(ran.out).isEmpty();
    assertThat(folder.resolve("claim")).doesNotExist();
  }

  @Test
  void withoutItsFolderNothingRuns() throws Exception {
    JobSpec spec = JobSpec.builder("j").command("echo", "no").build();
    Ran ran = run(spec, JobScript.of(spec, TOKEN, SLURM.streamsOpened(), scratch + "/gone"));
    assertThat(ran.status).isEqualTo(1);
    assertThat(ran.out).isEmpty();
    assertThat(ran.err).contains("/gone cannot be written");
  }

  @Test
  void theUmaskIsTheUsersForTheCommandAndTheOwnersForOurFiles() throws Exception {
    Path made = scratch.resolve("made");
    JobSpec spec = JobSpec.builder("j").command("touch", made.toString()).build();
    Path file = Files.writeString(folder.resolve("script"), script(spec).render());
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "umask 027; exec bash \"$0\"", file.toString());
    builder.environment().put("SLURM_JOB_ID", "1");
    assertThat(builder.start().waitFor()).isZero();
    assertThat(mode(made)).isEqualTo("rw-r-----");
    for (String ours : List.of("announced", "claim", "exit")) {
      assertThat(mode(folder.resolve(ours))).isEqualTo("rw-------");
    }
  }

  @Test
  void cpuTimeOfTheCommandIsMeasured() throws Exception {
    run(JobSpec.builder("j")
        .command("bash", "-c", "i=0; while ((i < 200000)); do ((i++)); done")
        .build());
    assertThat(record().cpuTime()).isPositive();
    assertThat(record().toInfo().wallTime()).isPositive();
  }

  @Test
  void whoeverKillsTheScriptLeavesAWholeRecordOrNone() throws Exception {
    Random random = new Random(7);
    JobSpec spec = JobSpec.builder("j").command("true").build();
    for (int round = 0; round < 60; round++) {
      environment.put("SLURM_RESTART_COUNT", "" + round);
      Process process = start(spec, script(spec));
      // Not a wait for something: the moment of the kill is what varies.
      process.waitFor(random.nextInt(20_000), TimeUnit.MICROSECONDS);
      process.destroyForcibly().waitFor();
      Path exit = folder.resolve("exit");
      if (Files.exists(exit)) {
        ExitRecord.parse(Files.readString(exit))
            .ifPresent(r -> assertThat(r.status()).isZero());
      }
    }
    environment.put("SLURM_RESTART_COUNT", "60");
    assertThat(run(spec).status).isZero();
    assertThat(record().attempt()).isEqualTo(61);
  }

  @Test
  void aScriptIsCleanForShellcheck() throws Exception {
    JobSpec spec = JobSpec.builder("j")
        .command("echo", AWKWARD)
        .modules("gcc")
        .prologue("true")
        .stdout("o/{id}")
        .stderr("e")
        .workingDirectory("/x y")
        .array(ArrayRange.of(1, 3))
        .environment("a.b", "c")
        .secretEnvironment("S", "s")
        .build();
    Path file = Files.writeString(folder.resolve("script"), opening(spec).render());
    Process process;
    try {
      process = new ProcessBuilder("shellcheck", "-S", "warning", file.toString())
          .redirectErrorStream(true)
          .start();
    } catch (IOException e) {
      org.junit.jupiter.api.Assumptions.abort("shellcheck (not installed)");
      return;
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).isEmpty();
  }

  @Test
  void directivesStandBehindTheFirstLineAndHoldNoLineEnds() {
    JobSpec spec = JobSpec.builder("j").command("true").build();
    assertThat(script(spec, SLURM.withDirectives(List.of("#SBATCH -N 1", "#SBATCH -n 2")))
            .render())
        .startsWith("#!/bin/bash\n#SBATCH -N 1\n#SBATCH -n 2\n# ");
    assertThatThrownBy(() -> script(spec, SLURM.withDirectives(List.of("#SBATCH -J a\nrm -rf x"))))
        .isInstanceOf(InvalidJob.class);
  }

  /** A script whose scheduler opens the streams. */
  private JobScript script(JobSpec spec) {
    return script(spec, SLURM.streamsOpened());
  }

  private JobScript opening(JobSpec spec) {
    return script(spec, SLURM);
  }

  private JobScript script(JobSpec spec, ScriptForm form) {
    return JobScript.of(spec, TOKEN, form, folder.toString()).backend("cluster");
  }

  private Ran run(JobSpec spec) throws Exception {
    return run(spec, script(spec));
  }

  private Ran run(JobSpec spec, JobScript script) throws Exception {
    Process process = start(spec, script);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ran(
        process.exitValue(),
        Files.readString(scratch.resolve("out")),
        Files.readString(scratch.resolve("err")));
  }

  private Process start(JobSpec spec, JobScript script) throws IOException {
    String name = spec.scriptName() == null ? "script" : spec.scriptName();
    Path file = Files.writeString(folder.resolve(name), script.render());
    ProcessBuilder builder = new ProcessBuilder("bash", file.toString())
        .redirectInput(new java.io.File("/dev/null"))
        .redirectOutput(scratch.resolve("out").toFile())
        .redirectError(scratch.resolve("err").toFile());
    builder.environment().put("SLURM_JOB_ID", native1);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private void moduleFunction(String body) throws IOException {
    Path home = Files.createDirectories(scratch.resolve("modules/init"));
    Files.writeString(home.resolve("bash"), "module() {\n" + body + "\n}\n");
    environment.put("MODULESHOME", home.getParent().toString());
  }

  private String take() throws Exception {
    Process process = new ProcessBuilder(JobScript.takeClaim(folder.toString(), "claim")).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private ExitRecord record() throws IOException {
    return ExitRecord.parse(Files.readString(folder.resolve("exit"))).orElseThrow();
  }

  private void assertLaunchFailure(String words) throws IOException {
    assertThat(record().cause()).isEqualTo("launch");
    ExitRecord record = record();
    assertThat(record.reason()).contains(words);
    assertThat(record.toInfo().cause()).isEqualTo(Cause.LAUNCH);
    try (java.util.stream.Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(f -> f.getFileName().toString().startsWith(".module")))
          .isEmpty();
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static void kill(String signal, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-s", signal, "" + pid).start().waitFor())
        .isZero();
  }

  /** The state is the field after the name, proc(5). */
  private static void awaitState(long pid, String state) throws Exception {
    Path stat = Path.of("/proc/" + pid + "/stat");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.readString(stat).replaceFirst(".*\\) ", "").startsWith(state)) {
      assertThat(System.nanoTime()).as("not %s in 30 s", state).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static void await(Path file) throws InterruptedException {
    for (int i = 0; i < 1500 && !Files.exists(file); i++) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(file).exists();
  }

  private record Ran(int status, String out, String err) {}
}
