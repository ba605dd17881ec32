// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SweepDefinitionTest {
  static Sweep sweep(String text) {
    return Sweep.parse(text, "s.yaml", Path.of("/project"));
  }

  private static List<String> json(String text) {
    return sweep(text).combinations().stream().map(Combination::json).toList();
  }

  @Test
  void theLastKeyOfAGridVariesFastest() {
    assertThat(json("sweep: {grid: {lr: [0.001, 0.01], model: {hidden: [1, 2]}}}"))
        .containsExactly(
            "{\"lr\": 0.001, \"model.hidden\": 1}",
            "{\"lr\": 0.001, \"model.hidden\": 2}",
            "{\"lr\": 0.01, \"model.hidden\": 1}",
            "{\"lr\": 0.01, \"model.hidden\": 2}");
  }

  @Test
  void theOuterSweepMayBeLeftOut() {
    assertThat(json("grid: {a: [1, 2]}")).isEqualTo(json("sweep: {grid: {a: [1, 2]}}"));
  }

  @Test
  void pairedListsAdvanceTogetherInsideTheGrid() {
    assertThat(json("{grid: {s: [0, 1]}, paired: [{g1: {a: [1, 2], b: [x, y]}}]}"))
        .containsExactly(
            "{\"s\": 0, \"a\": 1, \"b\": \"x\"}",
            "{\"s\": 0, \"a\": 2, \"b\": \"y\"}",
            "{\"s\": 1, \"a\": 1, \"b\": \"x\"}",
            "{\"s\": 1, \"a\": 2, \"b\": \"y\"}");
  }

  @Test
  void severalGroupsOfOneItemAdvanceTogetherAndItemsMultiply() {
    assertThat(json("paired: [{g: {a: [1, 2]}, h: {b: [3, 4]}}, {i: {c: [5, 6, 7]}}]"))
        .hasSize(6)
        .startsWith("{\"a\": 1, \"b\": 3, \"c\": 5}", "{\"a\": 1, \"b\": 3, \"c\": 6}")
        .endsWith("{\"a\": 2, \"b\": 4, \"c\": 7}");
  }

  @Test
  void aPairedValueWinsOverTheGrid() {
    assertThat(json("{grid: {a: [0], b: [9]}, paired: [{g: {a: [1]}}]}"))
        .containsExactly("{\"a\": 1, \"b\": 9}");
  }

  @Test
  void unequalLengthsAreNamed() {
    assertThatThrownBy(() -> sweep("paired:\n- g: {a: [1, 2]}\n  h: {b: [1, 2, 3]}"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("s.yaml:2", "equal lengths", "a: 2", "b: 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "sweep: {}", "sweep:", "grid: {}", "{grid: , paired: []}"})
  void anEmptySweepIsOneEmptyCombination(String text) {
    assertThat(json(text)).containsExactly("{}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "grid: {a: []} | grid.a is an empty list",
        "grid: {a: 3} | grid.a must be a list of values, not a single one: write [3]",
        "grid: {a: {b: x}} | grid.a.b must be a list",
        "grid: {a: {}} | grid.a is an empty map",
        "grid: [1] | grid must be a map",
        "paired: {a: [1]} | paired must be a list",
        "paired: [{g: {a: 1}}] | paired[0].g.a must be a list",
        "gird: {a: [1]} | unknown key gird; did you mean grid?",
        "sweep: {grids: {a: [1]}} | unknown key sweep.grids; did you mean grid?",
        "grid: {a: [1], a: [2]} | written twice",
        "grid: {a: {b: [1]}, a.b: [2]} | parameter a.b is written twice",
        "grid: {a: [1 | is not YAML",
        "- 1 | a sweep must be a map",
        "max_runs: -1 | max_runs must be 0 or more",
        "max_runs: 1.5 | must be an integer",
        "grid: {a: {linspace: [0, 1]}} | takes [START, STOP, COUNT]",
        "grid: {a: {linspace: [0, 1, 0]}} | takes 1 to",
        "grid: {a: {range: [3, 1]}} | is empty",
        "grid: {a: {range: [0, 3, 0]}} | step of 0",
        "grid: {a: {range: [x]}} | x is not a number",
        "{grid: {a: [1]}, exclude: [{b: 1}]} | names b, which is no parameter; there are: a",
        "{grid: {a: [1]}, exclude: [{a: {gtt: 1}}]} | unknown key exclude[0].a.gtt; did you mean gt?",
        "{grid: {a: [1]}, exclude: [{a: {gt: 1, than: 2}}]} | unknown key exclude[0].a.than",
        "paired: [{g: {a: [1]}, h: {a: [2]}}] | paired[0].h: a is paired twice",
        "{command: [x], script_path: y} | script_path stands beside command",
        "{grid: {a: [1]}, command: [x, '{b}']} | there is no parameter {b}",
        "samples: {parameters: {a: {uniform: [0, 1]}}} | samples.count is missing",
        "samples: {count: 2, parameters: {a: {loguniform: [0, 1]}}} | above 0",
        "samples: {count: 2, method: sobol, parameters: {a: {uniform: [0, 1]}}} | random or latin",
        "{grid: {a: [1]}, samples: {count: 2, parameters: {a: {uniform: [0, 1]}}}} | stands elsewhere",
        "grid: {a: ['x\\0y', !!binary aGk=]} | has no meaning here",
        "{sweep: {grid: {a: [1]}}, grid: {b: [1]}} | grid is written twice",
      })
  void whatIsWrongIsNamed(String text, String message) {
    assertThatThrownBy(() -> sweep(text))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("s.yaml");
  }

  @Test
  void aConditionMayNameAMapThatIsAValue() {
    assertThat(sweep("{grid: {a: [{x: 1}, {x: 2}]}, exclude: [{a: {x: 1}}]}").combinations())
        .extracting(Combination::json)
        .containsExactly("{\"a\": {\"x\": 2}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo \"v={a}\"", "echo '{a}'", "echo it\\'s '{a}'", "x=\"$(echo {a})\""})
  void aPlaceWithinQuotesIsRefused(String line) {
    CommandTemplate command = new CommandTemplate(line);
    assertThatThrownBy(() -> command.check(List.of("a"), "s.yaml"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("{a} stands within quotes", "HPC_PARAM_a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo 'v='{a}", "echo \"it's\" {a}", "echo \\\" {a}", "echo '{{a}}'"})
  void aPlaceOutsideOfQuotesIsFilled(String line) {
    new CommandTemplate(line).check(List.of("a"), "s.yaml");
  }

  @Test
  void aNulIsRefused() {
    assertThatThrownBy(() -> sweep("grid: {a: [\"x\\0y\"]}"))
        .hasMessageContaining("grid.a holds a NUL");
  }

  @Test
  void aListAsAValueIsOneValue() {
    Sweep sweep = sweep("grid: {layers: [[64, 32], [8]], s: [[a, \"b c\", \"it's\"]]}");
    assertThat(sweep.combinations().get(0).words())
        .containsExactly("layers=[64, 32]", "s=['a', 'b c', \"it's\"]");
    assertThat(sweep.combinations()).hasSize(2);
  }

  @Test
  void wordsAreInTheMannerOfHydra() {
    Sweep sweep =
        sweep("grid: {lr: [0.001], flag: [true], n: [null], layers: [[64, 32]], s: [[a, b]]}");
    assertThat(sweep.combinations().get(0).words())
        .containsExactly("lr=0.001", "flag=true", "n=null", "layers=[64, 32]", "s=['a', 'b']");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e-3", "0.10", "1.", ".5", "+3", "0x1F", "1E5", "007", "-0", ".inf"})
  void numbersKeepTheirText(String number) {
    Combination one = sweep("grid: {a: [" + number + "]}").combinations().get(0);
    assertThat(one.words()).containsExactly("a=" + number);
    assertThat(com.google.gson.JsonParser.parseString(one.json()).isJsonObject())
        .isTrue();
  }

  @Test
  void textsThatLookLikeOtherThingsStayTexts() {
    assertThat(json("grid: {a: ['1', '04:00:00', on, 04:00:00, 'null', '']}"))
        .containsExactly(
            "{\"a\": \"1\"}",
            "{\"a\": \"04:00:00\"}",
            "{\"a\": \"on\"}",
            "{\"a\": \"04:00:00\"}",
            "{\"a\": \"null\"}",
            "{\"a\": \"\"}");
  }

  @Test
  void maxRunsTakesTheFirst() {
    assertThat(json("{grid: {a: [1, 2, 3]}, max_runs: 2}")).hasSize(2);
    assertThat(json("{grid: {a: [1, 2, 3]}, max_runs: 0}")).hasSize(3);
    assertThat(json("{grid: {a: [1, 2, 3]}, max_runs: 9}")).hasSize(3);
    assertThat(sweep("{grid: {a: [1, 2, 3]}, max_runs: 2}").maxRuns(0).combinations())
        .hasSize(3);
  }

  @Test
  void aProductThatNobodyCanRunIsRefusedAndItsBeginningIsNot() {
    String axis = "{range: [100000]}";
    String huge = "{grid: {a: " + axis + ", b: " + axis + ", c: " + axis + "}";
    assertThatThrownBy(() -> sweep(huge + "}").combinations())
        .hasMessageContaining("1000000000000000");
    assertThat(sweep(huge + ", max_runs: 3}").combinations()).hasSize(3);
    assertThat(sweep(huge + "}").maxRuns(3).combinations()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{linspace: [0, 1, 5]} | 0.0 0.25 0.5 0.75 1.0",
        "{linspace: [1, 1, 1]} | 1.0",
        "{linspace: [0, 1, 4]} | 0.0 0.3333333333333333 0.6666666666666666 1.0",
        "{logspace: [-5, -1, 5]} | 1e-05 0.0001 0.001 0.01 0.1",
        "{logspace: [15, 20, 2]} | 1000000000000000.0 1e+20",
        "{range: [3]} | 0 1 2",
        "{range: [2, 9, 3]} | 2 5 8",
        "{range: [3, 0, -1]} | 3 2 1",
        "{range: [0, 0.3, 0.1]} | 0.0 0.1 0.2",
      })
  void ranges(String range, String values) {
    assertThat(sweep("grid: {a: " + range + "}").combinations())
        .extracting(each -> String.valueOf(each.params().get("a").text()))
        .containsExactly(values.strip().split(" "));
  }

  @Test
  void aMapWithMoreThanARangeIsAMapOfParameters() {
    assertThat(sweep("grid: {a: {range: [1, 2], b: [3]}}").parameters())
        .containsExactly("a.range", "a.b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{a: 1}] | 2x 2y 3x 3y",
        "[{a: 1.0, b: x}] | 1y 2x 2y 3x 3y",
        "[{a: [1, 2]}] | 3x 3y",
        "[{a: {gt: 1}, b: y}] | 1x 1y 2x 3x",
        "[{a: {ge: 2, lt: 3}}] | 1x 1y 3x 3y",
        "[{a: {ne: 2}}] | 2x 2y",
        "[{a: 1}, {b: x}] | 2y 3y",
      })
  void conditionsLeaveCombinationsOut(String exclude, String left) {
    assertThat(
            sweep("{grid: {a: [1, 2, 3], b: [x, y]}, exclude: " + exclude + "}").combinations())
        .extracting(
            each -> each.params().get("a").text() + each.params().get("b").text())
        .containsExactly(left.strip().split(" "));
  }

  @Test
  void theSameSeedDrawsTheSameSamples() {
    String text = "samples: {count: 20, seed: SEED, method: latin_hypercube, parameters: {"
        + "a: {uniform: [0, 1]}, b: {c: {loguniform: [1e-5, 1e-1]}}, n: {integers: [1, 3]},"
        + " s: {choice: [x, y]}}}";
    assertThat(json(text.replace("SEED", "7"))).isEqualTo(json(text.replace("SEED", "7")));
    assertThat(json(text.replace("SEED", "7"))).isNotEqualTo(json(text.replace("SEED", "8")));
    assertThat(sweep(text.replace("SEED", "7")).parameters()).containsExactly("a", "b.c", "n", "s");
  }

  @Test
  void aLatinHypercubeHasOneSampleInEachSlice() {
    Sweep sweep = sweep("samples: {count: 50, method: latin_hypercube,"
        + " parameters: {a: {uniform: [0, 50]}, b: {integers: [1, 50]}}}");
    assertThat(sweep.combinations())
        .extracting(each -> (int) Double.parseDouble(each.params().get("a").text()))
        .doesNotHaveDuplicates()
        .hasSize(50);
    assertThat(sweep.combinations())
        .extracting(each -> each.params().get("b").text())
        .doesNotHaveDuplicates();
  }

  @Test
  void theCommandIsCheckedAgainstTheParameters() {
    assertThatThrownBy(
            () -> sweep("{grid: {lr: [1]}, command: [echo, '{lrr}']}").command())
        .hasMessageContainingAll("no parameter {lrr}", "lr", "args", "{{lrr}}");
    assertThatThrownBy(() -> sweep("grid: {lr: [1]}").command())
        .hasMessageContaining("says nothing of what to run");
    assertThatThrownBy(
            () -> sweep("{grid: {a.b: [1], a_b: [2]}, command: [echo]}").command())
        .hasMessageContaining("HPC_PARAM_a_b");
  }

  @Test
  void aCommandIsFilled() {
    Sweep sweep = sweep("{grid: {lr: ['a b'], m.n: [2]}, command: [run, '{args}', '--lr={lr}',"
        + " '{index}/{sweep_id}', '{task_dir}', '{{lr}}', '{\"j\": {m.n}}', '{ }', '[{args}]']}");
    assertThat(sweep.command().words(sweep.combinations().get(0), "s1", "/t"))
        .containsExactly(
            "run",
            "lr=a b",
            "m.n=2",
            "--lr=a b",
            "1/s1",
            "/t",
            "{lr}",
            "{\"j\": 2}",
            "{ }",
            "[lr=a b m.n=2]");
  }

  @Test
  void aLineOfShellGetsQuotedWords() {
    Sweep sweep = sweep("{grid: {x: ['$HOME `id`']}, command: 'echo {x} | cat; echo {args}'}");
    assertThat(sweep.command().words(sweep.combinations().get(0), "s", "/t"))
        .containsExactly("/bin/sh", "-c", "echo '$HOME `id`' | cat; echo 'x=$HOME `id`'");
  }

  @Test
  void anImageIsText() {
    assertThat(
            sweep("{grid: {a: [1]}, image: 'r/app:1', command: x}").container().image())
        .isEqualTo("r/app:1");
    assertThat(sweep("{grid: {a: [1]}, command: x}").container()).isNull();
    assertThatThrownBy(() -> sweep("{grid: {a: [1]}, image: [a, b], command: x}"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("image must be text");
    assertThatThrownBy(() -> sweep("{grid: {a: [1]}, imgae: a, command: x}"))
        .hasMessageContaining("did you mean image?");
  }

  @Test
  void theSeedsPathsGiveACommand() {
    Sweep sweep =
        sweep("{grid: {a: [1]}, python_path: /py, script_path: train.py, project_dir: sub}");
    assertThat(sweep.command().words(sweep.combinations().get(0), "s", "/t"))
        .containsExactly("/py", "train.py", "a=1");
    assertThat(sweep.projectDirectory()).isEqualTo(Path.of("/project/sub"));
  }
}
