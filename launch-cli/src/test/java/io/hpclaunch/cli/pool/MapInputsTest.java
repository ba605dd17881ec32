// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.core.shell.RawBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code hpc pool map} makes of its standard input. */
class MapInputsTest {
  private static List<String> read(byte[] bytes, boolean isNul) throws IOException {
    InputLines lines = new InputLines(new ByteArrayInputStream(bytes), isNul);
    List<String> all = new ArrayList<>();
    for (String line = lines.next(); line != null; line = lines.next()) {
      all.add(line);
    }
    return all;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void eachLineIsAnInputAndEmptyOnesAreNone() throws IOException {
    assertThat(read(bytes("a b\n\n ä\nlast"), false)).containsExactly("a b", " ä", "last");
    assertThat(read(bytes(""), false)).isEmpty();
    assertThat(read(bytes("\n\n"), false)).isEmpty();
  }

  @Test
  void whoLooksWhetherThereIsAnInputTakesNone() throws IOException {
    InputLines none = new InputLines(new ByteArrayInputStream(bytes("\n\n")), false);
    assertThat(none.isEmpty()).isTrue();
    assertThat(none.next()).isNull();
    InputLines two = new InputLines(new ByteArrayInputStream(bytes("a\nb\n")), false);
    assertThat(two.isEmpty()).isFalse();
    assertThat(two.isEmpty()).isFalse();
    assertThat(two.next()).isEqualTo("a");
    assertThat(two.next()).isEqualTo("b");
    assertThat(two.isEmpty()).isTrue();
  }

  @Test
  void behindNulsLineEndsAreBytesLikeOthers() throws IOException {
    assertThat(read(bytes("a\nb\0\0c"), true)).containsExactly("a\nb", "", "c");
  }

  @Test
  void bytesThatAreNoTextStayWhatTheyAre() throws IOException {
    byte[] odd = {(byte) 0xff, 'x', (byte) 0xc3};
    String input = read(odd, false).get(0);
    String word = new WordTemplate(List.of("<{}>")).with(input).get(0);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.write('<');
    expected.writeBytes(odd);
    expected.write('>');
    assertThat(RawBytes.encode(word)).isEqualTo(expected.toByteArray());
  }

  @Test
  void anInputStandsWhereItsPlaceIsElseLast() {
    assertThat(new WordTemplate(List.of("cp", "{}", "{}.old")).with("a b"))
        .containsExactly("cp", "a b", "a b.old");
    assertThat(new WordTemplate(List.of("ls", "-l")).with("{}")).containsExactly("ls", "-l", "{}");
  }
}
