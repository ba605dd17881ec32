// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The files of Lithops with its backend {@code hpc}: each of the {@code runtimes} there is a worker
 * pool on Slurm. What they say of anything else, as of logs and monitoring, is passed over, and so
 * are {@code mode} and {@code rmq_queue} of a runtime. Source: docs/source/compute_config/hpc.md,
 * docs/config_template.yaml and the backend's config.py of neardata-eu/lithops-hpc.
 */
final class LithopsFormat implements ForeignFormat {
  static final String NAME = "lithops";
  static final String FILE = ".lithops_config";
  static final String VARIABLE = "LITHOPS_CONFIG_FILE";

  private static final String RUNTIMES = "runtimes";
  private static final String RUNTIMES_PATH = "hpc.runtimes";
  private static final String CPUS_WORKER = "cpus_worker";
  private static final String CPUS_TASK = "cpus_task";
  private static final List<String> MANDATORY =
      List.of("account", "qos", "num_workers", CPUS_WORKER);

  /** Keys of a runtime, and ours that mean the same. */
  private static final Map<String, String> KEYS = Map.of(
      "account",
      "account",
      "qos",
      "qos",
      "num_workers",
      "num_workers",
      CPUS_WORKER,
      CPUS_WORKER,
      CPUS_TASK,
      CPUS_TASK,
      "gpus_worker",
      "gpus_worker",
      "extra_slurm_args",
      "extra");

  private static final String WALLTIME = "walltime";
  private static final String MAX_TIME = "max_time";
  private static final String DEFAULT_MAX_TIME = "03:00:00";

  @Override
  public String name() {
    return NAME;
  }

  /** Whether a file of one of the names that it has there speaks of this backend. */
  static boolean isIn(Path file) {
    return ForeignFormat.mentions(file, List.of(RUNTIMES));
  }

  @Override
  public @Nullable Node translate(Node.Fields top, boolean ownPlace) {
    Node hpc = ForeignFormat.said(top, ConfigFile.OWN_KEY);
    if (hpc instanceof Node.Fields map
        && ForeignFormat.hasAny(map, Schema.ROOT.keys().keySet())) {
      return null;
    }
    boolean runtimes = hpc instanceof Node.Fields map && map.entries().containsKey(RUNTIMES);
    if (!runtimes && !top.entries().containsKey(NAME)) {
      return ownPlace ? Node.Fields.empty(top.origin()) : null;
    }
    Source file = top.origin().source();
    Source theirs = new Source(file.kind(), file.name(), file.rank(), NAME);
    return translated(top.moved(new Origin.ToSource(theirs)));
  }

  private static Node.Fields translated(Node.Fields top) {
    Node.Fields ours = Node.Fields.empty(top.origin());
    Node hpc = ForeignFormat.said(top, ConfigFile.OWN_KEY);
    if (hpc == null) {
      requireOtherBackend(top);
      return ours;
    }
    Node.Fields map = Values.map(hpc, ConfigFile.OWN_KEY);
    Node.Fields runtimes = runtimes(map);
    Node.Fields shared = shared(top, map, runtimes);
    Node.Fields pools = Node.Fields.empty(runtimes.origin());
    for (Map.Entry<String, Node> e : runtimes.entries().entrySet()) {
      pools.entries().put(e.getKey(), pool(e.getKey(), e.getValue(), shared));
    }
    ours.entries().put(Schema.WORKER_POOL, defaultPool(map, runtimes));
    ours.entries().put(Schema.WORKER_POOLS, pools);
    return ours;
  }

  /** Lithops has many backends, of which the others are none of our business. */
  private static void requireOtherBackend(Node.Fields top) {
    Node lithops = top.entries().get(NAME);
    Node backend = lithops instanceof Node.Fields map ? map.entries().get("backend") : null;
    if (backend instanceof Node.Scalar name && name.text().equals(ConfigFile.OWN_KEY)) {
      throw Values.error(name, RUNTIMES_PATH, "is missing: the backend 'hpc' needs a runtime");
    }
  }

  private static Node.Fields runtimes(Node.Fields hpc) {
    Node runtimes = ForeignFormat.said(hpc, RUNTIMES);
    if (runtimes == null) {
      throw Values.error(hpc, RUNTIMES_PATH, "is missing: the backend 'hpc' needs a runtime");
    }
    if (!(runtimes instanceof Node.Fields map)) {
      throw Values.wrong(runtimes, RUNTIMES_PATH, "a map from names to runtimes");
    }
    if (map.entries().isEmpty()) {
      throw Values.error(map, RUNTIMES_PATH, "has no runtime: the backend 'hpc' needs one");
    }
    return map;
  }

