// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.ConfigSources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkspaceTest {
  private final Transport remote = mock(Transport.class);

  private Workspace workspace(Map<String, ?> entry) {
    ConfigSources sources = ConfigSources.builder()
        .home(Path.of("/here/me"))
        .stateDirectory(Path.of("/here/state"))
        .build();
    return new Workspace(BackendEntry.of("alpha", entry), remote, sources);
  }

  @ParameterizedTest
  @CsvSource({
    "~, /there/me/jobs",
    "~/scratch, /there/me/scratch/jobs",
    "scratch/x, /there/me/scratch/x/jobs"
  })
  void pathsOnAnotherHostBeginAtTheHomeThere(String configured, String expected)
      throws IOException {
    when(remote.home()).thenReturn("/there/me");
    Workspace workspace = workspace(Map.of("workspace", configured));
    verify(remote, never()).home();
    assertThat(workspace.get()).isEqualTo(expected);
    assertThat(workspace.get()).isEqualTo(expected);
    verify(remote, times(1)).home();
  }

  @Test
  void withoutOneTheHomeThereHasIt() throws IOException {
    when(remote.home()).thenReturn("/there/me");
    assertThat(workspace(Map.of()).get()).isEqualTo("/there/me/.local/state/hpc-launch/jobs");
  }

  @Test
  void ofAnAbsolutePathNobodyIsAsked() throws IOException {
    assertThat(workspace(Map.of("workspace", "/scratch/me")).get()).isEqualTo("/scratch/me/jobs");
    verify(remote, never()).home();
  }

  @Test
  void whatCannotBeAskedMayBeAskedLater() throws IOException {
    when(remote.home()).thenThrow(new IOException("no such thing")).thenReturn("/there/me");
    Workspace workspace = workspace(Map.of("workspace", "~"));
    assertThatThrownBy(workspace::get)
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("alpha")
        .hasMessageContaining("no such thing");
    assertThat(workspace.get()).isEqualTo("/there/me/jobs");
  }
}
