// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.launch;

import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.config.StateFolder;
import io.hpclaunch.core.launch.LaunchEnvironment;
import io.hpclaunch.core.launch.LaunchPlanner;
import io.hpclaunch.core.launch.PlanScript;
import io.hpclaunch.core.plugin.Plugins;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The planning half of {@code hpc-launch}. The bash wrapper of that name calls it with the user's
 * words, evaluates what it writes to standard output, and thereby becomes the launcher.
 *
 * <p>Of the wrapper it expects the system properties {@code hpc.home} (the installation),
 * {@code hpc.plugins} (folders of plugins that the class path does not hold, divided by {@code :}),
 * {@code hpc.uid} (the effective user id) and {@code hpc.executables} (positions of words that the
 * JVM cannot look up, and that name executables).
 */
public final class HpcLaunch {
  private static final int WRONG_USAGE = 2;
  private static final int UNAVAILABLE = 3;
  private static final int NOT_FOUND = 127;

  private final Map<String, String> environment;
  private final Path workingDirectory;

  /**
   * Makes a planner for a process.
   *
   * @param environment its environment
   * @param workingDirectory where it stands
   */
  HpcLaunch(Map<String, String> environment, Path workingDirectory) {
    this.environment = environment;
    this.workingDirectory = workingDirectory;
  }

  /**
   * What is to be done.
   *
   * @param status the exit status
   * @param script lines for the shell that asked
   * @param message a line for the user, or null
   */
  record Answer(int status, String script, @Nullable String message) {}

  /**
   * Plans one launch.
   *
   * @param args the user's words
   * @throws IOException when standard output is closed
   */
  public static void main(String[] args) throws IOException {
    // What a plugin prints must not be taken for a line of the plan.
    System.setOut(System.err);
    HpcLaunch launch = new HpcLaunch(System.getenv(), Path.of("").toAbsolutePath());
    Answer answer = launch.answer(args);
    if (answer.message() != null) {
      write(FileDescriptor.err, "hpc-launch: " + answer.message() + "\n");
    }
    write(FileDescriptor.out, answer.script());
    System.exit(answer.status()); // whatever threads a plugin has left
  }

  private static void write(FileDescriptor to, String text) throws IOException {
    try (FileOutputStream out = new FileOutputStream(to)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Plans, and turns errors into a line and an exit status. */
  Answer answer(String[] args) {
    boolean debug = false;
    try {
      LaunchArguments arguments = LaunchArguments.parse(args);
      debug = arguments.debug();
      return plan(arguments, args.length);
    } catch (HpcException e) {
      return new Answer(status(e), "", message(e, debug));
    } catch (RuntimeException | Error e) {
      return new Answer(1, "", message(e, debug));
    }
  }

  private static int status(HpcException e) {
    if (e instanceof ExecutableNotFound) {
      return NOT_FOUND;
    }
    return e instanceof InvalidJob || e instanceof InvalidConfiguration ? WRONG_USAGE : UNAVAILABLE;
  }

  private static String message(Throwable e, boolean debug) {
    if (debug) {
      return StackTraces.of(e);
    }
    return e instanceof HpcException
        ? String.valueOf(e.getMessage())
        : e + "; please report this, with what --debug prints";
  }

  private Answer plan(LaunchArguments arguments, int last) {
    if (arguments.help()) {
      return new Answer(0, Usage.help(), null);
    }
    if (arguments.version()) {
      return new Answer(0, Usage.version(), null);
    }
    if (arguments.words().isEmpty()) {
      throw new InvalidJob("no program to start; usage: " + Usage.LINE);
    }
    Path stateFolder = StateFolder.locate(environment, home());
    try (Plugins plugins = Plugins.discover(HpcLaunch.class.getClassLoader(), pluginPath())) {
      return plan(arguments, last, stateFolder, plugins);
    }
  }

  private Answer plan(LaunchArguments arguments, int last, Path stateFolder, Plugins plugins) {
    try {
      LaunchPlanner planner =
          new LaunchPlanner(configuration(arguments, stateFolder), plugins, world(stateFolder));
      LaunchPlanner.Outcome outcome = planner.plan(arguments.backend(), arguments.words());
      String script = arguments.dryRun()
          ? PlanScript.print(outcome.plan())
          : PlanScript.exec(outcome.plan(), last);
      return new Answer(0, script, messages(outcome.notice(), plugins.problemsMet()));
    } catch (HpcException e) {
      // what is missing may stand in a jar that could not be used
      String message = messages(message(e, arguments.debug()), plugins.problemsMet());
      return new Answer(status(e), "", message);
    }
  }

  private static @Nullable String messages(@Nullable String notice, List<PluginProblem> problems) {
    StringBuilder lines = new StringBuilder(notice == null ? "" : notice);
    for (PluginProblem problem : problems) {
      lines.append(lines.length() == 0 ? "" : "\nhpc-launch: ");
      lines.append("warning: passed over ");
      lines.append(problem.className() == null ? "a plugin" : problem.className());
      lines.append(" in ").append(problem.location()).append(": ").append(problem.why());
    }
    return lines.length() == 0 ? null : lines.toString();
  }

  private Configuration configuration(LaunchArguments arguments, Path stateFolder) {
    ConfigSources.Builder sources = ConfigSources.builder()
        .environment(environment)
        .workingDirectory(workingDirectory)
        .home(home())
        .stateDirectory(stateFolder)
        .sets(arguments.sets())
        .profile(arguments.profile());
    String file = arguments.configFile();
    if (file != null) {
      sources.configFile(path(file));
    }
    return Configuration.load(sources.build());
  }

  private Path path(String file) {
    try {
      return workingDirectory.resolve(file);
    } catch (InvalidPathException e) {
      throw new InvalidConfiguration("'" + file + "' cannot be a path here: " + e.getReason(), e);
    }
  }

  private Path home() {
    return StateFolder.home(environment);
  }

  private List<Path> pluginPath() {
    List<Path> paths = new ArrayList<>(Plugins.path(
        System.getProperty("hpc.plugins"), "system property hpc.plugins", workingDirectory));
    paths.addAll(Plugins.path(
        environment.get("HPC_PLUGIN_PATH"), "environment HPC_PLUGIN_PATH", workingDirectory));
    return paths;
  }

  private LaunchEnvironment world(Path stateFolder) {
    String installation = System.getProperty("hpc.home");
    Set<Integer> executables = new HashSet<>();
    for (String position : words(System.getProperty("hpc.executables"), ' ')) {
      executables.add(Integer.valueOf(position));
    }
    return new LaunchEnvironment(
        environment,
        workingDirectory,
        stateFolder,
        installation == null ? null : Path.of(installation, "libexec"),
        "0".equals(System.getProperty("hpc.uid")),
        executables,
        LaunchEnvironment.CPUINFO);
  }

  private static List<String> words(@Nullable String text, char separator) {
    List<String> words = new ArrayList<>();
    int start = 0;
    while (text != null && start < text.length()) {
      int end = text.indexOf(separator, start);
      end = end < 0 ? text.length() : end;
      if (end > start) {
        words.add(text.substring(start, end));
      }
      start = end + 1;
    }
    return words;
  }
}
