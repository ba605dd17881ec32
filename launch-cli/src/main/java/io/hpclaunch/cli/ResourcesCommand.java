// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.cli.output.Table;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc resources}: nodes and queues. */
@Command(
    name = "resources",
    description = "List what a backend has to give: its nodes and its queues.")
final class ResourcesCommand extends ListingCommand<ResourcesCommand.Listing> {
  private static final double GIB = 1L << 30;

  private final Session session;

  @Option(
      names = {"-b", "--backend"},
      paramLabel = "NAME",
      description =
          "A configured backend or a type; default: the configured one, else the detected.")
  private @Nullable String backend;

  ResourcesCommand(Session session) {
    this.session = session;
  }

  /** Nodes that are alike. */
  record Nodes(
      String names,
      @Nullable String queue,
      int count,
      @Nullable String state,
      @Nullable Integer socketsPerNode,
      @Nullable Integer coresPerSocket,
      @Nullable Integer cpusPerNode,
      @Nullable Double memoryPerNodeGb,
      Map<String, Integer> gpusPerNode,
      @Nullable Integer freeCpus,
      @Nullable Double freeMemoryGb,
      @Nullable Map<String, Integer> freeGpus) {}

  /** A queue. */
  record Queue(
      String name,
      boolean isDefault,
      @Nullable String state,
      @Nullable Long maxWalltimeSeconds,
      @Nullable Integer maxNodes) {}

  /** Everything. */
  record Listing(String backend, String type, List<Nodes> nodes, List<Queue> queues) {}

  @Override
  protected Listing find() {
    String name = backend;
    Backend asked =
        name == null ? session.runtime().backend() : session.runtime().backend(name);
    ResourceReport report = asked.resources();
    return new Listing(
        asked.name(),
        asked.type(),
        report.nodes().stream().map(ResourcesCommand::nodes).toList(),
        report.queues().stream().map(ResourcesCommand::queue).toList());
  }

  private static Nodes nodes(ResourceReport.NodeGroup group) {
    ResourceReport.Free free = group.free();
    return new Nodes(
        group.names(),
        group.queue(),
        group.count(),
        group.state(),
        group.socketsPerNode(),
        group.coresPerSocket(),
        group.cpusPerNode(),
        gigabytes(group.memoryPerNode()),
        group.gpusPerNode(),
        free == null ? null : free.cpus(),
        free == null ? null : gigabytes(free.memory()),
        free == null ? null : free.gpus());
  }

  private static @Nullable Double gigabytes(@Nullable Long bytes) {
    return bytes == null ? null : Math.round(bytes / GIB * 10) / 10.0;
  }

  private static Queue queue(ResourceReport.Queue queue) {
    Duration walltime = queue.maxWalltime();
    return new Queue(
        queue.name(),
        queue.isDefault(),
        queue.state(),
        walltime == null ? null : walltime.toSeconds(),
        queue.maxNodes());
  }

  @Override
  protected void print(Listing found, PrintWriter out) {
    Table nodes = new Table(
        "NODES",
        "QUEUE",
        "COUNT",
        "STATE",
        "SOCKETS",
        "CORES/SOCKET",
        "CPUS",
        "MEMORY",
        "GPUS",
        "FREE CPUS",
        "FREE MEMORY",
        "FREE GPUS");
    for (Nodes group : found.nodes()) {
      nodes.row(
          group.names(),
          group.queue(),
          group.count(),
          group.state(),
          group.socketsPerNode(),
          group.coresPerSocket(),
          group.cpusPerNode(),
          memory(group.memoryPerNodeGb()),
          gpus(group.gpusPerNode()),
          group.freeCpus(),
          memory(group.freeMemoryGb()),
          group.freeGpus() == null ? null : gpus(group.freeGpus()));
    }
    nodes.print(out);
    if (!found.queues().isEmpty()) {
      out.println();
      printQueues(found.queues(), out);
    }
  }

  private static @Nullable String memory(@Nullable Double gigabytes) {
    return gigabytes == null ? null : String.format(Locale.ROOT, "%.1fG", gigabytes);
  }

  private static String gpus(Map<String, Integer> gpus) {
    return gpus.entrySet().stream()
        .map(gpu -> gpu.getKey() + ":" + gpu.getValue())
        .collect(Collectors.joining(","));
  }

  private static void printQueues(List<Queue> queues, PrintWriter out) {
    Table table = new Table("QUEUE", "DEFAULT", "STATE", "WALLTIME", "MAX NODES");
    for (Queue queue : queues) {
      table.row(
          queue.name(),
          queue.isDefault() ? "yes" : "",
          queue.state(),
          walltime(queue.maxWalltimeSeconds()),
          queue.maxNodes());
    }
    table.print(out);
  }

  private static @Nullable String walltime(@Nullable Long seconds) {
    if (seconds == null) {
      return null;
    }
    Duration d = Duration.ofSeconds(seconds);
    String clock = String.format(
        Locale.ROOT, "%02d:%02d:%02d", d.toHoursPart(), d.toMinutesPart(), d.toSecondsPart());
    return d.toDays() == 0 ? clock : d.toDays() + "-" + clock;
  }
}
