// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

import java.util.Locale;

/** Numbers of bytes, for people. */
public final class Sizes {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final double STEP = 1024;

  private Sizes() {}

  /**
   * Files and their bytes, such as {@code 3 files, 1.5 MiB}.
   *
   * @param files how many
   * @param bytes their bytes in all
   * @return the text
   */
  public static String files(long files, long bytes) {
    return files + (files == 1 ? " file, " : " files, ") + size(bytes);
  }

  /**
   * Bytes, such as {@code 1.5 MiB}.
   *
   * @param bytes how many
   * @return the number with a binary unit
   */
  public static String size(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= STEP && unit < UNITS.length - 1) {
      size /= STEP;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }
}
