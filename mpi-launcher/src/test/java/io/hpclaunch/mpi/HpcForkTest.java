// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.mpi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the script {@code hpc-fork} with real processes; after each test none may be left. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "processes are looked for in /proc")
class HpcForkTest {

  private static final Path SCRIPT =
      Path.of("src/main/resources/io/hpclaunch/mpi/hpc-fork").toAbsolutePath();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** A rank that tells that it runs and then does nothing for longer than any test takes. */
  private static final String IDLE = "echo > $DIR/up.$HPC_RANK; exec sleep 600";

  /** Of this test alone; every process of it has it in its environment. */
  private final String marker = "HPC_FORK_TEST=" + UUID.randomUUID();

  @TempDir
  Path dir;

  private record Result(int status, String out, String err) {}

  private record Launched(Process process, Path out, Path err) {}

  @BeforeEach
  void scriptIsThere() {
    assertThat(SCRIPT).isExecutable();
  }

  @AfterEach
  void nothingIsLeft() {
    try {
      await("no process is left", () -> livingProcesses().findAny().isEmpty());
    } finally {
      livingProcesses().forEach(ProcessHandle::destroyForcibly);
    }
  }

  // ---- ranks and their environment

  @ParameterizedTest
  @ValueSource(
      strings = {"-n 3", "-np 3", "--n 3", "--np 3", "-n3", "-n=3", "-np=3", "--n=3", "--np=3"})
  void everySpellingOfTheCountIsUnderstood(String option) {
    List<String> words = new ArrayList<>(List.of(option.split(" ")));
    words.addAll(List.of("--", "sh", "-c", "echo $HPC_RANK"));

    assertThat(run(words).out().lines()).containsExactlyInAnyOrder("0", "1", "2");
  }

  @Test
  void withoutACountThereIsOneRank() {
    assertThat(run("sh", "-c", "echo $HPC_RANK/$HPC_SIZE")).isEqualTo(new Result(0, "0/1\n", ""));
  }

  @Test
  void ranksAreNumberedThroughAllSegments() {
    String show = "echo $1 $HPC_RANK $HPC_SIZE $HPC_LOCAL_RANK $HPC_LOCAL_SIZE $HPC_APP";
    Result result = run(
        "-n", "2", "sh", "-c", show, "sh", "a", ":", "-n2", "--", "sh", "-c", show, "sh", "b", ":",
        "sh", "-c", show, "sh", "c");

    assertThat(result.out().lines())
        .containsExactlyInAnyOrder(
            "a 0 5 0 5 0", "a 1 5 1 5 0", "b 2 5 2 5 1", "b 3 5 3 5 1", "c 4 5 4 5 2");
  }

  @Test
  void optionsAndColonsInsideOfAProgramsWordsAreItsOwn() {
    assertThat(run("printf", "%s|", "-n", "2", "--", "a:b", "::", ": ").out())
        .isEqualTo("-n|2|--|a:b|::|: |");
  }

  @Test
  void argumentsArriveByteForByte() throws IOException {
    // The bytes stand in a script of their own, as Java would encode them on the way.
    String odd = "'' '*' '$HOME' 'a\nb' ' x ' '\\' '\u00ff\u00fe\u0001\u007f\u0080' '\"' \"'\"";
    Path caller = dir.resolve("caller");
    Files.write(
        caller, ("exec " + SCRIPT + " -n 1 printf '<%s>' " + odd + "\n").getBytes(ISO_8859_1));
    for (String locale : List.of("C", "C.UTF-8")) {
      Launched launched = start(Map.of("LC_ALL", locale), List.of("bash", caller.toString()));

      assertThat(finish(launched).status()).isZero();
      assertThat(new String(Files.readAllBytes(launched.out()), ISO_8859_1))
          .isEqualTo("<><*><$HOME><a\nb>< x ><\\><\u00ff\u00fe\u0001\u007f\u0080><\"><'>");
    }
  }

