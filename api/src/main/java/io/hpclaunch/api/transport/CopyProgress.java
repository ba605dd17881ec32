// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

/**
 * Is told how far the copying of files has come. It is called by several threads at once, and must
 * not throw or wait.
 *
 * @since 0.1
 */
public interface CopyProgress {
  /** Told nothing. */
  CopyProgress NONE = new CopyProgress() {
    @Override
    public void copied(FileCopy file, long bytes) {}

    @Override
    public void finished(FileCopy file) {}
  };

  /**
   * Bytes have arrived; a negative number takes some back, where a file is begun anew.
   *
   * @param file the file
   * @param bytes how many
   */
  void copied(FileCopy file, long bytes);

  /**
   * A file is whole and has its name, permissions and time.
   *
   * @param file the file
   */
  void finished(FileCopy file);
}
