// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patterns against their definition: examples, and Python's own fnmatch on random ones. */
class FnmatchPatternTest {
  private static final int ROUNDS = 60_000;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "*, a/b.txt, true",
        "*, \"\", true",
        "*.txt, .hidden.txt, true",
        "*.txt, a/b/c.txt, true",
        "*.txt, a.TXT, false",
        "?, /, true",
        "?, \"\", false",
        "a?c, a/c, true",
        "**, a/b, true",
        "a/**/c, a/c, false",
        "a/**/c, a//c, true",
        "\"{a,b}\", a, false",
        "\"{a,b}\", \"{a,b}\", true",
        "!a, b, false",
        "!a, !a, true",
        "[abc], b, true",
        "[!abc], b, false",
        "[!abc], /, true",
        "[^a], ^, true",
        "[^a], b, false",
        "[]], ], true",
        "[]-a], \\, false",
        "[]-a], _, true",
        "[a, [a, true",
        "[], [], true",
        "[!], [!, false",
        "[!], [!], true",
        "[a-], -, true",
        "[--0], ., true",
        "[z-a], z, false",
        "[!z-a], z, true",
        "[z-ac], c, true",
        "[z-ac], a, false",
        "\\*, \\x, true",
        "[\\], \\, true",
        "[a-c-e], d, false",
        "[a-c-e], -, true",
        "[&&a], &, true",
        "[[a], [, true",
        "a.c, abc, false",
      })
  void matchesAsDefined(String pattern, String text, boolean matches) {
    assertThat(FnmatchPattern.of(pattern).matches(text))
        .as("%s on %s", pattern, text)
        .isEqualTo(matches);
  }

  @Test
  void countsCodePointsNotHalvesOfThem() {
    assertThat(FnmatchPattern.of("?").matches("\ud83d\ude00")).isTrue();
    assertThat(FnmatchPattern.of("[\ud83d\ude00-\ud83d\ude02]").matches("\ud83d\ude01"))
        .isTrue();
    assertThat(FnmatchPattern.of("??").matches("\ud83d\ude00")).isFalse();
  }

  @Test
  void lineEndsAreCharacters() {
    assertThat(FnmatchPattern.of("a*b").matches("a\nb")).isTrue();
    assertThat(FnmatchPattern.of("ab").matches("ab\n")).isFalse();
  }

  @Test
  void manyStarsCostNoExponentialTime() {
    String pattern = "*a".repeat(200);
    assertThat(FnmatchPattern.of(pattern).matches("a".repeat(5_000) + "b")).isFalse();
  }

  @Test
  void agreesWithPython() throws Exception {
    Random random = new Random(20_260_101);
    List<String> cases = new ArrayList<>();
    List<Boolean> ours = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      String pattern = text(random, "ab-c/.!]^[[[**??\\&|~\u00e4\ud83d\ude00");
      String candidate = text(random, "abc/.-!]^[\\&\u00e4\ud83d\ude00");
      cases.add(pattern + "\t" + candidate);
      ours.add(FnmatchPattern.of(pattern).matches(candidate));
    }
    List<String> theirs = python("""
        import fnmatch, sys
        sys.stdin.reconfigure(encoding='utf-8', newline='\\n')
        for line in sys.stdin:
            pattern, name = line.rstrip('\\n').split('\\t')
            print('true' if fnmatch.fnmatchcase(name, pattern) else 'false')
        """, cases);
    for (int i = 0; i < cases.size(); i++) {
      assertThat(ours.get(i)).as(cases.get(i)).isEqualTo(Boolean.valueOf(theirs.get(i)));
    }
    assertThat(ours).as("some must match for this to be a test").contains(true).contains(false);
  }

  @Test
  void whatIsNotWalkedHoldsNoMatchAndWhatIsExcludedWholeIsExcluded() {
    Random random = new Random(7);
    int pruned = 0;
    for (int i = 0; i < ROUNDS; i++) {
      FnmatchPattern pattern = FnmatchPattern.of(text(random, "ab/.[]!*?-"));
      String folder = text(random, "ab.");
      String file = folder + "/" + text(random, "ab/.");
      if (!pattern.mayMatchBelow(folder + "/")) {
        pruned++;
        assertThat(pattern.matches(file))
            .as("%s below %s: %s", pattern, folder, file)
            .isFalse();
      }
      if (pattern.matchesAllBelow(folder + "/")) {
        assertThat(pattern.matches(file))
            .as("%s below %s: %s", pattern, folder, file)
            .isTrue();
      }
    }
    assertThat(pruned).isBetween(ROUNDS / 4, ROUNDS);
  }

  private static String text(Random random, String alphabet) {
    int[] letters = alphabet.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(9);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(letters[random.nextInt(letters.length)]);
    }
    return text.toString();
  }

  private static List<String> python(String program, List<String> input)
      throws IOException, InterruptedException {
    Process python;
    try {
      python = new ProcessBuilder("python3", "-c", program)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      assumeTrue(false, "python3 is not here: its fnmatch cannot be asked");
      throw e;
    }
    Thread writer = new Thread(() -> write(input, python));
    writer.start();
    List<String> output;
    try (BufferedReader reader = new BufferedReader(
        new InputStreamReader(python.getInputStream(), StandardCharsets.UTF_8))) {
      output = reader.lines().toList();
    }
    assertThat(python.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(python.exitValue()).isZero();
    writer.join();
    assertThat(output).hasSameSizeAs(input);
    return output;
  }

  private static void write(List<String> lines, Process to) {
    try (BufferedWriter writer =
        new BufferedWriter(new OutputStreamWriter(to.getOutputStream(), StandardCharsets.UTF_8))) {
      for (String line : lines) {
        writer.write(line + "\n");
      }
    } catch (IOException e) {
      // the reader finds too few answers
    }
  }
}
