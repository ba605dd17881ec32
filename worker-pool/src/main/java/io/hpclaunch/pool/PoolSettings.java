// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.pool.code.AllowList;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A pool, as the configuration describes it. */
final class PoolSettings {
  private static final String SECTION = "worker_pools";
  private static final int BATCH = 100;
  private static final long INLINE_LIMIT = 64 * 1024;
  private static final Duration IDLE = Duration.ofMinutes(15);

  /** Below this, cpus_task is no share of cpus_worker but a mistake. */
  private static final double ROUNDING = 1e-9;

  private final String name;
  private final Settings settings;
  private final int workers;
  private final int cpusWorker;
  private final double cpusTask;
  private final AllowList allow;

  private PoolSettings(String name, Settings settings) {
    this.name = name;
    this.settings = settings;
    this.workers = mandatory("num_workers");
    this.cpusWorker = mandatory("cpus_worker");
    this.cpusTask = settings.number("cpus_task").orElse(1.0);
    if (cpusTask > cpusWorker + ROUNDING) {
      throw new InvalidConfiguration(
          "%s: cpus_task is %s, and a worker of pool %s has %d cpus (cpus_worker): no task would fit"
              .formatted(origin("cpus_task"), number(cpusTask), name, cpusWorker));
    }
    if (inlineLimit(settings) > Integer.MAX_VALUE / 8) {
      throw new InvalidConfiguration(
          origin("inline_limit") + ": inline_limit must be less than 256 MiB");
    }
    try {
      this.allow = AllowList.of(settings.words("allow"));
    } catch (IllegalArgumentException e) {
      throw new InvalidConfiguration(origin("allow") + ": allow: " + e.getMessage(), e);
    }
  }

  /**
   * Finds a pool.
   *
   * @param configuration describes it
   * @param name its name; empty or {@code default}: the one that {@code worker_pool} names, else
   *     the first
   * @return the pool
   * @throws InvalidConfiguration when there is none, or its description cannot be used
   */
  static PoolSettings of(Configuration configuration, String name) {
    List<String> known = names(configuration);
    if (known.isEmpty()) {
      throw new InvalidConfiguration(
          "no worker pool is configured; describe one, as in worker_pools:"
              + " {small: {num_workers: 2, cpus_worker: 4}}");
    }
    boolean isDefault = name.isEmpty() || (name.equals("default") && !known.contains("default"));
    String meant =
        isDefault ? configuration.root().string("worker_pool").orElse(known.get(0)) : name;
    if (!known.contains(meant)) {
      throw new InvalidConfiguration(
          "no worker pool is named '%s'; there are: %s".formatted(meant, String.join(", ", known)));
    }
    return new PoolSettings(meant, configuration.section(SECTION).section(meant));
  }

  /** The names of all pools, in the order of the configuration. */
  static List<String> names(Configuration configuration) {
    return List.copyOf(configuration.section(SECTION).asMap().keySet());
  }

  private int mandatory(String key) {
    return settings
        .integer(key)
        .orElseThrow(() -> new InvalidConfiguration(
            "worker pool %s says no %s, which is mandatory: worker_pools: {%s: {%s: …}}"
                .formatted(name, key, name, key)));
  }

  private String origin(String key) {
    return settings.origin(key).orElse(SECTION + "." + name);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static long inlineLimit(Settings settings) {
    return settings.size("inline_limit").orElse(INLINE_LIMIT);
  }

  String name() {
    return name;
  }

  Optional<String> backend() {
    return settings.string("backend");
  }

  int workers() {
    return workers;
  }

  int cpusWorker() {
    return cpusWorker;
  }

  double cpusTask() {
    return cpusTask;
  }

  /** How many tasks of the usual size a worker runs at once: floor(cpus_worker / cpus_task). */
  int slots() {
    return (int) Math.floor(cpusWorker / cpusTask + ROUNDING);
  }

  int gpusWorker() {
    return settings.integer("gpus_worker").orElse(0);
  }

  int batch() {
    return settings.integer("batch").orElse(BATCH);
  }

  int inlineLimit() {
    return Math.toIntExact(inlineLimit(settings));
  }

  Duration idle() {
    return settings.duration("idle_timeout").orElse(IDLE);
  }

  AllowList allow() {
    return allow;
  }

  /** Any other key of the pool's. */
  Settings settings() {
    return settings;
  }
}
