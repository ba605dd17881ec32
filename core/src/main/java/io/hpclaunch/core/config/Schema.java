// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static io.hpclaunch.api.ConfigKey.Type.ANY;
import static io.hpclaunch.api.ConfigKey.Type.BOOLEAN;
import static io.hpclaunch.api.ConfigKey.Type.DURATION;
import static io.hpclaunch.api.ConfigKey.Type.INTEGER;
import static io.hpclaunch.api.ConfigKey.Type.MAP;
import static io.hpclaunch.api.ConfigKey.Type.NUMBER;
import static io.hpclaunch.api.ConfigKey.Type.SIZE;
import static io.hpclaunch.api.ConfigKey.Type.STRING;
import static io.hpclaunch.api.ConfigKey.Type.WORDS;

import io.hpclaunch.api.ConfigKey;
import java.util.List;
import java.util.Map;

/** The keys of the configuration; docs/configuration.md describes them. */
final class Schema {
  static final String BACKENDS = "backends";
  static final String PROFILES = "profiles";
  static final String RESOURCES = "resources";
  static final String STORE = "store";
  static final String WORKER_POOL = "worker_pool";
  static final String WORKER_POOLS = "worker_pools";

  /** Keys of every entry's {@code config}, and of {@code defaults}. */
  static final List<ConfigKey> COMMON_KEYS = List.of(
      ConfigKey.of("queue", STRING, "queue or partition"),
      ConfigKey.of("partition", STRING, "the same as queue"),
      ConfigKey.of("account", STRING, "account or project that is charged"),
      ConfigKey.of("qos", STRING, "quality of service"),
      ConfigKey.of("reservation", STRING, "reservation to run in"),
      ConfigKey.of("constraint", STRING, "what nodes must have, in the scheduler's language"),
      ConfigKey.of("exclusive", BOOLEAN, "whether nodes are wanted alone"),
      ConfigKey.of("walltime", DURATION, "how long a job may run"),
      ConfigKey.of("nodes", INTEGER, "number of nodes"),
      ConfigKey.of("tasks", INTEGER, "number of tasks (MPI ranks) of the whole job"),
      ConfigKey.of("tasks_per_node", INTEGER, "number of tasks on each node"),
      ConfigKey.of("cpus_per_task", INTEGER, "cpus of each task"),
      ConfigKey.of("cpus", INTEGER, "the same as cpus_per_task"),
      ConfigKey.of("gpus_per_task", INTEGER, "gpus of each task"),
      ConfigKey.of("gpus_per_node", INTEGER, "gpus on each node"),
      ConfigKey.of("gpus", INTEGER, "the same as gpus_per_node"),
      ConfigKey.of("gpu_type", STRING, "type of the gpus"),
      ConfigKey.of("memory", SIZE, "memory on each node"),
      ConfigKey.of("memory_per_cpu", SIZE, "memory for each cpu"),
      ConfigKey.of(RESOURCES, ANY, "a scheduler's own words, or a map of cpu, memory_gb …"),
      ConfigKey.of("modules", WORDS, "modules that a job loads"));

  static final List<ConfigKey> TRANSPORT_KEYS =
      List.of(ConfigKey.of("type", STRING, "type of transport"));

  static final List<ConfigKey> STORE_KEYS =
      List.of(ConfigKey.of("type", STRING, "type of store; default: files"));

  private static final Key NAME = Key.of(STRING, Key.Rule.NAME);

  static final Key.Group ENTRY = new Key.GroupBuilder()
      .with("name", NAME)
      .with("type", NAME)
      .with("workspace", NAME)
      .with("config", new Key.Open(group(List.of())))
      .with("transport", new Key.Open(group(TRANSPORT_KEYS)))
      .with("launch", launch())
      .with(
          "submit",
          new Key.GroupBuilder()
              .with("default_options", WORDS)
              .with("polling_interval", Key.of(NUMBER, Key.Rule.POSITIVE))
              .with("commands_per_minute", Key.of(INTEGER, Key.Rule.NOT_NEGATIVE))
              .build())
      .build();

  static final Key.Group POOL = pool();

