// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code scontrol show} tells of a cluster; scontrol(1) of 22.05. It is to be run with
 * {@link Squeue#ENVIRONMENT}.
 */
final class Scontrol {
  private static final String PARTITION = "PartitionName";

  private Scontrol() {}

  /** Asks for the configuration. */
  static List<String> showConfig(@Nullable String cluster) {
    return argv(cluster, "show", "config");
  }

  /** Asks for all partitions, also those that are hidden. */
  static List<String> showPartitions(@Nullable String cluster) {
    return argv(cluster, "--all", "--oneliner", "show", "partition");
  }

  private static List<String> argv(@Nullable String cluster, String... what) {
    List<String> words = new ArrayList<>(List.of("scontrol"));
    if (cluster != null) {
      words.add("--clusters=" + cluster);
    }
    words.addAll(List.of(what));
    return List.copyOf(words);
  }

  /** Reads {@code Key = value}; of a key that comes twice the first. */
  static Config config(String answer) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : answer.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.putIfAbsent(
            line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return new Config(values);
  }

  /** Reads partitions, a line each; what is none is passed over. */
  static List<Partition> partitions(String answer) {
    List<Partition> partitions = new ArrayList<>();
    for (String line : answer.split("\n", -1)) {
      Map<String, String> fields = new HashMap<>();
      for (String word : line.strip().split(" ", -1)) {
        int equals = word.indexOf('=');
        fields.putIfAbsent(
            word.substring(0, Math.max(0, equals)), word.substring(Math.max(0, equals + 1)));
      }
      String name = fields.getOrDefault(PARTITION, "");
      if (!name.isEmpty() && line.startsWith(PARTITION)) {
        partitions.add(partition(name, fields));
      }
    }
    return List.copyOf(partitions);
  }

  private static Partition partition(String name, Map<String, String> fields) {
    return new Partition(
        name,
        fields.getOrDefault("Default", "").equals("YES"),
        SlurmTimes.limit(fields.getOrDefault("MaxTime", "")),
        Squeue.number(fields.getOrDefault("MaxNodes", "")),
        Squeue.number(fields.getOrDefault("TotalNodes", "")),
        Squeue.number(fields.getOrDefault("TotalCPUs", "")));
  }

  /**
   * The cluster's configuration.
   *
   * @param values all values by their keys
   */
  record Config(Map<String, String> values) {
    Config {
      values = Map.copyOf(values);
    }

    private String get(String key) {
      return values.getOrDefault(key, "");
    }

    /** One more than the largest index of an array; null where it was not told. */
    @Nullable Integer maxArraySize() {
      return Squeue.number(get("MaxArraySize"));
    }

    /** The seconds from TERM to KILL, told as {@code 30 sec}; null where they were not told. */
    @Nullable Integer killWait() {
      return Squeue.number(get("KillWait").replace(" sec", ""));
    }

    /** Whether sacct can answer: only slurmdbd can be asked since 20.11. */
    boolean hasAccounting() {
      return get("AccountingStorageType").endsWith("slurmdbd");
    }

    /** Whether a request that its partitions can never grant is refused; else it waits. */
    boolean enforcesPartLimits() {
      String value = get("EnforcePartLimits").toUpperCase(Locale.ROOT);
      return !value.isEmpty() && !value.equals("NO");
    }

    /** Whether the site may choose the partition of jobs that name none. */
    boolean changesSubmissions() {
      return Rows.orNull(get("JobSubmitPlugins")) != null;
    }
  }

  /**
   * A partition. Limits that there are not are null.
   *
   * @param name its name
   * @param isDefault whether jobs go there that name none
   * @param maxTime the longest walltime
   * @param maxNodes the most nodes of one job
   * @param totalNodes how many nodes it has
   * @param totalCpus how many cpus these have
   */
  record Partition(
      String name,
      boolean isDefault,
      @Nullable Duration maxTime,
      @Nullable Integer maxNodes,
      @Nullable Integer totalNodes,
      @Nullable Integer totalCpus) {}
}
