// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import io.hpclaunch.api.launch.Topology;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The sockets and cores of this machine, as proc(5) tells them. */
final class Machine {
  private Machine() {}

  /**
   * Reads the topology.
   *
   * @param cpuinfo {@code /proc/cpuinfo}; where it is missing or tells no sockets, all processors
   *     that the JVM may use count as the cores of one socket
   * @param processors how many processors the JVM may use
   * @return the topology of one node
   */
  static Topology topology(Path cpuinfo, int processors) {
    Map<String, Set<String>> coresOfSockets = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(cpuinfo, StandardCharsets.ISO_8859_1)) {
      String socket = "0";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("physical id")) {
          socket = value(line);
        } else if (line.startsWith("core id")) {
          Set<String> cores = coresOfSockets.getOrDefault(socket, new HashSet<>());
          cores.add(value(line));
          coresOfSockets.put(socket, cores);
        }
      }
    } catch (IOException e) {
      coresOfSockets.clear();
    }
    int most = 0;
    for (Set<String> cores : coresOfSockets.values()) {
      most = Math.max(most, cores.size());
    }
    return most == 0
        ? new Topology(1, 1, processors)
        : new Topology(1, coresOfSockets.size(), most);
  }

  private static String value(String line) {
    return line.substring(line.indexOf(':') + 1).trim();
  }
}
