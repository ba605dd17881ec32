// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "amqp_url",
        "password",
        "DB_PASSWORD",
        "token",
        "api_token",
        "key",
        "AWS_SECRET_ACCESS_KEY",
        "worker_pools.small.amqp_url",
        "passphrase",
        "api-key"
      })
  void secrets(String key) {
    assertThat(Secrets.isSecret(key)).isTrue();
    assertThat(Secrets.mask(key, "value")).isEqualTo(Secrets.MASK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"key_path", "partition", "token.partition", "password_file", "monkey", "keys"})
  void noSecrets(String key) {
    assertThat(Secrets.isSecret(key)).isFalse();
    assertThat(Secrets.mask(key, "value")).isEqualTo("value");
  }

  @ParameterizedTest
  @CsvSource({
    "amqp://me:pw@host/v, amqp://me:********@host/v",
    "amqp://me:p@ss@host/v, amqp://me:********@host/v",
    "amqp://me:p/w@host, amqp://me:********@host",
    "https://token@host/, https://********@host/",
    "https://host:80/a, https://host:80/a",
    "'a://u:p@h b://v:q@i', 'a://u:********@h b://v:********@i'",
    "me:pw@host, me:pw@host",
    "a@b://c:d, a@b://c:d"
  })
  void passwordsInUrls(String text, String shown) {
    assertThat(Secrets.mask("url", text)).isEqualTo(shown);
  }

  @Test
  void listingsMaskSecretsAtAnyDepthAndNotByTheNameOfAnEntry(@TempDir Path folder) {
    Site site = new Site(folder);
    site.local("""
        hpc:
          backends:
            - name: token
              type: k8s
              config: {credentials: {user: u, list: [a, 5]}, urls: ["x://u:p@h"], namespace: n}
          worker_pools: {password: {amqp_url: "amqp://u:p@h", batch: 3}}
        """);
    Configuration c = site.load();
    assertThat(c.effective())
        .extracting(Configuration.Value::key, Configuration.Value::text)
        .contains(
            tuple("backends.token.type", "k8s"),
            tuple("backends.token.config.namespace", "n"),
            tuple("backends.token.config.credentials.user", "\"********\""),
            tuple("backends.token.config.credentials.list", "[\"********\", \"********\"]"),
            tuple("backends.token.config.urls", "[\"x://u:********@h\"]"),
            tuple("worker_pools.password.amqp_url", "\"********\""),
            tuple("worker_pools.password.batch", "3"));
    assertThat(c.section("worker_pools.password").string("amqp_url")).contains("amqp://u:p@h");
    assertThat(c.section("worker_pools").toString()).doesNotContain("amqp://");
  }
}
