// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

/**
 * Is told how far the copying of a file, or of a folder with what is in it, has come; by one thread
 * at a time. It must not throw or wait. One that serves several copies is told of one after the
 * other, or sees them mixed.
 *
 * @since 0.1
 */
public interface CopyListener {
  /** Told nothing. */
  CopyListener NONE = new CopyListener() {
    @Override
    public void planned(long files, long bytes) {}

    @Override
    public void copied(long bytes) {}
  };

  /**
   * A copy begins, and it is known what is to be copied.
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
   * @param file its path in the tree, joined by {@code /}
   */
  default void finished(String file) {}

  /** The copy that was planned last has ended, well or not. */
  default void ended() {}
}
