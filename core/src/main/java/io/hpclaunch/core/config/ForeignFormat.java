// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A configuration file of another system, read as ours. */
interface ForeignFormat {
  /** All of them; a file is of the first one that takes it. */
  List<ForeignFormat> ALL =
      List.of(new HpcConnectFormat(), new SweepManagerFormat(), new CcatFormat());

  /** The system's name, which stands beside the origin of each value. */
  String name();

  /**
   * Translates a file.
   *
   * @param top the whole file
   * @param ownPlace whether the file was found where that system looks for its own
   * @return what would stand under {@code hpc:}, each value with its line; or null when the file is
   *     not in this format
   */
  @Nullable Node translate(Node.Fields top, boolean ownPlace);
}
