// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entry's {@code config}, as far as it concerns jobs.
 *
 * @param root the folder of the agent's spools, or null for the default
 * @param slots cpus that jobs may use together, or null for the machine's
 * @param gpus the gpus to hand out, or null for the machine's
 * @param memory bytes of memory that jobs may ask for together, or null for the machine's
 * @param oversubscribe whether a job may ask for more than the machine has
 * @param killGrace between the signal that asks a job to end and the one that ends it
 */
record ShellConfig(
    @Nullable String root,
    @Nullable Integer slots,
    @Nullable List<String> gpus,
    @Nullable Long memory,
    boolean oversubscribe,
    Duration killGrace) {
  static final List<ConfigKey> KEYS = List.of(
      ConfigKey.of(
          "root",
          ConfigKey.Type.STRING,
          "folder of the queue and the agent on the machine; the same for all entries that share"
              + " its cpus, gpus and memory; default: the state folder's shell, or shell-NAME for an"
              + " entry of another name than its type's"),
      ConfigKey.of(
          "slots",
          ConfigKey.Type.INTEGER,
          "cpus that all jobs may use together; default: the machine's"),
      ConfigKey.of(
          "gpus",
          ConfigKey.Type.WORDS,
          "gpus to hand out, as CUDA_VISIBLE_DEVICES names them, or none; default: the machine's"),
      ConfigKey.of(
          "memory",
          ConfigKey.Type.SIZE,
          "memory that all jobs may ask for together; default: the machine's. Jobs are held to what"
              + " they ask for only where HPC_SHELL_CGROUP names a control group that limits memory"),
      ConfigKey.of(
          "oversubscribe",
          ConfigKey.Type.BOOLEAN,
          "whether a job that asks for more cpus, gpus or memory than there is gets all there is instead"
              + " of being refused; default: false"),
      ConfigKey.of(
          "kill_grace",
          ConfigKey.Type.DURATION,
          "time from TERM to KILL when a job is cancelled or its walltime is over; default: 5 s"));

  private static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);

  ShellConfig {
    gpus = gpus == null ? null : List.copyOf(gpus);
  }

  /**
   * Reads the configuration.
   *
   * @throws InvalidConfiguration when a value cannot be used
   */
  static ShellConfig of(Settings config) {
    Integer slots = config.integer("slots").orElse(null);
    if (slots != null && slots < 1) {
      throw wrong(config, "slots", "must be at least 1, not " + slots);
    }
    return new ShellConfig(
        root(config),
        slots,
        gpus(config),
        config.size("memory").orElse(null),
        config.bool("oversubscribe").orElse(false),
        config.duration("kill_grace").orElse(DEFAULT_GRACE));
  }

  private static @Nullable String root(Settings config) {
    String root = config.string("root").orElse(null);
    if (root == null) {
      return null;
    }
    if (!root.startsWith("/")) {
      throw wrong(config, "root", "must be an absolute path, not '" + root + "'");
    }
    return withoutSlashes(root);
  }

  private static String withoutSlashes(String path) {
    int end = path.length();
    while (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }

  private static @Nullable List<String> gpus(Settings config) {
    if (config.origin("gpus").isEmpty()) {
      return null;
    }
    List<String> gpus = config.words("gpus");
    if (gpus.equals(List.of("none"))) {
      return List.of();
    }
    for (String gpu : gpus) {
      if (gpu.isEmpty() || gpu.equals("none") || !gpu.chars().allMatch(ShellConfig::isOfName)) {
        throw wrong(
            config,
            "gpus",
            "'" + gpu + "' is no gpu: write indices or names of letters, digits and -, or none");
      }
    }
    return gpus;
  }

  private static boolean isOfName(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || c == '-');
  }

  private static InvalidConfiguration wrong(Settings config, String key, String what) {
    return new InvalidConfiguration(
        config.origin(key).orElse("configuration") + ": " + key + ": " + what);
  }
}
