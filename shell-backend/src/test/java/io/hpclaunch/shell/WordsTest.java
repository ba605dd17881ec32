// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Words of hpc-shell's lines. */
class WordsTest {
  private static final String ODD =
      "a b\tc\nd\re%f%41~g\\h'i\"j$k`l*m?n!o{index}p\u007fq\u00e4r\ud83d\ude80s\udc80t\udcffu--";

  @ParameterizedTest
  @CsvSource({
    "'', -",
    "-, %2D",
    "--, --",
    "' ', %20",
    "/a/b.c_d:e;f, /a/b.c_d:e%3Bf",
    "%, %25",
    "\u00e4, %C3%A4",
    "{index}, %7Bindex%7D"
  })
  void textsAreWritten(String text, String word) {
    assertThat(Words.encode(text)).isEqualTo(word);
  }

  @Test
  void nothingIsADashAndBack() {
    assertThat(Words.encode(null)).isEqualTo("-");
    assertThat(Words.decode("-")).isNull();
    assertThat(Words.decode("%2D")).isEqualTo("-");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {ODD, "-", "--", "%", "%%", "%2", "\n", " ", "\u0001\u001f", "\udcc3x\udca4"})
  void whatIsWrittenReadsTheSame(String text) {
    assertThat(Words.encode(text)).matches("[A-Za-z0-9/._:,+@=%-]+");
    assertThat(Words.decode(Words.encode(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"%, %", "a%, a%", "a%4, a%4", "%4g, %4g", "%+1x, %+1x", "50%25, 50%", "%e2%82%ac, €"})
  void aPercentWithoutTwoDigitsStandsForItself(String word, String text) {
    assertThat(Words.decode(word)).isEqualTo(text);
  }

  @Test
  void bytesThatBashLeavesAloneAreReadAsUtf8() {
    String asRead =
        new String("gr\u00fc\u00df".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(Words.decode(asRead)).isEqualTo("gr\u00fc\u00df");
    assertThat(Words.decode("\u00ff")).isEqualTo("\udcff");
  }

  @Test
  void theAgentReadsTheSameBytes(@TempDir Path folder) throws IOException, InterruptedException {
    Path library = folder.resolve("lib.bash");
    Files.write(library, script("lib.bash"));
    Process bash = new ProcessBuilder(
            "bash",
            "-c",
            "LC_ALL=C; . \"$1\"; decode \"$2\"; printf %s \"$REPLY\"",
            "bash",
            library.toString(),
            Words.encode(ODD))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    byte[] printed = bash.getInputStream().readAllBytes();
    assertThat(bash.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(RawBytes.decode(printed)).isEqualTo(ODD);
  }

  private static byte[] script(String name) {
    return AgentScripts.all().stream()
        .filter(script -> script.name().equals(name))
        .findFirst()
        .orElseThrow()
        .content();
  }
}
