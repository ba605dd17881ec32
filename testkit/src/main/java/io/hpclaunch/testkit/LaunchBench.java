// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.Word;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.launch.LaunchContexts;
import io.hpclaunch.core.launch.LaunchEnvironment;
import io.hpclaunch.core.launch.LaunchPlanner;
import io.hpclaunch.core.launch.PlanScript;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.shell.Quoting;
import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plans and runs launches as {@code hpc-launch} does, with its words as bytes. */
final class LaunchBench {
  private final String launcher;
  private final Path folder;

  LaunchBench(String launcher, Path folder) {
    this.launcher = launcher;
    this.folder = folder;
  }

  /** How a launch ended; bytes of its output that are no UTF-8 stand as U+DCxx. */
  record Ran(int status, String output, String errors) {}

  /** The {@code launch} part of an entry whose executable tells its words, each before a NUL. */
  Map<String, Object> withFakeExecutable() {
    Path fake = folder.resolve("fake-launcher");
    if (!Files.exists(fake)) {
      String script = "#!/bin/sh\n[ \"$1\" = --version ] || : >\"$0.ran\"\nprintf '%s\\0' \"$@\"\n";
      write(fake, script);
      if (!fake.toFile().setExecutable(true)) {
        throw new IllegalStateException("cannot be made executable: " + fake);
      }
    }
    return new LinkedHashMap<>(Map.of("exec", fake.toString()));
  }

  Map<String, Object> withFakeExecutable(String key, Object value) {
    Map<String, Object> launch = withFakeExecutable();
    launch.put(key, value);
    return launch;
  }

  /** Whether the executable ran for more than telling its version. */
  boolean fakeHasRun() {
    return Files.exists(folder.resolve("fake-launcher.ran"));
  }

  LaunchPlan plan(Map<String, Object> launch, String... words) {
    Map<String, Object> settings = new HashMap<>(launch);
    settings.put("type", launcher);
    Map<String, Object> entry = Map.of("name", "contract", "type", "none", "launch", settings);
    Configuration configuration = Configuration.load(ConfigSources.builder()
        .javaValues(Map.of("backends", List.of(entry)))
        .environment(Map.of())
        .workingDirectory(folder)
        .stateDirectory(state())
        .build());
    try (Plugins plugins = Plugins.discover(LaunchBench.class.getClassLoader(), List.of())) {
      List<Word> given = new ArrayList<>();
      for (String word : words) {
        given.add(new Word.User(given.size() + 1, asTheJvmReadsIt(word)));
      }
      return new LaunchPlanner(configuration, plugins, world())
          .plan("contract", given)
          .plan();
    }
  }

  /** Bytes that are no UTF-8 are lost on the way into a JVM: only the position tells the word. */
  private static String asTheJvmReadsIt(String word) {
    return new String(RawBytes.encode(word), StandardCharsets.UTF_8);
  }

  LaunchContext context(Map<String, Object> launch) {
    BackendEntry entry = BackendEntry.of("none", Map.of("launch", launch));
    return LaunchContexts.local(world(), launcher, entry.launch());
  }

  private LaunchEnvironment world() {
    boolean superuser = "root".equals(System.getProperty("user.name"));
    return new LaunchEnvironment(
        System.getenv(), folder, state(), null, superuser, Set.of(), LaunchEnvironment.CPUINFO);
  }

  private Path state() {
    return folder.resolve("state");
  }

  /** The words that the executable saw. */
  List<String> runFake(String... words) {
    Ran ran = run(plan(withFakeExecutable(), words), words);
    assertEquals(0, ran.status(), ran::toString);
    return split(ran.output());
  }

  /** The line that a dry run shows. */
  String dryRun(LaunchPlan plan, String... words) {
    return run(given(words) + PlanScript.print(plan)).output();
  }

  /** What a shell makes of a line: its words. */
  List<String> words(String line) {
    return split(run("printf '%s\\0' " + line).output());
  }

  private static List<String> split(String text) {
    return List.of(text.substring(0, Math.max(0, text.length() - 1)).split("\0", -1));
  }

  /** Becomes the launcher, as the command's wrapper does, with the user's words as bytes. */
  Ran run(LaunchPlan plan, String... words) {
    return run(given(words) + PlanScript.exec(plan, words.length));
  }

  private static String given(String... words) {
    return "set -- " + Quoting.join(Arrays.asList(words)) + "\n";
  }

  private Ran run(String script) {
    Path file = folder.resolve("line");
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    write(file, script);
    try {
      Process bash = new ProcessBuilder("bash", file.toString())
          .directory(folder.toFile())
          .redirectInput(Path.of("/dev/null").toFile())
          .redirectOutput(output.toFile())
          .redirectError(errors.toFile())
          .start();
      try {
        int status = bash.waitFor();
        return new Ran(
            status, RawBytes.decode(Files.readAllBytes(output)), Files.readString(errors));
      } finally {
        bash.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + Quoting.quote(script) + " ran", e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.write(file, RawBytes.encode(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
