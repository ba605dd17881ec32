// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.wire.CommandInput;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command as a process that can be started. The JVM hands texts to processes in the encoding of
 * its locale, which is ASCII where none is set, and no bytes at all: what is no ASCII goes to a
 * shell, written in ASCII, which makes bytes of it and becomes the program.
 */
final class CommandProcess {
  private static final int HIGH_BIT = 0x80;

  private final StringBuilder script = new StringBuilder();
  private int variables;

  private CommandProcess() {}

  /**
   * Prepares a process.
   *
   * @param command what runs
   * @param own variables that the worker adds
   * @return the process, not started
   * @throws IllegalArgumentException when a variable cannot be had
   */
  static ProcessBuilder of(CommandInput command, Map<String, String> own) {
    return new CommandProcess().prepare(command, own);
  }

  private ProcessBuilder prepare(CommandInput command, Map<String, String> own) {
    ProcessBuilder builder = new ProcessBuilder();
    byte[] directory = command.directory();
    if (directory != null && isAscii(directory)) {
      builder.directory(new File(ascii(directory)));
    } else if (directory != null) {
      String folder = word(directory);
      script.append("CDPATH= cd -- ").append(folder).append(" || exit 126\n");
    }
    Map<String, String> environment = builder.environment();
    for (Map.Entry<String, byte @Nullable []> each : command.environment().entrySet()) {
      byte[] value = each.getValue();
      if (value == null) {
        environment.remove(each.getKey());
      } else if (isAscii(value)) {
        environment.put(each.getKey(), ascii(value));
      } else {
        export(each.getKey(), value);
      }
    }
    environment.putAll(own);
    boolean isPlain = script.isEmpty() && command.argv().stream().allMatch(CommandProcess::isAscii);
    return builder.command(
        isPlain ? command.argv().stream().map(CommandProcess::ascii).toList() : shell(command));
  }

  private List<String> shell(CommandInput command) {
    List<String> words = new ArrayList<>();
    command.argv().forEach(each -> words.add(word(each)));
    return List.of("/bin/sh", "-c", script + "exec " + String.join(" ", words));
  }

  private void export(String name, byte[] value) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException(
          "the variable '" + name + "' is no name to a shell, and its value is no ASCII");
    }
    String text = word(value);
    script.append("export ").append(name).append('=').append(text).append('\n');
  }

  /** Gives a word of the script that means these bytes. */
  private String word(byte[] bytes) {
    if (isAscii(bytes)) {
      return "'" + ascii(bytes).replace("'", "'\\''") + "'";
    }
    StringBuilder octal = new StringBuilder();
    for (byte each : bytes) {
      octal.append(String.format("\\%03o", each & 0xff));
    }
    String variable = "hpc_word_" + variables++;
    // A shell takes line ends off what a command prints: hence the dot.
    script.append(variable).append("=$(printf '").append(octal).append(".')\n");
    return "\"${" + variable + "%.}\"";
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte each : bytes) {
      if ((each & HIGH_BIT) != 0) {
        return false;
      }
    }
    return true;
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
