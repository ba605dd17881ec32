// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

import java.util.List;

/**
 * What was copied of a tree.
 *
 * @param files how many files were copied
 * @param bytes their bytes in all
 * @param unchanged how many files were there already, with the same size and time
 * @param leftOut what was not copied, by path: links that lead out of the tree, devices, pipes and
 *     sockets, and what is named in bytes that are no UTF-8
 */
public record CopyResult(long files, long bytes, long unchanged, List<String> leftOut) {
  /** Copies the list. */
  public CopyResult {
    leftOut = List.copyOf(leftOut);
  }
}
