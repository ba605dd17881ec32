// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code hpc}, as a user has it. */
class HpcIT {
  @TempDir
  Path folder;

  private Installation hpc;

  @BeforeEach
  void install() throws IOException {
    hpc = Installation.in(folder);
  }

  static Stream<String> javaHomes() {
    return Installation.javaHomes();
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void listingsAreQuietAndWhole(String javaHome) throws Exception {
    hpc.with("JAVA_HOME", javaHome);
    Result backends = hpc.hpc("backends").ok();
    assertThat(backends.out()).contains("shell", "hpc-launch-shell-");
    Result launchers = hpc.hpc("launchers").ok();
    assertThat(launchers.out()).contains("mpi", "fork", "libexec/hpc-fork");
    Result resources = hpc.hpc("resources", "-b", "local").ok();
    assertThat(resources.out()).contains("NODES", "MEMORY");
    assertThat(backends.err() + launchers.err() + resources.err()).isEmpty();
    assertThat(hpc.hpc("--version").ok().out()).matches("hpc \\d+\\..*\n");
  }

  @Test
  void theMpiIsTold() throws Exception {
    assumeTrue(Installation.onPath("mpirun.openmpi"), "mpirun.openmpi (not installed)");
    assertThat(hpc.hpc("launchers").ok().out()).contains("Open MPI");
  }

  @Test
  void eachValueHasItsOrigin() throws Exception {
    hpc.write(
        "hpc-launch.yaml",
        "hpc:\n  backends:\n    - name: site\n      type: shell\n      config: {cores_per_socket: 4}\n");
    hpc.with("HPC_BACKEND", "site");
    Result shown =
        hpc.hpc("config", "show", "--set", "backends.site.config.nnode=3").ok();
    assertThat(shown.lines())
        .anyMatch(l ->
            l.contains("backends.site.config.cores_per_socket") && l.contains("hpc-launch.yaml:5"))
        .anyMatch(l -> l.contains("backends.site.config.nnode") && l.contains("--set"))
        .anyMatch(l -> l.startsWith("backend ") && l.contains("HPC_BACKEND"));
    assertThat(hpc.hpc("resources", "--json").ok().out()).contains("\"cores_per_socket\": 4");
  }

  @Test
  void aMisspeltKeyOfAPluginIsNamed() throws Exception {
    hpc.write(
        "hpc-launch.yaml",
        "hpc:\n  backends:\n    - name: site\n      type: shell\n      config: {core_per_socket: 4}\n");
    for (Result result :
        List.of(hpc.hpc("resources", "-b", "site"), hpc.launch("--backend=site", "true"))) {
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err())
          .contains("hpc-launch.yaml:5", "core_per_socket", "cores_per_socket")
          .hasLineCount(1);
    }
  }

