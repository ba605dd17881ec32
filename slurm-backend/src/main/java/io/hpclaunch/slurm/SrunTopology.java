// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.Topology;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that srun works on: inside an allocation those of the allocation, outside those of the
 * default partition.
 */
final class SrunTopology {
  private static final String FORMAT = "--format=%P|%D|%X|%Y|%c";
  private static final int COLUMNS = 5;

  private SrunTopology() {}

  /**
   * The nodes of a partition.
   *
   * @param nodes how many there are
   * @param sockets sockets of a node, of which most nodes have as many
   * @param cores cores of a socket
   * @param cpus what Slurm counts on a node: cores, or hardware threads
   */
  private record Partition(int nodes, int sockets, int cores, int cpus) {
    /** {@code 4 1 4 4}, as {@link Digest} writes it. */
    static @Nullable Partition read(String answer) {
      String[] words = answer.strip().split(" ", -1);
      if (words.length != COLUMNS - 1) {
        return null;
      }
      int[] numbers = new int[words.length];
      for (int i = 0; i < words.length; i++) {
        Integer number = Squeue.number(words[i]);
        if (number == null || number < 1) {
          return null;
        }
        numbers[i] = number;
      }
      return new Partition(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    Topology whole() {
      return new Topology(nodes, sockets, cores);
    }

    /** As many nodes, with that many cpus of each. */
    Topology part(int allocated, int cpusOfNode) {
      int threads = Math.max(1, cpus / (sockets * cores));
      int coresOfNode = Math.max(1, cpusOfNode / threads);
      int socketsOfNode = Math.min(sockets, (coresOfNode + cores - 1) / cores);
      return new Topology(allocated, socketsOfNode, coresOfNode / socketsOfNode);
    }
  }

  /**
   * Finds out.
   *
   * @param context the environment, and the means to ask
   * @param sinfo the command, or null where there is none
   * @return the topology, or empty where Slurm tells none
   */
  static Optional<Topology> of(LaunchContext context, @Nullable Path sinfo) {
    Integer nodes = number(context.environment("SLURM_JOB_NUM_NODES"));
    if (nodes == null) {
      Partition byDefault = ask(context, sinfo, List.of("--noheader", "--exact", FORMAT));
      return byDefault == null ? Optional.empty() : Optional.of(byDefault.whole());
    }
    Integer cpus = most(context.environment("SLURM_JOB_CPUS_PER_NODE"));
    if (cpus == null) {
      cpus = number(context.environment("SLURM_CPUS_ON_NODE"));
    }
    if (cpus == null) {
      return Optional.empty();
    }
    String name = context.environment("SLURM_JOB_PARTITION");
    Partition around = name == null
        ? null
        : ask(context, sinfo, List.of("--noheader", "--exact", "--partition=" + name, FORMAT));
    return Optional.of(around == null ? new Topology(nodes, 1, cpus) : around.part(nodes, cpus));
  }

  private static @Nullable Partition ask(
      LaunchContext context, @Nullable Path sinfo, List<String> arguments) {
    return sinfo == null
        ? null
        : Partition.read(SrunLauncher.ask(context, sinfo, arguments, new Digest()));
  }

  /**
   * The cpus of the node that has most of them: ranks that fit there need no second one.
   *
   * @param text {@code 4(x3),2}: three nodes with 4, one with 2
   */
  static @Nullable Integer most(@Nullable String text) {
    Integer most = null;
    for (String part : text == null ? new String[0] : text.split(",", -1)) {
      int bracket = part.indexOf('(');
      Integer number = number(bracket < 0 ? part : part.substring(0, bracket));
      if (number != null && (most == null || number > most)) {
        most = number;
      }
    }
    return most;
  }

  private static @Nullable Integer number(@Nullable String text) {
    Integer number = text == null ? null : Squeue.number(text);
    return number == null || number < 1 ? null : number;
  }

  /**
   * Of sinfo's rows the default partition's, or those of the only one that was asked for: all its
   * nodes, as most of them are made.
   */
  static final class Digest implements UnaryOperator<String> {
    @Override
    public String apply(String answer) {
      int nodes = 0;
      int most = 0;
      String made = "";
      for (String line : answer.split("\n", -1)) {
        String[] f = line.strip().split("\\|", -1);
        Integer count = f.length == COLUMNS ? number(f[1]) : null;
        if (count != null && (f[0].endsWith("*") || isOnly(answer, f[0]))) {
          nodes += count;
          made = count > most ? f[2] + " " + f[3] + " " + f[4] : made;
          most = Math.max(most, count);
        }
      }
      return nodes == 0 ? "" : nodes + " " + made;
    }

    private static boolean isOnly(String answer, String partition) {
      for (String line : answer.split("\n", -1)) {
        if (line.indexOf('|') >= 0 && !line.startsWith(partition + "|")) {
          return false;
        }
      }
      return true;
    }
  }
}
