// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.core.shell.RawBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Nodes: {@code pbsnodes -a}, as text or with {@code -F json} (OpenPBS 23.06), and {@code pbsnodes
 * -x} (Torque 6).
 */
final class PbsNodes {
  private PbsNodes() {}

  /** Reads nodes; those that are alike and in the same state make one group. */
  static List<ResourceReport.NodeGroup> parse(byte[] answer) {
    Map<Kind, List<String>> groups = new LinkedHashMap<>();
    for (PbsRecord node : nodes(RawBytes.decode(answer))) {
      groups.computeIfAbsent(kind(node), key -> new ArrayList<>()).add(node.name());
    }
    List<ResourceReport.NodeGroup> report = new ArrayList<>();
    groups.forEach((kind, names) -> report.add(new ResourceReport.NodeGroup(
        NodeNames.fold(names),
        kind.queue(),
        names.size(),
        kind.state(),
        null,
        null,
        kind.cpus(),
        kind.memory(),
        kind.gpus() == null || kind.gpus() == 0 ? Map.of() : Map.of("gpu", kind.gpus()))));
    return List.copyOf(report);
  }

  /** What makes nodes alike. */
  private record Kind(
      @Nullable String queue,
      @Nullable String state,
      @Nullable Integer cpus,
      @Nullable Long memory,
      @Nullable Integer gpus) {}

  private static Kind kind(PbsRecord node) {
    String memory = node.get("resources_available.mem");
    return new Kind(
        node.get("queue"),
        node.get("state"),
        PbsValues.integer(node.first("resources_available.ncpus", "np", "pcpus")),
        PbsValues.bytes(memory == null ? physicalMemory(node.get("status")) : memory),
        PbsValues.integer(node.first("resources_available.ngpus", "gpus")));
  }

  /** Torque tells a node's memory among what its pbs_mom reports. */
  private static @Nullable String physicalMemory(@Nullable String status) {
    if (status == null) {
      return null;
    }
    for (String part : status.split(",", -1)) {
      if (part.startsWith("physmem=")) {
        return part.substring("physmem=".length());
      }
    }
    return null;
  }

  private static List<PbsRecord> nodes(String text) {
    if (text.contains("<Node>")) {
      List<PbsRecord> found = new ArrayList<>();
      for (String element : PbsXml.cut(text, "Node").elements()) {
        PbsRecord node = PbsXml.read(element, "name");
        if (node != null) {
          found.add(node);
        }
      }
      return found;
    }
    return text.stripLeading().startsWith("{") ? PbsRecords.read(text, "nodes", "") : lines(text);
  }

  /** A line with the name, an indented line for each attribute. */
  private static List<PbsRecord> lines(String text) {
    List<PbsRecord> found = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf(" = ");
      if (line.isBlank()) {
        continue;
      }
      boolean indented = Character.isWhitespace(line.charAt(0));
      if (!indented && line.strip().indexOf(' ') < 0) {
        found.add(PbsRecord.named(line.strip()));
      } else if (indented && equals > 0 && !found.isEmpty()) {
        found
            .get(found.size() - 1)
            .put(line.substring(0, equals).strip(), line.substring(equals + 3).strip());
      }
    }
    found.removeIf(node -> node.values().isEmpty());
    return found;
  }
}
