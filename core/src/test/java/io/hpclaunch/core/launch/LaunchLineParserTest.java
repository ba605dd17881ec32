// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.launch.Segment;
import io.hpclaunch.api.launch.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchLineParserTest {
  private static final Set<String> EXECUTABLES =
      Set.of("app", "./app", "node", "file", "4x", "date", "[");

  private static final HPCLauncher LAUNCHER = new HPCLauncher() {
    @Override
    public String name() {
      return "test";
    }

    @Override
    public String executable() {
      return "test";
    }

    @Override
    public int valuesOf(String option) {
      return switch (option) {
        case "--map-by", "-x" -> 1;
        case "--mca" -> 2;
        default -> 0;
      };
    }
  };

  @Test
  void aProgramBeginsAtTheFirstExecutable() {
    Segment segment = only("-n", "4", "-flag", "value", "app", "-n", "x", "--", "%(np)d");
    assertThat(texts(segment.options())).containsExactly("-n", "4", "-flag", "value");
    assertThat(texts(segment.program())).containsExactly("app", "-n", "x", "--", "%(np)d");
    assertThat(segment.count()).hasValue(4);
  }

  @Test
  void valuesOfKnownOptionsAreNotTheProgram() {
    Segment segment = only("--map-by", "node", "--mca", "node", "app", "-x", "file", "app", "arg");
    assertThat(texts(segment.options()))
        .containsExactly("--map-by", "node", "--mca", "node", "app", "-x", "file");
    assertThat(texts(segment.program())).containsExactly("app", "arg");
  }

  @Test
  void anOptionWithItsValueAttachedTakesNoFurtherWord() {
    assertThat(texts(only("--map-by=node", "app").program())).containsExactly("app");
  }

  @Test
  void twoDashesNameTheProgramAndAreDropped() {
    Segment segment = only("-n", "2", "--", "only-there", "--", ":x");
    assertThat(texts(segment.options())).containsExactly("-n", "2");
    assertThat(texts(segment.program())).containsExactly("only-there", "--", ":x");
    assertThat(only("--", "-odd").program().get(0)).isEqualTo(new Word.User(2, "-odd"));
  }

  @Test
  void aColonDividesAfterAProgramOnly() {
    List<Segment> segments = parse("-n", "1", ":", "app", "a:b", ":", "-n", "3", "date");
    assertThat(segments).hasSize(2);
    assertThat(texts(segments.get(0).options())).containsExactly("-n", "1", ":");
    assertThat(texts(segments.get(0).program())).containsExactly("app", "a:b");
    assertThat(texts(segments.get(1).program())).containsExactly("date");
    assertThat(segments.get(1).ranks()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "-n 4, 4",
    "-np 4, 4",
    "--n 4, 4",
    "--np 4, 4",
    "-n4, 4",
    "-n=4, 4",
    "-np=4, 4",
    "--n=4, 4",
    "--np=4, 4",
    "--ranks 4, 4",
    "--ranks=4, 4",
    "-n 007, 7",
    "-n 2 -np 5, 5"
  })
  void ranksAreCounted(String options, int ranks) {
    String[] words = (options + " app").split(" ");
    Segment segment = only(words);
    assertThat(segment.count()).hasValue(ranks);
    assertThat(String.join(" ", texts(segment.options()))).isEqualTo(options);
  }

  @Test
  void withoutACountASegmentIsOne() {
    assertThat(only("-nolocal", "app").count()).isEmpty();
    assertThat(only("-nolocal", "app").ranks()).isEqualTo(1);
    assertThat(only("-n4x", "app").count()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-n x app",
        "-n",
        "-n 0 app",
        "-n -1 app",
        "-n=",
        "--np=2.5 app",
        "-n 99999999999 app",
        "--ranks app",
        "-n 4x app",
        "-np"
      })
  void aNumberOfRanksMustBeOne(String line) {
    assertThatThrownBy(() -> parse(line.split(" ")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("number of ranks");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-n 4", "-n 4 nothing", "--", "app : ", "app : -n 2", "-n 2 -- : app", "-n 1 ''"})
  void withoutAProgramThereIsAHint(String line) {
    assertThatThrownBy(() -> parse(line.split(" ")))
        .isInstanceOf(ExecutableNotFound.class)
        .hasMessageContaining("write --");
  }

  @Test
  void theErrorNamesWhatWasTaken() {
    assertThatThrownBy(() -> parse("-n", "4", "./nope", "arg"))
        .hasMessageContaining("'./nope', 'arg'")
        .hasMessageNotContaining("'4'");
  }

  @Test
  void aMistypedProgramBeforeAColonIsMissing() {
    assertThatThrownBy(() -> parse("-n", "2", "nosuch", ":", "-n", "3", "date"))
        .isInstanceOf(ExecutableNotFound.class)
        .hasMessageContaining("'nosuch'");
    assertThat(texts(only("--sep", ":", "date").options())).containsExactly("--sep", ":");
  }

  @Test
  void valuesOfOptionsAreNoCandidates() {
    assertThatThrownBy(() -> parse("--map-by", "node", "nosuch"))
        .hasMessageContaining("named by 'nosuch';");
  }

  @Test
  void positionsAreTheUsers() {
    Segment segment = only("-n", "2", "--", "app", "x");
    assertThat(segment.program()).containsExactly(new Word.User(4, "app"), new Word.User(5, "x"));
  }

  private static Segment only(String... words) {
    List<Segment> segments = parse(words);
    assertThat(segments).hasSize(1);
    return segments.get(0);
  }

  private static List<Segment> parse(String... words) {
    List<Word> users = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      users.add(new Word.User(i + 1, words[i]));
    }
    return new LaunchLineParser(LAUNCHER, "--ranks", word -> EXECUTABLES.contains(word.text()))
        .parse(users);
  }

  private static List<String> texts(List<Word> words) {
    return words.stream().map(Word::text).toList();
  }
}
