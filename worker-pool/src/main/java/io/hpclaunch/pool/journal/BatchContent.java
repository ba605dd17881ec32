// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.journal;

import io.hpclaunch.pool.wire.ResultMessage;
import io.hpclaunch.pool.wire.TaskResult;
import io.hpclaunch.pool.wire.WireException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** What the journal of a batch says, all of it together, without the results themselves. */
public final class BatchContent {
  private final BatchEntry.Opened opened;
  private final Set<String> allowed = new LinkedHashSet<>();
  private final BitSet known = new BitSet();
  private final BitSet ended = new BitSet();
  private final BitSet givenUp = new BitSet();
  private int whole = -1;

  BatchContent(BatchEntry.Opened opened) {
    this.opened = opened;
  }

  void add(BatchEntry entry) {
    if (entry instanceof BatchEntry.Allowed more) {
      allowed.addAll(more.patterns());
    } else if (entry instanceof BatchEntry.HandedOver handed) {
      handed.tasks().forEach(known::set);
    } else if (entry instanceof BatchEntry.Whole end) {
      whole = end.tasks();
    } else if (entry instanceof BatchEntry.GivenUp wish) {
      wish.tasks().forEach(index -> end(givenUp, index));
    } else if (entry instanceof BatchEntry.Arrived arrived) {
      arrived(arrived.message());
    }
  }

  private void arrived(byte[] message) {
    try {
      for (TaskResult result : ResultMessage.decode(message).results()) {
        end(ended, result.index());
      }
    } catch (WireException e) {
      return; // of another version: to whoever attaches, it never came
    }
  }

  private void end(BitSet set, int index) {
    if (index < 0) {
      return; // no worker of ours
    }
    known.set(index);
    ended.set(index);
    set.set(index);
  }

  /**
   * How it began.
   *
   * @return the first entry
   */
  public BatchEntry.Opened opened() {
    return opened;
  }

  /**
   * Classes that results may be made of.
   *
   * @return patterns
   */
  public List<String> allowed() {
    return new ArrayList<>(allowed);
  }

  /**
   * Tasks that the broker has, or had.
   *
   * @return their indexes; the caller's own
   */
  public BitSet known() {
    return (BitSet) known.clone();
  }

  /**
   * Tasks that were given up.
   *
   * @return their indexes; the caller's own
   */
  public BitSet givenUp() {
    return (BitSet) givenUp.clone();
  }

  /**
   * How many tasks are known.
   *
   * @return the number
   */
  public int tasks() {
    return known.cardinality();
  }

  /**
   * How many have ended.
   *
   * @return the number
   */
  public int ended() {
    return ended.cardinality();
  }

  /**
   * How many tasks there are.
   *
   * @return empty where the client died before it had named the last one
   */
  public OptionalInt whole() {
    return whole < 0 ? OptionalInt.empty() : OptionalInt.of(whole);
  }

  /**
   * Whether each task of the batch is known: of those that are handed over one by one, always.
   *
   * @return false where the client died while it handed over
   */
  public boolean isComplete() {
    return opened.isOneByOne() || tasks() == whole;
  }
}
