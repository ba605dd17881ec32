// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.doctor;

import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.cli.Session;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.plugin.Found;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Looks at the configuration, and at each entry with the eyes of its plugin. */
final class ConfigurationChecks {
  private final Session session;

  ConfigurationChecks(Session session) {
    this.session = session;
  }

  List<Check> all() {
    List<Check> checks = new ArrayList<>();
    try {
      Configuration configuration = session.configuration();
      checks.add(Check.ok("configuration", files(configuration.filesRead())));
      for (BackendEntry entry : configuration.backends()) {
        checks.add(entry(entry));
      }
    } catch (HpcException e) {
      checks.add(Check.problem("configuration", String.valueOf(e.getMessage()), null));
    }
    return checks;
  }

  private static String files(List<Path> files) {
    return files.isEmpty()
        ? "no file was found; built-in values and the environment hold"
        : files.stream().map(Path::toString).collect(Collectors.joining(", ", "read ", ""));
  }

  private Check entry(BackendEntry entry) {
    String subject = "backend " + entry.name();
    try {
      Optional<Found<HPCBackend>> plugin = session.plugins().backend(entry.type());
      if (plugin.isEmpty()) {
        return unknownType(subject, entry);
      }
      entry.check(plugin.get().newInstance().configKeys());
      return Check.ok(subject, "type " + entry.type() + ", " + entry.origin());
    } catch (HpcException e) {
      return Check.problem(subject, String.valueOf(e.getMessage()), null);
    } catch (RuntimeException | LinkageError e) {
      return Check.problem(subject, "its plugin failed: " + e, null);
    }
  }

  /** An entry that only launches needs no plugin for its type. */
  private static Check unknownType(String subject, BackendEntry entry) {
    String found = entry.origin() + ": no plugin answers to the type '" + entry.type() + "'";
    String remedy = "correct the type, or add the plugin's jar to HPC_PLUGIN_PATH";
    return entry.launchType().isPresent()
        ? Check.warning(subject, found + "; it serves hpc-launch only", remedy)
        : Check.problem(subject, found, remedy);
  }
}
