// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.HpcException;
import java.io.IOException;

/**
 * What clients keep of jobs beyond their own life: the records, and the journals of what they are
 * about to submit. Files of the state folder are the default ({@link FileStateStore}); plugins
 * bring others ({@link StoreProvider}). Safe for use by several threads. Nothing is opened before
 * it is needed.
 */
public interface StateStore extends AutoCloseable {
  /**
   * The records.
   *
   * @return always the same store
   */
  JobStore jobs();

  /**
   * The journals.
   *
   * @return always the same
   */
  Journals journals();

  /**
   * Whether clients on hosts that share no file system may use it at once. Each job is kept with
   * the place of its files then, and only clients that see that place conclude anything from what
   * they don't find.
   *
   * @return false for a folder
   */
  boolean isShared();

  /**
   * Looks whether the store can be used, before anything is done that depends on it.
   *
   * @param submitting whether a submission asks: it is told that nothing was submitted
   * @throws HpcException that says what keeps it from being used, and what to do
   */
  void check(boolean submitting);

  /**
   * The error of a client whose journal could not be opened.
   *
   * @param fault what happened
   * @return one line that says what to do
   */
  HpcException unwritable(IOException fault);

  /**
   * The error of a client that could not read.
   *
   * @param fault what happened
   * @return one line that says what to do
   */
  HpcException unreadable(IOException fault);

  /**
   * Looks at the store for what endangers the promises that it makes.
   *
   * @return what was found
   * @throws HpcException when it cannot be used at all
   */
  StoreHealth health();

  /** Gives back what is held open. */
  @Override
  void close();
}
