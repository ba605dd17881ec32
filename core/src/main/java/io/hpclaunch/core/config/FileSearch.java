// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where configuration files are looked for. Files that are not there are passed over. */
final class FileSearch {
  private static final String OURS = "hpc-launch.yaml";
  private static final String YAML_SUFFIX = ".yaml";
  private static final int WRITABLE_BY_ALL = 0002;

  private final ConfigSources sources;
  private final List<ConfigFile> found = new ArrayList<>();

  private FileSearch(ConfigSources sources) {
    this.sources = sources;
  }

  /** The files to read, the one with the lowest precedence first. */
  static List<ConfigFile> of(ConfigSources sources) {
    Path named = sources.configFile();
    if (named == null) {
      named = StateFolder.path(sources.environment(), "HPC_CONFIG");
    }
    if (named != null) {
      Path path = sources.workingDirectory().resolve(named);
      return List.of(new ConfigFile(path, named.toString(), owner(path)));
    }
    return new FileSearch(sources).search();
  }

  private List<ConfigFile> search() {
    hpcConnects(StateFolder.path(sources.environment(), "HPC_CONNECT_SITE_CONFIG"));
    ours(sources.systemFile());
    hpcConnects(hpcConnectsOfUser());
    lithops(lithopsOfUser());
    ours(configHome().resolve("hpc-launch").resolve("config.yaml"));
    upwards();
    return found;
  }

  private Path configHome() {
    Path xdg = StateFolder.path(sources.environment(), "XDG_CONFIG_HOME");
    return xdg != null && xdg.isAbsolute() ? xdg : sources.home().resolve(".config");
  }

  private Path hpcConnectsOfUser() {
    Path named = StateFolder.path(sources.environment(), "HPC_CONNECT_GLOBAL_CONFIG");
    if (named != null) {
      return named;
    }
    if (StateFolder.path(sources.environment(), "XDG_CONFIG_HOME") != null) {
      Path inXdg = configHome().resolve("hpc_connect").resolve("config.yaml");
      if (isThere(inXdg)) {
        return inXdg;
      }
    }
    return sources.home().resolve(".config").resolve(HpcConnectFormat.FILE);
  }

  /** Lithops reads one file alone, and that of the machine where there is no other. */
  private Path lithopsOfUser() {
    Path named = StateFolder.path(sources.environment(), LithopsFormat.VARIABLE);
    if (named != null) {
      return sources.workingDirectory().resolve(named);
    }
    Path own = sources.home().resolve(".lithops").resolve("config");
    Path etc = sources.systemFile().toAbsolutePath().getParent();
    return own.toFile().exists() || etc == null
        ? own
        : etc.resolveSibling("lithops").resolve("config");
  }

  private void lithops(Path file) {
    if (file.toFile().exists() && LithopsFormat.isIn(file)) {
      add(file, LithopsFormat.NAME);
    }
  }

  private void upwards() {
    for (Path folder = sources.workingDirectory(); folder != null; folder = folder.getParent()) {
      if (found(own(folder.resolve(OURS)), "")
          || found(hpcConnectsOf(folder), HpcConnectFormat.NAME)
          || found(there(folder, SweepManagerFormat.FILE), SweepManagerFormat.NAME)
          || found(there(folder, SweepManagerFormat.FILE_OF_SWEEPS), SweepManagerFormat.NAME)
          || found(ccats(folder), CcatFormat.NAME)
          || found(lithopsOf(folder), LithopsFormat.NAME)) {
        return;
      }
    }
  }

  private boolean found(@Nullable Path file, String owner) {
    if (file == null) {
      return false;
    }
    checkTrusted(file);
    add(file, owner);
    return true;
  }

  private static @Nullable Path hpcConnectsOf(Path folder) {
    Path file = folder.resolve(HpcConnectFormat.FILE);
    return isThere(file) ? file : null;
  }

  /** Each folder upwards is asked for it whenever hpc-launch starts: an exception would cost. */
  private static @Nullable Path there(Path folder, String name) {
    Path file = folder.resolve(name);
    return file.toFile().exists() ? file : null;
  }

  /** Many programs call a file so: only one that speaks of jobs is taken. */
  private static @Nullable Path ccats(Path folder) {
    Path file = there(folder, CcatFormat.FILE);
    return file != null && CcatFormat.isIn(file) ? file : null;
  }

  /** A file that the environment names takes its place, as it does there. */
  private @Nullable Path lithopsOf(Path folder) {
    if (StateFolder.path(sources.environment(), LithopsFormat.VARIABLE) != null) {
      return null;
    }
    Path file = there(folder, LithopsFormat.FILE);
    return file != null && LithopsFormat.isIn(file) ? file : null;
  }

  /** Our own file in YAML, or the one in TOML beside it; with both nobody knows which one holds. */
  private static @Nullable Path own(Path yaml) {
    String name = String.valueOf(yaml.getFileName());
    Path toml = name.endsWith(YAML_SUFFIX)
        ? yaml.resolveSibling(
            name.substring(0, name.length() - YAML_SUFFIX.length()) + ConfigFile.TOML_SUFFIX)
        : null;
    if (toml == null || !isThere(toml)) {
      return isThere(yaml) ? yaml : null;
    }
    if (isThere(yaml)) {
      throw new InvalidConfiguration(yaml + " and " + toml
          + " are both there, and only one can hold: remove one, or name it by --config-file");
    }
    return toml;
  }

  /** A file that anybody may have put there names programs that would be run in our name. */
  private static void checkTrusted(Path file) {
    Integer folder = unixAttribute(file.toAbsolutePath().getParent(), "mode");
    Integer owner = unixAttribute(file, "uid");
    if (folder == null || owner == null || (folder & WRITABLE_BY_ALL) == 0 || owner == 0) {
      return;
    }
    if (!owner.equals(unixAttribute(Path.of("/proc/self"), "uid"))) {
      throw new InvalidConfiguration(file
          + " belongs to somebody else, in a folder that everybody may write to: it is not read;"
          + " remove it, or name it by --config-file if you trust it");
    }
  }

  private static @Nullable Integer unixAttribute(@Nullable Path path, String name) {
    try {
      return path == null ? null : (Integer) Files.getAttribute(path, "unix:" + name);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return null; // no such attributes here
    }
  }

  private void ours(Path yaml) {
    Path file = own(yaml);
    if (file != null) {
      add(file, "");
    }
  }

  private void hpcConnects(@Nullable Path named) {
    if (named != null) {
      Path file = sources.workingDirectory().resolve(named);
      if (isThere(file)) {
        add(file, HpcConnectFormat.NAME);
      }
    }
  }

  private void add(Path file, String owner) {
    found.add(new ConfigFile(file, file.toString(), owner));
  }

  /** A link that leads nowhere is there: reading it tells the user so. */
  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** The system whose own file is called so. */
  private static String owner(Path path) {
    String name = String.valueOf(path.getFileName());
    if (name.equals(HpcConnectFormat.FILE)) {
      return HpcConnectFormat.NAME;
    }
    if (name.equals(LithopsFormat.FILE)) {
      return LithopsFormat.NAME;
    }
    return name.equals(SweepManagerFormat.FILE) ? SweepManagerFormat.NAME : "";
  }
}
