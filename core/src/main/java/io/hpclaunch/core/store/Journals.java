// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/** The journals of all clients of a store: one for each client that submits. */
public interface Journals {
  /**
   * Opens a journal for this client.
   *
   * @return a journal that nobody else writes to
   * @throws IOException when it cannot be made
   */
  Journal open() throws IOException;

  /**
   * Takes over what clients that are gone have left open, and what this process has closed with
   * something open: of several that try, one gets an intent. The caller deals with the intents,
   * appends the outcomes to the journal that holds them, and closes it.
   *
   * @param reachable the intents that the caller can settle. A store whose clients all reach the
   *     same does not ask, and hands over all
   * @return the journals that hold them; what cannot be read is left alone
   * @throws IOException when the journals cannot be listed
   */
  List<Journal> takeOver(Predicate<JournalEntry.Intent> reachable) throws IOException;

  /**
   * What clients that are gone have left open, and nobody has taken over.
   *
   * @return the intents; none where {@link #takeOver} hands over all
   * @throws IOException when the journals cannot be listed
   */
  default List<JournalEntry.Intent> abandoned() throws IOException {
    return List.of();
  }
}
