// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.ResourceReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** sinfo in our own format; sinfo(1) of 22.05. */
final class Sinfo {
  /** Partition, up, state, nodes, names, sockets, cores, cpus, MiB, gres, time, size. */
  private static final List<String> FIELDS =
      List.of("%P", "%a", "%T", "%D", "%N", "%X", "%Y", "%c", "%m", "%G", "%l", "%s");

  private static final String GPU = "gpu";

  private Sinfo() {}

  /** Asks for groups of nodes that are alike ({@code --exact}), by partition and state. */
  static List<String> argv(@Nullable String cluster) {
    List<String> words = new ArrayList<>(List.of("sinfo", "--noheader", "--exact"));
    if (cluster != null) {
      words.add("--clusters=" + cluster);
    }
    words.add("--format=" + String.join(String.valueOf(Rows.DELIMITER), FIELDS));
    return List.copyOf(words);
  }

  /** Reads what sinfo wrote; lines that are none of its rows are passed over. */
  static ResourceReport parse(String answer) {
    List<ResourceReport.NodeGroup> groups = new ArrayList<>();
    Map<String, ResourceReport.Queue> queues = new LinkedHashMap<>();
    for (String line : answer.split("\n", -1)) {
      String[] f = line.strip().split(String.valueOf(Rows.DELIMITER), -1);
      if (f.length == FIELDS.size() && !f[0].isEmpty()) {
        boolean isDefault = f[0].endsWith("*");
        String queue = isDefault ? f[0].substring(0, f[0].length() - 1) : f[0];
        queues.putIfAbsent(queue, queue(queue, isDefault, f));
        Integer count = Squeue.number(f[3]);
        if (count != null && count > 0) {
          groups.add(group(queue, count, f));
        }
      }
    }
    return new ResourceReport(groups, List.copyOf(queues.values()));
  }

  private static ResourceReport.Queue queue(String name, boolean isDefault, String[] f) {
    String size = f[11];
    return new ResourceReport.Queue(
        name,
        isDefault,
        Rows.orNull(f[1]),
        SlurmTimes.limit(f[10]),
        Squeue.number(size.substring(size.indexOf('-') + 1)));
  }

  private static ResourceReport.NodeGroup group(String queue, int count, String[] f) {
    Integer mebibytes = least(f[8]);
    return new ResourceReport.NodeGroup(
        f[4],
        queue,
        count,
        Rows.orNull(f[2]),
        least(f[5]),
        least(f[6]),
        least(f[7]),
        mebibytes == null ? null : mebibytes * MemorySize.MIB,
        gpus(f[9]));
  }

  /** A number; {@code 4+} says that some nodes have more. */
  private static @Nullable Integer least(String text) {
    return Squeue.number(text.endsWith("+") ? text.substring(0, text.length() - 1) : text);
  }

  /**
   * The gpus among generic resources.
   *
   * @param gres {@code gpu:a100:4(S:0-1),gpu:2,nic:1}
   * @return {@code a100=4, gpu=2}
   */
  static Map<String, Integer> gpus(String gres) {
    Map<String, Integer> gpus = new LinkedHashMap<>();
    for (String one : withoutBrackets(gres).split(",", -1)) {
      String[] parts = one.strip().split(":", -1);
      if (parts[0].equals(GPU)) {
        Integer last = Squeue.number(parts[parts.length - 1]);
        String type = parts.length > 1 && (parts.length > 2 || last == null) ? parts[1] : GPU;
        gpus.merge(type, last == null ? 1 : last, Integer::sum);
      }
    }
    return gpus;
  }

  /** Which sockets or devices they hang on holds commas of its own. */
  private static String withoutBrackets(String gres) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    for (int i = 0; i < gres.length(); i++) {
      char c = gres.charAt(i);
      depth += c == '(' ? 1 : 0;
      if (depth == 0) {
        text.append(c);
      }
      depth -= c == ')' && depth > 0 ? 1 : 0;
    }
    return text.toString();
  }
}