  @Test
  void aTypeThatNoPluginAnswersToIsNamed() throws Exception {
    hpc.write("hpc-launch.yaml", "hpc:\n  backends:\n    - {name: site, type: slrum}\n");
    Result shown = hpc.hpc("config", "show");
    assertThat(shown.status()).isEqualTo(2);
    assertThat(shown.err())
        .contains("hpc-launch.yaml:3: backends.site:", "type 'slrum'", "slurm")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nope",
        "backends --nope",
        "config",
        "config nope",
        "resources -b nope",
        "--profile nope backends",
        "--set x backends",
        ""
      })
  void wrongUsageIsOneLineAndStatus2(String line) throws Exception {
    Result result = hpc.bash("\"$hpc\" " + line);
    assertThat(result.status()).as(result.toString()).isEqualTo(2);
    assertThat(result.err()).startsWith("hpc: ").doesNotContain("\tat ");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aBrokenPluginIsNamedAndHarmsNobody() throws Exception {
    Path jar = hpc.write("plugins/broken.jar", "this is no jar");
    hpc.with("HPC_PLUGIN_PATH", jar.getParent().toString());
    assertThat(hpc.hpc("backends").ok().out()).contains("shell", "broken.jar");
    Result doctor = hpc.hpc("doctor");
    assertThat(doctor.status()).isEqualTo(1);
    assertThat(doctor.out()).contains("broken.jar");
    assertThat(hpc.launch("--backend=fork", "echo", "x").ok().out()).isEqualTo("x\n");
    assertThat(hpc.launch("--backend=nope", "true").err()).contains("'nope' is neither");
  }

  @Test
  void aServicesFileThatNamesNoClassIsNamed() throws Exception {
    Path services =
        hpc.write("jar/META-INF/services/io.hpclaunch.api.HPCLauncher", "org.example.Missing\n");
    Path jar = folder.resolve("missing.jar");
    hpc.run(List.of(
            System.getProperty("java.home") + "/bin/jar",
            "cf",
            jar.toString(),
            "-C",
            folder.resolve("jar").toString(),
            "."))
        .ok();
    assertThat(services).exists();
    hpc.with("HPC_PLUGIN_PATH", jar.toString());
    assertThat(hpc.hpc("launchers").ok().out())
        .contains("mpi", "org.example.Missing", "missing.jar");
    Result launched = hpc.launch("--backend=fork", "echo", "x").ok();
    assertThat(launched.out()).isEqualTo("x\n");
    assertThat(launched.err()).contains("org.example.Missing", "missing.jar").hasLineCount(1);
    assertThat(hpc.launch("--backend=nope", "true").err()).contains("org.example.Missing");
  }

  @Test
  void aCleanMachineIsHealthy() throws Exception {
    Result doctor = hpc.hpc("doctor");
    assertThat(doctor.status()).as(doctor.out()).isZero();
    assertThat(doctor.out()).contains("0 problems");
  }

  @Test
  void theFirstCommandLetsOthersMakeTheArchive() throws Exception {
    hpc.with("HPC_STATE_DIR", folder.resolve("fresh").toString());
    Result first = hpc.bash("\"$hpc\" --version | cat"); // which ends when nobody holds the pipe
    assertThat(first.ok().out()).startsWith("hpc ");
    assertThat(first.err()).isEmpty();
    hpc.awaitArchive();
    assertThat(hpc.hpc("doctor").out()).contains("ok       class-data archive");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "builtin", "cd", "exec", "export", "local", "ls", "printf", "read"})
  void aFunctionThatTheUserExportedStandsInNoWay(String name) throws Exception {
    hpc.with("BASH_FUNC_" + name + "%%", "() {  echo mine; return 1\n}"); // as bash exports it
    Result planned = hpc.launch("--dry-run", "--backend=fork", "echo", "a b").ok();
    assertThat(planned.out()).endsWith("/hpc-fork echo 'a b'\n");
    assertThat(planned.err()).isEmpty();
    assertThat(hpc.hpc("--version").ok().out()).startsWith("hpc ");
  }

  @Test
  void theUsersFunctionsAreThereForTheProgram() throws Exception {
    hpc.with("BASH_FUNC_cd%%", "() {  echo mine\n}");
    Result result = hpc.launch("--backend=fork", "bash", "-c", "cd; echo ${POSIXLY_CORRECT-unset}");
    assertThat(result.ok().out()).isEqualTo("mine\nunset\n");
  }

  @Test
  void bothCommandsFindTheInstallationAlike() throws IOException {
    assertThat(finding("hpc")).hasSizeGreaterThan(10).isEqualTo(finding("hpc-launch"));
  }

  /** The lines from the first that sets hpc_self to the one that sources what is shared. */
  private List<String> finding(String command) throws IOException {
    List<String> lines = Files.readAllLines(hpc.home().resolve("bin").resolve(command));
    int first = lines.indexOf("hpc_self=$0");
    int last = lines.indexOf(". \"$hpc_home/libexec/jvm.bash\" || exit");
    return lines.subList(first, last + 1);
  }
}