  /** What all pools have. */
  private static Node.Fields shared(Node.Fields top, Node.Fields hpc, Node.Fields runtimes) {
    Node.Fields shared = Node.Fields.empty(hpc.origin());
    put(shared, "batch", ForeignFormat.said(hpc, "worker_processes"), "hpc.worker_processes");
    String path = "rabbitmq.amqp_url";
    Node url = below(top, "rabbitmq", "amqp_url");
    if (url == null) {
      throw Values.error(
          runtimes, path, "is missing: the backend 'hpc' needs the URL of a RabbitMQ");
    }
    put(shared, "amqp_url", url, path);
    put(shared, "storage", storage(top), "storage_bucket");
    return shared;
  }

  private static @Nullable Node below(Node.Fields top, String section, String key) {
    Node map = ForeignFormat.said(top, section);
    return map == null ? null : ForeignFormat.said(Values.map(map, section), key);
  }

  /** The bucket's folder, where the storage is one. */
  private static @Nullable Node storage(Node.Fields top) {
    Node named = below(top, NAME, "storage");
    List<String> sections = named == null
        ? List.of("pfs", "localhost")
        : List.of(Values.string(named, "lithops.storage"));
    for (String section : sections) {
      Node bucket = below(top, section, "storage_bucket");
      if (bucket != null && (section.equals("pfs") || section.equals("localhost"))) {
        String path = Values.string(bucket, section + ".storage_bucket");
        Node root = below(top, section, "storage_root");
        return root == null
            ? bucket
            : Node.Scalar.text(
                Path.of(Values.string(root, section + ".storage_root"), path).toString(),
                bucket.origin());
      }
    }
    return null;
  }

  private static Node.Fields pool(String name, Node runtime, Node.Fields shared) {
    String path = Values.join(RUNTIMES_PATH, name);
    Node.Fields theirs = Values.map(runtime, path);
    requireAll(theirs, path);
    Node.Fields pool = Node.Fields.empty(theirs.origin());
    pool.entries().put("backend", Node.Scalar.text("slurm", theirs.origin()));
    for (String key : theirs.entries().keySet()) {
      String ours = KEYS.get(key);
      if (ours != null) {
        put(pool, ours, ForeignFormat.said(theirs, key), Values.join(path, key));
      }
    }
    put(pool, WALLTIME, walltime(theirs), Values.join(path, MAX_TIME));
    requireRoom(pool, path);
    pool.entries().putAll(shared.entries());
    return pool;
  }

  private static void requireAll(Node.Fields theirs, String path) {
    for (String key : MANDATORY) {
      if (ForeignFormat.said(theirs, key) == null) {
        throw Values.error(
            theirs,
            Values.join(path, key),
            "is missing: a runtime needs " + String.join(", ", MANDATORY));
      }
    }
  }

  private static void requireRoom(Node.Fields pool, String path) {
    Node ofTask = pool.entries().get(CPUS_TASK);
    Node ofWorker = Objects.requireNonNull(pool.entries().get(CPUS_WORKER));
    if (ofTask != null && Values.number(ofTask, CPUS_TASK) > Values.number(ofWorker, CPUS_WORKER)) {
      throw Values.wrong(
          ofTask,
          Values.join(path, CPUS_TASK),
          "at most cpus_worker, which is " + ((Node.Scalar) ofWorker).text());
    }
  }

  /** A bare number goes to Slurm there, to which it is minutes. */
  private static Node walltime(Node.Fields runtime) {
    Node time = ForeignFormat.said(runtime, MAX_TIME);
    if (time == null) {
      return Node.Scalar.text(DEFAULT_MAX_TIME, runtime.origin());
    }
    return time instanceof Node.Scalar s && s.kind() == Node.Kind.INT
        ? Node.Scalar.text(s.text() + ":00", s.origin())
        : time;
  }

  private static Node defaultPool(Node.Fields hpc, Node.Fields runtimes) {
    String path = "hpc.runtime";
    Node chosen = ForeignFormat.said(hpc, "runtime");
    if (chosen == null || Values.string(chosen, path).equals("default")) {
      Map.Entry<String, Node> first = runtimes.entries().entrySet().iterator().next();
      return Node.Scalar.text(first.getKey(), first.getValue().origin());
    }
    String name = Values.string(chosen, path);
    if (!runtimes.entries().containsKey(name)) {
      throw noSuchRuntime(chosen, path, name, runtimes);
    }
    return chosen;
  }

  private static InvalidConfiguration noSuchRuntime(
      Node chosen, String path, String name, Node.Fields runtimes) {
    return Values.error(
        chosen,
        path,
        "there is no runtime '"
            + name
            + "': "
            + Checker.suggestion(name, runtimes.entries().keySet()));
  }

  /** Checked here, so that errors name their keys and not ours. */
  private static void put(Node.Fields pool, String key, @Nullable Node value, String path) {
    if (value != null) {
      Checker.check(Objects.requireNonNull(Schema.POOL.keys().get(key)), value, path);
      pool.entries().put(key, value);
    }
  }
}
