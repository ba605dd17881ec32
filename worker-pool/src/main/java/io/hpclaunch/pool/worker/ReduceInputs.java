// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.wire.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What a reducer iterates over: the results of other tasks, in the order of these. While it waits
 * for the next one its slot is free for others: a worker whose slots were all held by reducers that
 * wait would wait for ever.
 */
final class ReduceInputs implements Iterable<@Nullable Object> {
  private final Gathering gathering;
  private final Reader reader;
  private final Slot slot;
  private boolean isUsed;

  /** Makes an object of a result. */
  interface Reader {
    /**
     * Reads a result.
     *
     * @throws IOException when it cannot be read
     * @throws TaskRunner.RefusedException when a class is not allowed, or not there
     */
    @Nullable Object read(Payload payload) throws IOException, TaskRunner.RefusedException;
  }

  /** The reducer's share of its worker. */
  interface Slot {
    /** Gives it to others. */
    void leave();

    /**
     * Takes it again, when it is free.
     *
     * @throws InterruptedException when the reducer is cancelled
     */
    void enter() throws InterruptedException;
  }

  ReduceInputs(Gathering gathering, Reader reader, Slot slot) {
    this.gathering = gathering;
    this.reader = reader;
    this.slot = slot;
  }

  /**
   * The results.
   *
   * @throws IllegalStateException the second time: they are given once, and not kept
   */
  @Override
  public Iterator<@Nullable Object> iterator() {
    if (isUsed) {
      throw new IllegalStateException("a reducer can go over its inputs once; keep what you need");
    }
    isUsed = true;
    return new Iterator<>() {
      private int index;

      @Override
      public boolean hasNext() {
        return index < gathering.size();
      }

      @Override
      public @Nullable Object next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return read(await(index++));
      }
    };
  }

  private @Nullable Object read(Payload payload) {
    try {
      return reader.read(payload);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TaskRunner.RefusedException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private Payload await(int index) {
    Payload here = gathering.poll(index);
    if (here != null) {
      return here;
    }
    slot.leave();
    try {
      Payload come = gathering.take(index);
      slot.enter();
      return come;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the reducer was cancelled");
    }
  }
}
