// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hand-written rules say what the YAML library says. */
class CoreSchemaTest {
  private static void agree(String text) {
    if (CoreSchema.isPlain(text) && !text.isEmpty()) {
      Node node = YamlReader.value(text, Source.BUILT_IN, "test");
      assertThat(node).as("'%s'", text).isInstanceOf(Node.Scalar.class);
      Node.Scalar scalar = (Node.Scalar) node;
      assertThat(scalar.text()).isEqualTo(text);
      assertThat(scalar.kind()).as("'%s'", text).isEqualTo(CoreSchema.kind(text));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "~",
        "null",
        "Null",
        "NULL",
        "nuLL",
        "true",
        "True",
        "FALSE",
        "yes",
        "on",
        "0",
        "-0",
        "+12",
        "007",
        "0o17",
        "0o8",
        "0o",
        "0x1F",
        "0xg",
        "0x",
        "-0x1",
        "1.",
        ".5",
        "-.5",
        "+.5",
        ".",
        "1.5",
        "1e5",
        "1e",
        "1e+",
        "1E-5",
        "1.5e3",
        ".e3",
        ".inf",
        "-.inf",
        "+.Inf",
        ".INF",
        ".nan",
        "-.nan",
        ".NaN",
        "04:00:00",
        "1-02:03:04",
        "1_000",
        "12abc",
        "-n",
        "--mem=1G",
        "a:b",
        "a,b",
        "~/x",
        "/a/b",
        "...",
        "---",
        "...a",
        "1.2.3",
        "+",
        "+-1",
        "%a",
        "@x",
        "=",
        "a%b",
        "_"
      })
  void known(String text) {
    agree(text);
  }

  @Test
  void random() {
    String alphabet = "0123456789+-.eExXo:abNnaIif~/_,=@%t";
    Random random = new Random(11);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(6); i >= 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      agree(text.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a: b", "a #b", " a", "a ", "[a]", "{a}", "'a'", "*a", "&a", "!a", "a:", "grün"})
  void whatYamlMayUnderstandIsLeftToIt(String text) {
    assertThat(CoreSchema.isPlain(text)).isFalse();
  }
}
