// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import io.hpclaunch.core.scheduler.SchedulerCommands;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An entry's {@code config}, beside the resources that core reads.
 *
 * @param dialect whose words the commands understand, or null: they are asked
 * @param bin the folder of PBS's commands, or null where PATH has them
 * @param confFile the host's pbs.conf, or null where the environment and PBS say
 * @param server the server that is asked, or null for the default one
 * @param history whether the server remembers jobs that ended, or null: it is asked
 * @param project the project of jobs, or null
 * @param groupList the group that jobs run under, or null
 * @param gpuType the resource that names a kind of gpu
 * @param commandLimit how long a command may take that asks or cancels
 * @param submitLimit how long qsub may take
 */
record PbsConfig(
    @Nullable Dialect dialect,
    @Nullable String bin,
    @Nullable String confFile,
    @Nullable String server,
    @Nullable Boolean history,
    @Nullable String project,
    @Nullable String groupList,
    String gpuType,
    Duration commandLimit,
    Duration submitLimit) {
  /** Without a free port below 1024 a command waits for one for a minute (seen on 23.06). */
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(90);

  private static final Duration SUBMIT_LIMIT = Duration.ofMinutes(5);
  private static final String GPU_TYPE = "gpu_type";

  static final List<ConfigKey> KEYS = List.of(
      ConfigKey.of(
          "dialect",
          ConfigKey.Type.STRING,
          "openpbs (also PBS Professional) or torque; default: qstat --version is asked"),
      ConfigKey.of(
          "bin",
          ConfigKey.Type.STRING,
          "the folder of PBS's commands, such as /opt/pbs/bin; default: they are on PATH, or in"
              + " $PBS_EXEC/bin"),
      ConfigKey.of(
          "conf_file",
          ConfigKey.Type.STRING,
          "the host's pbs.conf, for PBS_CONF_FILE; default: what the environment and PBS say"),
      ConfigKey.of(
          "server",
          ConfigKey.Type.STRING,
          "the server, for PBS_SERVER or Torque's PBS_DEFAULT; default: what the host's"
              + " configuration says"),
      ConfigKey.of(
          "history",
          ConfigKey.Type.BOOLEAN,
          "whether the server is to be asked for jobs that have ended; default: it is asked whether"
              + " it keeps them"),
      ConfigKey.of("project", ConfigKey.Type.STRING, "the project of jobs, as qsub's -P"),
      ConfigKey.of(
          "group_list", ConfigKey.Type.STRING, "the group of jobs, as qsub's -W group_list"),
      ConfigKey.of(
          "gpu_type",
          ConfigKey.Type.STRING,
          "the site's resource that tells kinds of gpus apart, in a chunk; default: " + GPU_TYPE),
      ConfigKey.of(
          "command_timeout",
          ConfigKey.Type.DURATION,
          "how long a command may take that asks or cancels; default: 90 s"),
      ConfigKey.of(
          "submit_timeout",
          ConfigKey.Type.DURATION,
          "how long qsub may take before its outcome is unknown; default: 5 min"));

  static PbsConfig of(Settings config) {
    return new PbsConfig(
        dialect(config),
        config.string("bin").orElse(null),
        config.string("conf_file").orElse(null),
        config.string("server").orElse(null),
        config.bool("history").orElse(null),
        config.string("project").orElse(null),
        config.string("group_list").orElse(null),
        config.string("gpu_type").orElse(GPU_TYPE),
        limit(config, "command_timeout", COMMAND_LIMIT),
        limit(config, "submit_timeout", SUBMIT_LIMIT));
  }

  private static @Nullable Dialect dialect(Settings config) {
    String word = config.string("dialect").orElse(null);
    return word == null
        ? null
        : switch (word.toLowerCase(Locale.ROOT)) {
          case "openpbs", "pbspro", "pbs" -> Dialect.OPENPBS;
          case "torque" -> Dialect.TORQUE;
          default ->
            throw new InvalidConfiguration(config.origin("dialect").orElse("configuration")
                + ": dialect is openpbs or torque, and not '" + word + "'");
        };
  }

  private static Duration limit(Settings config, String key, Duration otherwise) {
    Duration value = config.duration(key).orElse(otherwise);
    if (value.isZero() || value.isNegative()) {
      throw new InvalidConfiguration(
          config.origin(key).orElse("configuration") + ": " + key + " must be more than zero");
    }
    return value;
  }

  /**
   * How PBS's commands are run. In UTC, since the times that they tell name no zone.
   *
   * @param exec the folder of the installation, or null where it is not known
   */
  SchedulerCommands.Settings commands(@Nullable String exec) {
    Map<String, String> own = new TreeMap<>();
    if (confFile != null) {
      own.put("PBS_CONF_FILE", confFile);
    }
    if (server != null) {
      own.put("PBS_SERVER", server);
      own.put("PBS_DEFAULT", server);
    }
    String folder = bin != null ? bin : exec == null ? null : exec + "/bin";
    return new SchedulerCommands.Settings(
        folder, commandLimit, own, Map.of("TZ", "UTC", "LC_ALL", "C"));
  }
}
