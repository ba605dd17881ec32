// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a host has: asked for in one command, so that it is the same here and behind SSH.
 *
 * @param name the host's name
 * @param processors processors that a process of the user may use
 * @param sockets sockets with cores
 * @param coresPerSocket cores of the largest socket
 * @param memory bytes of memory, or 0 where it is not told
 * @param gpus gpus by type
 */
record HostFacts(
    String name,
    int processors,
    int sockets,
    int coresPerSocket,
    long memory,
    Map<String, Integer> gpus) {
  /** Sections that begin with a line of their own; nproc(1), proc(5), nvidia-smi(1). */
  private static final String QUESTION = """
      echo '#host'; uname -n
      echo '#nproc'; nproc
      echo '#cpuinfo'; grep -E '^(physical id|core id)' /proc/cpuinfo
      echo '#meminfo'; grep -E '^MemTotal:' /proc/meminfo
      echo '#gpus'; nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null
      exit 0
      """;

  /**
   * Asks a host.
   *
   * @param transport the way to it
   * @return what it has
   * @throws BackendUnavailable when it cannot be asked
   */
  static HostFacts ask(Transport transport) {
    CommandResult result;
    try {
      result = transport.run(Command.of("sh", "-c", QUESTION));
    } catch (IOException e) {
      throw new BackendUnavailable(transport.host() + " cannot be asked: " + e.getMessage(), e);
    }
    if (result.status() != 0) {
      throw new BackendUnavailable(transport.host() + " cannot be asked: sh ended with "
          + result.status() + ": " + result.stderr().strip());
    }
    return parse(result.stdout());
  }

  /**
   * Reads the answer.
   *
   * @param answer what the host printed
   * @return what it has
   */
  static HostFacts parse(String answer) {
    Map<String, String> first = new HashMap<>();
    Map<String, Set<String>> coresOfSockets = new HashMap<>();
    Map<String, Integer> gpus = new LinkedHashMap<>();
    String section = "";
    String socket = "0";
    for (String line : answer.lines().toList()) {
      String text = line.strip();
      if (text.startsWith("#")) {
        section = text;
      } else if (section.equals("#gpus")) {
        gpus.merge(text.toLowerCase(Locale.ROOT).replace(' ', '-'), 1, Integer::sum);
      } else if (text.startsWith("physical id")) {
        socket = value(text);
      } else if (text.startsWith("core id")) {
        coresOfSockets.computeIfAbsent(socket, s -> new HashSet<>()).add(value(text));
      } else {
        first.putIfAbsent(section, text);
      }
    }
    int processors = (int) number(first.getOrDefault("#nproc", "1"), 1);
    int cores = coresOfSockets.values().stream().mapToInt(Set::size).max().orElse(processors);
    String[] memory = first.getOrDefault("#meminfo", "").split("\\s+", -1);
    return new HostFacts(
        first.getOrDefault("#host", "localhost"),
        processors,
        Math.max(1, coresOfSockets.size()),
        cores,
        memory.length > 1 ? number(memory[1], 0) * MemorySize.KIB : 0,
        gpus);
  }

  private static String value(String line) {
    return line.substring(line.indexOf(':') + 1).strip();
  }

  private static long number(String text, long otherwise) {
    try {
      return Math.max(otherwise, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
