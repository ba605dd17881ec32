// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.Word;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * What every launcher promises, as tests. The author of a plugin extends this class and says the
 * launcher's name:
 *
 * <pre>{@code
 * class PrterunContractTest extends LauncherContract {
 *   @Override
 *   protected String name() {
 *     return "prterun";
 *   }
 * }
 * }</pre>
 *
 * <p>The plugin must be on the class path with its META-INF/services, and core with it. Lines are
 * planned as {@code hpc-launch} does, for an executable that tells the words it gets; where the
 * launcher itself is installed, it starts a program, too.
 *
 * @since 0.1
 */
public abstract class LauncherContract {
  /** A program that every machine has. */
  private static final String PROGRAM = "env";

  @TempDir
  Path folder;

  /** For subclasses. */
  protected LauncherContract() {}

  /**
   * The launcher's name.
   *
   * @return what the plugin's {@link HPCLauncher#name()} says
   */
  protected abstract String name();

  /**
   * Other names that the launcher answers to.
   *
   * @return the names; none by default
   */
  protected List<String> aliases() {
    return List.of();
  }

  /**
   * Whether one launch may start different programs.
   *
   * @return true by default; else a line with several must be {@link InvalidJob}
   */
  protected boolean startsSeveralPrograms() {
    return true;
  }

  /**
   * What the launcher needs to start programs here.
   *
   * @return the {@code launch} part of an entry, such as {@code variables}; empty by default
   */
  protected Map<String, Object> launch() {
    return Map.of();
  }

  @Test
  final void itIsFoundByItsNames() {
    assertEquals(name(), instance().name());
    List<String> names = new ArrayList<>(aliases());
    names.add(name());
    for (String each : names) {
      assertTrue(instance().matches(each), () -> "answers to " + each);
    }
  }

  @Test
  final void itsNameIsAWordAndStays() {
    assertTrue(name().matches("[A-Za-z0-9._-]+"), () -> "'" + name() + "'");
    assertEquals(instance().name(), instance().name());
  }

  @Test
  final void itDoesNotAnswerToAnything() {
    for (String other : List.of("", " ", name() + "\n", "no-such-launcher", "/", "*")) {
      assertFalse(instance().matches(other), () -> "'" + other + "'");
    }
  }

  @Test
  final void toPlanIsPure() {
    LaunchPlan plan = bench().plan(bench().withFakeExecutable(), "-n", "2", PROGRAM, "a b");
    assertEquals(
        plan,
        bench().plan(bench().withFakeExecutable(), "-n", "2", PROGRAM, "a b"),
        "planned again");
    assertFalse(bench().fakeHasRun(), "planning ran the launcher");
  }

  @Test
  final void theWordsOfTheProgramArriveByteForByte() {
    List<String> program = new ArrayList<>(List.of(PROGRAM));
    program.addAll(OddWords.ALL);
    List<String> words = new ArrayList<>(List.of("-n", "2"));
    words.addAll(program);
    List<String> seen = bench().runFake(words.toArray(String[]::new));
    int from = seen.size() - program.size();
    assertTrue(from >= 0, () -> "words are missing: " + seen);
    assertEquals(program, seen.subList(from, seen.size()));
  }

  @Test
  final void optionsThatItDoesNotKnowArePassedOn() {
    String[] words = {"--no-such-option=of ours", "-n", "2", PROGRAM};
    List<String> seen = bench().runFake(words);
    assertTrue(
        Collections.indexOfSubList(seen, Arrays.asList(words)) >= 0, () -> "as written: " + seen);
    assertEquals(0, initialized().valuesOf("--no-such-option-of-ours"));
  }

  @TestFactory
  final Stream<DynamicTest> everySpellingOfTheCountIsUnderstoodAndPassedOn() {
    return Stream.of("-n 3", "-np 3", "--n 3", "--np 3", "-n3", "-n=3", "-np=3", "--np=3")
        .map(option -> dynamicTest(option, () -> counts(option)));
  }

  private void counts(String option) {
    List<String> written = Arrays.asList(option.split(" ", -1));
    List<String> words = new ArrayList<>(written);
    words.add(PROGRAM);
    LaunchPlan plan = bench()
        .plan(
            bench().withFakeExecutable("default_options", List.of("--total=%(np)d")),
            words.toArray(String[]::new));
    assertHas(plan, "--total=3");
    assertTrue(Collections.indexOfSubList(texts(plan), written) >= 0, () -> "passed on: " + plan);
  }

