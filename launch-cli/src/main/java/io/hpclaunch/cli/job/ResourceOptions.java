// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Walltimes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a job asks the scheduler for. What is not given comes from the configuration. */
public final class ResourceOptions {
  @Option(names = "--nodes", paramLabel = "N", description = "Nodes.")
  private @Nullable Integer nodes;

  @Option(names = "--tasks", paramLabel = "N", description = "Tasks of the whole job.")
  private @Nullable Integer tasks;

  @Option(names = "--tasks-per-node", paramLabel = "N", description = "Tasks on each node.")
  private @Nullable Integer tasksPerNode;

  @Option(
      names = "--cpus",
      paramLabel = "N",
      description = "Cpus of each task; of a job with one task, its cpus.")
  private @Nullable Integer cpus;

  @Option(names = "--gpus", paramLabel = "[TYPE:]N", description = "Gpus on each node.")
  private @Nullable String gpus;

  @Option(
      names = "--mem",
      paramLabel = "SIZE",
      description = "Memory on each node, such as 16G; units are powers of 1024. The shell backend"
          + " counts it, and holds the job to it only where HPC_SHELL_CGROUP names a control group"
          + " that limits memory.")
  private @Nullable String memory;

  @Option(
      names = "--walltime",
      paramLabel = "TIME",
      description = "How long the job may run: [D-]HH:MM:SS or MM:SS.")
  private @Nullable String walltime;

  @Option(
      names = {"--queue", "--partition"},
      paramLabel = "NAME",
      description = "The queue or partition.")
  private @Nullable String queue;

  @Option(names = "--account", paramLabel = "NAME", description = "The account or project.")
  private @Nullable String account;

  @Option(names = "--qos", paramLabel = "NAME", description = "The quality of service.")
  private @Nullable String qos;

  @Option(names = "--reservation", paramLabel = "NAME", description = "The reservation.")
  private @Nullable String reservation;

  @Option(
      names = "--constraint",
      paramLabel = "TEXT",
      description = "What the nodes must have, in the scheduler's own language.")
  private @Nullable String constraint;

  @Option(names = "--exclusive", description = "Nodes that no other job runs on.")
  private boolean exclusive;

  @Option(
      names = "--resources",
      paramLabel = "TEXT",
      description = "The same in a scheduler's own words, such as 'select=2:ncpus=8:mem=32gb' or"
          + " '--nodes=2 --mem=32G'; the options above beat it.")
  private @Nullable String resources;

  /**
   * What was asked for; the API checks it.
   *
   * @return the resources; what was not given is unset
   */
  public Resources read() {
    Resources.Builder wanted =
        resources == null ? Resources.builder() : Resources.parse(resources).toBuilder();
    readCounts(wanted);
    if (gpus != null) {
      readGpus(wanted, gpus);
    }
    if (memory != null) {
      wanted.memoryPerCpu(null).memoryPerNode(MemorySize.parse(memory));
    }
    if (walltime != null) {
      wanted.walltime(Walltimes.parse(walltime));
    }
    if (exclusive) {
      wanted.exclusive(true);
    }
    return readNames(wanted).build();
  }

  private void readCounts(Resources.Builder wanted) {
    if (nodes != null) {
      wanted.nodes(nodes);
    }
    if (tasks != null) {
      wanted.tasks(tasks);
    }
    if (tasksPerNode != null) {
      wanted.tasksPerNode(tasksPerNode);
    }
    if (cpus != null) {
      wanted.cpus(cpus);
    }
  }

  private static void readGpus(Resources.Builder wanted, String text) {
    int colon = text.lastIndexOf(':');
    String number = text.substring(colon + 1);
    if (colon == 0 || !number.matches("-?\\d{1,9}")) {
      throw new InvalidJob("--gpus '" + text + "' is not [TYPE:]N, such as 2 or a100:2");
    }
    wanted.gpusPerTask(null).gpusPerNode(Integer.valueOf(number));
    wanted.gpuType(colon < 0 ? null : text.substring(0, colon));
  }

  private Resources.Builder readNames(Resources.Builder wanted) {
    if (queue != null) {
      wanted.queue(queue);
    }
    if (account != null) {
      wanted.account(account);
    }
    if (qos != null) {
      wanted.qos(qos);
    }
    if (reservation != null) {
      wanted.reservation(reservation);
    }
    if (constraint != null) {
      wanted.constraint(constraint);
    }
    return wanted;
  }
}
