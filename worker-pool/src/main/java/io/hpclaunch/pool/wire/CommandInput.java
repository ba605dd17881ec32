// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command, as a worker is told it: words, values and the folder are bytes, as on any Unix, and
 * need not be UTF-8.
 *
 * @param argv the program and its arguments
 * @param environment variables beside the worker's own; null unsets one
 * @param directory where it runs, or null: where the worker runs
 * @param stdin what it reads
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record CommandInput(
    List<byte[]> argv,
    Map<String, byte @Nullable []> environment,
    byte @Nullable [] directory,
    byte[] stdin) {
  /**
   * As bytes.
   *
   * @return what {@link #decode} reads
   */
  public byte[] encode() {
    WireWriter out = new WireWriter().list(argv, WireWriter::bytes).number(environment.size());
    environment.forEach((name, value) -> out.text(name).optional(value));
    return out.optional(directory).bytes(stdin).toBytes();
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
    List<byte[]> argv = in.list(WireReader::bytes);
    Map<String, byte @Nullable []> environment = new LinkedHashMap<>();
    for (int left = in.count(); left > 0; left--) {
      environment.put(in.text(), in.optionalBytes());
    }
    return new CommandInput(argv, environment, in.optionalBytes(), in.bytes());
  }
}
