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
  private static final String HPC_CONNECTS = "hpc_connect.yaml";
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
      return List.of(new ConfigFile(path, named.toString(), isHpcConnects(path)));
    }
    return new FileSearch(sources).search();
  }

  private List<ConfigFile> search() {
    foreign(StateFolder.path(sources.environment(), "HPC_CONNECT_SITE_CONFIG"));
    ours(sources.systemFile());
    foreign(hpcConnectsOfUser());
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
    return sources.home().resolve(".config").resolve(HPC_CONNECTS);
  }

  private void upwards() {
    for (Path folder = sources.workingDirectory(); folder != null; folder = folder.getParent()) {
      Path own = folder.resolve(OURS);
      if (isThere(own)) {
        checkTrusted(own);
        ours(own);
        return;
      }
      Path theirs = folder.resolve(HPC_CONNECTS);
      if (isThere(theirs)) {
        checkTrusted(theirs);
        foreign(theirs);
        return;
      }
    }
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

  private void ours(Path file) {
    add(file, false);
  }

  private void foreign(@Nullable Path file) {
    if (file != null) {
      add(sources.workingDirectory().resolve(file), true);
    }
  }

  private void add(Path file, boolean foreign) {
    if (isThere(file)) {
      found.add(new ConfigFile(file, file.toString(), foreign));
    }
  }

  /** A link that leads nowhere is there: reading it tells the user so. */
  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isHpcConnects(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().equals(HPC_CONNECTS);
  }
}
