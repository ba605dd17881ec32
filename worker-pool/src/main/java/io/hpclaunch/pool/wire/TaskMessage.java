// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.util.List;

/**
 * Tasks of one batch, on their way to a worker.
 *
 * @param batch the batch's id
 * @param codes what its tasks run
 * @param tasks the tasks
 */
public record TaskMessage(String batch, List<Code> codes, List<Task> tasks) {
  private static final int VERSION = 1;

  /** Copies the lists. */
  public TaskMessage {
    codes = List.copyOf(codes);
    tasks = List.copyOf(tasks);
  }

  /**
   * A message with one task.
   *
   * @param batch the batch's id
   * @param code what it runs
   * @param task the task, whose code is number 0
   * @return the message
   */
  public static TaskMessage of(String batch, Code code, Task task) {
    return new TaskMessage(batch, List.of(code), List.of(task));
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
        .list(codes, (out, code) -> code.write(out))
        .list(tasks, (out, task) -> task.write(out))
        .toBytes();
  }

  /**
   * Reads a message.
   *
   * @param bytes what was received
   * @return the message
   * @throws WireException when it is none of this version
   */
  public static TaskMessage decode(byte[] bytes) {
    WireReader in = Versions.begin(bytes, VERSION, "tasks");
    TaskMessage message = new TaskMessage(in.text(), in.list(Code::read), in.list(Task::read));
    for (Task task : message.tasks()) {
      if (task.code() < 0 || task.code() >= message.codes().size()) {
        throw new WireException("task " + task.index() + " names code " + task.code() + " of "
            + message.codes().size());
      }
    }
    return message;
  }
}
