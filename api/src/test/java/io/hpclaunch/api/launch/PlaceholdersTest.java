// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpclaunch.api.InvalidJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceholdersTest {
  private static final Topology.Layout LAYOUT = new Topology.Layout(13, 4, 3, 2);

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "%(np)d, 13",
        "%(ranks)d:%(ranks_per_socket)d:%(sockets)d:%(nodes)d, 13:4:3:2",
        "--map-by=ppr:%(np)04d, --map-by=ppr:0013",
        "[%(np)6d], [    13]",
        "[%(np)-6d], [13    ]",
        "[%(np)+d], [+13]",
        "%%, %",
        "%%(np)d, %(np)d",
        "%%%(np)d, %13",
        "%(np)d%, 13%",
        "50%, 50%",
        "%, %",
        "%d %s %np, %d %s %np",
        "%(np)s %(np)d, %(np)s 13",
        "%(cores)d %(np)d, %(cores)d 13",
        "%(np d %(np)d, %(np d 13",
        "%(np)x, %(np)x",
        "%(NP)d, %(NP)d",
        "%(np)*d, %(np)*d",
        "$1 \\1 %(np)d, $1 \\1 13",
        "größe=%(np)d, größe=13"
      })
  void knownOnesAreReplacedAndAllElseStays(String text, String expected) {
    assertThat(Placeholders.replace(text, LAYOUT)).isEqualTo(expected);
  }

  @Test
  void theFiguresAreWrittenAsPythonWritesThem(@TempDir Path folder) throws Exception {
    List<String> texts = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      texts.add(template(random));
    }
    Path input = Files.writeString(folder.resolve("templates"), String.join("\0", texts));
    Path output = folder.resolve("replaced");
    Process python;
    try {
      python = new ProcessBuilder("python3", "-c", """
                  import sys
                  f = dict(np=13, ranks=13, ranks_per_socket=4, sockets=3, nodes=2)
                  texts = sys.stdin.buffer.read().decode().split('\\0')
                  sys.stdout.buffer.write('\\0'.join(t % f for t in texts).encode())
                  """)
          .redirectInput(input.toFile())
          .redirectOutput(output.toFile())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      Assumptions.abort("python3 is not on PATH");
      return;
    }
    assertThat(python.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(python.exitValue()).isZero();
    String[] expected = Files.readString(output).split("\0", -1);
    assertThat(expected).hasSameSizeAs(texts);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Placeholders.replace(texts.get(i), LAYOUT))
          .as(texts.get(i))
          .isEqualTo(expected[i]);
    }
  }

  private static String template(Random random) {
    String[] names = {"np", "ranks", "ranks_per_socket", "sockets", "nodes"};
    String[] flags = {"", "", "0", "-", "+", " ", "#", "-0", "+0", " 0", "+-", "# +0"};
    String[] widths = {"", "1", "2", "4", "12"};
    String[] texts = {"--n=", "%%", " ", "é", "(np)d", "x"};
    StringBuilder text = new StringBuilder();
    int parts = 1 + random.nextInt(5);
    for (int i = 0; i < parts; i++) {
      if (random.nextBoolean()) {
        text.append(texts[random.nextInt(texts.length)]);
      } else {
        text.append("%(").append(names[random.nextInt(names.length)]).append(')');
        text.append(flags[random.nextInt(flags.length)]);
        text.append(widths[random.nextInt(widths.length)]).append('d');
      }
    }
    return text.toString();
  }

  @Test
  void wordsWithoutPlaceholdersStayTheUsersOwn() {
    Word bytes = new Word.User(1, "\uFFFD");
    Word percent = new Word.User(2, "50%");
    assertThat(Placeholders.replace(List.of(bytes, percent), LAYOUT))
        .containsExactly(bytes, percent);
    assertThat(Placeholders.replace(List.of(new Word.User(3, "%(np)d")), LAYOUT))
        .containsExactly(Word.of("13"));
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> Placeholders.replace(List.of(new Word.User(1, "\uFFFD%(np)d")), LAYOUT))
        .withMessageContaining("write the number instead");
  }
}
