// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

import io.hpclaunch.api.transport.FileStat;
import java.time.Instant;

/**
 * What stands in a tree.
 *
 * @param path relative to the top, joined by {@code /}; empty for the top itself
 * @param kind what it is
 * @param size bytes
 * @param modified when it was changed
 * @param mode the permissions
 */
record Entry(String path, FileStat.Kind kind, long size, Instant modified, int mode) {
  private static final int PERMISSIONS = 0777;

  static Entry of(String path, FileStat facts) {
    return new Entry(path, facts.kind(), facts.size(), facts.modified(), facts.mode());
  }

  boolean isFolder() {
    return kind == FileStat.Kind.FOLDER;
  }

  boolean isFile() {
    return kind == FileStat.Kind.FILE;
  }

  /** How many folders of the tree it stands in. */
  int depth() {
    return path.isEmpty() ? 0 : 1 + (int) path.chars().filter(c -> c == '/').count();
  }

  /** A name in bytes that are no UTF-8, which text cannot carry. */
  boolean hasOddName() {
    return path.indexOf('\uFFFD') >= 0;
  }

  /** Times of hosts are told to the second. */
  boolean looksLike(Entry other) {
    return isFile()
        && other.isFile()
        && size == other.size
        && (mode & PERMISSIONS) == (other.mode & PERMISSIONS)
        && modified.getEpochSecond() == other.modified.getEpochSecond();
  }
}
