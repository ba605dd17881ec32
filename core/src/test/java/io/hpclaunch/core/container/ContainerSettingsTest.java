// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.config.BackendEntry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerSettingsTest {
  private static ContainerSettings of(Map<String, ?> container) {
    BackendEntry entry = BackendEntry.of("shell", Map.of("config", Map.of("container", container)));
    entry.check(ContainerSettings.KEYS);
    return ContainerSettings.of(entry.config());
  }

  @Test
  void isReadWhole() {
    assertThat(of(Map.of(
            "runtime", "podman", "executable", "/opt/p", "options", "--a 'b c'", "image", "i")))
        .isEqualTo(
            new ContainerSettings(ContainerRuntime.PODMAN, "/opt/p", List.of("--a", "b c"), "i"));
    assertThat(of(Map.of())).isEqualTo(new ContainerSettings(null, null, List.of(), null));
  }

  @Test
  void anExecutableTellsWhichRuntimeItIs() {
    assertThat(of(Map.of("executable", "/opt/bin/singularity")).runtime())
        .isEqualTo(ContainerRuntime.SINGULARITY);
    assertThatThrownBy(() -> of(Map.of("executable", "/opt/bin/run-it")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("container.runtime")
        .hasMessageContaining("apptainer, singularity, podman, docker");
  }

  @Test
  void whatIsNotKnownIsRefused() {
    assertThatThrownBy(() -> of(Map.of("runtime", "rkt")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("not 'rkt'");
    assertThatThrownBy(() -> of(Map.of("runtme", "podman")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("did you mean 'runtime'");
    assertThatThrownBy(() -> of(Map.of("executable", "", "runtime", "podman")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("container.executable is empty");
    assertThatThrownBy(() -> of(Map.of("image", "--privileged")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("container.image '--privileged' is no image");
  }
}
