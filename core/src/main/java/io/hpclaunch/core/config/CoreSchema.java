// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

/**
 * What a plain scalar is: the core schema of YAML 1.2.2, section 10.3.2, by hand, so that a value
 * of {@code --set} or of the environment is understood without a YAML parser and its patterns.
 */
final class CoreSchema {
  private CoreSchema() {}

  /** The kind of a plain scalar. */
  static Node.Kind kind(String text) {
    switch (text) {
      case "", "~", "null", "Null", "NULL" -> {
        return Node.Kind.NULL;
      }
      case "true", "True", "TRUE", "false", "False", "FALSE" -> {
        return Node.Kind.BOOL;
      }
      case ".nan", ".NaN", ".NAN" -> {
        return Node.Kind.FLOAT;
      }
      default -> {
        return number(text);
      }
    }
  }

  private static Node.Kind number(String text) {
    if (text.startsWith("0o") || text.startsWith("0x")) {
      return digits(text, 2, text.charAt(1) == 'o' ? 8 : 16) == text.length() && text.length() > 2
          ? Node.Kind.INT
          : Node.Kind.TEXT;
    }
    int start = sign(text, 0);
    String unsigned = text.substring(start);
    if (unsigned.equals(".inf") || unsigned.equals(".Inf") || unsigned.equals(".INF")) {
      return Node.Kind.FLOAT;
    }
    int whole = digits(text, start, 10);
    if (whole == text.length()) {
      return whole > start ? Node.Kind.INT : Node.Kind.TEXT;
    }
    return isFraction(text, start, whole) ? Node.Kind.FLOAT : Node.Kind.TEXT;
  }

  /** {@code ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?} after the sign. */
  private static boolean isFraction(String text, int start, int whole) {
    int at = whole;
    if (text.charAt(at) == '.') {
      at = digits(text, at + 1, 10);
      if (whole == start && at == whole + 1) {
        return false;
      }
    } else if (whole == start) {
      return false;
    }
    if (at == text.length()) {
      return true;
    }
    if (text.charAt(at) != 'e' && text.charAt(at) != 'E') {
      return false;
    }
    int exponent = sign(text, at + 1);
    return exponent < text.length() && digits(text, exponent, 10) == text.length();
  }

  private static int sign(String text, int at) {
    return at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+') ? at + 1 : at;
  }

  private static int digits(String text, int start, int radix) {
    int at = start;
    while (at < text.length()
        && text.charAt(at) < 128
        && Character.digit(text.charAt(at), radix) >= 0) {
      at++;
    }
    return at;
  }

  /**
   * Whether a text is surely one plain scalar: nothing in it means anything to YAML. False does not
   * say that it isn't one.
   */
  static boolean isPlain(String text) {
    if (text.isEmpty()) {
      return true;
    }
    char first = text.charAt(0);
    boolean startsPlain = isLetterOrDigit(first)
        || "/_~+.".indexOf(first) >= 0
        || (first == '-' && text.length() > 1 && isLetterOrDigit(text.charAt(1)));
    if (!startsPlain || text.startsWith("...") || text.charAt(text.length() - 1) == ':') {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLetterOrDigit(c) && "/_~+.-:=,@%".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
