// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.hpclaunch.api.InvalidJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LaunchPlanTest {
  private static final LaunchSettings SETTINGS = new LaunchSettings(
      "mpiexec",
      null,
      List.of("--def", "d%(np)d", "--def"),
      List.of("--pre", "p%(np)d"),
      Map.of("VAR", "%(np)d"),
      List.of("--glob", "g%(np)d"),
      List.of("--loc", "l%(np)d"));

  private static LaunchContext context(LaunchSettings settings) {
    LaunchContext context = mock(LaunchContext.class);
    when(context.settings()).thenReturn(settings);
    when(context.topology()).thenReturn(new Topology(1, 2, 4));
    return context;
  }

  private static Segment segment(OptionalInt count, List<String> options, String... program) {
    List<Word> words = new ArrayList<>();
    int position = 1;
    for (String word : program) {
      words.add(new Word.User(position++, word));
    }
    return new Segment(options.stream().map(Word::of).toList(), words, count);
  }

  private static String text(LaunchPlan plan) {
    return String.join(" ", plan.argv().stream().map(Word::text).toList());
  }

  @Test
  void oneProgramHasNeitherGlobalNorLocalOptions() {
    Segment four =
        segment(OptionalInt.of(4), List.of("-n", "4", "-x", "-x"), "app", "%(np)d", "%%");
    LaunchPlan plan = LaunchPlan.line("mpiexec", context(SETTINGS), List.of(four));
    assertThat(text(plan)).isEqualTo("mpiexec --def d4 --def -n 4 -x -x --pre p4 app %(np)d %%");
    assertThat(plan.argv()).endsWith(four.program().toArray(Word[]::new));
    assertThat(plan.set()).containsExactly(Map.entry("VAR", "%(np)d"));
    assertThat(plan.unset()).isEmpty();
    assertThat(plan.files()).isEmpty();
  }

  @Test
  void severalProgramsShareTheGlobalOptionsAndRepeatTheLocalOnes() {
    LaunchPlan plan = LaunchPlan.line(
        "mpiexec",
        context(SETTINGS),
        List.of(
            segment(OptionalInt.of(3), List.of("-np", "3"), "a", ":"),
            segment(OptionalInt.empty(), List.of("--o%(np)d"), "b")));
    assertThat(text(plan))
        .isEqualTo("mpiexec --glob g4 --def d4 --def --loc l3 -np 3 --pre p3 a :"
            + " : --loc l1 --o1 --pre p1 b");
  }

  @Test
  void theTopologyIsAskedForOnlyWhereAPlaceholderStands() {
    LaunchContext context = context(LaunchSettings.none());
    LaunchPlan.line("mpirun", context, List.of(segment(OptionalInt.of(2), List.of("-n2"), "a%")));
    verify(context, never()).topology();
  }

  @Test
  void moreRanksThanCanBeCountedAreRefused() {
    Segment many = segment(OptionalInt.of(2_000_000_000), List.of(), "a");
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> LaunchPlan.line("m", context(SETTINGS), List.of(many, many)))
        .withMessageContaining("4000000000 ranks");
  }

  @Test
  void theUsersVariablesAreStrongerThanDefaults() {
    LaunchContext context = context(SETTINGS);
    when(context.environment("MINE")).thenReturn("1");
    LaunchPlan plan = new LaunchPlan(List.of(Word.of("a")), Map.of("SET", "1"), Set.of(), List.of())
        .withDefaults(Map.of("SET", "2", "MINE", "2", "NEW", "2"), context);
    assertThat(plan.set()).containsOnly(Map.entry("SET", "1"), Map.entry("NEW", "2"));
  }

  @Test
  void whatNoProgramCanBeGivenIsRefused() {
    for (Map<String, String> bad :
        List.of(Map.of("", "x"), Map.of("A=B", "x"), Map.of("A\0", "x"), Map.of("A", "\0"))) {
      assertThatExceptionOfType(InvalidJob.class)
          .isThrownBy(() -> new LaunchPlan(List.of(), bad, Set.of(), List.of()));
    }
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> Word.of("a\0b"))
        .withMessageContaining("NUL in 'a?b'");
  }
}
