// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchSettings;
import io.hpclaunch.api.launch.Topology;
import io.hpclaunch.core.launch.LocalLaunchContext.TopologyOverride;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalLaunchContextTest {
  @TempDir
  Path folder;

  private Path bin;

  @BeforeEach
  void makeBin() throws IOException {
    bin = Files.createDirectory(folder.resolve("bin"));
  }

  @Test
  void whatIsConfiguredBeatsTheLauncherWhichBeatsTheMachine() {
    HPCLauncher launcher = new Knowing();
    LocalLaunchContext told = context(TopologyOverride.NONE);
    told.launchedBy(launcher);
    assertThat(told.topology()).isEqualTo(new Topology(7, 2, 24));
    LocalLaunchContext partly = context(new TopologyOverride(null, 1, null));
    partly.launchedBy(launcher);
    assertThat(partly.topology()).isEqualTo(new Topology(7, 1, 24));
    LocalLaunchContext wholly = context(new TopologyOverride(3, 1, 4));
    wholly.launchedBy(launcher);
    assertThat(wholly.topology()).isEqualTo(new Topology(3, 1, 4));
    assertThat(wholly.localCores()).isPositive();
  }

  /** A launcher that knows its cluster. */
  private static final class Knowing implements HPCLauncher {
    @Override
    public String name() {
      return "knowing";
    }

    @Override
    public String executable() {
      return "knowing";
    }

    @Override
    public Optional<Topology> topology(LaunchContext context) {
      return Optional.of(new Topology(7, 2, 24));
    }
  }

  @Test
  void executablesAreFoundAsExecvpDoes() throws IOException {
    executable(bin.resolve("tool"), "exit 0");
    Files.createFile(bin.resolve("data"));
    Files.createDirectory(bin.resolve("sub"));
    LocalLaunchContext context = context(TopologyOverride.NONE);
    assertThat(context.which("tool")).contains(bin.resolve("tool"));
    assertThat(context.which("data")).isEmpty();
    assertThat(context.which("sub")).isEmpty();
    assertThat(context.which("")).isEmpty();
    assertThat(context.which("nope")).isEmpty();
    assertThat(context.which("bin/tool")).isPresent();
    assertThat(context.which(bin + "/tool")).isPresent();
    assertThat(context.which(bin + "/data")).isEmpty();
    assertThat(context.which("a\0b")).isEmpty();
  }

  @Test
  void emptyElementsOfPathAreTheWorkingDirectory() throws IOException {
    executable(folder.resolve("here"), "exit 0");
    assertThat(new Executables("/nowhere:", folder).find("here")).isPresent();
    assertThat(new Executables("/nowhere", folder).find("here")).isEmpty();
    assertThat(new Executables(null, folder).find("sh")).isPresent();
  }

  @Test
  void aPathAmongTheVariablesCounts() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    executable(other.resolve("mpiexec"), "exit 0");
    LaunchSettings settings = new LaunchSettings(
        null, null, List.of(), List.of(), Map.of("PATH", other.toString()), List.of(), List.of());
    LocalLaunchContext context =
        new LocalLaunchContext(world(), "mpi", settings, TopologyOverride.NONE);
    assertThat(context.which("mpiexec")).isPresent();
  }

  @Test
  void aProgramIsAskedOnceAndAgainWhenReplaced() throws IOException {
    Path tool = bin.resolve("tool");
    Path calls = folder.resolve("calls");
    executable(tool, "echo called >>" + calls + "; echo version $1 >&2");
    UnaryOperator<String> digest = String::strip;
    assertThat(context(TopologyOverride.NONE).ask(tool, List.of("1"), digest))
        .isEqualTo("version 1");
    assertThat(context(TopologyOverride.NONE).ask(tool, List.of("1"), digest))
        .isEqualTo("version 1");
    assertThat(Files.readAllLines(calls)).hasSize(1);
    assertThat(context(TopologyOverride.NONE).ask(tool, List.of("2"), digest))
        .isEqualTo("version 2");
    Files.setLastModifiedTime(tool, FileTime.fromMillis(1));
    assertThat(context(TopologyOverride.NONE).ask(tool, List.of("1"), digest))
        .isEqualTo("version 1");
    assertThat(Files.readAllLines(calls)).hasSize(3);
  }

  @Test
  void aProgramWithoutAnAnswerIsNotRemembered() throws IOException {
    Path tool = executable(bin.resolve("tool"), "exit 1");
    assertThat(context(TopologyOverride.NONE).ask(tool, List.of("1"), text -> "x"))
        .isEmpty();
    executable(tool, "echo 7; exit 1");
    assertThat(context(TopologyOverride.NONE).ask(tool, List.of("1"), String::strip))
        .isEqualTo("7");
    assertThat(context(TopologyOverride.NONE).ask(bin.resolve("nope"), List.of(), text -> "x"))
        .isEmpty();
  }

  @Test
  void anAnswerIsGivenAlsoWhereNothingCanBeKept() throws IOException {
    Path tool = executable(bin.resolve("tool"), "echo 7");
    Files.createFile(folder.resolve("state"));
    assertThat(context(TopologyOverride.NONE).ask(tool, List.of(), String::strip))
        .isEqualTo("7");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 1, 1, 3",
    "'physical id : 0\ncore id : 0\nphysical id : 0\ncore id : 1\n', 1, 1, 2",
    "'physical id : 0\ncore id : 0\n\nphysical id : 0\ncore id : 0\n\nphysical id : 1\ncore id : 0\n', 1, 2, 1",
    "'processor : 0\nBogoMIPS : 50\n', 1, 1, 3"
  })
  void theMachineIsReadFromProc(String cpuinfo, int nodes, int sockets, int cores)
      throws IOException {
    Path file = Files.writeString(folder.resolve("cpuinfo"), cpuinfo);
    assertThat(Machine.topology(file, 3)).isEqualTo(new Topology(nodes, sockets, cores));
    assertThat(Machine.topology(folder.resolve("none"), 5)).isEqualTo(new Topology(1, 1, 5));
  }

  @Test
  void theConfigurationBeatsTheMachine() {
    assertThat(context(new TopologyOverride(3, 2, 16)).topology())
        .isEqualTo(new Topology(3, 2, 16));
    Topology here = context(TopologyOverride.NONE).topology();
    assertThat(context(new TopologyOverride(null, null, 16)).topology())
        .isEqualTo(new Topology(1, here.socketsPerNode(), 16));
    assertThat(context(new TopologyOverride(3, 2, 1000)).localCores())
        .isEqualTo(context(TopologyOverride.NONE).localCores());
  }

  @Test
  void aScriptOfAPluginIsUnpackedOnce() throws IOException {
    Path content = Files.writeString(folder.resolve("resource"), "#!/bin/sh\n");
    LocalLaunchContext context = context(TopologyOverride.NONE);
    Path script = context.script("tool", content.toUri().toURL());
    assertThat(script).isExecutable().hasSameBinaryContentAs(content);
    FileTime made = Files.getLastModifiedTime(script);
    assertThat(context.script("tool", content.toUri().toURL())).isEqualTo(script);
    assertThat(Files.getLastModifiedTime(script)).isEqualTo(made);
    assertThatThrownBy(
            () -> context.script("tool", folder.resolve("nope").toUri().toURL()))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("tool");
  }

  private LocalLaunchContext context(TopologyOverride override) {
    return new LocalLaunchContext(world(), "mpi", LaunchSettings.none(), override);
  }

  private LaunchEnvironment world() {
    return new LaunchEnvironment(
        Map.of("PATH", "/nowhere:" + bin),
        folder,
        folder.resolve("state"),
        null,
        false,
        Set.of(),
        LaunchEnvironment.CPUINFO);
  }

  private static Path executable(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
