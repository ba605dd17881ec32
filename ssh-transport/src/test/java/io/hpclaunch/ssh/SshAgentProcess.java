// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A real ssh-agent of a test's own. */
final class SshAgentProcess implements AutoCloseable {
  private final Path socket;
  private final Process process;

  SshAgentProcess(Path folder) throws IOException {
    socket = folder.resolve("agent");
    process = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    while (!Files.exists(socket)) {
      assertThat(process.isAlive()).isTrue();
      Thread.onSpinWait();
    }
  }

  Map<String, String> environment() {
    return Map.of("SSH_AUTH_SOCK", socket.toString());
  }

  /** Adds a key; ssh-add asks a program for the passphrase. */
  void add(Path key, String passphrase) throws IOException {
    Path copy = Files.copy(key, socket.resolveSibling("key-" + System.nanoTime()));
    Path ask = Files.writeString(
        socket.resolveSibling("ask"), "#!/bin/sh\nprintf '%s\\n' \"$HPC_TEST_SECRET\"\n");
    assertThat(ask.toFile().setExecutable(true)).isTrue();
    Map<String, String> variables = new HashMap<>(environment());
    variables.put("SSH_ASKPASS", ask.toString());
    variables.put("SSH_ASKPASS_REQUIRE", "force");
    variables.put("DISPLAY", ":0");
    variables.put("HPC_TEST_SECRET", passphrase);
    SshdHost.Ran ran = SshdHost.exec(List.of("ssh-add", "-q", copy.toString()), variables);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
  }

  void removeAll() {
    assertThat(SshdHost.exec(List.of("ssh-add", "-q", "-D"), environment()).exit())
        .isZero();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
