// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code settings.toml} of CCAT's workflow manager, which Dynaconf reads there: each table is an
 * environment, laid over {@code [default]}, and becomes a profile. What it says of anything but
 * jobs, such as databases, is passed over. Source: the workflow manager's documentation of
 * 2026-03-07, and Dynaconf 3's of layered environments.
 */
final class CcatFormat implements ForeignFormat {
  static final String NAME = "ccat";
  static final String FILE = "settings.toml";
  static final String VARIABLE_PREFIX = "CCAT_WORKFLOW_MANAGER_";
  static final String BACKEND = "HPC_BACKEND";
  static final String ENVIRONMENT = "ENV_FOR_DYNACONF";

  private static final String PARTITION = "SLURM_PARTITION";
  private static final String NAMESPACE = "K8S_NAMESPACE";
  private static final List<String> MARKS = List.of(BACKEND, PARTITION, NAMESPACE);

  /** Keys of Slurm jobs, and ours that mean the same. */
  private static final Map<String, String> SLURM_KEYS =
      Map.of(PARTITION, "partition", "SLURM_ACCOUNT", "account", "SLURM_QOS", "qos");

  private static final String BASE = "default";
  private static final String ABOVE_ALL = "global";

  @Override
  public String name() {
    return NAME;
  }

  /** Whether a file of the name that it has there, and that others use, speaks of jobs. */
  static boolean isIn(Path file) {
    return ForeignFormat.mentions(file, MARKS);
  }

  /** Our name for a type of backend. */
  static String backend(String theirs) {
    return switch (theirs.toLowerCase(Locale.ROOT)) {
      case "kubernetes" -> "k8s";
      case "local" -> "shell";
      default -> theirs;
    };
  }

  /** The environment that Dynaconf would choose, where one of their files has it; else null. */
  static @Nullable String environment(String chosen, Map<String, Node> profiles) {
    for (Map.Entry<String, Node> e : profiles.entrySet()) {
      if (e.getKey().equalsIgnoreCase(chosen)
          && e.getValue().origin().source().system().equals(NAME)) {
        return e.getKey();
      }
    }
    return null;
  }

  @Override
  public @Nullable Node translate(Node.Fields top, boolean ownPlace) {
    if (top.entries().containsKey(ConfigFile.OWN_KEY) || !speaksOfJobs(top)) {
      return null;
    }
    Map<String, Node> above = settings(table(top, ABOVE_ALL));
    Map<String, Node> base = settings(top);
    base.putAll(settings(table(top, BASE)));
    base.putAll(above);
    Node.Fields ours = overlay(base, top.origin());
    Node.Fields profiles = Node.Fields.empty(top.origin());
    for (Map.Entry<String, Node> e : top.entries().entrySet()) {
      String name = e.getKey();
      if (e.getValue() instanceof Node.Fields table && !isBase(name) && !isAboveAll(name)) {
        Map<String, Node> all = settings(table);
        all.putAll(above);
        profiles.entries().put(name, overlay(all, table.origin()));
      }
    }
    ours.entries().put(Schema.PROFILES, profiles);
    return ours;
  }

  private static boolean isBase(String table) {
    return table.equalsIgnoreCase(BASE);
  }

  private static boolean isAboveAll(String table) {
    return table.equalsIgnoreCase(ABOVE_ALL);
  }

  private static boolean speaksOfJobs(Node.Fields top) {
    if (marked(top)) {
      return true;
    }
    for (Node table : top.entries().values()) {
      if (table instanceof Node.Fields fields && marked(fields)) {
        return true;
      }
    }
    return false;
  }

