// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where jobs run: the folder of the agent's spools on that host, and the agent's scripts in a
 * folder of their version beside them, brought there when they are missing.
 */
final class AgentHost {
  private static final int OWNER_ONLY_FOLDER = 0700;
  private static final int OWNER_ONLY = 0600;

  /** Becomes hpc-shell where the host has what that needs, and else answers as it does. */
  private static final String START = """
      missing=
      for program in bash flock setsid; do
        command -v "$program" >/dev/null 2>&1 || missing="$missing%20$program"
      done
      [ -z "$missing" ] || {
        echo "done 3 not%20on%20PATH:$missing;%20install%20bash%20and%20util-linux"
        exit 3
      }
      folder=$1
      shift
      exec bash "$folder/hpc-shell" "$@"
      """;

  /** Where a user's state is when a client says nothing else. */
  private static final String ASK_ROOT = """
      printf '%s\\n' "${XDG_STATE_HOME:-$HOME/.local/state}/hpc-launch/shell"
      """;

  private final Transport transport;
  private final Map<String, String> environment;
  private volatile @Nullable String root;

  /**
   * Names a host.
   *
   * @param transport the way to it
   * @param root the folder of the spools, absolute; null: the one of the user's state on that host
   * @param environment variables that hpc-shell is to have beside its own
   */
  AgentHost(Transport transport, @Nullable String root, Map<String, String> environment) {
    this.transport = transport;
    this.root = root;
    this.environment = environment;
  }

  /** For messages. */
  String name() {
    return transport.host();
  }

  /**
   * Starts hpc-shell, with its scripts in place.
   *
   * @return the program
   * @throws BackendUnavailable when it cannot be started
   */
  RunningCommand start() {
    String folder = root() + "/agent-" + AgentScripts.version();
    install(folder);
    try {
      return transport.start(Command.of("sh", "-c", START, "hpc-shell", folder, root(), "serve")
          .withEnvironment(environment));
    } catch (IOException e) {
      throw new BackendUnavailable("shell backend on " + name() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The folder of the spools.
   *
   * @return an absolute path on that host
   * @throws BackendUnavailable when the host has to be asked for it and cannot be
   */
  String root() {
    String known = root;
    if (known == null) {
      known = askRoot();
      root = known;
    }
    return known;
  }

  private String askRoot() {
    try {
      CommandResult result =
          transport.run(Command.of("sh", "-c", ASK_ROOT).withEnvironment(environment));
      String answer = result.stdout().strip();
      if (result.status() == 0 && answer.startsWith("/") && answer.indexOf('\n') < 0) {
        return answer;
      }
      throw new BackendUnavailable("shell backend: " + name()
          + " does not tell the user's home: set root in the backend's config");
    } catch (IOException e) {
      throw new BackendUnavailable("shell backend on " + name() + ": " + e.getMessage(), e);
    }
  }

  /**
   * One look at the folder where all is there. Each file is written as a whole, and is the same
   * whoever writes it: two clients may do this at once, and one that died half-way is no matter.
   */
  private void install(String folder) {
    Map<String, Long> there = sizes(folder);
    List<AgentScripts.Script> missing = new ArrayList<>();
    for (AgentScripts.Script script : AgentScripts.all()) {
      if (!Long.valueOf(script.size()).equals(there.get(script.name()))) {
        missing.add(script);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    try {
      makeFolder(folder);
      for (AgentScripts.Script script : missing) {
        transport.write(script.content(), folder + "/" + script.name(), OWNER_ONLY);
      }
    } catch (IOException e) {
      throw new BackendUnavailable(
          "shell backend: %s cannot be written on %s (%s): set root in the backend's config to a folder of your own"
              .formatted(folder, name(), e.getMessage()),
          e);
    }
  }

  private Map<String, Long> sizes(String folder) {
    Map<String, Long> sizes = new HashMap<>();
    try {
      for (FileStat file : transport.list(folder)) {
        if (file.kind() == FileStat.Kind.FILE) {
          sizes.put(file.path().substring(file.path().lastIndexOf('/') + 1), file.size());
        }
      }
    } catch (IOException e) {
      return Map.of(); // it is not there, or writing will say what is wrong with it
    }
    return sizes;
  }

  private void makeFolder(String folder) throws IOException {
    if (folder.isEmpty() || transport.stat(folder).isPresent()) {
      return;
    }
    makeFolder(folder.substring(0, folder.lastIndexOf('/')));
    transport.mkdir(folder, OWNER_ONLY_FOLDER);
  }
}
