// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JobSpecTest {
  private static final String HALF = "\ud83d";

  private static JobSpec.Builder job() {
    return JobSpec.builder("job").command("true");
  }

  private static JobSpec full() {
    return JobSpec.builder("voll: größe $HOME")
        .scriptName("run.sh")
        .command("echo", "", "a b", "$HOME", "日\n")
        .launcher("srun")
        .environment("A", "1")
        .environment("GONE", null)
        .secretEnvironment("KEY", "s3cret")
        .workingDirectory(Path.of("/work dir"))
        .stdin("in")
        .stdout("out-{id}.txt")
        .stderr("err-{index}.txt")
        .nodes(2)
        .tasks(4)
        .cpus(2)
        .gpus(1)
        .memory("16G")
        .walltime(Duration.ofHours(2))
        .queue("debug")
        .resources(r -> r.exclusive(true))
        .dependsOn(Dependency.parse("afterok:1", "slurm"))
        .array(ArrayRange.of(1, 3))
        .container(ContainerSpec.image("app:1").build())
        .stageIn(StagedFile.content("x", "data/x"))
        .modules("gcc", "module load x")
        .prologue("ulimit -c 0")
        .warn("USR1", Duration.ofMinutes(5))
        .nativeOptions("--comment=a b")
        .build();
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        bad("has no command", b -> JobSpec.builder("job")),
        bad("has an empty command", b -> JobSpec.builder("job").command()),
        bad("has an empty command", b -> JobSpec.builder("job").command("", "x")),
        bad("has a command and lines of shell", b -> b.shell("true")),
        bad("1 to 255 characters", b -> b.name("")),
        bad("1 to 255 characters", b -> b.name(" ")),
        bad("1 to 255 characters", b -> b.name("n".repeat(256))),
        bad("none of them a control character: 'a\\nb'", b -> b.name("a\nb")),
        bad("half a character in name", b -> b.name(HALF)),
        bad("'a/b' is not a plain file name", b -> b.scriptName("a/b")),
        bad("'.hidden' is not a plain file name", b -> b.scriptName(".hidden")),
        bad("'..' is not a plain file name", b -> b.scriptName("..")),
        bad("'' is not a plain file name", b -> b.scriptName("")),
        bad("NUL in command", b -> b.command("a\0")),
        bad("half a character in command", b -> b.command("echo", HALF + "x")),
        bad("NUL in shell", b -> JobSpec.builder("job").shell("echo", "a\0")),
        bad("'' is not the name of a variable", b -> b.environment("", "x")),
        bad("'A=B' is not the name of a variable", b -> b.environment("A=B", null)),
        bad("NUL in the name of a variable", b -> b.environment("A\0", "x")),
        bad("NUL in variable A", b -> b.environment("A", "\0")),
        bad("NUL in variable KEY", b -> b.secretEnvironment("KEY", "s\0")),
        bad("'=' is not the name of a variable", b -> b.secretEnvironment("=", "s")),
        bad("as a secret and as plain", b -> b.environment("A", null).secretEnvironment("A", "s")),
        bad("working directory is empty", b -> b.workingDirectory("")),
        bad("NUL in the working directory", b -> b.workingDirectory("/a\0")),
        bad("standard input is empty", b -> b.stdin("")),
        bad("standard output is empty", b -> b.stdout("")),
        bad("standard error is empty", b -> b.stderr("")),
        bad("launcher is empty", b -> b.launcher("")),
        bad("NUL in modules", b -> b.modules("a\0")),
        bad("NUL in prologue", b -> b.prologue("a\0")),
        bad("NUL in native options", b -> b.nativeOptions("a\0")),
        bad(
            "launcher srun starts a command",
            b -> JobSpec.builder("job").shell("true").launcher("srun")),
        bad("nodes must be at least 1, not 0", b -> b.nodes(0)),
        bad("tasks must be at least 1, not -1", b -> b.tasks(-1)),
        bad("is not a size of memory", b -> b.memory("much")),
        bad("'SIGUSR1' is not the name of a signal", b -> b.warn("SIGUSR1", Duration.ofSeconds(1))),
        bad("must come some time before", b -> b.warn("USR1", Duration.ZERO)),
        bad(
            "a warning 01:00:00 before the end needs a walltime longer than that, not 01:00:00",
            b -> b.warn("USR1", Duration.ofHours(1)).walltime(Duration.ofHours(1))));
  }

  private static Arguments bad(String message, UnaryOperator<JobSpec.Builder> change) {
    return Arguments.of(message, change);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotBeCarriedOutIsRefused(String message, UnaryOperator<JobSpec.Builder> change) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> change.apply(job()).build())
        .withMessageContaining(message)
        .withMessageNotContaining("s3cret");
  }

  @Test
  void whatIsUnsetStaysUnset() {
    JobSpec spec = job().build();
    assertThat(spec.resources()).isEqualTo(Resources.none());
    assertThat(spec.needs()).isEmpty();
    assertThat(spec.launcher()).isNull();
    assertThat(spec.workingDirectory()).isNull();
    assertThat(spec.array()).isNull();
  }

  @Test
  void aBuilderOfAJobMakesTheSame() {
    for (JobSpec spec : List.of(full(), JobSpec.builder("s").shell("a", "b\nc").build())) {
      assertThat(spec.toBuilder().build()).usingRecursiveComparison().isEqualTo(spec);
      assertThat(spec.toBuilder().name("other").build())
          .usingRecursiveComparison()
          .isNotEqualTo(spec);
    }
  }

  @Test
  void commandAndShellAreTwoKinds() {
    assertThat(full().program())
        .isEqualTo(new JobSpec.Command(List.of("echo", "", "a b", "$HOME", "日\n")));
    assertThat(JobSpec.builder("s").shell("echo $HOME").shell("x").build().program())
        .isEqualTo(new JobSpec.Shell(List.of("echo $HOME", "x")));
  }

  @Test
  void aNullValueUnsetsInTheOrderGiven() {
    Map<String, @Nullable String> more = new HashMap<>();
    more.put("C", null);
    JobSpec spec =
        job().environment("Z", "1").environment("A", null).environment(more).build();
    assertThat(spec.environment()).containsEntry("A", null).containsEntry("C", null);
    assertThat(spec.environment().keySet()).containsExactly("Z", "A", "C");
  }

  @Test
  void aJobDoesNotChangeAnyMore() {
    JobSpec.Builder builder = job().environment("A", "1").modules("gcc").nodes(1);
    JobSpec spec = builder.build();
    builder
        .environment("B", "2")
        .modules("icc")
        .nodes(2)
        .dependsOn(Dependency.parse("afterok:1", "s"));
    assertThat(spec.environment()).containsOnlyKeys("A");
    assertThat(spec.modules()).containsExactly("gcc");
    assertThat(spec.resources().nodes()).isEqualTo(1);
    assertThat(spec.dependencies()).isEmpty();
    assertThat(spec.environment()).isUnmodifiable();
    assertThat(spec.secretEnvironment()).isUnmodifiable();
    assertThat(spec.modules()).isUnmodifiable();
    assertThat(spec.nativeOptions()).isUnmodifiable();
  }

  @Test
  void aJobTellsWhatItsBackendMustBeCapableOf() {
    assertThat(full().needs())
        .containsExactlyElementsOf(
            EnumSet.complementOf(EnumSet.of(Capability.CHUNKS, Capability.SHARED_FILES)));
    assertThat(needs(b -> b.nodes(1))).isEmpty();
    assertThat(needs(b -> b.resources(r -> r.exclusive(false)))).isEmpty();
    assertThat(needs(b -> b.prologue("x"))).containsExactly(Capability.PROLOGUE);
    assertThat(needs(b -> b.resources(r -> r.gpusPerTask(1)))).containsExactly(Capability.GPUS);
    assertThat(needs(b -> b.resources(Resources.parse("select=1:ncpus=2+1:ncpus=4"))))
        .containsExactly(Capability.CHUNKS);
    assertThat(needs(b -> b.resources(Resources.parse("select=2:ncpus=2"))))
        .containsExactly(Capability.MULTIPLE_NODES);
    for (String one : List.of("-A a", "-p q", "--qos=x", "--reservation=r", "-C c")) {
      assertThat(needs(b -> b.resources(Resources.parse(one)))).containsExactly(Capability.QUEUES);
    }
  }

  private static Iterable<Capability> needs(UnaryOperator<JobSpec.Builder> change) {
    return change.apply(job()).build().needs();
  }

  @Test
  void secretsStandInNoText() {
    assertThat(full().toString()).doesNotContain("s3cret").contains("voll");
  }
}
