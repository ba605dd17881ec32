// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.core.store.JobStore;
import io.hpclaunch.core.store.Journal;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.Journals;
import io.hpclaunch.core.store.OpenIntent;
import io.hpclaunch.core.store.StateStore;
import io.hpclaunch.core.store.StoreHealth;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A store that cannot write down some of what is told, as one whose server is away for a while. */
final class ForgetfulStore implements StateStore {
  private final StateStore store;
  private final boolean shared;
  private Predicate<JournalEntry> refused = entry -> false;

  /**
   * Takes a store.
   *
   * @param shared whether clients that see other files are to be thought of
   */
  ForgetfulStore(StateStore store, boolean shared) {
    this.store = store;
    this.shared = shared;
  }

  /** From now on these entries cannot be written. */
  void refuse(Predicate<JournalEntry> entries) {
    refused = entries;
  }

  private Journal forgetful(Journal journal) {
    return new Journal() {
      @Override
      public void append(JournalEntry entry) throws IOException {
        if (refused.test(entry)) {
          throw new IOException("the store is away");
        }
        journal.append(entry);
      }

      @Override
      public List<OpenIntent> openIntents() {
        return journal.openIntents();
      }

      @Override
      public String name() {
        return journal.name();
      }

      @Override
      public void close() throws IOException {
        journal.close();
      }
    };
  }

  @Override
  public Journals journals() {
    return new Journals() {
      @Override
      public Journal open() throws IOException {
        return forgetful(store.journals().open());
      }

      @Override
      public List<Journal> takeOver(Predicate<JournalEntry.Intent> reachable) throws IOException {
        List<Journal> all = new ArrayList<>();
        store.journals().takeOver(reachable).forEach(journal -> all.add(forgetful(journal)));
        return all;
      }
    };
  }

  @Override
  public JobStore jobs() {
    return store.jobs();
  }

  @Override
  public boolean isShared() {
    return shared;
  }

  @Override
  public void check(boolean submitting) {
    store.check(submitting);
  }

  @Override
  public HpcException unwritable(IOException fault) {
    return store.unwritable(fault);
  }

  @Override
  public HpcException unreadable(IOException fault) {
    return store.unreadable(fault);
  }

  @Override
  public StoreHealth health() {
    return store.health();
  }

  @Override
  public void close() {
    store.close();
  }
}
