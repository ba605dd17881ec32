// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/** What the server does in one step; each has a file of its name that says what it takes. */
enum Script {
  APPEND,
  TAKE,
  LEAVE,
  RENEW,
  LOCK,
  UNLOCK,
  SAVE,
  REMOVE,
  ELEMENTS;

  private final String text;
  private final String digest;

  Script() {
    text = read(name().toLowerCase(Locale.ROOT) + ".lua");
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-1"); // so the server names scripts
      digest = HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(String file) {
    try (InputStream in = Objects.requireNonNull(Script.class.getResourceAsStream(file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text() {
    return text;
  }

  /** By which the server knows it once it has seen it. */
  String digest() {
    return digest;
  }
}
