// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobDefaultsTest {
  private static final String IMAGE = "registry/site:2";

  private static @Nullable ContainerSpec filled(
      @Nullable String image, @Nullable ContainerSpec container) {
    return filled(image, false, container);
  }

  private static @Nullable ContainerSpec filled(
      @Nullable String image, boolean byPlugin, @Nullable ContainerSpec container) {
    JobSpec job = JobSpec.builder("job").command("true").container(container).build();
    return new JobDefaults(Resources.none(), List.of(), image, byPlugin)
        .fill(job)
        .container();
  }

  private static ContainerSpec.Builder described(ContainerSpec.Builder container) {
    return container
        .bind(ContainerSpec.Bind.parse("/data:/input:ro"))
        .workingDirectory("/work")
        .environment("A", "b")
        .gpu(true)
        .options("--cleanenv");
  }

  @Test
  void aJobWithoutAContainerRunsInTheConfiguredImage() {
    assertThat(filled(IMAGE, null))
        .usingRecursiveComparison()
        .isEqualTo(ContainerSpec.image(IMAGE).build());
    assertThat(filled(null, null)).isNull();
  }

  @Test
  void whatAJobSaysOfItsContainerIsSaidOfTheConfiguredImage() {
    assertThat(filled(IMAGE, described(ContainerSpec.defaultImage()).build()))
        .usingRecursiveComparison()
        .isEqualTo(described(ContainerSpec.image(IMAGE)).build());
  }

  @Test
  void anImageOfTheJobsOwnWins() {
    for (ContainerSpec own : List.of(
        described(ContainerSpec.image("own:1")).build(),
        described(ContainerSpec.sif("/own.sif")).build())) {
      assertThat(filled(IMAGE, own)).isSameAs(own);
      assertThat(filled(null, own)).isSameAs(own);
    }
  }

  @Test
  void aContainerWithoutAnyImageIsRefused() {
    ContainerSpec container = described(ContainerSpec.defaultImage()).build();
    assertThatThrownBy(() -> filled(null, container))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContainingAll("'job'", "--image", "container.image")
        .hasMessageNotContaining("\n");
    assertThat(filled(null, true, container)).as("the plugin knows it").isSameAs(container);
  }
}
