// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchSettings;
import io.hpclaunch.api.launch.Segment;
import io.hpclaunch.api.launch.Word;
import io.hpclaunch.core.launch.LaunchContexts;
import io.hpclaunch.core.launch.LaunchEnvironment;
import io.hpclaunch.core.plugin.Found;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Asks the launchers what they would start programs with. */
public final class LauncherProbe {
  private final Session session;

  /**
   * Makes a probe.
   *
   * @param session where plugins are found
   */
  public LauncherProbe(Session session) {
    this.session = session;
  }

  /**
   * What was found out about a launcher.
   *
   * @param name its name
   * @param version its plugin's version, or null
   * @param location its plugin's jar
   * @param executable what it runs, or null where it found nothing
   * @param implementation what that says of itself, such as {@code Open MPI 4.1.4}, or null
   * @param environment what it sets so that a program can be started at all
   * @param problem why it cannot be used, or null
   */
  public record Probed(
      String name,
      @Nullable String version,
      String location,
      @Nullable String executable,
      @Nullable String implementation,
      Map<String, String> environment,
      @Nullable String problem) {}

  /**
   * Asks all launchers.
   *
   * @return what each would do, in the order found
   */
  public List<Probed> all() {
    List<Probed> all = new ArrayList<>();
    for (PluginInfo plugin : session.plugins().all()) {
      if (plugin.kind() == PluginInfo.Kind.LAUNCHER) {
        all.add(probe(plugin));
      }
    }
    return all;
  }

  private Probed probe(PluginInfo plugin) {
    try {
      return ask(plugin);
    } catch (HpcException e) {
      return broken(plugin, String.valueOf(e.getMessage()));
    } catch (RuntimeException | LinkageError e) {
      return broken(plugin, "the plugin failed: " + e);
    }
  }

  private static Probed broken(PluginInfo plugin, String why) {
    return new Probed(
        plugin.name(), plugin.version(), plugin.location(), null, null, Map.of(), why);
  }

  private Probed ask(PluginInfo plugin) {
    LaunchEnvironment world = session.launchEnvironment();
    LaunchContext context = LaunchContexts.local(world, plugin.name(), LaunchSettings.none());
    HPCLauncher launcher =
        session.plugins().launcher(plugin.name()).map(Found::newInstance).orElseThrow();
    launcher.initialize(context);
    Path path = context.which(launcher.executable()).orElse(null);
    if (path == null) {
      return broken(plugin, "'" + launcher.executable() + "' is not on PATH");
    }
    return new Probed(
        plugin.name(),
        plugin.version(),
        plugin.location(),
        path.toString(),
        isOurs(path, world) ? null : ProgramVersion.ask(path),
        added(launcher, context),
        null);
  }

  /** Scripts of the installation and of the state folder have their plugin's version. */
  private static boolean isOurs(Path path, LaunchEnvironment world) {
    Path libexec = world.libexec();
    return path.startsWith(world.stateFolder()) || (libexec != null && path.startsWith(libexec));
  }

  /** What it sets for the plainest program that there is. */
  private static Map<String, String> added(HPCLauncher launcher, LaunchContext context) {
    Segment program = new Segment(List.of(), List.of(Word.of("true")), OptionalInt.of(1));
    return launcher.plan(context, List.of(program)).set();
  }
}
