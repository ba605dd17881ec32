// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is open after some entries of a journal. Not safe for use by several threads. */
public final class OpenIntents {
  private final Map<String, OpenIntent> open = new LinkedHashMap<>();

  /** Nothing is open. */
  public OpenIntents() {}

  /**
   * Names what an entry is about.
   *
   * @param entry an entry
   * @return the same text for an intent and its outcomes
   */
  public static String key(JournalEntry entry) {
    return entry.token() + "/" + entry.part();
  }

  /**
   * Takes an entry in.
   *
   * @param entry the next one
   */
  public void note(JournalEntry entry) {
    String key = key(entry);
    if (entry instanceof JournalEntry.Intent intent) {
      open.put(key, new OpenIntent(intent, null));
    } else if (entry instanceof JournalEntry.Outcome outcome) {
      if (outcome.kind().closes()) {
        open.remove(key);
      } else {
        open.computeIfPresent(key, (k, known) -> new OpenIntent(known.intent(), outcome));
      }
    }
  }

  /**
   * The open intent that an entry is about.
   *
   * @param entry an entry
   * @return the intent as it stands, or null when it is not open
   */
  public @Nullable OpenIntent about(JournalEntry entry) {
    return open.get(key(entry));
  }

  /**
   * Forgets an intent that somebody else settles.
   *
   * @param entry an entry about it
   */
  public void forget(JournalEntry entry) {
    open.remove(key(entry));
  }

  /**
   * All that is open.
   *
   * @return the intents, in the order in which they were written
   */
  public List<OpenIntent> all() {
    return new ArrayList<>(open.values());
  }

  /**
   * Whether nothing is open.
   *
   * @return true then
   */
  public boolean isEmpty() {
    return open.isEmpty();
  }
}
