// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import java.util.Locale;

/** Numbers of bytes, for people. */
final class Sizes {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final double STEP = 1024;

  private Sizes() {}

  /** Such as {@code 3 files, 1.5 MiB}. */
  static String files(long files, long bytes) {
    return files + (files == 1 ? " file, " : " files, ") + size(bytes);
  }

  static String size(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= STEP && unit < UNITS.length - 1) {
      size /= STEP;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }
}
