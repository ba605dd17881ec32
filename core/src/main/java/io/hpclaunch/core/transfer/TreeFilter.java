// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

/**
 * Says what of a tree is copied. Paths are relative to the tree's top and joined by {@code /}.
 * Called by several threads at once.
 */
public interface TreeFilter {
  /** Takes everything. */
  TreeFilter EVERYTHING = new TreeFilter() {
    @Override
    public boolean enters(String folder) {
      return true;
    }

    @Override
    public boolean takes(String file) {
      return true;
    }

    @Override
    public boolean emptyFolders() {
      return true;
    }
  };

  /**
   * Whether a folder is looked into. What is not looked into costs nothing on the way.
   *
   * @param folder the folder's path, never the top
   * @return false where nothing in it is to be copied
   */
  boolean enters(String folder);

  /**
   * Whether a file, or a link, is copied.
   *
   * @param file its path
   * @return true to copy it
   */
  boolean takes(String file);

  /**
   * Whether folders are made that hold nothing of what is copied.
   *
   * @return false where only those are made that files go to
   */
  boolean emptyFolders();
}
