// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.StagedFile;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecJsonTest {
  private static final String AWKWARD = "a 'b' \"c\" \\ $x\n\t\u2028\u0001 ü 漢 \ud83d\ude00";

  @Test
  void aContainerMayLeaveItsImageOpen() throws Exception {
    ContainerSpec open = ContainerSpec.defaultImage().gpu(true).build();
    JobSpec spec = JobSpec.builder("s").shell(":").container(open).build();
    assertThat(SpecJson.read(SpecJson.write(spec), Map.of()).container())
        .usingRecursiveComparison()
        .isEqualTo(open);
  }

  @Test
  void everyPartComesBack() throws Exception {
    JobSpec spec = full();
    JobSpec back = SpecJson.read(transported(SpecJson.write(spec)), Map.of("KEY", "s3cret"));
    // Both ways of comparing: each field by its value, and what is written of it once more.
    for (Field field : JobSpec.class.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        field.setAccessible(true);
        assertThat(field.get(spec))
            .as("%s is set by this test", field.getName())
            .isNotNull();
        if (!field.getName().equals("container") && !field.getName().equals("stageIn")) {
          assertThat(field.get(back)).as(field.getName()).isEqualTo(field.get(spec));
        }
      }
    }
    assertThat(back.container()).usingRecursiveComparison().isEqualTo(spec.container());
    assertThat(back.stageIn()).usingRecursiveComparison().isEqualTo(spec.stageIn());
    assertThat(SpecJson.write(back)).isEqualTo(SpecJson.write(spec));
  }

  @Test
  void secretsAreNeverWritten() throws Exception {
    String json = SpecJson.write(full());
    assertThat(json).doesNotContain("s3cret").contains("KEY");
    assertThat(SpecJson.read(json, Map.of()).secretEnvironment()).isEmpty();
  }

  @Test
  void linesOfShellStayLines() throws Exception {
    JobSpec spec = JobSpec.builder("n").shell("a", AWKWARD, "").build();
    assertThat(SpecJson.read(transported(SpecJson.write(spec)), Map.of()).program())
        .isEqualTo(spec.program());
  }

  @Test
  void aSelectStatementOfPbsComesBack() throws Exception {
    JobSpec spec = JobSpec.builder("n")
        .command("x")
        .resources(Resources.parse("select=2:ncpus=8:mem=32gb:ngpus=1"))
        .build();
    assertThat(SpecJson.read(SpecJson.write(spec), Map.of()).resources())
        .isEqualTo(spec.resources());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "nul",
        "{\"version\":2,\"name\":\"n\",\"command\":[\"x\"],\"resources\":{}}",
        "{\"version\":1,\"name\":\"n\",\"resources\":{}}",
        "{\"version\":1,\"name\":\"n\",\"command\":{},\"resources\":{}}",
        "{\"version\":1,\"name\":\"n\",\"command\":[\"x\"],\"resources\":{\"nodes\":-1}}"
      })
  void whatIsNoJobIsToldAsDamaged(String text) {
    assertThatThrownBy(() -> SpecJson.read(text, Map.of())).isInstanceOf(DamagedRecord.class);
  }

  private static String transported(String json) {
    return new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static JobSpec full() {
    Resources resources = Resources.builder()
        .nodes(2)
        .tasks(4)
        .tasksPerNode(2)
        .cpus(3)
        .gpusPerNode(1)
        .gpuType("a100")
        .memoryPerNode(1L << 40)
        .walltime(Duration.ofDays(3))
        .queue("q")
        .account("a")
        .qos("o")
        .reservation("r")
        .constraint("c&d")
        .exclusive(true)
        .build();
    return JobSpec.builder("näme")
        .scriptName("run.sh")
        .command("x", "", AWKWARD)
        .launcher("srun")
        .environment("A", AWKWARD)
        .environment("B", null)
        .environment("c.d", "")
        .secretEnvironment("KEY", "s3cret")
        .workingDirectory("/w d")
        .stdin("i")
        .stdout("o/{id}")
        .stderr("e")
        .resources(resources)
        .dependsOn(
            Dependency.afterOk(JobId.parse("slurm:4@c1/7")),
            Dependency.afterNotOk(JobId.parse("s:12[].srv")))
        .array(ArrayRange.parse("1-9:2%3"))
        .container(ContainerSpec.image("i:1")
            .sifPath("/s.sif")
            .input("/in")
            .output("/o u")
            .workingDirectory("/w")
            .environment("E", AWKWARD)
            .gpu(true)
            .options("--x", "y")
            .build())
        .stageIn(StagedFile.path(Path.of("/a b"), "t"), StagedFile.content(new byte[] {0, -1}, "u"))
        .modules("m/1")
        .prologue("p 'q'")
        .warn("USR1", Duration.ofSeconds(90))
        .nativeOptions("--x=y z")
        .build();
  }
}