  private static boolean marked(Node.Fields table) {
    for (String key : table.entries().keySet()) {
      if (MARKS.contains(key.toUpperCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  private static Node.Fields table(Node.Fields top, String name) {
    for (Map.Entry<String, Node> e : top.entries().entrySet()) {
      if (e.getKey().equalsIgnoreCase(name) && e.getValue() instanceof Node.Fields table) {
        return table;
      }
    }
    return Node.Fields.empty(top.origin());
  }

  /** What a table says of jobs. To Dynaconf upper and lower case of a key are the same. */
  private static Map<String, Node> settings(Node.Fields table) {
    Map<String, Node> settings = new LinkedHashMap<>();
    for (Map.Entry<String, Node> e : table.entries().entrySet()) {
      String key = e.getKey().toUpperCase(Locale.ROOT);
      if (MARKS.contains(key) || SLURM_KEYS.containsKey(key)) {
        settings.put(key, value(e.getValue()));
      }
    }
    return settings;
  }

  /**
   * An empty text is their way to say nothing; {@code @str}, {@code @int}, {@code @none} cast. What
   * else begins so is an error where it is used: {@link #checkEvaluated}.
   */
  private static Node value(Node node) {
    if (!(node instanceof Node.Scalar s) || s.kind() != Node.Kind.TEXT) {
      return node;
    }
    String text = s.text();
    if (!text.startsWith("@")) {
      return text.isEmpty() ? none(node) : node;
    }
    int blank = text.indexOf(' ');
    String cast = blank < 0 ? text : text.substring(0, blank);
    return switch (cast) {
      case "@none", "@empty" -> none(node);
      case "@str", "@int" ->
        Node.Scalar.text(blank < 0 ? "" : text.substring(blank).strip(), node.origin());
      default -> node;
    };
  }

  /**
   * Refuses what Dynaconf would evaluate.
   *
   * @param path our key
   * @param value what it is set to
   */
  static void checkEvaluated(String path, Node value) {
    if (value instanceof Node.Scalar s
        && s.text().startsWith("@")
        && s.origin().source().system().equals(NAME)) {
      int blank = s.text().indexOf(' ');
      String cast = blank < 0 ? s.text() : s.text().substring(0, blank);
      throw Values.error(
          value, path, "'" + cast + "' is understood by Dynaconf alone: write the value itself");
    }
  }

  private static Node none(Node node) {
    return new Node.Scalar(Node.Kind.NULL, "null", node.origin());
  }

  /** The part of our configuration that one environment makes. */
  private static Node.Fields overlay(Map<String, Node> settings, Origin origin) {
    Node.Fields ours = Node.Fields.empty(origin);
    Node backend = settings.get(BACKEND);
    if (backend != null) {
      boolean isText = backend instanceof Node.Scalar s && s.kind() == Node.Kind.TEXT;
      ours.entries().put("backend", isText ? renamed((Node.Scalar) backend) : backend);
    }
    Node.Items entries = new Node.Items(new ArrayList<>(), origin);
    Map<String, Node> slurm = new LinkedHashMap<>();
    Map<String, Node> kubernetes = new LinkedHashMap<>();
    for (Map.Entry<String, Node> e : settings.entrySet()) {
      String key = SLURM_KEYS.get(e.getKey());
      if (key != null) {
        slurm.put(key, e.getValue());
      } else if (e.getKey().equals(NAMESPACE)) {
        kubernetes.put("namespace", e.getValue());
      }
    }
    addEntry(entries, "slurm", slurm);
    addEntry(entries, "k8s", kubernetes);
    if (!entries.items().isEmpty()) {
      ours.entries().put(Schema.BACKENDS, entries);
    }
    return ours;
  }

  private static Node renamed(Node.Scalar backend) {
    return Node.Scalar.text(backend(backend.text()), backend.origin());
  }

  private static void addEntry(Node.Items entries, String type, Map<String, Node> config) {
    if (config.isEmpty()) {
      return;
    }
    Origin origin = config.values().iterator().next().origin();
    Node.Fields entry = Node.Fields.empty(origin);
    entry.entries().put("type", Node.Scalar.text(type, origin));
    entry.entries().put("config", new Node.Fields(config, origin));
    entries.items().add(entry);
  }
}
