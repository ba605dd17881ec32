// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may stand behind {@code listen}. */
final class ListenTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, 0, false",
    "127.0.0.1:5670, 127.0.0.1, 5670, false",
    "amqp://127.0.0.2, 127.0.0.2, 0, false",
    "amqps://127.0.0.2:5671, 127.0.0.2, 5671, true",
    "lo, 127.0.0.1, 0, false",
    "amqps://lo:5671, 127.0.0.1, 5671, true",
    "192.0.2.7, 192.0.2.7, 0, true",
    "192.0.2.7:5671, 192.0.2.7, 5671, true",
    "amqps://192.0.2.7, 192.0.2.7, 0, true",
    "2001:db8::7, 2001:db8:0:0:0:0:0:7, 0, true",
    "[2001:db8::7]:5671, 2001:db8:0:0:0:0:0:7, 5671, true",
    "::1, 0:0:0:0:0:0:0:1, 0, false",
    "amqps://[::1], 0:0:0:0:0:0:0:1, 0, true"
  })
  void itIsReadAndEncryptedBeyondThisHost(String text, String host, int port, boolean isEncrypted) {
    Listen listen = Listen.parse(text);
    assertThat(listen.host()).isEqualTo(host);
    assertThat(listen.port()).isEqualTo(port);
    assertThat(listen.isEncrypted()).isEqualTo(isEncrypted);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, every address of this host",
    "'::', every address of this host",
    "amqps://0.0.0.0:5671, every address of this host",
    "amqp://192.0.2.7, what goes there is encrypted",
    "127.0.0.1:70000, none above 65535",
    "127.0.0.1:, is not [amqps://]HOST[:PORT]",
    "https://127.0.0.1, is not [amqps://]HOST[:PORT]",
    "amqps://127.0.0.1/vhost, is not [amqps://]HOST[:PORT]",
    "no-such-host.invalid, 'no address, no known name, and no interface'"
  })
  void whatIsOfNoUseIsToldWhy(String text, String why) {
    assertThatThrownBy(() -> Listen.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void whoMustChooseIsToldWhatThereIs() {
    assertThatThrownBy(() -> Listen.parse("0.0.0.0")).hasMessageMatching(".*it has \\S+.*");
  }
}