  /**
   * As {@code export -f exec} leaves them in the environment; they are the user's, for his ranks.
   */
  @Test
  void functionsNamedAsBuiltinsStandInNoWay() throws IOException {
    Map<String, String> functions = new TreeMap<>();
    for (String name : List.of("exec", "local", "printf", "kill", "read", "wait", "mkfifo")) {
      functions.put("BASH_FUNC_" + name + "%%", "() { echo shadowed; }");
    }
    Launched launched = start(functions, script("-n", "2", "bash", "-c", "local; echo $HPC_RANK"));

    Result result = finish(launched);
    assertThat(result.status()).isZero();
    assertThat(result.out().lines()).containsExactlyInAnyOrder("shadowed", "0", "shadowed", "1");
  }

  @Test
  void theProgramTakesThePlaceOfTheShellAndHasNoForeignDescriptors() {
    String show = "tr '\\0' ' ' < /proc/$$/cmdline; echo; ls /proc/$$/fd | tr '\\n' ' '";
    Result result = run("-n", "1", "sh", "-c", show);

    assertThat(result.out()).startsWith("sh -c ").endsWith("\n0 1 2 ");
  }

  @Test
  void standardInputGoesToRankZeroAlone() throws IOException {
    Launched launched = start(Map.of(), script("-n", "4", "sh", "-c", "echo \"$HPC_RANK:$(cat)\""));
    try (var input = launched.process().getOutputStream()) {
      input.write("hello".getBytes(UTF_8));
    }

    assertThat(finish(launched).out().lines())
        .containsExactlyInAnyOrder("0:hello", "1:", "2:", "3:");
  }

  @Test
  void outputAndErrorStayApart() {
    Result result = run("-n", "2", "sh", "-c", "echo out; echo err >&2");

    assertThat(result).isEqualTo(new Result(0, "out\nout\n", "err\nerr\n"));
  }

