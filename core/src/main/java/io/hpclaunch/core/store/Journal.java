// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.io.IOException;
import java.util.List;

/**
 * Where one client writes down what it is about to submit, and what became of it, or what it has
 * taken over of a client that is gone. What {@link #append} has returned from survives the death of
 * the process. Safe for use by several threads.
 */
public interface Journal extends AutoCloseable {
  /**
   * Writes an entry.
   *
   * @param entry what happened
   * @throws IOException when it could not be written, such as on a full disk, or when another
   *     client has taken the submission over. What was to follow must not be done
   */
  void append(JournalEntry entry) throws IOException;

  /**
   * The intents about which something is still to be done.
   *
   * @return the intents, in the order in which they were written
   */
  List<OpenIntent> openIntents();

  /**
   * Where it stands, for messages.
   *
   * @return such as a path
   */
  String name();

  /**
   * Gives the journal back: what is open in it is left to whoever takes it over.
   *
   * @throws IOException when that cannot be done
   */
  @Override
  void close() throws IOException;
}
