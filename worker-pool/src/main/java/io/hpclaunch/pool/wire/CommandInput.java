// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command, as a worker is told it.
 *
 * @param argv the program and its arguments
 * @param environment variables beside the worker's own; null unsets one
 * @param directory where it runs, or null: where the worker runs
 * @param stdin what it reads
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record CommandInput(
    List<String> argv,
    Map<String, @Nullable String> environment,
    @Nullable String directory,
    byte[] stdin) {
  /**
   * As bytes.
   *
   * @return what {@link #decode} reads
   */
  public byte[] encode() {
    return new WireWriter()
        .list(argv, WireWriter::text)
        .map(environment)
        .optional(directory)
        .bytes(stdin)
        .toBytes();
  }

  /**
   * Reads a command.
   *
   * @param bytes of a task
   * @return the command
   * @throws WireException when it is none
   */
  public static CommandInput decode(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    return new CommandInput(in.list(WireReader::text), in.map(), in.optional(), in.bytes());
  }
}
