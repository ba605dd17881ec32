// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

/**
 * What a reducer takes in: the results of a batch, which come in a queue of their own.
 *
 * @param batch the batch's id
 * @param tasks how many results there will be
 */
public record ReduceInput(String batch, int tasks) {
  /**
   * As bytes.
   *
   * @return what {@link #decode} reads
   */
  public byte[] encode() {
    return new WireWriter().text(batch).number(tasks).toBytes();
  }

  /**
   * Reads an input.
   *
   * @param bytes of a task
   * @return the input
   * @throws WireException when it is none
   */
  public static ReduceInput decode(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    return new ReduceInput(in.text(), in.integer());
  }
}
