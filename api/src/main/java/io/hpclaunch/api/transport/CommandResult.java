// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import java.nio.charset.StandardCharsets;

/**
 * How a command ended and what it wrote.
 *
 * @since 0.1
 */
public final class CommandResult {
  private final int status;
  private final byte[] stdout;
  private final byte[] stderr;

  /**
   * Makes a result.
   *
   * @param status the exit status; 128 + n after signal n
   * @param stdout what it wrote to standard output
   * @param stderr what it wrote to standard error
   */
  public CommandResult(int status, byte[] stdout, byte[] stderr) {
    this.status = status;
    this.stdout = stdout.clone();
    this.stderr = stderr.clone();
  }

  /**
   * The exit status.
   *
   * @return 0 to 255; 128 + n after signal n
   */
  public int status() {
    return status;
  }

  /**
   * Standard output as text.
   *
   * @return the text, read as UTF-8
   */
  public String stdout() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  /**
   * Standard error as text.
   *
   * @return the text, read as UTF-8
   */
  public String stderr() {
    return new String(stderr, StandardCharsets.UTF_8);
  }

  /**
   * Standard output as bytes.
   *
   * @return a copy
   */
  public byte[] stdoutBytes() {
    return stdout.clone();
  }

  /**
   * Standard error as bytes.
   *
   * @return a copy
   */
  public byte[] stderrBytes() {
    return stderr.clone();
  }
}
