// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import io.hpclaunch.core.scheduler.SchedulerCommands;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry's {@code config}, beside the resources that core reads.
 *
 * @param cluster which of several clusters ({@code --clusters}), or null
 * @param bin the folder of Slurm's commands, or null where PATH has them
 * @param slurmConf the cluster's configuration file, or null where the host's own holds
 * @param commandLimit how long a command may take that asks or cancels
 * @param submitLimit how long sbatch may take
 * @param accounting whether sacct answers, or null: the cluster is asked
 * @param checkLimits whether jobs are refused that can never run as their partition stands
 */
record SlurmConfig(
    @Nullable String cluster,
    @Nullable String bin,
    @Nullable String slurmConf,
    Duration commandLimit,
    Duration submitLimit,
    @Nullable Boolean accounting,
    boolean checkLimits) {
  /** slurmctld that is down lets squeue wait for 18 s (seen on 22.05). */
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);

  private static final Duration SUBMIT_LIMIT = Duration.ofMinutes(5);

  static final List<ConfigKey> KEYS = List.of(
      ConfigKey.of(
          "cluster",
          ConfigKey.Type.STRING,
          "which of several clusters jobs go to, as sbatch's --clusters; default: this host's own"),
      ConfigKey.of(
          "bin",
          ConfigKey.Type.STRING,
          "the folder of Slurm's commands, such as /opt/slurm/bin; default: they are on PATH"),
      ConfigKey.of(
          "slurm_conf",
          ConfigKey.Type.STRING,
          "the cluster's slurm.conf, for SLURM_CONF; default: what the environment and Slurm say"),
      ConfigKey.of(
          "command_timeout",
          ConfigKey.Type.DURATION,
          "how long a command may take that asks or cancels; default: 60 s"),
      ConfigKey.of(
          "submit_timeout",
          ConfigKey.Type.DURATION,
          "how long sbatch may take before its outcome is unknown; default: 5 min"),
      ConfigKey.of(
          "nnode",
          ConfigKey.Type.INTEGER,
          "nodes, for the placeholders of launch options; default: those of the allocation, else of"
              + " the default partition"),
      ConfigKey.of(
          "sockets_per_node",
          ConfigKey.Type.INTEGER,
          "sockets of a node, for the placeholders of launch options; default: as sinfo tells"),
      ConfigKey.of(
          "cores_per_socket",
          ConfigKey.Type.INTEGER,
          "cores of a socket, for the placeholders of launch options; default: as sinfo tells"),
      ConfigKey.of(
          "accounting",
          ConfigKey.Type.BOOLEAN,
          "whether sacct is to be asked for what has left the queue; default: the cluster is asked"
              + " whether it keeps accounts"),
      ConfigKey.of(
          "check_limits",
          ConfigKey.Type.BOOLEAN,
          "whether a job is refused that can never run within its partition's limits; default: true"));

  static SlurmConfig of(Settings config) {
    String cluster = config.string("cluster").orElse(null);
    if (cluster != null && !cluster.matches("[\\w.+-]+")) {
      throw new InvalidConfiguration(config.origin("cluster").orElse("configuration")
          + ": cluster names one cluster, and is '" + cluster + "'");
    }
    return new SlurmConfig(
        cluster,
        config.string("bin").orElse(null),
        config.string("slurm_conf").orElse(null),
        limit(config, "command_timeout", COMMAND_LIMIT),
        limit(config, "submit_timeout", SUBMIT_LIMIT),
        config.bool("accounting").orElse(null),
        config.bool("check_limits").orElse(true));
  }

  /** How Slurm's commands are run. */
  SchedulerCommands.Settings commands() {
    return new SchedulerCommands.Settings(
        bin,
        commandLimit,
        slurmConf == null ? Map.of() : Map.of("SLURM_CONF", slurmConf),
        Squeue.ENVIRONMENT);
  }

  private static Duration limit(Settings config, String key, Duration otherwise) {
    Duration value = config.duration(key).orElse(otherwise);
    if (value.isZero() || value.isNegative()) {
      throw new InvalidConfiguration(
          config.origin(key).orElse("configuration") + ": " + key + " must be more than zero");
    }
    return value;
  }
}
