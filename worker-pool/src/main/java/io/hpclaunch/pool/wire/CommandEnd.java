// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

/**
 * How a command ended.
 *
 * @param status its exit status; 128+n after the signal n
 * @param stdout what it wrote to its standard output
 * @param stderr what it wrote to its standard error
 */
public record CommandEnd(int status, Payload stdout, Payload stderr) {
  /**
   * As bytes.
   *
   * @return what {@link #decode} reads
   */
  public byte[] encode() {
    WireWriter out = new WireWriter().number(status);
    stdout.write(out);
    stderr.write(out);
    return out.toBytes();
  }

  /**
   * Reads an end.
   *
   * @param bytes of a result
   * @return the end
   * @throws WireException when it is none
   */
  public static CommandEnd decode(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    return new CommandEnd(in.integer(), Payload.read(in), Payload.read(in));
  }
}
