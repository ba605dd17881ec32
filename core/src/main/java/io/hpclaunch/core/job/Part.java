// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.InvalidJob;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes to the scheduler in one submission: a plain job, a whole array, or a chunk of an array
 * that is too large for the scheduler.
 *
 * @param chunk the user's indices of a chunk; null for a plain job and a whole array
 * @param scheduler the indices as the scheduler numbers them; null for a plain job
 * @param offset what is to be added to the scheduler's index to get the user's
 */
record Part(@Nullable ArrayRange chunk, @Nullable ArrayRange scheduler, int offset) {
  /**
   * Splits what a user wants, where the scheduler has a largest index. "At most N at once" is
   * divided among the chunks.
   *
   * @param array the user's array, or null
   * @param largestIndex the largest index that the scheduler takes, or null for any
   * @return the parts, in order
   * @throws InvalidJob when there are more chunks than elements that may run at once
   */
  static List<Part> of(@Nullable ArrayRange array, @Nullable Integer largestIndex) {
    if (array == null || largestIndex == null || lastOf(array) <= largestIndex) {
      return List.of(new Part(null, array, 0));
    }
    int perChunk = largestIndex / array.step() + 1;
    int chunks = (array.size() + perChunk - 1) / perChunk;
    Integer atOnce = array.atOnce();
    if (atOnce != null && atOnce < chunks) {
      throw new InvalidJob("array " + array + " takes " + chunks + " jobs of this scheduler, whose"
          + " indices end at " + largestIndex + "; then at least " + chunks
          + " elements must be allowed at once, not " + atOnce);
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      int first = array.first() + i * perChunk * array.step();
      int size = Math.min(perChunk, array.size() - i * perChunk);
      parts.add(chunk(array, first, size, share(atOnce, chunks, i)));
    }
    return parts;
  }

  private static Part chunk(ArrayRange array, int first, int size, @Nullable Integer atOnce) {
    int span = (size - 1) * array.step();
    return new Part(
        new ArrayRange(first, first + span, array.step(), atOnce),
        new ArrayRange(0, span, array.step(), atOnce),
        first);
  }

  private static @Nullable Integer share(@Nullable Integer atOnce, int chunks, int number) {
    return atOnce == null ? null : atOnce / chunks + (number < atOnce % chunks ? 1 : 0);
  }

  private static int lastOf(ArrayRange array) {
    return array.first() + (array.size() - 1) * array.step();
  }

  /** The name of a file of which each chunk has its own. */
  String fileName(String name) {
    return chunk == null ? name : name + "." + chunk.first();
  }
}
