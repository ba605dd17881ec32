// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line that is built; the launcher prints what it was given. */
class HpcLaunchIT {
  @TempDir
  Path folder;

  private Installation hpc;

  @BeforeEach
  void install() throws IOException {
    hpc = Installation.in(folder);
    hpc.program(
        "bin/mpiexec",
        "if [ \"$1\" = --version ]; then echo strange; exit; fi\nprintf '<%s>' \"$@\"; echo");
    hpc.program("app", "echo app");
    hpc.with("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
  }

  private void site(String launch) throws IOException {
    hpc.write(
        "site.yaml",
        "hpc:\n  backends:\n    - name: site\n      type: shell\n"
            + "      config: {cores_per_socket: 4, sockets_per_node: 2}\n      launch:\n"
            + launch.indent(8));
  }

  @Test
  void theLineIsOptionsThenPreOptionsThenProgram() throws Exception {
    site("""
        type: mpi
        exec: mpiexec
        default_options: [-a, "b c", -a]
        pre_options: --pre 'x y'
        """);
    Result dry = hpc.launch("--dry-run", "--config-file", "site.yaml", "-n", "8", "./app", "-x")
        .ok();
    assertThat(dry.out()).isEqualTo("mpiexec -a 'b c' -a -n 8 --pre 'x y' ./app -x\n");
    Result run = hpc.launch("--config-file=site.yaml", "-n", "8", "./app", "-x").ok();
    assertThat(run.out()).isEqualTo("<-a><b c><-a><-n><8><--pre><x y><./app><-x>\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void severalProgramsHaveGlobalOptionsOnceAndLocalOnesEach() throws Exception {
    site("""
        type: mpi
        exec: mpiexec
        default_options: [-d, "%(np)d"]
        pre_options: [-p, "%(ranks)d"]
        mpmd: {global_options: [-g, -g, "%(np)d"], local_options: [-l, "%(np)02d"]}
        """);
    Result run = hpc.launch(
        "--config-file=site.yaml",
        "-n",
        "4",
        "./app",
        "%(np)d",
        ":",
        "-np=5",
        "-q",
        "./app",
        ":",
        "./app");
    assertThat(run.ok().out())
        .isEqualTo("<-g><-g><10><-d><10><-l><04><-n><4><-p><4><./app><%(np)d>"
            + "<:><-l><05><-np=5><-q><-p><5><./app><:><-l><01><-p><1><./app>\n");
  }

  @ParameterizedTest
  @CsvSource({"3, 3 1 1 3", "4, 4 1 1 4", "5, 4 2 1 5", "8, 4 2 1 8", "9, 4 3 2 9", "17, 4 5 3 17"})
  void figuresFollowFromTheTopology(String ranks, String figures) throws Exception {
    site("""
        type: mpi
        exec: mpiexec
        default_options: "%(ranks_per_socket)d %(sockets)d %(nodes)d %(ranks)d %%x %(other)d %(np)s"
        """);
    Result run = hpc.launch("--config-file=site.yaml", "-n", ranks, "./app");
    String[] f = figures.split(" ", -1);
    assertThat(run.ok().out())
        .isEqualTo("<%s><%s><%s><%s><%%x><%%(other)d><%%(np)s><-n><%s><./app>%n"
            .formatted(f[0], f[1], f[2], f[3], ranks));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-n 4",
        "-np 4",
        "--n 4",
        "--np 4",
        "-n4",
        "-n=4",
        "-np=4",
        "--np=4",
        "--ranks 4",
        "--ranks=4"
      })
  void countsAreReadAndPassedOnAsWritten(String count) throws Exception {
    site("""
        type: mpi
        exec: mpiexec
        numproc_flag: --ranks
        default_options: ["%(np)d"]
        """);
    Result run = hpc.bash("\"$hpc_launch\" --config-file=site.yaml " + count + " ./app");
    assertThat(run.ok().out()).isEqualTo("<4><" + count.replace(" ", "><") + "><./app>\n");
  }

  @Test
  void valuesOfLaunchersOptionsAreNotTheProgram() throws Exception {
    hpc.program("bin/node", "exit 9");
    assertThat(hpc.launch("--backend=mpi", "--map-by", "node", "-genv", "node", "node", "./app")
            .ok()
            .out())
        .isEqualTo("<--map-by><node><-genv><node><node><./app>\n");
    assertThat(hpc.launch("--backend=mpi", "--unknown", "node", "./app").ok().out())
        .isEqualTo("<--unknown><node><./app>\n");
    assertThat(hpc.launch("--backend=mpi", "-n", "2", "--", "only-there", "--", "a")
            .ok()
            .out())
        .isEqualTo("<-n><2><only-there><--><a>\n");
  }

  @Test
  void ourOptionsEndAtTheFirstOtherWord() throws Exception {
    assertThat(hpc.launch("--backend=mpi", "./app", "-h", "--dry-run", "--backend", "%(np)d")
            .ok()
            .out())
        .isEqualTo("<./app><-h><--dry-run><--backend><%(np)d>\n");
    assertThat(
            hpc.launch("--backend", "mpi", "-n", "1", "--dry-run", "./app").ok().out())
        .isEqualTo("<-n><1><--dry-run><./app>\n");
  }

  @Test
  void namesAreEntriesThenLaunchersThenTypes() throws Exception {
    hpc.program("bin/other", "printf 'other'");
    hpc.write("hpc-launch.yaml", """
        hpc:
          backends:
            - {name: mpi, type: shell, launch: {type: mpi, exec: other}}
            - {name: second, type: shell}
        """);
    assertThat(hpc.launch("--backend=mpi", "./app").ok().out()).isEqualTo("other");
    assertThat(hpc.launch("--backend=mpiexec", "./app").ok().out()).isEqualTo("<./app>\n");
    assertThat(hpc.launch("--backend=second", "./app").ok().out()).isEqualTo("<./app>\n");
    assertThat(hpc.launch("--backend=local", "./app").ok().out()).isEqualTo("<./app>\n");
    assertThat(hpc.launch("--backend=" + folder + "/bin/mpiexec", "--dry-run", "./app")
            .ok()
            .out())
        .isEqualTo(folder + "/bin/mpiexec ./app\n");
  }

  @Test
  void anUnknownNameListsTheKnown() throws Exception {
    hpc.write("hpc-launch.yaml", "hpc: {backends: [{name: mine, type: shell}]}\n");
    Result result = hpc.launch("--backend=nope", "./app");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines())
        .hasSize(1)
        .first()
        .asString()
        .contains("'nope'", "mine", "mpi", "fork", "shell");
  }

