// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command {@code hpc} with its jobs in a real Redis, through the plugin's own folder. */
class HpcRedisIT extends JobsByCommand {
  private final String password = UUID.randomUUID().toString();
  private int port;
  private Path data;
  private Process server;

  @BeforeEach
  void startServer() throws Exception {
    assumeTrue(Installation.onPath("redis-server"), "redis-server (not installed)");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    data = Files.createDirectory(folder.resolve("redis"));
    Files.writeString(data.resolve("redis.conf"), "requirepass " + password + "\n");
    start();
    Path secret = hpc.write("redis-password", password + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Path file = hpc.write(
        "store.yaml", """
        hpc:
          store:
            type: redis
            url: redis://127.0.0.1:%d/0
            password_file: %s
            key_prefix: e2e
          backends:
            - {type: shell, workspace: %s, config: {root: %s}}
        """.formatted(port, secret, folder.resolve("work"), folder.resolve("agent")));
    hpc.with("HPC_CONFIG", file.toString());
    hpc.with("HPC_SHELL_IDLE", "1");
  }

  private void start() throws Exception {
    server = new ProcessBuilder(
            "redis-server",
            "redis.conf",
            "--bind",
            "127.0.0.1",
            "--port",
            "" + port,
            "--dir",
            data.toString(),
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always")
        .directory(data.toFile())
        .redirectErrorStream(true)
        .redirectOutput(data.resolve("log").toFile())
        .start();
    await("the server listens", this::listens);
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private void kill() throws InterruptedException {
    server.destroyForcibly();
    assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  @AfterEach
  void leaveNothing() throws Exception {
    if (server != null) {
      kill();
      await(
          "the agent ends",
          () -> ProcessHandle.allProcesses()
              .noneMatch(each -> each.info()
                  .commandLine()
                  .orElse("")
                  .contains(folder.resolve("agent").toString())));
    }
  }

  @Test
  void jobsAreSeenFromAnotherStateFolder() throws Exception {
    String id = submitted("shell:[0-9a-f-]{36}", "--", "true");
    hpc.hpc("wait", id).ok();
    assertThat(state.resolve("records")).doesNotExist();
    hpc.with("HPC_STATE_DIR", folder.resolve("another").toString());
    JsonObject job = jobs("status", "--json").get(0);
    assertThat(text(job, "id")).isEqualTo(id);
    assertThat(text(job, "state")).isEqualTo("completed");
    assertThat(hpc.hpc("clean", "--older-than", "0s").ok().out()).startsWith("removed " + id);
    assertThat(jobs("status", "--json", "--all")).isEmpty();
  }

  @Test
  void whileTheServerIsAwayASubmissionIsOneLineAndThree() throws Exception {
    kill();
    Result refused = hpc.hpc("submit", "--", "touch", folder.resolve("ran").toString());
    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.err()).contains("nothing was submitted").containsOnlyOnce("\n");
    assertThat(folder.resolve("ran")).doesNotExist();
    assertThat(hpc.hpc("status").status()).isEqualTo(3);
    start();
    hpc.hpc("submit", "--wait", "--", "true").ok();
  }

  @Test
  void thePasswordIsShownNowhere() throws Exception {
    for (List<String> words : List.of(
        List.of("config", "show"), List.of("doctor"), List.of("backends"), List.of("status"))) {
      Result result = hpc.hpc(words.toArray(new String[0]));
      assertThat(result.out() + result.err()).as("%s", words).doesNotContain(password);
    }
    assertThat(hpc.hpc("config", "show").ok().out())
        .contains("redis://127.0.0.1:" + port + "/0")
        .contains("redis-password");
    assertThat(hpc.hpc("doctor").out())
        .contains("job store: redis 7")
        .contains("appendfsync always")
        .contains("plugin redis");
  }
}
