// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.launch.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * srun's options: those that srun of 22.05 wants a value for, and those that srun(1) of later
 * versions adds. An option whose value may be missing takes it behind {@code =} only.
 */
final class SrunOptions {
  private static final Map<Character, String> SHORT = Map.ofEntries(
      Map.entry('A', "account"),
      Map.entry('B', "extra-node-info"),
      Map.entry('C', "constraint"),
      Map.entry('D', "chdir"),
      Map.entry('F', "nodefile"),
      Map.entry('G', "gpus"),
      Map.entry('J', "job-name"),
      Map.entry('L', "licenses"),
      Map.entry('M', "clusters"),
      Map.entry('N', "nodes"),
      Map.entry('S', "core-spec"),
      Map.entry('T', "threads"),
      Map.entry('W', "wait"),
      Map.entry('b', "begin"),
      Map.entry('c', "cpus-per-task"),
      Map.entry('d', "dependency"),
      Map.entry('e', "error"),
      Map.entry('i', "input"),
      Map.entry('m', "distribution"),
      Map.entry('n', "ntasks"),
      Map.entry('o', "output"),
      Map.entry('p', "partition"),
      Map.entry('q', "qos"),
      Map.entry('r', "relative"),
      Map.entry('t', "time"),
      Map.entry('w', "nodelist"),
      Map.entry('x', "exclude"));

  private static final Set<String> LONG = Set.of(
      "accel-bind",
      "acctg-freq",
      "bb",
      "bbf",
      "bcast-exclude",
      "cluster-constraint",
      "comment",
      "container",
      "cores-per-socket",
      "cpu-bind",
      "cpu-freq",
      "cpu_bind",
      "cpus-per-gpu",
      "deadline",
      "delay-boot",
      "epilog",
      "export",
      "gid",
      "gpu-bind",
      "gpu-freq",
      "gpus-per-node",
      "gpus-per-socket",
      "gpus-per-task",
      "gres",
      "gres-flags",
      "het-group",
      "hint",
      "jobid",
      "mail-type",
      "mail-user",
      "mcs-label",
      "mem",
      "mem-bind",
      "mem-per-cpu",
      "mem-per-gpu",
      "mem_bind",
      "mincpus",
      "mpi",
      "msg-timeout",
      "network",
      "ntasks-per-core",
      "ntasks-per-gpu",
      "ntasks-per-node",
      "ntasks-per-socket",
      "ntasks-per-tres",
      "open-mode",
      "pack-group",
      "power",
      "prefer",
      "priority",
      "profile",
      "prolog",
      "reservation",
      "signal",
      "slurmd-debug",
      "sockets",
      "sockets-per-node",
      "switches",
      "task-epilog",
      "task-prolog",
      "thread-spec",
      "threads-per-core",
      "time-min",
      "tmp",
      "uid",
      "wckey",
      // later than 22.05
      "container-id",
      "segment",
      "tres-bind",
      "tres-per-task");

  /** The spellings of the number of tasks that hpc-launch itself reads, and srun's long one. */
  private static final Set<String> COUNTS = Set.of("-np", "--n", "--np", "--ntasks");

  private final List<Option> options = new ArrayList<>();

  /**
   * An option as it was written.
   *
   * @param name its long form, such as {@code --nodes}; of another word the word itself
   * @param value its value, or null
   * @param words all its words
   */
  record Option(String name, @Nullable String value, List<Word> words) {
    boolean isCount(@Nullable String numprocFlag) {
      return COUNTS.contains(name) || name.equals(numprocFlag);
    }

    String text() {
      StringBuilder text = new StringBuilder();
      for (Word word : words) {
        text.append(text.length() == 0 ? "" : " ").append(word.text());
      }
      return text.toString();
    }
  }

  /**
   * Divides a line's words.
   *
   * @param words options and their values
   * @param numprocFlag one more option with a value, or null
   */
  SrunOptions(List<Word> words, @Nullable String numprocFlag) {
    int at = 0;
    while (at < words.size()) {
      String text = words.get(at).text();
      int values = COUNTS.contains(text) || text.equals(numprocFlag) ? 1 : valuesOf(text);
      int end = Math.min(words.size(), at + 1 + values);
      String value = end > at + 1 ? words.get(at + 1).text() : attached(text);
      options.add(new Option(name(text), value, List.copyOf(words.subList(at, end))));
      at = end;
    }
  }

  /** How many of the words that follow an option are its values. */
  static int valuesOf(String option) {
    if (option.startsWith("--")) {
      String name = option.substring(2);
      return LONG.contains(name) || SHORT.containsValue(name) ? 1 : 0;
    }
    return option.length() == 2 && option.charAt(0) == '-' && SHORT.containsKey(option.charAt(1))
        ? 1
        : 0;
  }

  private static String name(String text) {
    int equals = text.indexOf('=');
    if (text.startsWith("--") || text.startsWith("-np")) {
      return equals < 0 ? text : text.substring(0, equals);
    }
    String longName = isShort(text) ? SHORT.get(text.charAt(1)) : null;
    return longName == null ? text : "--" + longName;
  }

  private static boolean isShort(String text) {
    return text.length() > 1 && text.charAt(0) == '-' && text.charAt(1) != '-';
  }

  /** What follows in the same word: {@code --nodes=2}, {@code -N2}, {@code -N=2}. */
  private static @Nullable String attached(String text) {
    int equals = text.indexOf('=');
    if (equals >= 0) {
      return text.substring(equals + 1);
    }
    boolean glued = isShort(text) && text.length() > 2 && SHORT.containsKey(text.charAt(1));
    return glued ? text.substring(2) : null;
  }

  List<Option> all() {
    return options;
  }

  boolean has(String name) {
    for (Option option : options) {
      if (option.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The number of tasks that these options give, of several the last one, as srun reads them.
   *
   * @return the number, or -1 where they give none
   * @throws InvalidJob when it is no number
   */
  int count(@Nullable String numprocFlag) {
    int count = -1;
    for (Option option : options) {
      if (option.isCount(numprocFlag)) {
        Integer number = option.value() == null ? null : Squeue.number(option.value());
        if (number == null || number < 1) {
          throw new InvalidJob(option.words().get(0).text()
              + " needs a number of tasks of at least 1, not '"
              + (option.value() == null ? "" : option.value()) + "'");
        }
        count = number;
      }
    }
    return count;
  }

  /**
   * The options of several programs as those of one step, without their numbers of tasks.
   *
   * @throws InvalidJob when two programs give one option different values
   */
  static List<Word> ofOneStep(List<SrunOptions> programs, @Nullable String numprocFlag) {
    List<Word> words = new ArrayList<>();
    Map<String, Option> given = new HashMap<>();
    for (SrunOptions program : programs) {
      Map<String, Option> own = new HashMap<>();
      for (Option option : program.options) {
        Option before = given.get(option.name());
        if (before != null && !Objects.equals(before.value(), option.value())) {
          throw new InvalidJob("srun starts the programs of one line with the same options: '"
              + before.text() + "' and '" + option.text()
              + "' differ; give one of them, or start two lines");
        }
        if (before == null && !option.isCount(numprocFlag)) {
          words.addAll(option.words());
          own.put(option.name(), option);
        }
      }
      given.putAll(own);
    }
    return words;
  }
}
