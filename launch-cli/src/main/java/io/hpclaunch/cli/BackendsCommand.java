// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.cli.output.Table;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.plugin.Detector;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code hpc backends}: what is configured, what plugins contribute, what is here. */
@Command(
    name = "backends",
    description = {
      "List the backends.",
      "Prints the configured entries, the types that plugins contribute, what was detected on this"
          + " machine and why, and the plugins that could not be used."
    })
final class BackendsCommand extends ListingCommand<BackendsCommand.Listing> {
  private final Session session;

  BackendsCommand(Session session) {
    this.session = session;
  }

  /** A configured entry. */
  record Entry(String name, String type, boolean isDefault, String origin) {}

  /** What a plugin answered that can tell whether its scheduler is here. */
  record Detected(
      String type,
      boolean present,
      String explanation,
      @Nullable String remedy) {}

  /** Everything. */
  record Listing(
      List<Entry> configured,
      List<PluginInfo> types,
      @Nullable String detected,
      List<Detected> detection,
      List<PluginProblem> problems) {}

  @Override
  protected Listing find() {
    Configuration configuration = session.configuration();
    String chosen = configuration.defaultBackend().orElse(null);
    List<Entry> entries = new ArrayList<>();
    for (BackendEntry entry : configuration.backends()) {
      entries.add(
          new Entry(entry.name(), entry.type(), entry.name().equals(chosen), entry.origin()));
    }
    List<PluginInfo> types = session.plugins().all().stream()
        .filter(plugin -> plugin.kind() == PluginInfo.Kind.BACKEND)
        .toList();
    HpcRuntime.Detection detection = new Detector(session.plugins()).all();
    return new Listing(
        entries, types, detection.type(), detected(detection), session.plugins().problems());
  }

  private static List<Detected> detected(HpcRuntime.Detection detection) {
    List<Detected> answers = new ArrayList<>();
    detection
        .findings()
        .forEach((type, found) ->
            answers.add(new Detected(type, found.present(), found.explanation(), found.remedy())));
    return answers;
  }

  @Override
  protected void print(Listing found, PrintWriter out) {
    printConfigured(found, out);
    Table types = new Table("TYPE", "VERSION", "JAR");
    found.types().forEach(type -> types.row(type.name(), type.version(), type.location()));
    out.println();
    types.print(out);
    Table detection = new Table("DETECTED", "HERE", "FOUND", "REMEDY");
    for (Detected one : found.detection()) {
      detection.row(one.type(), one.present() ? "yes" : "no", one.explanation(), one.remedy());
    }
    out.println();
    detection.print(out);
    Problems.print(found.problems(), out);
  }

  private static void printConfigured(Listing found, PrintWriter out) {
    if (found.configured().isEmpty()) {
      String detected = found.detected();
      out.println("No backend is configured; "
          + (detected == null ? "none was detected." : "the detected one is " + detected + "."));
      return;
    }
    Table configured = new Table("NAME", "TYPE", "DEFAULT", "CONFIGURED IN");
    for (Entry entry : found.configured()) {
      configured.row(entry.name(), entry.type(), entry.isDefault() ? "yes" : "", entry.origin());
    }
    configured.print(out);
  }
}
