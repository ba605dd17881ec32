// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.NativeId;
import org.jspecify.annotations.Nullable;

/**
 * The id that qsub tells: the last line that is one, since banners may come before and after. One
 * with a server beats a bare number, which a banner may hold too.
 */
final class QsubAnswer {
  private QsubAnswer() {}

  /**
   * Reads {@code 12.server} or {@code 12[].server}.
   *
   * @param stdout what qsub wrote to standard output, and nothing else
   * @return the id, or null where there is none
   */
  static @Nullable NativeId read(String stdout) {
    PbsId found = null;
    for (String line : stdout.split("\n", -1)) {
      PbsId id = PbsId.parse(line.strip());
      boolean better =
          found == null || found.server() == null || (id != null && id.server() != null);
      if (id != null && id.index() == null && better) {
        found = id;
      }
    }
    return found == null ? null : found.nativeId();
  }
}
