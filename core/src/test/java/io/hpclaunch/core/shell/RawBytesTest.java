// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RawBytesTest {
  @Test
  void utf8IsItself() {
    String text = "plain, ümlaut, 漢字, 😀, \u0001";
    assertThat(RawBytes.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    assertThat(RawBytes.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aByteThatIsNoUtf8IsCarried() {
    byte[] latin1 = {'x', (byte) 0xfc, 'y'};
    assertThat(RawBytes.decode(latin1)).isEqualTo("x\uDCFCy");
    assertThat(RawBytes.encode("x\uDCFCy")).isEqualTo(latin1);
  }

  @Test
  void anyBytesComeBack() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      assertThat(RawBytes.encode(RawBytes.decode(bytes))).isEqualTo(bytes);
    }
  }
}
