// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotingTest {
  private static final String ALPHABET = "ab $`\"'\\\n\t*?[]{}()<>|&;#~!=^%-+ü€🙂\r\u0001\u007f";

  @Test
  void harmlessWordsStayAsTheyAre() {
    assertThat(Quoting.quote("--map-by=ppr:4:node")).isEqualTo("--map-by=ppr:4:node");
    assertThat(Quoting.join(List.of("mpirun", "-n", "4", "./app"))).isEqualTo("mpirun -n 4 ./app");
  }

  @Test
  void allOthersStandInSingleQuotes() {
    assertThat(Quoting.quote("")).isEqualTo("''");
    assertThat(Quoting.quote("it's $HOME")).isEqualTo("'it'\\''s $HOME'");
    assertThat(Quoting.quote("ü")).isEqualTo("'ü'");
    assertThat(Quoting.quote("~")).isEqualTo("'~'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "sh"})
  void realShellsReadEveryWordBack(String shell) throws Exception {
    Random random = new Random(42);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      StringBuilder word = new StringBuilder();
      int[] alphabet = ALPHABET.codePoints().toArray();
      for (int length = random.nextInt(12); length > 0; length--) {
        word.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
      }
      words.add(word.toString());
    }
    assertThat(wordsSeenBy(shell, Quoting.join(words))).isEqualTo(words);
  }

  private static List<String> wordsSeenBy(String shell, String line)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(shell).start();
    try (var in = process.getOutputStream()) {
      in.write(("printf '%s\\0' " + line + "\n").getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return List.of(out.substring(0, out.length() - 1).split("\0", -1));
  }
}
