// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.core.store.StateStore;
import io.hpclaunch.core.store.StoreHealth;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** Each thing that can be wrong between a client and its server is one line that says so. */
@Timeout(120)
class RefusalsTest {
  @TempDir
  static Path folder;

  private static RedisServer server;

  @BeforeAll
  static void start() throws Exception {
    server = RedisServer.start(folder);
  }

  @AfterAll
  static void end() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static StateStore open(Map<String, Object> store, Map<String, String> environment) {
    RedisSettings settings = RedisServer.settings(store, environment);
    return new RedisStateStore(settings, false, Clock.systemUTC());
  }

  /** What a client is told; never with the password in it, wherever it is printed. */
  private static Throwable told(Map<String, Object> store, Map<String, String> environment) {
    Throwable told = catchThrowable(() -> {
      try (StateStore opened = open(store, environment)) {
        opened.check(true);
      }
    });
    assertThat(told).isNotNull().hasMessageNotContaining("\n");
    StringWriter trace = new StringWriter();
    told.printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).doesNotContain(server.password());
    return told;
  }

  private static Map<String, Object> store(String key, Object value) {
    Map<String, Object> store = server.store("refused");
    store.put(key, value);
    return store;
  }

  @Test
  void aServerWithAPasswordAsksForIt() {
    Map<String, Object> store = server.store("refused");
    store.remove("password_file");
    assertThat(told(store, Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("asks for a password")
        .hasMessageContaining("password_file");
  }

  @Test
  void aWrongPasswordIsToldAndNotRepeated() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong"), "open sesame\n");
    assertThat(told(store("password_file", wrong.toString()), Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("refuses the user or the password")
        .hasMessageNotContaining("sesame");
  }

  @Test
  void thePasswordMayStandInAVariable() {
    Map<String, Object> store = server.store("variable");
    store.remove("password_file");
    store.put("password_env", "REDIS_SECRET");
    try (StateStore opened = open(store, Map.of("REDIS_SECRET", server.password()))) {
      opened.check(true);
    }
    assertThat(told(store, Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("REDIS_SECRET");
  }

  @Test
  void aPasswordThatIsNotThereIsTold() throws Exception {
    assertThat(told(store("password_file", "/no/such/file"), Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("no password file /no/such/file");
    Path empty = Files.createFile(folder.resolve("empty"));
    assertThat(told(store("password_file", empty.toString()), Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("is empty");
  }

  /** The commands and keys that docs/redis.md lists for an ACL, and no others. */
  @Test
  void aUserOfTheAclNeedsWhatTheDocumentationLists() throws Exception {
    try (Jedis jedis = server.jedis()) {
      jedis.aclSetUser(
          "hpc",
          "on",
          ">its-secret",
          "~mine:*",
          "-@all",
          "+get",
          "+set",
          "+setnx",
          "+mget",
          "+del",
          "+exists",
          "+ping",
          "+select",
          "+evalsha",
          "+eval",
          "+append",
          "+strlen",
          "+getrange",
          "+hget",
          "+hset",
          "+hdel",
          "+hexists",
          "+hlen",
          "+hgetall",
          "+sadd",
          "+srem",
          "+smembers",
          "+zadd",
          "+zrem",
          "+zrangebylex",
          "+zrangebyscore",
          "+info");
    }
    Path password = Files.writeString(folder.resolve("hpc"), "its-secret\n");
    Map<String, Object> store = store("password_file", password.toString());
    store.put("user", "hpc");
    store.put("key_prefix", "mine");
    Site site = new Site(Files.createDirectory(folder.resolve("site")), store);
    try (HpcRuntime client = site.client("here")) {
      client
          .backend(Site.BACKEND)
          .submit(JobSpec.builder("n").command("true").build())
          .waitFor();
      assertThat(Site.jobs(client)).hasSize(1);
      client.backend(Site.BACKEND).clean(Site.jobs(client).get(0).id());
    }
    store.put("key_prefix", "not-mine");
    assertThat(told(store, Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("ACL");
  }

  @Test
  void aDatabaseThatIsNotThereIsTold() {
    assertThat(told(store("url", "redis://127.0.0.1:" + server.port() + "/99"), Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("no database 99");
  }

  @Test
  void whereNobodyListensTheStoreIsAway() {
    int port = RedisServer.freePort();
    assertThat(told(store("url", "redis://127.0.0.1:" + port + "/0"), Map.of()))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessage("the job store redis://127.0.0.1:" + port
            + "/0 cannot be reached: Connection refused; nothing was submitted");
    assertThat(told(store("url", "redis://no-such-host.invalid/0"), Map.of()))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("nobody knows the host no-such-host.invalid");
  }

  @Test
  void whatIsNoRedisIsTold() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread mail = new Thread(() -> greet(listening));
      mail.setDaemon(true);
      mail.start();
      assertThat(told(store("url", "redis://127.0.0.1:" + listening.getLocalPort()), Map.of()))
          .isInstanceOf(InvalidConfiguration.class)
          .hasMessageContaining("is no Redis");
    }
  }

  private static void greet(ServerSocket listening) {
    while (true) {
      try (Socket client = listening.accept()) {
        client.getOutputStream().write("220 mail\r\n".getBytes(StandardCharsets.US_ASCII));
        client.getInputStream().readNBytes(1);
      } catch (IOException e) {
        if (listening.isClosed()) {
          return;
        }
      }
    }
  }

  @Test
  void aStoreOfANewerVersionIsLeftAlone() {
    try (Jedis jedis = server.jedis()) {
      jedis.set("newer:version", "2");
    }
    assertThat(told(store("key_prefix", "newer"), Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("version 2")
        .hasMessageContaining("key_prefix");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url            | redis://u:secret@h/0 | password_file",
        "url            | http://h             | redis://",
        "url            | redis://h:70000      | HOST:PORT",
        "url            | redis://h/x          | database is a number",
        "url            | redis://h/-1         | database is a number",
        "url            | redis:// h           | no URL",
        "url            | redis://h/0?timeout=1s | behind '?' or '#'",
        "url            | redis://h#x          | behind '?' or '#'",
        "connect_timeout| 0                    | MM:SS, or seconds",
        "user           | me                   | needs a password",
        "pasword_file   | x                    | did you mean 'password_file'"
      })
  void whatCannotBeMeantIsRefused(String key, String value, String told) {
    Map<String, Object> store = new LinkedHashMap<>(Map.of("type", "redis", "url", "redis://h"));
    store.put(key, key.equals("connect_timeout") ? (Object) 0 : value);
    assertThatThrownBy(() -> RedisServer.settings(store, Map.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(told)
        .hasMessageNotContaining("secret@")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anUnknownTypeListsTheKnownOnes() throws Exception {
    Site site =
        new Site(Files.createDirectory(folder.resolve("unknown")), Map.of("type", "reddis"));
    assertThatThrownBy(() -> site.client("here"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("unknown store 'reddis'; there are: files, redis");
  }

  // ---- health ----------------------------------------------------------------------------------

  @Test
  void aServerThatKeepsAllIsHealthy() {
    try (StateStore opened = open(server.store("healthy"), Map.of())) {
      StoreHealth health = opened.health();
      assertThat(health.dangers()).isEmpty();
      assertThat(health.found())
          .contains("redis 7")
          .contains("redis://127.0.0.1:" + server.port() + "/0")
          .contains("appendfsync always");
    }
  }

  @Test
  void whatCouldLoseJobsIsTold() throws Exception {
    Path other = Files.createDirectory(folder.resolve("careless"));
    try (RedisServer careless =
        RedisServer.start(other, "--appendonly", "no", "--maxmemory-policy", "allkeys-lru")) {
      Files.setPosixFilePermissions(
          careless.passwordFile(), PosixFilePermissions.fromString("rw-r--r--"));
      try (StateStore opened = open(careless.store("h"), Map.of())) {
        assertThat(opened.health().dangers())
            .extracting(StoreHealth.Danger::remedy)
            .containsExactly(
                "set appendonly yes in redis.conf",
                "set maxmemory-policy noeviction in redis.conf",
                "chmod 600 '" + careless.passwordFile() + "'");
      }
    }
  }

  @Test
  void whoWantsToSurviveALossOfPowerNeedsMore() throws Exception {
    Path other = Files.createDirectory(folder.resolve("everysec"));
    try (RedisServer usual = RedisServer.start(other, "--appendfsync", "everysec");
        StateStore durable = new RedisStateStore(usual.settings("h"), true, Clock.systemUTC());
        StateStore plain = open(usual.store("h"), Map.of())) {
      assertThat(plain.health().dangers()).isEmpty();
      assertThat(durable.health().dangers())
          .singleElement()
          .satisfies(danger -> assertThat(danger.remedy()).contains("appendfsync always"));
    }
  }
}
