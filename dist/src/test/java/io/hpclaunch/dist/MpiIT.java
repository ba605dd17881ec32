// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real MPI implementations, as the distribution installs them. */
class MpiIT {
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

  private static void assumeInstalled(String launcher) {
    assumeTrue(Installation.onPath(launcher), launcher + " (not installed)");
  }

  @ParameterizedTest
  @MethodSource("javaHomes")
  void helloWorld(String javaHome) throws Exception {
    assumeInstalled("mpiexec");
    Result result = hpc.with("JAVA_HOME", javaHome)
        .launch("--backend=mpi", "-n", "4", "echo", "Hello, world!")
        .ok();
    assertThat(result.lines()).hasSize(4).containsOnly("Hello, world!");
    assertThat(result.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mpirun.openmpi", "mpiexec.openmpi", "mpirun.mpich", "mpiexec.hydra"})
  void everyImplementationRunsAsRootAndWithMoreRanksThanCores(String launcher) throws Exception {
    assumeInstalled(launcher);
    Result result =
        hpc.launch("--backend=" + launcher, "-n", "9", "echo", "x y").ok();
    assertThat(result.lines()).hasSize(9).containsOnly("x y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mpirun.openmpi", "mpirun.mpich"})
  void severalPrograms(String launcher) throws Exception {
    assumeInstalled(launcher);
    Result result = hpc.launch(
            "--backend=" + launcher, "-n", "1", "echo", "one", ":", "-n", "3", "echo", "three")
        .ok();
    assertThat(result.lines()).containsExactlyInAnyOrder("one", "three", "three", "three");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mpirun.openmpi", "mpirun.mpich"})
  void statusAndInputAreTheLaunchersOwn(String launcher) throws Exception {
    assumeInstalled(launcher);
    assertThat(hpc.launch("--backend=" + launcher, "-n", "2", "bash", "-c", "exit 3")
            .status())
        .isEqualTo(3);
    assertThat(hpc.bash("echo in | \"$hpc_launch\" --backend=" + launcher + " -n 1 cat")
            .ok()
            .out())
        .isEqualTo("in\n");
  }

  @Test
  void theUsersOwnVariablesWin() throws Exception {
    assumeInstalled("mpirun.openmpi");
    Result result = hpc.with("OMPI_MCA_rmaps_base_oversubscribe", "0")
        .launch("--backend=mpirun.openmpi", "-n", "64", "true");
    assertThat(result.status()).isNotZero();
    assertThat(result.err()).contains("not enough slots");
  }

  @Test
  void theCommandLineStaysTheUsers() throws Exception {
    assumeInstalled("mpirun.openmpi");
    assertThat(hpc.launch("--backend=mpirun.openmpi", "--dry-run", "-np", "64", "hostname")
            .ok()
            .out())
        .isEqualTo("mpirun.openmpi -np 64 hostname\n");
  }
}