  @Test
  void manyRanksAllRun() {
    Result result = run("-n", "200", "sh", "-c", "echo $HPC_RANK");

    assertThat(result.status()).isZero();
    assertThat(result.out().lines().map(Integer::valueOf))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 200).boxed().toList());
  }

  // ---- the end

  @Test
  void theFirstFailureEndsTheOthersAndIsTheStatus() {
    Result result = run(
        "-n",
        "3",
        "sh",
        "-c",
        IDLE,
        ":",
        "sh",
        "-c",
        awaitRanks(3) + "exit 7",
        ":",
        "sleep",
        "600");

    assertThat(result.status()).isEqualTo(7);
    assertThat(result.err()).isEqualTo("hpc-fork: rank 3 ended with status 7; ending the others\n");
  }

  @Test
  void aRankThatFailsAtOnceAmongManyIsNoticed() {
    assertThat(run("false", ":", "-n", "100", "sleep", "600").status()).isEqualTo(1);
  }

  @Test
  void aRankEndedByASignalCounts128More() {
    Result result =
        run("-n", "2", "sh", "-c", IDLE, ":", "sh", "-c", awaitRanks(2) + "kill -KILL $$");

    assertThat(result.status()).isEqualTo(137);
    assertThat(result.err()).contains("rank 2 was ended by SIGKILL");
  }

  @Test
  void aFailureOfASingleRankIsNotCommented() {
    assertThat(run("sh", "-c", "exit 3")).isEqualTo(new Result(3, "", ""));
  }

  @Test
  void ranksThatIgnoreTermAreKilledAfterTheGrace() {
    String stubborn = "trap '' TERM; echo > $DIR/up.$HPC_RANK; while :; do sleep 600; done";
    Result result = finish(start(
        Map.of("HPC_FORK_GRACE", "0.5"),
        script("-n", "2", "sh", "-c", stubborn, ":", "sh", "-c", awaitRanks(2) + "exit 9")));

    assertThat(result.status()).isEqualTo(9);
    assertThat(result.err()).contains("not all ranks ended within 0.5 s; killing them");
  }

  @Test
  void childrenOfRanksEndWithThem() {
    String parent = "sleep 600 & sleep 600 & echo > $DIR/up.$HPC_RANK; wait";

    assertThat(run("-n", "2", "bash", "-c", parent, ":", "sh", "-c", awaitRanks(2) + "exit 5")
            .status())
        .isEqualTo(5);
  }

  @Test
  void whatASuccessfulRankLeavesBehindIsEnded() {
    Result result = finish(start(
        Map.of("HPC_FORK_GRACE", "0.5"),
        script("-n", "2", "bash", "-c", "(trap '' TERM; sleep 600) & exit 0")));

    assertThat(result.status()).isZero();
    // At once: what is awaited after each test are hpc-fork's own helpers too.
    assertThat(
            livingProcesses().filter(process -> procFile(process, "environ").contains("HPC_RANK=")))
        .isEmpty();
  }

  @Test
  void aRankThatSignalsItsOwnGroupSparesTheOthers() {
    String suicidal = "trap 'exit 0' TERM; kill 0; sleep 600";
    Result result = run("bash", "-c", suicidal, ":", "bash", "-c", "sleep 0.3; echo done");

    assertThat(result).isEqualTo(new Result(0, "done\n", ""));
  }

  // ---- signals

  @ParameterizedTest
  @CsvSource({"TERM,143", "INT,130", "HUP,129"})
  void aRequestToEndIsPassedOnAndTakenOver(String signal, int status) {
    Launched launched = startIdle(3);
    kill(signal, launched);

    assertThat(finish(launched).status()).isEqualTo(status);
  }

  @Test
  void ranksThatEndWellAfterARequestMakeZero() {
    Launched launched = startTrapping("TERM", "echo term $HPC_RANK; exit 0");
    kill("TERM", launched);

    Result result = finish(launched);
    assertThat(result.status()).isZero();
    assertThat(result.out().lines()).containsExactlyInAnyOrder("term 0", "term 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "QUIT", "USR1", "USR2", "HUP", "TERM"})
  void aSignalReachesEveryRankOnce(String signal) {
    // JVMs may start their processes with SIGQUIT blocked (17 does), and no shell unblocks it.
    assumeTrue(
        !succeeds("bash", "-c", "kill -" + signal + " $$"),
        "this JVM starts processes with SIG" + signal + " blocked");
    Launched launched = startTrapping(signal, "echo $HPC_RANK >> $DIR/got");
    kill(signal, launched);
    await("both ranks have it", () -> lines("got").size() >= 2);
    kill("KILL", launched); // the keeper ends the ranks

    finish(launched);
    assertThat(lines("got")).containsExactlyInAnyOrder("0", "1");
  }

  @Test
  void ranksThatIgnoreARequestAreKilledAfterTheGrace() {
    Launched launched = startTrapping("TERM", ":", Map.of("HPC_FORK_GRACE", "0.5"));
    kill("TERM", launched);

    assertThat(finish(launched).status()).isEqualTo(143);
  }

  @Test
  void stopAndContinueReachTheRanks() {
    Launched launched = startIdle(2);
    kill("TSTP", launched);
    await("the ranks are stopped", () -> statesOfSleepers().equals(List.of("T", "T")));
    kill("CONT", launched);
    await("the ranks go on", () -> statesOfSleepers().equals(List.of("S", "S")));
    kill("TERM", launched);

    assertThat(finish(launched).status()).isEqualTo(143);
  }

  /** As schedulers send it; both arrive at once on a busy node. */
  @Test
  void aSignalThatComesTogetherWithAContinueReachesTheRanks() {
    Launched launched = startIdle(2);
    kill("STOP", launched);
    kill("TERM", launched);
    kill("CONT", launched);

    assertThat(finish(launched).status()).isEqualTo(143);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 40, 50})
  void aSignalDuringStartUpEndsEverything(int milliseconds) throws InterruptedException {
    Launched launched = start(Map.of(), script("-n", "20", "sleep", "600"));
    TimeUnit.MILLISECONDS.sleep(milliseconds); // the moment is the input here
    kill("INT", launched);

    Result result = finish(launched);
    assertThat(result.status()).isEqualTo(130);
    assertThat(result.err()).isEmpty(); // nobody had to be killed
  }

  /** Within a command substitution whose output has ended bash 5.2 loses it. */
  @Test
  void aSignalWhileThePipesAreMadeIsNotLost() throws IOException {
    Path slow = Files.createDirectory(dir.resolve("slow"));
    for (String program : List.of("mktemp", "mkdir")) {
      Path file = Files.writeString(
          slow.resolve(program),
          "#!/bin/sh\n/bin/" + program + " \"$@\" || exit\nexec >&-\n: >$DIR/made\nsleep 1\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    Launched launched =
        start(Map.of("PATH", slow + ":" + System.getenv("PATH")), script("sleep", "600"));
    await("a folder is made", () -> Files.exists(dir.resolve("made")));
    kill("INT", launched);

    assertThat(finish(launched).status()).isEqualTo(130);
  }

  @Test
  void ranksDoNotSurviveWhenHpcForkIsKilled() {
    Launched launched = startIdle(3);
    kill("KILL", launched);

    assertThat(finish(launched).status()).isEqualTo(137);
  }

  @Test
  void ranksDoNotSurviveWhenAllProcessesOfHpcForkAreKilled() {
    assumeTrue(succeeds("setpriv", "--pdeathsig", "KILL", "true"), "needs setpriv --pdeathsig");
    Launched launched = startIdle(3);
    livingProcesses()
        .filter(process -> commandLine(process).contains("hpc-fork"))
        .forEach(ProcessHandle::destroyForcibly);

    assertThat(finish(launched).status()).isEqualTo(137);
  }

  // ---- a terminal

  @Test
  void rankZeroReadsTheTerminalAndNobodyIsStopped() throws IOException {
    assumeTrue(succeeds("script", "--version"), "needs script of util-linux");
    String command = SCRIPT + " -n 2 sh -c 'read x; echo rank $HPC_RANK got \"<$x>\"'";
    Launched launched = start(Map.of(), List.of("script", "-qec", command, "/dev/null"));
    var input = launched.process().getOutputStream();
    input.write("hello\n".getBytes(UTF_8));
    input.flush();

    Result result = finish(launched);
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("rank 0 got <hello>").contains("rank 1 got <>");
  }

  @Test
  void theInterruptKeyEndsAllRanks() throws IOException {
    assumeTrue(succeeds("script", "--version"), "needs script of util-linux");
    String command = SCRIPT + " -n 2 sh -c '" + IDLE + "'";
    Launched launched = start(Map.of(), List.of("script", "-qec", command, "/dev/null"));
    awaitUp(2);
    var input = launched.process().getOutputStream();
    input.write(3);
    input.flush();

    assertThat(finish(launched).status()).isEqualTo(130);
  }

  // ---- bad input

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-n",
        "-n 2",
        "-n x true",
        "-n 0 true",
        "-n -1 true",
        "-n 1.5 true",
        "-n= true",
        "-np4x true",
        "-n 12345678901234567890 true",
        "true :",
        ": true",
        "true : : true",
        "--nope true",
        "true : -n 0 true"
      })
  void wrongUsageIsOneLineAndStatusTwo(String words) {
    Result result = run(words.isEmpty() ? List.of() : List.of(words.split(" ")));

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err().lines()).singleElement().asString().contains("hpc-fork: ", "usage: ");
  }

  @Test
  void aGraceThatIsNoNumberIsWrongUsage() {
    Result result = finish(start(Map.of("HPC_FORK_GRACE", "soon"), script("true")));

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("HPC_FORK_GRACE", "'soon'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-program", "./no/such/program", ""})
  void nothingIsStartedWhenOneProgramIsNotFound(String program) {
    Result result = run("touch", dir.resolve("started").toString(), ":", program);

    assertThat(result.status()).isEqualTo(127);
    assertThat(result.err().lines()).singleElement().asString().contains(program);
    assertThat(dir.resolve("started")).doesNotExist();
  }

  @Test
  void aFileThatIsNotExecutableAndAFolderAre126() throws IOException {
    Path file = Files.writeString(dir.resolve("no-executable"), "#!/bin/sh\n");
    Map<String, String> path = Map.of("PATH", dir + ":" + System.getenv("PATH"));

    assertThat(run(file.toString()).status()).isEqualTo(126);
    assertThat(run(dir.toString()).status()).isEqualTo(126);
    assertThat(finish(start(path, script("no-executable"))).status()).isEqualTo(126);
  }

  @Test
  void aProgramWhoseInterpreterIsMissingIsAFailureOfItsRank() throws IOException {
    Path file = Files.writeString(dir.resolve("broken"), "#!/no/such/interpreter\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(run(file.toString()).status()).isIn(126, 127);
  }

  @Test
  void aFolderForPipesThatIsMissingIsToldWithTheRemedy() {
    Result result = finish(start(Map.of("TMPDIR", "/no/such/folder"), script("true")));

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("set TMPDIR");
  }

  // ---- helpers

  private static List<String> script(String... words) {
    return script(List.of(words));
  }

  private static List<String> script(List<String> words) {
    return Stream.concat(Stream.of(SCRIPT.toString()), words.stream()).toList();
  }

  private Result run(String... words) {
    return run(List.of(words));
  }

  private Result run(List<String> words) {
    return finish(start(Map.of(), script(words)));
  }

  private Launched start(Map<String, String> environment, List<String> command) {
    try {
      Path out = Files.createTempFile(dir, "run", ".out");
      Path err = Files.createTempFile(dir, "run", ".err");
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("DIR", dir.toString());
      builder.environment().put("HPC_FORK_TEST", marker.substring(marker.indexOf('=') + 1));
      builder.environment().putAll(environment);
      Process process =
          builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      return new Launched(process, out, err);
    } catch (IOException e) {
      throw new AssertionError("cannot start " + command, e);
    }
  }

  private Launched startIdle(int ranks) {
    Launched launched = start(Map.of(), script("-n", Integer.toString(ranks), "sh", "-c", IDLE));
    awaitUp(ranks);
    await("all ranks sleep", () -> statesOfSleepers().size() == ranks);
    return launched;
  }

  private Launched startTrapping(String signal, String action) {
    return startTrapping(signal, action, Map.of("HPC_FORK_GRACE", "1"));
  }

  /** Two ranks that handle a signal by themselves, and whose children are not hit by it. */
  private Launched startTrapping(String signal, String action, Map<String, String> environment) {
    String rank =
        "trap '%s' %s; (trap '' %s; exec sleep 600) & echo > $DIR/up.$HPC_RANK; while :; do wait; done"
            .formatted(action, signal, signal);
    Launched launched = start(environment, script("-n", "2", "bash", "-c", rank));
    awaitUp(2);
    await("the children sleep", () -> statesOfSleepers().size() == 2);
    return launched;
  }

  private static Result finish(Launched launched) {
    try {
      assertThat(launched.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .as("ended within %s", LIMIT)
          .isTrue();
      return new Result(
          launched.process().exitValue(),
          Files.readString(launched.out(), ISO_8859_1),
          Files.readString(launched.err(), ISO_8859_1));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Shell words that wait until ranks 0 to {@code ranks - 1} run. */
  private static String awaitRanks(int ranks) {
    return "r=0; while [ $r -lt %d ]; do [ -e $DIR/up.$r ] && r=$((r+1)) || sleep 0.02; done; "
        .formatted(ranks);
  }

  private void awaitUp(int ranks) {
    await(
        ranks + " ranks run",
        () -> IntStream.range(0, ranks).allMatch(r -> Files.exists(dir.resolve("up." + r))));
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(String what, Condition condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - end > 0) {
        fail("not within " + LIMIT + ": " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  private static void kill(String signal, Launched launched) {
    assertThat(succeeds("kill", "-" + signal, Long.toString(launched.process().pid())))
        .isTrue();
  }

  private static boolean succeeds(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The processes of this test; a zombie has no environment any more and does not count. */
  private Stream<ProcessHandle> livingProcesses() {
    return ProcessHandle.allProcesses()
        .filter(process -> procFile(process, "environ").contains(marker));
  }

  private static String commandLine(ProcessHandle process) {
    return procFile(process, "cmdline").replace('\0', ' ');
  }

  private List<String> statesOfSleepers() {
    return livingProcesses()
        .filter(process -> commandLine(process).equals("sleep 600 "))
        .map(process -> procFile(process, "stat"))
        .filter(stat -> !stat.isEmpty())
        .map(stat -> stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1))
        .toList();
  }

  private static String procFile(ProcessHandle process, String name) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), name), ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended, or is somebody else's
    }
  }

  private List<String> lines(String file) {
    try {
      Path path = dir.resolve(file);
      return Files.exists(path) ? Files.readAllLines(path) : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
