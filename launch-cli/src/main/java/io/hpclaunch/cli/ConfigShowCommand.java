// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.cli.output.Table;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.plugin.Found;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code hpc config show}: the effective value of each key, and where it came from. */
@Command(
    name = "show",
    description = {
      "Print the effective value of each key, and where it came from.",
      "Secrets are masked. The files that were read are named last."
    })
final class ConfigShowCommand extends ListingCommand<ConfigShowCommand.Listing> {
  private final Session session;

  ConfigShowCommand(Session session) {
    this.session = session;
  }

  /** One key. */
  record Key(String key, @Nullable Object value, String origin) {}

  /** Everything. */
  record Listing(List<Key> values, List<String> files) {}

  @Override
  protected Listing find() {
    Configuration configuration = session.configuration();
    configuration.backends().forEach(this::checkPluginKeys);
    return new Listing(
        configuration.effective().stream()
            .map(value -> new Key(value.key(), value.value(), value.origin()))
            .toList(),
        configuration.filesRead().stream().map(Path::toString).toList());
  }

  /** A misspelt key of a plugin is as wrong as one of ours. A broken plugin tells none. */
  private void checkPluginKeys(BackendEntry entry) {
    Optional<Found<HPCBackend>> plugin = session.plugins().backend(entry.type());
    if (plugin.isEmpty()) {
      checkUnknownType(entry);
    } else {
      List<ConfigKey> known;
      try {
        known = plugin.get().newInstance().configKeys();
      } catch (RuntimeException | LinkageError e) {
        return; // hpc doctor tells
      }
      entry.check(known);
    }
  }

  /**
   * One that is only configured for the case that it is used may lack its plugin; one that only
   * launches needs none; and one that is missed may be broken.
   */
  private void checkUnknownType(BackendEntry entry) {
    if (entry.isMeant()
        && entry.launchType().isEmpty()
        && session.plugins().problems().isEmpty()) {
      throw new InvalidConfiguration(entry.origin() + ": backends." + entry.name()
          + ": no plugin answers to the type '" + entry.type() + "'; known: "
          + String.join(", ", session.plugins().names(PluginInfo.Kind.BACKEND)));
    }
  }

  @Override
  protected void print(Listing found, PrintWriter out) {
    Table table = new Table("KEY", "VALUE", "ORIGIN");
    for (Configuration.Value value : session.configuration().effective()) {
      table.row(value.key(), value.text(), value.origin());
    }
    table.print(out);
    out.println();
    String files = String.join(", ", found.files());
    out.println("Files read: " + (files.isEmpty() ? "none" : files));
  }
}
