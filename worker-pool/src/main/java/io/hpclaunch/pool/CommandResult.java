// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import java.nio.charset.StandardCharsets;

/**
 * How a command ended. A status other than 0 is a normal result.
 *
 * @since 0.1
 */
public final class CommandResult {
  private final int status;
  private final byte[] stdout;
  private final byte[] stderr;

  CommandResult(int status, byte[] stdout, byte[] stderr) {
    this.status = status;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /**
   * The exit status.
   *
   * @return 0 to 255; 128+n after the signal n
   */
  public int status() {
    return status;
  }

  /**
   * What it wrote to its standard output.
   *
   * @return the bytes, the caller's own
   */
  public byte[] stdout() {
    return stdout.clone();
  }

  /**
   * What it wrote to its standard error.
   *
   * @return the bytes, the caller's own
   */
  public byte[] stderr() {
    return stderr.clone();
  }

  /**
   * How much it wrote.
   *
   * @return the bytes of both outputs together
   */
  public long size() {
    return (long) stdout.length + stderr.length;
  }

  /**
   * The standard output as text.
   *
   * @return read as UTF-8
   */
  public String output() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  /**
   * The standard error as text.
   *
   * @return read as UTF-8
   */
  public String errors() {
    return new String(stderr, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "status " + status + ", " + stdout.length + " bytes, " + stderr.length + " of errors";
  }
}
