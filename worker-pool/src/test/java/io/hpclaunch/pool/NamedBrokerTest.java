// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.plugin.RuntimeParts;
import io.hpclaunch.pool.amqp.BrokerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that the configuration names. */
final class NamedBrokerTest {
  private static final String URL = "amqps://me:s3cret@broker.example/hpc";

  private static String certificate;

  @TempDir
  Path folder;

  @BeforeAll
  static void make(@TempDir Path key) throws IOException {
    certificate = BrokerKey.in(key, "of the key", Instant.now()).certificate();
  }

  private BrokerAddress read(Map<String, Object> keys) {
    Map<String, Object> pool = new HashMap<>(Map.of("num_workers", 1, "cpus_worker", 1));
    pool.putAll(keys);
    try (HpcRuntime runtime = HpcRuntime.builder()
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .configuration(Map.of("worker_pools", Map.of("p", pool)))
        .build()) {
      RuntimeParts parts = (RuntimeParts) runtime;
      return NamedBroker.of(PoolSettings.of(parts.configuration(), "p").settings(), parts.sources())
          .where();
    }
  }

  @Test
  void aPrivateAuthorityTravelsWithTheAddress() throws IOException {
    Files.writeString(folder.resolve("ca.pem"), "# ours, für alle\n" + certificate);
    BrokerAddress address = read(Map.of("amqp_url", URL, "amqp_ca", "ca.pem"));
    assertThat(address.tls()).isInstanceOfSatisfying(BrokerAddress.Certificate.class, told -> {
      assertThat(told.pem()).contains(certificate);
      assertThat(told.checksName()).isTrue();
    });
  }

  @Test
  void withoutOneTheJdksCount() {
    assertThat(read(Map.of("amqp_url", URL)).tls()).isEqualTo(new BrokerAddress.KnownAuthority());
  }

  @Test
  void whatCannotBeUsedIsToldWithoutTheSecret() throws Exception {
    Files.writeString(folder.resolve("none.pem"), "nothing\n");
    refuses(Map.of("amqp_url", URL, "amqp_ca", "missing.pem"), "missing.pem cannot be read");
    refuses(Map.of("amqp_url", URL, "amqp_ca", "none.pem"), "holds no certificates as PEM");
    String plain = URL.replace("amqps", "amqp");
    Files.writeString(folder.resolve("ca.pem"), certificate);
    refuses(Map.of("amqp_url", plain, "amqp_ca", "ca.pem"), "does not begin with amqps://");
    refuses(Map.of("amqp_url", URL.replace("amqps", "http")), "amqp_url does not begin with");
  }

  private void refuses(Map<String, Object> keys, String why) {
    assertThatThrownBy(() -> read(keys))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(": amqp_")
        .hasMessageContaining(why)
        .hasMessageNotContaining("s3cret");
  }
}
