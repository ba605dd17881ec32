// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who a worker is.
 *
 * @param id new with each start
 * @param host where it runs
 * @param pid its process
 * @param job the id of its batch job, or null
 * @param environment its variables
 */
record WorkerIdentity(
    String id, String host, long pid, @Nullable String job, Map<String, String> environment) {
  static WorkerIdentity current(Map<String, String> environment) {
    return new WorkerIdentity(
        UUID.randomUUID().toString().substring(0, 8),
        hostName(environment),
        ProcessHandle.current().pid(),
        environment.get("HPC_JOB_ID"),
        environment);
  }

  private static String hostName(Map<String, String> environment) {
    String node = environment.get("SLURMD_NODENAME"); // several nodes may be on one host
    if (node != null) {
      return node;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /** The gpus that the scheduler gave, else the first ones. */
  List<String> gpus(int count) {
    String given = environment.get("CUDA_VISIBLE_DEVICES");
    List<String> gpus = new ArrayList<>();
    if (given != null && !given.isBlank()) {
      gpus.addAll(List.of(given.split(",", -1)));
    }
    for (int i = gpus.size(); i < count; i++) {
      gpus.add(Integer.toString(i));
    }
    return List.copyOf(gpus.subList(0, count));
  }
}
