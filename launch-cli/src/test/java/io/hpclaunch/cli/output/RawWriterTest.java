// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class RawWriterTest {
  @Test
  void textIsUtf8AndBytesAreBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintWriter out = new PrintWriter(new RawWriter(bytes));
    out.print("ü\udcff");
    out.print("\ud83d");
    out.print("\ude00");
    out.flush();
    assertThat(bytes.toByteArray()).containsExactly(0xc3, 0xbc, 0xff, 0xf0, 0x9f, 0x98, 0x80);
  }

  @Test
  void theFirstErrorIsKept() {
    RawWriter writer = new RawWriter(new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("Broken pipe");
      }
    });
    PrintWriter out = new PrintWriter(writer);
    out.print("x");
    assertThat(writer.failure()).isNull();
    assertThat(out.checkError()).isTrue();
    assertThat(writer.failure()).hasMessage("Broken pipe");
    assertThat(OutputLost.isClosedPipe(writer.failure())).isTrue();
  }

  @Test
  void jsonStaysUtf8() {
    String json = Json.text(List.of("a\udcff\ud83d\ude00"));
    assertThat(json).contains("a\\udcff\ud83d\ude00");
    assertThat(JsonParser.parseString(json).getAsJsonArray().get(0).getAsString())
        .isEqualTo("a\udcff\ud83d\ude00");
  }
}
