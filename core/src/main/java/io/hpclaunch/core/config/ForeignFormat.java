// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A configuration file of another system, read as ours. */
interface ForeignFormat {
  /** All of them; a file is of the first one that takes it. */
  List<ForeignFormat> ALL = List.of(
      new HpcConnectFormat(), new SweepManagerFormat(), new CcatFormat(), new LithopsFormat());

  /** No more of a file is looked through. */
  int MOST_BYTES = 1 << 20;

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

  /** What a map says under a key; null and the empty text both stand for what is not said. */
  static @Nullable Node said(Node.Fields map, String key) {
    Node value = map.entries().get(key);
    boolean isEmpty = value instanceof Node.Scalar s && s.text().isEmpty();
    return value == null || value.isNull() || isEmpty ? null : value;
  }

  /** Whether a map has one of these keys. */
  static boolean hasAny(Node.Fields map, Set<String> keys) {
    for (String key : map.entries().keySet()) {
      if (keys.contains(key)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a file, which may be anybody's, holds one of these words, in upper or lower case. */
  static boolean mentions(Path file, List<String> words) {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
      String upper = text.toUpperCase(Locale.ROOT);
      for (String word : words) {
        if (upper.contains(word.toUpperCase(Locale.ROOT))) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false; // somebody else's
    }
  }
}
