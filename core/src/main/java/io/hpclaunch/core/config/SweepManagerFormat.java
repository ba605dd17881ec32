// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of HPC Sweep Manager: what stands under their {@code hpc:}, which says nothing that
 * ours does. What they hold beside it, as on logs and paths, is passed over, and so is
 * {@code python_interpreter}: a sweep names its program itself.
 */
final class SweepManagerFormat implements ForeignFormat {
  static final String NAME = "hpc-sweep-manager";
  static final String FILE = "hsm_config.yaml";
  static final String FILE_OF_SWEEPS = "sweeps/hsm_config.yaml";

  private static final String WALLTIME = "default_walltime";
  private static final String WORDS = "default_resources";
  private static final String QUEUE = "default_queue";
  private static final String SYSTEM = "system";
  private static final List<String> SCHEDULERS = List.of("pbs", "slurm");
  private static final Set<String> MARKS = Set.of(
      WALLTIME, WORDS, QUEUE, SYSTEM, "python_interpreter", "max_array_size", "pbs", "slurm");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public @Nullable Node translate(Node.Fields top, boolean ownPlace) {
    if (top.entries().get(ConfigFile.OWN_KEY) instanceof Node.Fields theirs) {
      boolean ours = ForeignFormat.hasAny(theirs, Schema.ROOT.keys().keySet());
      return !ours && (ownPlace || ForeignFormat.hasAny(theirs, MARKS)) ? translated(theirs) : null;
    }
    return ownPlace ? Node.Fields.empty(top.origin()) : null;
  }

  private static Node.Fields translated(Node.Fields theirs) {
    Node.Fields ours = Node.Fields.empty(theirs.origin());
    Node system = ForeignFormat.said(theirs, SYSTEM);
    boolean isFound = system instanceof Node.Scalar s && s.text().equals("auto");
    if (system != null && !isFound) {
      ours.entries().put("backend", system);
    }
    Node.Fields defaults = Node.Fields.empty(theirs.origin());
    put(defaults, "walltime", ForeignFormat.said(theirs, WALLTIME));
    put(defaults, Schema.RESOURCES, ForeignFormat.said(theirs, WORDS));
    put(defaults, "queue", ForeignFormat.said(theirs, QUEUE));
    ours.entries().put("defaults", defaults);
    List<Node> entries = new ArrayList<>();
    for (String scheduler : SCHEDULERS) {
      if (ForeignFormat.said(theirs, scheduler) instanceof Node.Fields config) {
        entries.add(entry(scheduler, config));
      }
    }
    if (!entries.isEmpty()) {
      ours.entries().put(Schema.BACKENDS, new Node.Items(entries, theirs.origin()));
    }
    return ours;
  }

  private static void put(Node.Fields map, String key, @Nullable Node value) {
    if (value != null) {
      map.entries().put(key, value);
    }
  }

  private static Node entry(String scheduler, Node.Fields theirs) {
    Node.Fields config = Node.Fields.empty(theirs.origin());
    for (Map.Entry<String, Node> e : theirs.entries().entrySet()) {
      put(config, e.getKey(), ForeignFormat.said(theirs, e.getKey()));
    }
    Node.Fields entry = Node.Fields.empty(theirs.origin());
    entry.entries().put("type", Node.Scalar.text(scheduler, theirs.origin()));
    entry.entries().put("config", config);
    return entry;
  }
}
