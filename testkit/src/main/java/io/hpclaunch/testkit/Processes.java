// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Processes of this machine, found by what /proc tells of them; a zombie has neither. */
final class Processes {
  private Processes() {}

  static List<ProcessHandle> withEnvironment(String variable) {
    return where("environ", entry -> entry.equals(variable));
  }

  static List<ProcessHandle> withWord(String part) {
    return where("cmdline", word -> word.contains(part));
  }

  private static List<ProcessHandle> where(String file, Predicate<String> wanted) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(process -> words(process, file).stream().anyMatch(wanted))
        .toList();
  }

  private static List<String> words(ProcessHandle process, String file) {
    try {
      byte[] words = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), file));
      return Arrays.asList(new String(words, StandardCharsets.UTF_8).split("\0"));
    } catch (IOException e) {
      return List.of(); // It is gone, or another user's.
    }
  }
}
