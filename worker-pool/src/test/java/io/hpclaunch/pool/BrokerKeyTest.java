// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key of a pool's own broker. */
final class BrokerKeyTest {
  private static final String PASSWORD = "a secret -x $y";

  @TempDir
  Path folder;

  @Test
  void itStaysUntilItRunsOutOrThePoolIsAnother() throws Exception {
    Instant now = Instant.now();
    BrokerKey made = BrokerKey.in(folder, PASSWORD, now);
    assertThat(made.certificate()).startsWith("-----BEGIN CERTIFICATE-----\n");
    assertThat(PosixFilePermissions.toString(
            Files.getPosixFilePermissions(made.file().file())))
        .isEqualTo("rw-------");
    assertThat(BrokerKey.in(folder, PASSWORD, now.plus(Duration.ofDays(700)))).isEqualTo(made);

    BrokerKey renewed = BrokerKey.in(folder, PASSWORD, now.plus(Duration.ofDays(800)));
    assertThat(renewed.certificate()).isNotEqualTo(made.certificate());
    BrokerKey ofAnother = BrokerKey.in(folder, "another secret", now);
    assertThat(ofAnother.certificate()).isNotEqualTo(renewed.certificate());
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }
}
