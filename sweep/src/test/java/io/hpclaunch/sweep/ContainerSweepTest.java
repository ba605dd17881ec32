// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Resources;
import io.hpclaunch.testkit.FakeApptainer;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sweeps whose tasks run in containers. */
@Timeout(120)
class ContainerSweepTest {
  private final FakeApptainer apptainer = FakeApptainer.install();

  @RegisterExtension
  final HpcTestRuntime hpc =
      HpcTestRuntime.of("shell", Map.of("config", Map.of("container", apptainer.config())));

  private SweepRun run(Mode mode, String yaml) throws Exception {
    SweepRun run = submitted(mode, yaml);
    assertThat(run.waitFor().count(TaskState.COMPLETED)).isEqualTo(run.count());
    return run;
  }

  private SweepRun submitted(Mode mode, String yaml) {
    Path folder = hpc.folder();
    return Sweep.parse(yaml, "s.yaml", folder)
        .submit(
            hpc.backend(),
            SweepOptions.builder()
                .mode(mode)
                .id("s")
                .folder(folder.resolve("sweeps"))
                .workingDirectory(folder)
                .resources(Resources.builder().cpus(1).build())
                .build());
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"INDIVIDUAL", "ARRAY"})
  void eachTaskRunsInTheImageAndSeesTheSweepsFolder(Mode mode) throws Exception {
    SweepRun run =
        run(mode, "{grid: {x: [1, 2]}, image: 'registry/app:1', command: 'echo {x} $HPC_PARAM_x'}");
    assertThat(SweepSite.read(run.log(2))).isEqualTo("2 2\n");
    List<List<String>> calls = apptainer.calls();
    assertThat(calls).hasSize(2);
    assertThat(calls)
        .allSatisfy(words -> assertThat(words)
            .contains("docker://registry/app:1")
            .containsSequence("--bind", run.folder() + ":" + run.folder())
            .doesNotContain("--nv"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"INDIVIDUAL", "ARRAY"})
  void withoutAnImageTheyRunAsTheyAre(Mode mode) throws Exception {
    run(mode, "{grid: {x: [1, 2]}, command: 'echo {x}'}");
    assertThat(apptainer.calls()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"INDIVIDUAL", "ARRAY"})
  void whyAContainerDidNotStartIsTold(Mode mode) throws Exception {
    SweepRun run = submitted(mode, "{grid: {x: [1, 2]}, image: 'missing:1', command: 'echo {x}'}");
    SweepStatus status = run.waitFor();
    assertThat(status.count(TaskState.FAILED)).isEqualTo(2);
    String why = "apptainer: Unable to handle docker://missing:1 uri";
    assertThat(run.lastLine(status, 1)).startsWith(why);
    assertThat(run.errors()).singleElement().satisfies(group -> {
      assertThat(group.how()).isEqualTo("failed: launch");
      assertThat(group.lastLines()).singleElement().asString().startsWith(why);
      assertThat(group.tasks()).hasToString("1-2");
      assertThat(group.log()).isNull();
    });
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"INDIVIDUAL", "ARRAY"})
  void whatRunsAgainRunsInTheImageToo(Mode mode) throws Exception {
    Path folder = hpc.folder();
    SweepRun run = Sweep.parse(
            "{grid: {x: [1, 2]}, image: app, command: '[ -e mended ] || exit {x}'}",
            "s.yaml",
            folder)
        .submit(
            hpc.backend(),
            SweepOptions.builder()
                .mode(mode)
                .folder(folder.resolve("sweeps"))
                .workingDirectory(folder)
                .build());
    assertThat(run.waitFor().count(TaskState.FAILED)).isEqualTo(2);
    Files.createFile(folder.resolve("mended"));
    run.resume(SweepRun.Resumption.ALL, done -> {});
    assertThat(run.waitFor().count(TaskState.COMPLETED)).isEqualTo(2);
    assertThat(apptainer.calls())
        .hasSize(4)
        .allSatisfy(words -> assertThat(words).contains("docker://app"));
  }
}