  @Test
  void withoutANameTheDefaultCountsAndTheChoiceIsTold() throws Exception {
    Result chosen = hpc.launch("./app").ok();
    assertThat(chosen.out()).isEqualTo("<./app>\n");
    assertThat(chosen.err()).contains("using mpi").hasLineCount(1);
    Result fork =
        hpc.with("PATH", "/nowhere:" + toolsOnly()).launch("-n", "2", "./app").ok();
    assertThat(fork.out()).isEqualTo("app\napp\n");
    assertThat(fork.err()).contains("using fork").hasLineCount(1);
    hpc.write("hpc-launch.yaml", "hpc: {backend: fork}\n");
    assertThat(hpc.launch("./app").ok().err()).isEmpty();
  }

  /** A folder with what the scripts need and no MPI. */
  private String toolsOnly() throws Exception {
    return hpc.bash(
            "mkdir tools; for t in bash env sh readlink mktemp mkdir mv rm cat sleep setpriv dirname mkfifo kill;"
                + " do p=$(type -P $t) && ln -s \"$p\" tools/$t; done; printf %s \"$PWD/tools\"")
        .ok()
        .out();
  }

  @ParameterizedTest
  @CsvSource({
    "'-n x ./app', 2",
    "'-n', 2",
    "'-n 0 ./app', 2",
    "'', 2",
    "'-n 4', 127",
    "'./nope', 127",
    "'-n 2 ./app : -n 2', 127",
    "'-n 2 ./app : ./nope', 127"
  })
  void badLinesAreOneLineEach(String line, int status) throws Exception {
    Result result = hpc.bash("\"$hpc_launch\" --backend=mpi " + line);
    assertThat(result.status()).isEqualTo(status);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("hpc-launch: ").hasLineCount(1);
    if (status == 127) {
      assertThat(result.err()).contains("--");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--backend",
        "--backend=",
        "--config-file",
        "--set",
        "--profile=",
        "--set x ./app",
        "--config-file nope.yaml ./app",
        "--profile nope ./app"
      })
  void ourOptionsAreChecked(String line) throws Exception {
    Result result = hpc.bash("\"$hpc_launch\" " + line);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).startsWith("hpc-launch: ").hasLineCount(1);
  }

  @Test
  void aMissingLauncherIs127() throws Exception {
    site("{type: mpi, exec: no-such-mpiexec}");
    Result result = hpc.launch("--config-file=site.yaml", "-n", "2", "./app");
    assertThat(result.status()).isEqualTo(127);
    assertThat(result.err()).contains("no-such-mpiexec").hasLineCount(1);
    Result none = hpc.with("PATH", "/nowhere:" + toolsOnly()).launch("--backend=mpi", "./app");
    assertThat(none.status()).isEqualTo(127);
    assertThat(none.err()).contains("install").hasLineCount(1);
  }

  @Test
  void wrongConfigurationNamesFileLineAndClosestKey() throws Exception {
    hpc.write(
        "hpc-launch.yaml",
        "hpc:\n  backends:\n    - name: a\n      type: shell\n      lauch: {type: mpi}\n");
    Result result = hpc.launch("--backend=a", "./app");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("hpc-launch.yaml:5", "lauch", "launch").hasLineCount(1);
  }

  @Test
  void configurationComesFromEnvironmentProfilesAndTheCommandLine() throws Exception {
    hpc.write("hpc-launch.yaml", """
        hpc:
          backend: one
          profiles: {two: {backend: two}}
          backends:
            - {name: one, type: shell, launch: {type: mpi, default_options: [one]}}
            - {name: two, type: shell, launch: {type: mpi, default_options: [two]}}
        """);
    assertThat(hpc.launch("./app").ok().out()).isEqualTo("<one><./app>\n");
    assertThat(hpc.launch("--profile=two", "./app").ok().out()).isEqualTo("<two><./app>\n");
    assertThat(hpc.launch("--set", "backends.one.launch.default_options=[a, b]", "./app")
            .ok()
            .out())
        .isEqualTo("<a><b><./app>\n");
    hpc.with("HPC_BACKEND", "two");
    assertThat(hpc.launch("./app").ok().out()).isEqualTo("<two><./app>\n");
    hpc.with("HPC_BACKEND", null).with("HPC_PROFILE", "two");
    assertThat(hpc.launch("./app").ok().out()).isEqualTo("<two><./app>\n");
    hpc.with("HPC__backends__two__launch__default_options", "-x 'y z'");
    assertThat(hpc.launch("./app").ok().out()).isEqualTo("<-x><y z><./app>\n");
  }

  @Test
  void aChangedFileIsReadAgain() throws Exception {
    for (String option : new String[] {"first", "other", "third"}) {
      hpc.write(
          "hpc-launch.yaml",
          "hpc: {backend: a, backends: [{name: a, type: shell, launch: {type: mpi, default_options: ["
              + option + "]}}]}\n");
      assertThat(hpc.launch("./app").ok().out()).isEqualTo("<" + option + "><./app>\n");
      assertThat(hpc.launch("./app").ok().out()).isEqualTo("<" + option + "><./app>\n");
    }
  }

  @Test
  void filesOfHpcConnectWorkAsTheyAre() throws Exception {
    hpc.write("hpc_connect.yaml", """
        hpc_connect:
          backend: my.local
          backends:
          - name: my.slurm
            type: slurm
            launch: {type: mpi, numproc_flag: -np, exec: mpiexec}
          - name: my.local
            type: local
            launch:
              type: mpi
              numproc_flag: -np
              default_options: --map-by ppr:%(np)d:cores
        """);
    assertThat(hpc.launch("-np", "4", "-flag", "file", "./app", "--option").ok().out())
        .isEqualTo("<--map-by><ppr:4:cores><-np><4><-flag><file><./app><--option>\n");
    assertThat(hpc.launch("--backend=my.slurm", "-np", "4", "./app").ok().out())
        .isEqualTo("<-np><4><./app>\n");
  }

  @Test
  void variablesAreSetForTheProgram() throws Exception {
    hpc.program("bin/mpiexec", "env -0 | tr '\\n\\0' ' \\n'");
    site("""
        type: mpi
        exec: mpiexec
        variables: {PLAIN: "a $b 'c'", with.dot: "1", NUMBER: 7}
        """);
    Result result = hpc.bash(
        "export KEPT=1; f() { :; }; export -f f; env 'odd.name=x' \"$hpc_launch\" --config-file=site.yaml ./app");
    assertThat(result.ok().lines())
        .contains("PLAIN=a $b 'c'", "with.dot=1", "NUMBER=7", "KEPT=1", "odd.name=x")
        .anyMatch(line -> line.startsWith("BASH_FUNC_f"))
        .noneMatch(line ->
            line.startsWith("hpc_home") || line.startsWith("LC_ALL") || line.startsWith("OMPI_"));
  }

  @Test
  void helpAndVersion() throws Exception {
    assertThat(hpc.launch("--help").ok().out()).contains("Usage: hpc-launch", "--dry-run");
    assertThat(hpc.launch("-h").ok().out()).isEqualTo(hpc.launch("--help").out());
    assertThat(hpc.launch("--version").ok().out()).matches("hpc-launch \\d+\\..*\n");
  }

  @Test
  void nothingIsLeftBehind() throws Exception {
    site("{type: mpi, exec: mpiexec}");
    Path scratch = java.nio.file.Files.createDirectory(folder.resolve("scratch"));
    hpc.with("TMPDIR", scratch.toString())
        .launch("--config-file=site.yaml", "-n", "2", "./app")
        .ok();
    assertThat(scratch).isEmptyDirectory();
  }
}
