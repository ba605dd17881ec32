// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Walltimes;
import io.hpclaunch.cli.Session;
import io.hpclaunch.sweep.SweepResources;
import java.util.List;
import java.util.function.Function;

/** What a task asks for: from the flags, the environment, the configuration, the last resort. */
final class TaskResources {
  private TaskResources() {}

  static Resources of(Resources flags, Session session, Backend backend) {
    return SweepResources.merge(
        flags,
        environment(session),
        configured(session, backend),
        SweepResources.defaults(backend.type()));
  }

  private static Resources environment(Session session) {
    Resources walltime = read(
        session,
        "HPC_WALLTIME",
        text -> Resources.builder().walltime(Walltimes.parse(text)).build());
    return walltime.orElse(read(session, "HPC_RESOURCES", Resources::parse));
  }

  private static Resources read(
      Session session, String variable, Function<String, Resources> reader) {
    String text = session.environment(variable);
    try {
      return text == null || text.isBlank() ? Resources.none() : reader.apply(text);
    } catch (InvalidJob e) {
      throw new InvalidConfiguration(variable + ": " + e.getMessage(), e);
    }
  }

  private static Resources configured(Session session, Backend backend) {
    Resources defaults = session.configuration().defaultResources();
    return session
        .configuration()
        .backend(backend.name())
        .map(entry -> entry.resources(keys(session, backend)).orElse(defaults))
        .orElse(defaults);
  }

  private static List<ConfigKey> keys(Session session, Backend backend) {
    return session
        .plugins()
        .backend(backend.type())
        .map(found -> found.newInstance().configKeys())
        .orElse(List.of());
  }
}
