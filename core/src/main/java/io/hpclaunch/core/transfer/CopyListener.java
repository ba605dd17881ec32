// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

/**
 * Is told how far the copying of a tree has come, by one thread at a time. It must not throw or
 * wait.
 */
public interface CopyListener {
  /** Told nothing. */
  CopyListener NONE = new CopyListener() {
    @Override
    public void planned(long files, long bytes) {}

    @Override
    public void copied(long bytes) {}

    @Override
    public void finished(String file) {}
  };

  /**
   * What is to be copied is known.
   *
   * @param files how many files
   * @param bytes how many bytes in all
   */
  void planned(long files, long bytes);

  /**
   * Bytes have arrived.
   *
   * @param bytes how many; negative where some are begun anew
   */
  void copied(long bytes);

  /**
   * A file is whole.
   *
   * @param file its path in the tree
   */
  default void finished(String file) {}
}
