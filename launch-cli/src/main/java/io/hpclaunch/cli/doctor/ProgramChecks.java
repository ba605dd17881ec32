// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.doctor;

import io.hpclaunch.api.Detectable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.cli.LauncherProbe;
import io.hpclaunch.cli.Session;
import io.hpclaunch.core.plugin.Detector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks at launchers and schedulers. */
final class ProgramChecks {
  private final Session session;

  ProgramChecks(Session session) {
    this.session = session;
  }

  List<Check> all() {
    List<Check> checks = new ArrayList<>();
    for (LauncherProbe.Probed launcher : new LauncherProbe(session).all()) {
      checks.add(launcher(launcher));
    }
    Set<String> needed = configuredHere();
    new Detector(session.plugins())
        .all()
        .findings()
        .forEach((type, found) -> checks.add(scheduler(type, found, needed.contains(type))));
    return checks;
  }

  private static Check launcher(LauncherProbe.Probed launcher) {
    String subject = "launcher " + launcher.name();
    String problem = launcher.problem();
    if (problem != null) {
      return Check.warning(subject, problem, null);
    }
    StringBuilder found = new StringBuilder(String.valueOf(launcher.executable()));
    if (launcher.implementation() != null) {
      found.append(", ").append(launcher.implementation());
    }
    if (!launcher.environment().isEmpty()) {
      found.append("; sets ").append(String.join(", ", launcher.environment().keySet()));
    }
    return Check.ok(subject, found.toString());
  }

  /** A scheduler that nobody configured may well be absent. */
  private static Check scheduler(String type, Detectable.Finding found, boolean needed) {
    String subject = "scheduler " + type;
    return found.present() || !needed
        ? new Check(Check.Status.OK, subject, found.explanation(), found.remedy())
        : Check.problem(subject, found.explanation(), found.remedy());
  }

  /** The types whose scheduler the configuration expects on this machine. */
  private Set<String> configuredHere() {
    Set<String> types = new HashSet<>();
    try {
      session.configuration().backends().stream()
          .filter(entry -> entry.transport().asMap().isEmpty())
          .forEach(entry -> session
              .plugins()
              .backend(entry.type())
              .ifPresent(plugin -> types.add(plugin.name())));
    } catch (HpcException e) {
      return types; // told among the checks of the configuration
    }
    return types;
  }
}
