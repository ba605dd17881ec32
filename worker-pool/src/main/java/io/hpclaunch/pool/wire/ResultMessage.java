// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.util.List;

/**
 * Results of one batch, on their way to the client.
 *
 * @param batch the batch's id
 * @param worker who ran the tasks
 * @param results the results
 */
public record ResultMessage(String batch, String worker, List<TaskResult> results) {
  private static final int VERSION = 1;

  /** Copies the list. */
  public ResultMessage {
    results = List.copyOf(results);
  }

  /**
   * As bytes.
   *
   * @return what {@link #decode} reads
   */
  public byte[] encode() {
    return new WireWriter()
        .octet(VERSION)
        .text(batch)
        .text(worker)
        .list(results, (out, result) -> result.write(out))
        .toBytes();
  }

  /**
   * Reads a message.
   *
   * @param bytes what was received
   * @return the message
   * @throws WireException when it is none of this version
   */
  public static ResultMessage decode(byte[] bytes) {
    WireReader in = Versions.begin(bytes, VERSION, "results");
    return new ResultMessage(in.text(), in.text(), in.list(TaskResult::read));
  }
}
