// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import static io.hpclaunch.core.container.ContainerRuntime.APPTAINER;
import static io.hpclaunch.core.container.ContainerRuntime.DOCKER;
import static io.hpclaunch.core.container.ContainerRuntime.PODMAN;
import static io.hpclaunch.core.container.ContainerRuntime.SINGULARITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.InvalidJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each runtime is told: pure. */
class ContainerWordsTest {
  private static final ContainerSettings NONE = new ContainerSettings(null, null, List.of(), null);
  private static final String WORK = "/scratch/run 1";

  private static ContainerWords words(ContainerSpec.Builder container) {
    return new ContainerWords(container.build(), NONE, WORK, false);
  }

  /** All words between the runtime's name and the command. */
  private static List<String> all(ContainerRuntime runtime, ContainerSpec.Builder container) {
    ContainerWords words = words(container);
    List<String> all = new ArrayList<>(words.first(runtime));
    all.addAll(words.last(runtime, "IMAGE"));
    return all;
  }

  private static ContainerSpec.Builder image() {
    return ContainerSpec.image("app:1");
  }

  @Test
  void apptainerExecutesAsSites() {
    ContainerSpec.Builder full = image()
        .input("/data/in")
        .output("out")
        .workspace("/work")
        .manifest("/m.json")
        .workingDirectory("/work/a b")
        .gpu(true)
        .options("--cleanenv", "--env", "A=b c");
    for (ContainerRuntime each : List.of(APPTAINER, SINGULARITY)) {
      assertThat(all(each, full))
          .containsExactly(
              "exec",
              "--nv",
              "--bind",
              "/data/in:/input:ro",
              "--bind",
              WORK + "/out:/output",
              "--bind",
              "/work:/workspace",
              "--bind",
              "/m.json:/manifest.json:ro",
              "--pwd",
              "/work/a b",
              "--cleanenv",
              "--env",
              "A=b c",
              "IMAGE");
    }
    assertThat(all(APPTAINER, image())).containsExactly("exec", "IMAGE");
  }

  @Test
  void podmanRunsInTheJobsDirectoryWithoutTheImagesEntryPoint() {
    assertThat(all(PODMAN, image().input("/data").gpu(true).options("--network=none")))
        .containsExactly(
            "run",
            "--rm",
            "--entrypoint",
            "",
            "--log-driver",
            "none",
            "--device",
            "nvidia.com/gpu=all",
            "--mount",
            "type=bind,source=/scratch/run 1,destination=/scratch/run 1",
            "--mount",
            "type=bind,source=/data,destination=/input,readonly",
            "--workdir",
            WORK,
            "--network=none",
            "IMAGE");
  }

  @Test
  void dockerIsAskedForGpusInItsOwnWay() {
    assertThat(all(DOCKER, image().gpu(true).workingDirectory("/app")))
        .containsSequence("--gpus", "all")
        .containsSequence("--workdir", "/app")
        .doesNotContain("--device");
  }

  @Test
  void aStandardInputIsPassedOn() {
    ContainerWords words = new ContainerWords(image().build(), NONE, WORK, true);
    assertThat(words.first(PODMAN)).contains("--interactive");
    assertThat(words.first(APPTAINER)).containsExactly("exec");
  }

  @Test
  void theEntrysOptionsComeBeforeTheJobsOwn() {
    ContainerSettings site =
        new ContainerSettings(null, null, List.of("--cgroups=disabled", "--init=false"), null);
    ContainerWords words = new ContainerWords(image().options("--init").build(), site, WORK, false);
    assertThat(words.last(PODMAN, "I"))
        .containsExactly("--cgroups=disabled", "--init=false", "--init", "I");
  }

  @Test
  void aPathMayHoldWhatDividesOptions() {
    ContainerSpec.Builder odd =
        image().bind(new ContainerSpec.Bind("/a,b \"c\"\\d\ne", "/in, put", true));
    String mount = "type=bind,\"source=/a,b \"\"c\"\"\\d\ne\",\"destination=/in, put\",readonly";
    assertThat(all(APPTAINER, odd)).containsExactly("exec", "--mount", mount, "IMAGE");
    assertThat(all(PODMAN, odd)).contains(mount);
    assertThat(all(DOCKER, odd)).contains(mount);
  }

  @Test
  void theJobsDirectoryIsNotBoundTwice() {
    ContainerSpec.Builder own = image().bind(new ContainerSpec.Bind("/elsewhere", WORK, false));
    assertThat(all(PODMAN, own).stream().filter("--mount"::equals)).hasSize(1);
    ContainerWords root = new ContainerWords(image().build(), NONE, "/", false);
    assertThat(root.first(PODMAN)).doesNotContain("--mount");
  }

  @Test
  void variablesOfTheContainerAreTakenAsTheyAre() {
    ContainerSpec.Builder odd = image().environment("A", "$HOME `id` \\ \"q\" 'x'\nü");
    assertThat(words(odd).last(PODMAN, "I"))
        .containsExactly("--env", "A=$HOME `id` \\ \"q\" 'x'\nü", "I");
    assertThat(words(odd).variables(PODMAN)).isEmpty();
    assertThat(words(odd).variables(APPTAINER))
        .containsExactly(Map.entry("APPTAINERENV_A", "\\$HOME \\`id\\` \\\\ \"q\" 'x'\nü"));
    assertThat(words(odd).variables(SINGULARITY)).containsOnlyKeys("SINGULARITYENV_A");
    assertThat(words(odd.options("--no-eval")).variables(APPTAINER))
        .containsExactly(Map.entry("APPTAINERENV_A", "$HOME `id` \\ \"q\" 'x'\nü"));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "app:1,                docker://app:1,        app:1",
        "host:5000/app,        docker://host:5000/app, host:5000/app",
        "docker://app:1,       docker://app:1,        app:1",
        "oras://h/app:1,       oras://h/app:1,        -",
        "library://l/c/app,    library://l/c/app,     -",
        "shub://a/b,           shub://a/b,            -",
        "/images/app.sif,      /images/app.sif,       -",
        "./app,                /w/app,                -",
        "../app,               /w/../app,             -",
        "images/app.SIF,       /w/images/app.SIF,     -",
        "/images/sandbox,      /images/sandbox,       -",
      })
  void anImageIsNamedAsTheRuntimeKnowsIt(String image, String apptainer, String podman) {
    ImageName name = ImageName.of(ContainerSpec.image(image).build(), "/w");
    assertThat(name.word(APPTAINER)).isEqualTo(apptainer);
    assertThat(name.word(SINGULARITY)).isEqualTo(apptainer);
    assertThat(name.word(PODMAN)).isEqualTo(podman);
    assertThat(name.word(DOCKER)).isEqualTo(podman);
  }

  @Test
  void aSifFileWinsWhereFilesAreRead() {
    ImageName both = ImageName.of(ContainerSpec.image("app:1").sifPath("a.sif").build(), "/w");
    assertThat(both.word(APPTAINER)).isEqualTo("/w/a.sif");
    assertThat(both.word(PODMAN)).isEqualTo("app:1");
    ImageName alone = ImageName.of(ContainerSpec.sif("/a.sif").build(), "/w");
    assertThat(alone.word(DOCKER)).isNull();
  }

  @Test
  void aRelativeBindBelowADirectoryWithAColonIsRefused() {
    ContainerWords words = new ContainerWords(image().input("in").build(), NONE, "/a:b", false);
    assertThatThrownBy(words::binds).isInstanceOf(InvalidJob.class).hasMessageContaining("/a:b/in");
  }
}
