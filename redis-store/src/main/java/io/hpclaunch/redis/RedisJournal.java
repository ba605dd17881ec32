// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.core.shell.RawBytes;
import io.hpclaunch.core.store.Journal;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.JournalLines;
import io.hpclaunch.core.store.OpenIntent;
import io.hpclaunch.core.store.OpenIntents;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One journal: a hash with what is open and nothing else, by submission. Its owner keeps a lease;
 * when that has run out others may take submissions out of it, and then this journal refuses to say
 * anything further about them.
 */
final class RedisJournal implements Journal {
  private final RedisLink link;
  private final Leases leases;
  private final String id;
  private final Runnable closing;
  private final OpenIntents open = new OpenIntents();

  /**
   * Names a journal.
   *
   * @param closing what is done when it is closed
   */
  RedisJournal(RedisLink link, Leases leases, String id, Runnable closing) {
    this.link = link;
    this.leases = leases;
    this.id = id;
    this.closing = closing;
  }

  /** Takes in what was taken over. */
  synchronized void note(List<JournalEntry> entries) {
    entries.forEach(open::note);
  }

  @Override
  public synchronized void append(JournalEntry entry) throws IOException {
    OpenIntent stood = open.about(entry);
    boolean closes =
        entry instanceof JournalEntry.Outcome outcome && outcome.kind().closes();
    boolean mustBeOpen = stood != null && !closes;
    String lease = link.keys().lease(id);
    Object answer;
    try {
      answer = link.run(
          Script.APPEND,
          List.of(link.keys().journals(), link.keys().journal(id), lease),
          List.of(
              id,
              Owner.current(),
              leases.holder(),
              leases.millis(),
              OpenIntents.key(entry),
              closes ? "" : lines(stood, entry),
              mustBeOpen ? 1 : 0));
    } catch (RedisFault e) {
      throw entry instanceof JournalEntry.Intent ? e.with("nothing was submitted") : e;
    }
    leases.keep(lease, leases.holder());
    if (!Long.valueOf(1).equals(answer)) {
      open.forget(entry);
      throw new IOException("submission " + entry.token()
          + " was taken over by another client, since nothing was heard of this one for "
          + leases.millis() / 1000 + " s");
    }
    open.note(entry);
  }

  /** The intent, and what became of it last. */
  private static byte[] lines(@Nullable OpenIntent stood, JournalEntry entry) {
    byte[] line = JournalLines.write(entry);
    if (entry instanceof JournalEntry.Intent || stood == null) {
      return line;
    }
    byte[] intent = JournalLines.write(stood.intent());
    byte[] both = new byte[intent.length + line.length];
    System.arraycopy(intent, 0, both, 0, intent.length);
    System.arraycopy(line, 0, both, intent.length, line.length);
    return both;
  }

  /** What stands of one submission. */
  static List<JournalEntry> entries(String lines) {
    return JournalLines.read(RawBytes.encode(lines)).entries();
  }

  @Override
  public synchronized List<OpenIntent> openIntents() {
    return open.all();
  }

  @Override
  public String name() {
    return link.keys().journal(id);
  }

  @Override
  public synchronized void close() throws IOException {
    Keys keys = link.keys();
    leases.letGo(keys.lease(id));
    closing.run();
    link.run(Script.LEAVE, List.of(keys.journals(), keys.journal(id), keys.lease(id)), List.of(id));
  }
}
