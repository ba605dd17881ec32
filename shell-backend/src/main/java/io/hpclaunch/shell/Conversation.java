// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.transport.RunningCommand;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The talk with one {@code hpc-shell ROOT serve}. A request is the line {@code VERB COUNT OPTION…}
 * and COUNT more; its answer ends with {@code done STATUS [MESSAGE]}. Calls block without a limit.
 */
final class Conversation implements AutoCloseable {
  private static final String END = "done ";

  private final RunningCommand command;
  private final BufferedReader answers;

  Conversation(RunningCommand command) {
    this.command = command;
    answers = new BufferedReader(
        new InputStreamReader(command.output(), StandardCharsets.ISO_8859_1), 1 << 16);
  }

  /**
   * Writes a request.
   *
   * @throws IOException when not all of it could be written: then nobody reads it any more
   */
  void ask(String verb, List<String> options, List<String> lines) throws IOException {
    StringBuilder request = new StringBuilder(verb).append(' ').append(lines.size());
    options.forEach(option -> request.append(' ').append(option));
    request.append('\n');
    lines.forEach(line -> request.append(line).append('\n'));
    OutputStream to = command.input();
    to.write(request.toString().getBytes(StandardCharsets.US_ASCII));
    to.flush();
  }

  /**
   * Reads the answer to what was asked.
   *
   * @throws IOException when it does not come to its end
   */
  Answer answer() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(END)) {
        return new Answer(lines, status(line), message(line));
      }
      lines.add(line);
    }
    close(); // what it wrote to standard error is complete then
    String errors = command.errors().strip();
    throw new EOFException(
        errors.isEmpty() ? "hpc-shell ended in the middle" : "hpc-shell ended: " + oneLine(errors));
  }

  private static int status(String line) throws IOException {
    String[] words = line.split(" ", -1);
    try {
      return Integer.parseInt(words[1]);
    } catch (NumberFormatException e) {
      throw new IOException("hpc-shell ended an answer with '" + line + "'", e);
    }
  }

  private static String message(String line) {
    String[] words = line.split(" ", -1);
    String text = words.length > 2 ? Words.decode(words[2]) : null;
    return text == null ? "" : oneLine(text);
  }

  private static String oneLine(String text) {
    return String.join("; ", text.lines().toList());
  }

  /** Ends the program on the host, which ends by itself when its input does. */
  @Override
  public void close() {
    try {
      command.close();
    } catch (IOException e) {
      // The host cannot be reached: its end of the connection falls away with ours.
    }
  }
}