  /** What a profile may hold. */
  static final Key.Group OVERLAY = overlay().build();

  /** What stands under {@code hpc:}. */
  static final Key.Group ROOT = overlay().with(PROFILES, new Key.Named(OVERLAY)).build();

  private Schema() {}

  private static Key.GroupBuilder overlay() {
    return new Key.GroupBuilder()
        .with("backend", NAME)
        .with("debug", BOOLEAN)
        .with("durability", Key.of(STRING, Key.Rule.DURABILITY))
        .with(STORE, new Key.Open(group(STORE_KEYS)))
        .with("defaults", group(COMMON_KEYS))
        .with(BACKENDS, new Key.Entries(ENTRY))
        .with(WORKER_POOL, NAME)
        .with(WORKER_POOLS, new Key.Named(POOL));
  }

  private static Key.Group launch() {
    return new Key.GroupBuilder()
        .with("type", NAME)
        .with("exec", NAME)
        .with("numproc_flag", NAME)
        .with("default_options", WORDS)
        .with("pre_options", WORDS)
        .with("variables", Key.of(MAP, Key.Rule.TEXTS))
        .with(
            "mpmd",
            new Key.GroupBuilder()
                .with("global_options", WORDS)
                .with("local_options", WORDS)
                .build())
        .build();
  }

  private static Key.Group pool() {
    return new Key.GroupBuilder()
        .with("backend", NAME)
        .with("num_workers", Key.of(INTEGER, Key.Rule.POSITIVE))
        .with("cpus_worker", Key.of(INTEGER, Key.Rule.POSITIVE))
        .with("cpus_task", Key.of(NUMBER, Key.Rule.POSITIVE))
        .with("gpus_worker", INTEGER)
        .with("memory", SIZE)
        .with("queue", NAME)
        .with("account", NAME)
        .with("qos", NAME)
        .with("walltime", DURATION)
        .with("extra", MAP)
        .with("batch", Key.of(INTEGER, Key.Rule.POSITIVE))
        .with("java", NAME)
        .with("jvm_options", WORDS)
        .with("idle_timeout", DURATION)
        .with("inline_limit", SIZE)
        .with("modules", WORDS)
        .with("launcher", NAME)
        .with("storage", NAME)
        .with("allow", WORDS)
        .with("listen", NAME)
        .with("amqp_url", NAME)
        .with("amqp_ca", NAME)
        .build();
  }

  /** The group that declared keys make; a dot in a name separates levels. */
  static Key.Group group(List<ConfigKey> declared) {
    Key.GroupBuilder group = new Key.GroupBuilder();
    Key.Group built = group.build();
    for (ConfigKey key : declared) {
      add(built, key.name(), key);
    }
    return built;
  }

  private static void add(Key.Group group, String name, ConfigKey key) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      boolean resources = key.name().equals(RESOURCES) && key.type() == ANY;
      group.keys().put(name, Key.of(key.type(), resources ? Key.Rule.RESOURCES : Key.Rule.NONE));
      return;
    }
    String first = name.substring(0, dot);
    if (!(group.keys().get(first) instanceof Key.Group)) {
      group.keys().put(first, new Key.GroupBuilder().build());
    }
    add((Key.Group) group.keys().get(first), name.substring(dot + 1), key);
  }

  /**
   * A number that changes with the names and types of the keys: what was checked against another
   * one has to be checked again.
   */
  static int fingerprint() {
    return fingerprint(ROOT);
  }

  private static int fingerprint(Key key) {
    if (key instanceof Key.Leaf leaf) {
      return leaf.type().name().hashCode() * 31 + leaf.rule().name().hashCode();
    }
    if (key instanceof Key.Named named) {
      return 3 * fingerprint(named.each());
    }
    if (key instanceof Key.Entries entries) {
      return 5 * fingerprint(entries.each());
    }
    if (key instanceof Key.Open open) {
      return 7 * fingerprint(open.known());
    }
    int sum = 1;
    for (Map.Entry<String, Key> e : ((Key.Group) key).keys().entrySet()) {
      sum = 31 * sum + e.getKey().hashCode() + 17 * fingerprint(e.getValue());
    }
    return sum;
  }
}
