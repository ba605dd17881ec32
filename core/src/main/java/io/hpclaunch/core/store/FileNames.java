// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Any text as a file name of harmless ASCII, and back; bytes outside are {@code %XX}. */
final class FileNames {
  private static final String HARMLESS = "-_.@[]";

  private FileNames() {}

  static String encode(String text) {
    StringBuilder name = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean harmless = (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || (HARMLESS.indexOf(c) >= 0 && (c != '.' || name.length() > 0));
      if (harmless) {
        name.append(c);
      } else {
        name.append('%').append(Character.forDigit(c >> 4, 16));
        name.append(Character.forDigit(c & 15, 16));
      }
    }
    return name.toString();
  }

  static String decode(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) == '%' && i + 2 < name.length()) {
        int high = Character.digit(name.charAt(i + 1), 16);
        int low = Character.digit(name.charAt(i + 2), 16);
        bytes.write((high << 4) + low);
        i += 2;
      } else {
        bytes.write(name.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
