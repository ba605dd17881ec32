// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.Word;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.container.ContainerScript;
import io.hpclaunch.core.container.Containers;
import io.hpclaunch.core.job.Launches;
import io.hpclaunch.core.launch.LaunchEnvironment;
import io.hpclaunch.core.launch.LaunchPlanner;
import io.hpclaunch.core.launch.PlanScript;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.shell.Quoting;
import io.hpclaunch.core.shell.ShellVariables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plans the launchers of the jobs of one entry, as {@code hpc-launch} would on this machine, and
 * their containers.
 */
final class BatchLaunches implements Launches {
  private final Configuration configuration;
  private final Plugins plugins;
  private final ConfigSources sources;
  private final BackendEntry entry;
  private final String defaultLauncher;
  private final Containers containers;

  BatchLaunches(
      Configuration configuration,
      Plugins plugins,
      ConfigSources sources,
      BackendEntry entry,
      String defaultLauncher,
      Containers containers) {
    this.configuration = configuration;
    this.plugins = plugins;
    this.sources = sources;
    this.entry = entry;
    this.defaultLauncher = defaultLauncher;
    this.containers = containers;
  }

  @Override
  public @Nullable String lines(JobSpec spec) {
    String launcher = spec.launcher();
    if (launcher == null) {
      return null;
    }
    List<String> words = options(spec);
    int program = words.size() + 1;
    words.addAll(program(spec));
    List<Word> line = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      line.add(new Word.User(i + 1, words.get(i)));
    }
    LaunchPlan plan = new LaunchPlanner(configuration, plugins, environment())
        .plan(name(launcher), line)
        .plan();
    String exec = PlanScript.exec(plan, words.size());
    if (spec.container() == null) {
      return "set -- " + Quoting.join(words) + "\n" + exec;
    }
    if (!exec.endsWith("\"${@:" + program + "}\"\n")) {
      throw new Unsupported("launcher " + launcher + " cannot start the container of job '"
          + spec.name() + "': it does not pass on the command's words one behind the other;"
          + " nothing was submitted");
    }
    return "set -- " + Quoting.join(words.subList(0, program - 1)) + " " + ContainerScript.WORDS
        + " " + Quoting.join(words.subList(program, words.size())) + "\n" + exec;
  }

  @Override
  public @Nullable ContainerScript container(JobSpec spec) {
    return containers.script(spec);
  }

  @Override
  public void check(JobSpec spec) {
    containers.check(spec);
    if (spec.launcher() != null) {
      spec.environment().forEach(BatchLaunches::checkPassedOn);
    }
  }

  /** The script exports variables for the launcher, and bash exports no others. */
  private static void checkPassedOn(String name, @Nullable String value) {
    if (value != null && !ShellVariables.isExportable(name)) {
      throw new Unsupported("a program that a launcher starts cannot be given the variable '" + name
          + "': bash cannot export that name; nothing was submitted");
    }
  }

  /** The entry's own launcher has the entry's settings. */
  private String name(String launcher) {
    boolean own = launcher.equals(entry.launchType().orElse(defaultLauncher));
    return own && configuration.backend(entry.name()).isPresent() ? entry.name() : launcher;
  }

  private static List<String> options(JobSpec spec) {
    List<String> words = new ArrayList<>();
    Integer tasks = spec.resources().tasks();
    if (tasks == null && spec.resources().tasksPerNode() != null) {
      Integer nodes = spec.resources().nodes();
      tasks = spec.resources().tasksPerNode() * (nodes == null ? 1 : nodes);
    }
    if (tasks != null) {
      words.addAll(List.of("-n", tasks.toString()));
    }
    words.add("--");
    return words;
  }

  /** What is launched; in a container a word before it holds the place of the runtime's words. */
  private static List<String> program(JobSpec spec) {
    List<String> words = new ArrayList<>();
    if (spec.container() != null) {
      words.add("container");
      words.addAll(ContainerScript.argv(spec));
    } else if (spec.program() instanceof JobSpec.Command command) {
      words.addAll(command.argv());
    } else if (spec.program() instanceof JobSpec.Shell shell) {
      words.addAll(List.of("bash", "-c", String.join("\n", shell.lines())));
    }
    return words;
  }

  private LaunchEnvironment environment() {
    return new LaunchEnvironment(
        sources.environment(),
        sources.workingDirectory(),
        sources.stateDirectory(),
        null,
        isSuperuser(),
        Set.of(),
        LaunchEnvironment.CPUINFO);
  }

  private static boolean isSuperuser() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException e) {
      return System.getProperty("user.name", "").equals("root");
    }
  }
}