  @Test
  final void aConfiguredFlagCounts() {
    Map<String, Object> launch =
        bench().withFakeExecutable("default_options", List.of("--total=%(np)d"));
    launch.put("numproc_flag", "--ranks");
    LaunchPlan plan = bench().plan(launch, "--ranks", "5", PROGRAM);
    assertHas(plan, "--total=5");
    assertTrue(Collections.indexOfSubList(texts(plan), List.of("--ranks", "5")) >= 0);
  }

  @Test
  final void configuredOptionsStandWhereTheyBelong() {
    Map<String, Object> launch = bench().withFakeExecutable("default_options", List.of("--first"));
    launch.put("pre_options", List.of("--last", "a b"));
    launch.put("variables", Map.of("CONTRACT", "it's $set"));
    LaunchPlan plan = bench().plan(launch, "-n", "2", PROGRAM, "x");
    List<String> texts = texts(plan);
    assertTrue(texts.indexOf("--first") < texts.indexOf("-n"), texts::toString);
    assertEquals(
        List.of("--last", "a b", PROGRAM, "x"), texts.subList(texts.size() - 4, texts.size()));
    assertEquals("it's $set", plan.set().get("CONTRACT"));
    assertTrue(Collections.disjoint(plan.set().keySet(), plan.unset()), "set and unset");
  }

  @Test
  final void severalProgramsAreStartedOrRefused() {
    String[] words = {"-n", "1", PROGRAM, "a b", ":", "-n", "2", PROGRAM, "c"};
    Map<String, Object> launch =
        bench().withFakeExecutable("default_options", List.of("--total=%(np)d"));
    if (!startsSeveralPrograms()) {
      assertThrows(InvalidJob.class, () -> bench().plan(launch, words));
      return;
    }
    LaunchPlan plan = bench().plan(launch, words);
    assertHas(plan, "--total=3");
    List<String> all = new ArrayList<>(texts(plan));
    plan.files().forEach(file -> file.content().forEach(word -> all.add(word.text())));
    assertTrue(all.contains("a b"), () -> "the first program's word: " + all);
    assertTrue(all.indexOf("a b") < all.lastIndexOf("c"), () -> "the second one's: " + all);
  }

  @Test
  final void anExecutableThatDoesNotExistIsNamed() {
    Map<String, Object> launch = Map.of("exec", "no-such-launcher-of-ours");
    ExecutableNotFound error =
        assertThrows(ExecutableNotFound.class, () -> bench().plan(launch, "-n", "2", PROGRAM));
    Checks.names(error, "no-such-launcher-of-ours");
  }

  @Test
  final void aDryRunCanBePastedIntoAShell() {
    String[] words = {"-n", "2", PROGRAM, "it's", "$HOME `id`", "", "a\nb"};
    LaunchPlan plan = bench().plan(bench().withFakeExecutable(), words);
    assertEquals(texts(plan), bench().words(bench().dryRun(plan, words)));
  }

  @Test
  final void itStartsThePrograms() {
    LaunchBench.Ran ran = runInstalled("-n", "2", "sh", "-c", "printf '%s\\n' \"$0\"", "it's $0");
    assertEquals(0, ran.status(), ran::toString);
    assertEquals("it's $0\nit's $0\n", ran.output());
  }

  @Test
  final void aProgramThatFailsIsNoSuccess() {
    LaunchBench.Ran ran = runInstalled("-n", "1", "sh", "-c", "exit 3");
    assertEquals(3, ran.status(), ran::toString);
  }

  private LaunchBench.Ran runInstalled(String... words) {
    try {
      return bench().run(bench().plan(launch(), words), words);
    } catch (ExecutableNotFound e) {
      throw new TestAbortedException(name() + " (not installed)", e);
    }
  }

  private LaunchBench bench() {
    return new LaunchBench(name(), folder);
  }

  private HPCLauncher instance() {
    for (HPCLauncher launcher : ServiceLoader.load(HPCLauncher.class)) {
      if (launcher.name().equals(name())) {
        return launcher;
      }
    }
    return fail("no launcher '" + name() + "' in META-INF/services on the class path");
  }

  private HPCLauncher initialized() {
    HPCLauncher launcher = instance();
    launcher.initialize(bench().context(bench().withFakeExecutable()));
    return launcher;
  }

  private static void assertHas(LaunchPlan plan, String text) {
    assertTrue(texts(plan).contains(text), () -> "no " + text + " in " + texts(plan));
  }

  private static List<String> texts(LaunchPlan plan) {
    return plan.argv().stream().map(Word::text).toList();
  }
}
