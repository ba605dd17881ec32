// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The judge is bash itself. */
class ShellWordsTest {
  private static final String END = "\u0001";
  private static final String REFUSED = "\u0002";

  @TempDir
  Path folder;

  @Test
  void linesAreSplitAsBashSplitsThem() throws Exception {
    List<String> lines = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < 3000; i++) {
      lines.add(text(random, "ab=-é\r  \t\n'\"\\\\", 12));
    }
    // Inside ( ), line ends divide words as blanks do; a backslash at the end would be joined with
    // what follows it.
    List<List<String>> expected = bash(
        "if eval \"w=( $1\"$'\\n'')' 2>/dev/null; then ((${#w[@]} == 0)) || printf '%s\\0'"
            + " \"${w[@]}\"; else printf '\\2\\0'; fi",
        lines);
    int split = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (endsInBackslash(line) || expected.get(i).equals(List.of(REFUSED))) {
        assertThatExceptionOfType(InvalidJob.class)
            .as(line)
            .isThrownBy(() -> ShellWords.split(line));
      } else {
        assertThat(ShellWords.split(line)).as(line).isEqualTo(expected.get(i));
        split++;
      }
    }
    assertThat(split).isBetween(lines.size() / 4, lines.size() * 3 / 4);
  }

  /** Whether the last backslash has nothing to quote; outside single quotes only. */
  private static boolean endsInBackslash(String line) {
    int i = line.length();
    while (i > 0 && line.charAt(i - 1) == '\\') {
      i--;
    }
    return (line.length() - i) % 2 == 1;
  }

  @Test
  void wordsThatBashQuotesAreReadBack() throws Exception {
    List<String> words = new ArrayList<>();
    Random random = new Random(6);
    for (int i = 0; i < 1000; i++) {
      words.add(text(random, "ab $`*?~#;|&<>(){}[]!^%,=-'\"\\é日", 10));
    }
    List<List<String>> quoted = bash("printf '%q\\0' \"$1\"", words);
    for (int i = 0; i < words.size(); i++) {
      assertThat(ShellWords.split(quoted.get(i).get(0))).containsExactly(words.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"'a", "\"a", "a\\", "a 'b\" c", "\"a\\\""})
  void whatIsNotClosedIsRefused(String line) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> ShellWords.split(line))
        .withMessageContaining("not closed in: " + line);
  }

  @Test
  void nothingIsEvaluated() {
    assertThat(ShellWords.split("$HOME `id` *.c # ; \"$(id)\" ~"))
        .containsExactly("$HOME", "`id`", "*.c", "#", ";", "$(id)", "~");
    assertThat(ShellWords.split(" \t\n")).isEmpty();
    assertThat(ShellWords.split("'' \"\"")).containsExactly("", "");
  }

  private static String text(Random random, String alphabet, int longest) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(longest);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** Runs a script for each text, as {@code $1}; returns the words that it printed for each. */
  private List<List<String>> bash(String script, List<String> texts)
      throws IOException, InterruptedException {
    Path input = folder.resolve("texts");
    Path output = folder.resolve("words");
    Files.writeString(input, String.join("\0", texts) + "\0");
    ProcessBuilder builder = new ProcessBuilder(
        "bash",
        "-c",
        "one() { "
            + script
            + "; }; while IFS= read -r -d '' t; do w=(); one \"$t\"; printf '\\1\\0'; done");
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process bash = builder
        .redirectInput(input.toFile())
        .redirectOutput(output.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(bash.exitValue()).isZero();
    List<List<String>> all = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (String word : Files.readString(output, StandardCharsets.UTF_8).split("\0", -1)) {
      if (word.equals(END)) {
        all.add(words);
        words = new ArrayList<>();
      } else {
        words.add(word);
      }
    }
    assertThat(all).hasSameSizeAs(texts);
    return all;
  }
}
