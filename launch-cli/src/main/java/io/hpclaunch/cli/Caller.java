// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Who called: the words of the command line and the environment, byte for byte. The JVM turns what
 * is no UTF-8 into replacement characters, so both are read from where the system keeps them.
 */
final class Caller {
  /** Linux has the environment here as it was when the process began; see proc(5). */
  private static final Path ENVIRON = Path.of("/proc/self/environ");

  private Caller() {}

  /**
   * The words.
   *
   * @param properties {@code hpc.words} names a file that holds each word with a NUL behind it
   * @param args what the JVM was given, taken where there is no such file
   */
  static String[] words(Properties properties, String[] args) {
    String file = properties.getProperty("hpc.words");
    if (file == null) {
      return args;
    }
    try {
      return split(Files.readAllBytes(Path.of(file))).toArray(String[]::new);
    } catch (IOException e) {
      throw new UncheckedIOException("the words of the command line cannot be read", e);
    }
  }

  /**
   * The environment, without what the wrapper changed.
   *
   * @param properties {@code hpc.user.LC_ALL} is the caller's own value; unset where there was none
   * @param told what the JVM makes of it, taken where the system keeps no other
   */
  static Map<String, String> environment(Properties properties, Map<String, String> told) {
    Map<String, String> environment = new HashMap<>(told);
    try {
      environment = read(Files.readAllBytes(ENVIRON));
    } catch (IOException e) {
      // not Linux: the JVM's own reading is the best there is
    }
    if (properties.getProperty("hpc.home") != null) {
      environment.remove("LC_ALL");
      String own = properties.getProperty("hpc.user.LC_ALL");
      if (own != null) {
        environment.put("LC_ALL", own);
      }
    }
    return environment;
  }

  /** Reads {@code NAME=VALUE} with a NUL behind each; the first of a name counts, as in C. */
  static Map<String, String> read(byte[] bytes) {
    Map<String, String> environment = new HashMap<>();
    for (String entry : split(bytes)) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        environment.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return environment;
  }

  private static List<String> split(byte[] bytes) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == 0) {
        byte[] part = Arrays.copyOfRange(bytes, from, at);
        parts.add(RawBytes.decode(part));
        from = at + 1;
      }
    }
    return parts;
  }
}
