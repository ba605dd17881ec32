// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.core.config.ConfigSources;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/**
 * A real server on a loopback port that was free, in a folder of its own, behind a password that
 * nobody else knows. It may be killed and started again, with what it has written.
 */
final class RedisServer implements AutoCloseable {
  private final Path folder;
  private final int port = freePort();
  private final String password = UUID.randomUUID().toString();
  private final List<String> options;
  private Process process;

  private RedisServer(Path folder, List<String> options) {
    this.folder = folder;
    this.options = options;
  }

  /**
   * Starts a server that has written what it has answered, and never loses it.
   *
   * @param folder its data; the password's file is there, too
   * @param options further words of its command line
   */
  static RedisServer start(Path folder, String... options) throws IOException {
    assumeTrue(isInstalled(), "redis-server (not installed)");
    RedisServer server = new RedisServer(folder, List.of(options));
    Files.writeString(
        Files.createFile(
            server.passwordFile(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
        server.password + "\n");
    Files.writeString(folder.resolve("redis.conf"), "requirepass " + server.password + "\n");
    server.start();
    return server;
  }

  private static boolean isInstalled() {
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, "redis-server"))) {
        return true;
      }
    }
    return false;
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts it, again where it was killed. */
  void start() throws IOException {
    List<String> words = new ArrayList<>(List.of(
        "redis-server",
        "redis.conf",
        "--bind",
        "127.0.0.1",
        "--port",
        "" + port,
        "--dir",
        folder.toString(),
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always"));
    words.addAll(options);
    process = new ProcessBuilder(words)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
    await().atMost(Duration.ofSeconds(30)).until(() -> !process.isAlive() || isReady());
    assertThat(process.isAlive()).as(log()).isTrue();
  }

  private boolean isReady() throws IOException {
    return log().contains("Ready to accept connections");
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  /** SIGKILL: what it has not written by then is lost. */
  void kill() {
    process.destroyForcibly();
    assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(30));
  }

  int port() {
    return port;
  }

  String password() {
    return password;
  }

  Path passwordFile() {
    return folder.resolve("password");
  }

  /** What the configuration says under {@code store}. */
  Map<String, Object> store(String prefix) {
    Map<String, Object> store = new LinkedHashMap<>();
    store.put("type", "redis");
    store.put("url", "redis://127.0.0.1:" + port + "/0");
    store.put("password_file", passwordFile().toString());
    store.put("key_prefix", prefix);
    store.put("connect_timeout", 2);
    return store;
  }

  /** The same, as a store reads it. */
  RedisSettings settings(String prefix) {
    return settings(store(prefix), Map.of());
  }

  static RedisSettings settings(Map<String, Object> store, Map<String, String> environment) {
    ConfigSources sources = ConfigSources.builder()
        .environment(environment)
        .javaValues(Map.of("store", store))
        .build();
    return RedisSettings.of(TestConfiguration.context(sources));
  }

  /** A look at the server itself. */
  Jedis jedis() {
    return new Jedis(
        new HostAndPort("127.0.0.1", port),
        DefaultJedisClientConfig.builder().password(password).build());
  }

  @Override
  public void close() {
    kill();
  }
}
