// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.core.store.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server behind TLS, with certificates that are made for the test. */
@Timeout(120)
class TlsTest {
  @TempDir
  static Path folder;

  private static RedisServer server;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(run("openssl", "version") == 0, "openssl (not installed)");
    authority("ca");
    authority("other");
    certificate("good", "IP:127.0.0.1", 2);
    port = RedisServer.freePort();
    server = tls("redis", "good", port);
  }

  @AfterAll
  static void end() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static RedisServer tls(String name, String certificate, int port) throws Exception {
    return RedisServer.start(
        Files.createDirectory(folder.resolve(name)),
        "--tls-port",
        "" + port,
        "--tls-cert-file",
        folder.resolve(certificate + ".pem").toString(),
        "--tls-key-file",
        folder.resolve(certificate + ".key").toString(),
        "--tls-auth-clients",
        "no");
  }

  private static int run(String... words) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(words)
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectOutput(folder.resolve("openssl.log").toFile())
          .start()
          .waitFor();
    } catch (IOException e) {
      return 127;
    }
  }

  private static void openssl(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of("openssl"));
    all.addAll(Arrays.asList(words));
    assertThat(run(all.toArray(new String[0])))
        .as(Files.readString(folder.resolve("openssl.log")))
        .isZero();
  }

  private static void authority(String name) throws Exception {
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-keyout",
        name + ".key",
        "-out",
        name + ".pem");
  }

  private static void certificate(String name, String subject, int days) throws Exception {
    openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=" + name,
        "-keyout",
        name + ".key",
        "-out",
        name + ".csr");
    Files.writeString(folder.resolve(name + ".ext"), "subjectAltName=" + subject + "\n");
    openssl(
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "" + days,
        "-extfile",
        name + ".ext",
        "-out",
        name + ".pem");
  }

  private static Map<String, Object> store(RedisServer of, int tlsPort) {
    Map<String, Object> store = of.store("tls");
    store.put("url", "rediss://127.0.0.1:" + tlsPort + "/0");
    store.put("ca_file", folder.resolve("ca.pem").toString());
    return store;
  }

  private static Throwable told(Map<String, Object> store) {
    Throwable told = catchThrowable(() -> {
      RedisSettings settings = RedisServer.settings(store, Map.of());
      try (StateStore opened = new RedisStateStore(settings, false, Clock.systemUTC())) {
        opened.check(false);
      }
    });
    assertThat(told).isNotNull().hasMessageNotContaining("\n");
    return told;
  }

  @Test
  void jobsAreKeptOverTls() throws Exception {
    Site site = new Site(Files.createDirectory(folder.resolve("site")), store(server, port));
    try (HpcRuntime client = site.client("here")) {
      assertThat(client
              .backend(Site.BACKEND)
              .submit(JobSpec.builder("n").command("true").build())
              .waitFor()
              .state())
          .isEqualTo(JobState.COMPLETED);
      assertThat(Site.jobs(client)).hasSize(1);
    }
  }

  @Test
  void aServerThatNobodySignedForIsRefused() {
    Map<String, Object> store = store(server, port);
    store.put("ca_file", folder.resolve("other.pem").toString());
    assertThat(told(store))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("store.ca_file");
    store.remove("ca_file");
    assertThat(told(store))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("nobody whom we trust has signed");
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    certificate("wrong", "DNS:elsewhere.example", 2);
    int other = RedisServer.freePort();
    try (RedisServer misnamed = tls("misnamed", "wrong", other)) {
      assertThat(told(store(misnamed, other)))
          .isInstanceOf(InvalidConfiguration.class)
          .hasMessageContaining("is not for 127.0.0.1");
    }
  }

  @Test
  void aCaFileThatCannotBeUsedIsTold() throws Exception {
    Map<String, Object> store = store(server, port);
    store.put("ca_file", "/no/such.pem");
    assertThat(told(store))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("no store.ca_file /no/such.pem");
    Path none = Files.writeString(folder.resolve("none.pem"), "not a certificate\n");
    store.put("ca_file", none.toString());
    assertThat(told(store))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(none.toString());
  }

  @Test
  void withTlsAtThePlainPortAndWithoutItAtTheOtherTheWordIsTold() {
    assertThat(told(store(server, server.port()))) // it waits for the end of a line
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("a port without wants redis://");
    Map<String, Object> plain = server.store("tls");
    plain.put("url", "redis://127.0.0.1:" + port + "/0");
    assertThat(told(plain))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("rediss://");
  }
}
