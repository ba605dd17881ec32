// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.core.shell.RawBytes;
import io.hpclaunch.pool.wire.CommandInput;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command that a worker runs in a process of its own, without a shell. Immutable.
 *
 * <p>Texts reach it as UTF-8, whatever the locale of the worker. Bytes that are none can stand in
 * them as {@link RawBytes} has it.
 *
 * @since 0.1
 */
public final class CommandTask {
  private final List<String> argv;
  private final Map<String, @Nullable String> environment;
  private final @Nullable String directory;
  private final byte[] stdin;

  private CommandTask(
      List<String> argv,
      Map<String, @Nullable String> environment,
      @Nullable String directory,
      byte[] stdin) {
    this.argv = List.copyOf(argv);
    this.environment = environment;
    this.directory = directory;
    this.stdin = stdin;
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a command has at least one word");
    }
  }

  /**
   * A command.
   *
   * @param argv the program and its arguments, each as it is
   * @return the task, with the worker's environment and an empty standard input
   */
  public static CommandTask of(String... argv) {
    return of(List.of(argv));
  }

  /**
   * A command.
   *
   * @param argv the program and its arguments, each as it is
   * @return the task, with the worker's environment and an empty standard input
   */
  public static CommandTask of(List<String> argv) {
    return new CommandTask(argv, Map.of(), null, new byte[0]);
  }

  /**
   * With a variable.
   *
   * @param variable its name
   * @param value its value; null unsets it
   * @return the changed task
   */
  public CommandTask withEnvironment(String variable, @Nullable String value) {
    Objects.requireNonNull(variable, "variable");
    Map<String, @Nullable String> more = new LinkedHashMap<>(environment);
    more.put(variable, value);
    return new CommandTask(argv, more, directory, stdin);
  }

  /**
   * In another folder.
   *
   * @param path a folder where the worker runs; null: where the worker itself runs
   * @return the changed task
   */
  public CommandTask withDirectory(@Nullable String path) {
    return new CommandTask(argv, environment, path, stdin);
  }

  /**
   * With a standard input.
   *
   * @param bytes what it reads; copied
   * @return the changed task
   */
  public CommandTask withStdin(byte[] bytes) {
    return new CommandTask(argv, environment, directory, bytes.clone());
  }

  /** As a worker reads it. */
  byte[] encode() {
    Map<String, byte @Nullable []> variables = new LinkedHashMap<>();
    environment.forEach((name, value) -> variables.put(name, bytes(value)));
    List<byte[]> words = argv.stream().map(RawBytes::encode).toList();
    return new CommandInput(words, variables, bytes(directory), stdin).encode();
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : RawBytes.encode(text);
  }
}
