// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import io.hpclaunch.api.InvalidJob;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command to run: an argument vector that no shell reads.
 *
 * @since 0.1
 */
public final class Command {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  private final List<String> argv;
  private final Map<String, @Nullable String> environment;
  private final byte[] input;
  private final Duration timeout;

  private Command(
      List<String> argv,
      Map<String, @Nullable String> environment,
      byte[] input,
      Duration timeout) {
    this.argv = List.copyOf(argv);
    this.environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    this.input = input;
    this.timeout = timeout;
    if (this.argv.isEmpty()) {
      throw new InvalidJob("empty command");
    }
    for (String word : this.argv) {
      if (word.indexOf('\0') >= 0) {
        throw new InvalidJob("NUL in the arguments of " + argv.get(0));
      }
    }
    for (Map.Entry<String, @Nullable String> variable : this.environment.entrySet()) {
      String value = variable.getValue();
      if (variable.getKey().isEmpty()
          || variable.getKey().indexOf('=') >= 0
          || variable.getKey().indexOf('\0') >= 0
          || (value != null && value.indexOf('\0') >= 0)) {
        throw new InvalidJob(
            "variable '" + variable.getKey() + "' of " + argv.get(0) + " has a bad name, or NUL");
      }
    }
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("timeout " + timeout);
    }
  }

  /**
   * A command with an empty input, no change of the environment and a time limit of 60 s.
   *
   * @param argv the program and its arguments
   * @return the command
   */
  public static Command of(String... argv) {
    return of(Arrays.asList(argv));
  }

  /**
   * A command with an empty input, no change of the environment and a time limit of 60 s.
   *
   * @param argv the program and its arguments
   * @return the command
   */
  public static Command of(List<String> argv) {
    return new Command(argv, Map.of(), new byte[0], DEFAULT_TIMEOUT);
  }

  /**
   * The same command with variables set, or unset by null.
   *
   * @param variables names and values, added to those given before
   * @return the command
   */
  public Command withEnvironment(Map<String, ? extends @Nullable String> variables) {
    Map<String, @Nullable String> all = new LinkedHashMap<>(environment);
    all.putAll(variables);
    return new Command(argv, all, input, timeout);
  }

  /**
   * The same command with a standard input.
   *
   * @param bytes the input
   * @return the command
   */
  public Command withInput(byte[] bytes) {
    return new Command(argv, environment, bytes.clone(), timeout);
  }

  /**
   * The same command with a time limit.
   *
   * @param limit more than zero
   * @return the command
   */
  public Command withTimeout(Duration limit) {
    return new Command(argv, environment, input, limit);
  }

  /**
   * The program and its arguments.
   *
   * @return at least one word
   */
  public List<String> argv() {
    return argv;
  }

  /**
   * Variables to set, or to unset where the value is null.
   *
   * @return names and values
   */
  public Map<String, @Nullable String> environment() {
    return environment;
  }

  /**
   * The standard input.
   *
   * @return a copy of the bytes
   */
  public byte[] input() {
    return input.clone();
  }

  /**
   * How long the command may take before it is ended.
   *
   * @return more than zero
   */
  public Duration timeout() {
    return timeout;
  }

  /** The argument vector; never the environment or the input, which may be secret. */
  @Override
  public String toString() {
    return "Command" + argv;
  }
}
