// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the process: bytes, streams, signals, statuses. */
class HpcLaunchProcessIT {
  @TempDir
  Path folder;

  private Installation hpc;

  @BeforeEach
  void install() throws IOException {
    hpc = Installation.in(folder);
    hpc.program("bin/mpiexec", "[ \"$1\" = --version ] && exit\nexec \"$@\"");
    hpc.program("words", "printf '%s\\0' \"$@\"");
    hpc.with("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "C.UTF-8", "no-such-locale"})
  void everyByteArrivesInEveryLocale(String locale) throws Exception {
    hpc.with("LC_ALL", locale);
    Result result = hpc.bash(
        "\"$hpc_launch\" --backend=mpi ./words a '' 'b c' $'new\\nline' $'\\xff\\xfe' ü '$HOME' '`id`' "
            + "'it'\\''s' '\"' '\\' '*' '%(np)d' $'\\t' -- --dry-run ''");
    assertThat(bytes(result.ok().out()))
        .isEqualTo(
            bytes(
                "a\0\0b c\0new\nline\0\u00ff\u00fe\0\u00c3\u00bc\0$HOME\0`id`\0it's\0\"\0\\\0*\0%(np)d\0\t\0--\0--dry-run\0\0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void aProgramMayHaveAnyName(String locale) throws Exception {
    hpc.with("LC_ALL", locale);
    hpc.bash("cp words $'w\\xff'; cp words wü; cp words 'w x'; cp words bin/ü").ok();
    for (String name : new String[] {"$'./w\\xff'", "./wü", "'./w x'", "ü", "\"$PWD/wü\""}) {
      assertThat(hpc.bash("\"$hpc_launch\" --backend=mpi " + name + " x").ok().out())
          .isEqualTo("x\0");
    }
    String dry =
        hpc.bash("\"$hpc_launch\" --backend=mpi --dry-run $'./w\\xff' ü").ok().out();
    hpc.with("line", null);
    Result back = hpc.bash(
        "line=$(\"$hpc_launch\" --backend=mpi --dry-run $'./w\\xff' ü); eval \"${line#mpiexec }\"");
    assertThat(back.ok().out()).as(dry).isEqualTo("\u00c3\u00bc\0");
  }

  @Test
  void manyAndLongWordsArrive() throws Exception {
    Result result = hpc.bash(
        "\"$hpc_launch\" --backend=mpi ./words $(seq 5000) \"$(printf %0100000d 7)\" | wc -c");
    int digitsAndEnds = 9 * 2 + 90 * 3 + 900 * 4 + 4001 * 5;
    assertThat(result.ok().out().strip()).isEqualTo(Integer.toString(digitsAndEnds + 100_001));
  }

  @Test
  void standardStreamsAreTheProgramsOwn() throws Exception {
    assertThat(
            hpc.bash("printf 'a\\0b' | \"$hpc_launch\" --backend=mpi cat").ok().out())
        .isEqualTo("a\0b");
    assertThat(hpc.bash(
                "\"$hpc_launch\" --backend=mpi bash -c 'echo x >&2; readlink /proc/self/fd/0' <&- || true")
            .err())
        .startsWith("x");
    assertThat(hpc.bash("\"$hpc_launch\" --backend=mpi cat 3<<<three <&3").ok().out())
        .isEqualTo("three\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 42, 127, 255})
  void theStatusIsTheLaunchersOwn(int status) throws Exception {
    assertThat(hpc.launch("--backend=mpi", "bash", "-c", "exit " + status).status())
        .isEqualTo(status);
  }

  @Test
  void aDeathBySignalIsADeathBySignal() throws Exception {
    assertThat(hpc.bash("\"$hpc_launch\" --backend=mpi bash -c 'kill -9 $$'; echo $?")
            .out())
        .isEqualTo("137\n");
  }

  @Test
  void theProcessBecomesTheLauncher() throws Exception {
    Path ready = folder.resolve("ready");
    hpc.program(
        "wait",
        "echo $$ >ready.new; mv ready.new ready; trap 'echo term; exit 5' TERM; while :; do sleep 0.05; done");
    Path out = folder.resolve("o");
    Process process =
        hpc.start(hpc.command("hpc-launch", "--backend=mpi", "./wait"), out, folder.resolve("e"));
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(ready));
    assertThat(Files.readString(ready).strip()).isEqualTo(Long.toString(process.pid()));
    assertThat(process.descendants().map(p -> p.info().command().orElse("")))
        .noneMatch(c -> c.endsWith("java"));
    assertThat(Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "exe"))
            .toString())
        .endsWith("bash");
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(5);
    assertThat(out).hasContent("term\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void aSignalWhilePlanningLaunchesNothing(String signal) throws Exception {
    // a java that never answers, in the shape of a JDK
    Path jdk = folder.resolve("jdk");
    hpc.program("jdk/bin/java", "touch planning; exec sleep 100");
    hpc.write("jdk/release", "JAVA_VERSION=\"17.0.1\"\n");
    hpc.with("JAVA_HOME", jdk.toString())
        .with("HPC_STATE_DIR", folder.resolve("fresh").toString());
    Files.createFile(folder.resolve("fresh"));
    Process process = hpc.start(
        java.util.List.of(
            "setsid",
            "--wait",
            hpc.home() + "/bin/hpc-launch",
            "--backend=mpi",
            "touch",
            "launched"),
        folder.resolve("o"),
        folder.resolve("e"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(folder.resolve("planning")));
    // the whole group, as a terminal does
    assertThat(hpc.bash("kill -" + signal + " -- -$(ps -o pgid= --ppid " + process.pid()
                + " | head -n1 | tr -d ' ')")
            .status())
        .isZero();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isNotZero();
    assertThat(folder.resolve("launched")).doesNotExist();
  }

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }
}
