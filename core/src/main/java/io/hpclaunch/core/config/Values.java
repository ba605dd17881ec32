// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.ShellWords;
import io.hpclaunch.api.Walltimes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads nodes as the types that keys have; a node of another kind is an error that names both. */
final class Values {
  private Values() {}

  static String string(Node node, String path) {
    if (node instanceof Node.Scalar s) {
      switch (s.kind()) {
        case TEXT, INT, FLOAT -> {
          return s.text();
        }
        case NULL, BOOL -> {}
      }
    }
    throw wrong(node, path, "text");
  }

  static int integer(Node node, String path) {
    if (node instanceof Node.Scalar s && s.kind() == Node.Kind.INT) {
      try {
        return integer(s.text()).intValueExact();
      } catch (ArithmeticException e) {
        throw wrong(node, path, "a whole number within ±2147483647");
      } catch (NumberFormatException e) {
        throw wrong(node, path, "a whole number");
      }
    }
    throw wrong(node, path, "a whole number");
  }

  static double number(Node node, String path) {
    if (node instanceof Node.Scalar s
        && (s.kind() == Node.Kind.INT || s.kind() == Node.Kind.FLOAT)) {
      try {
        return number(s.text());
      } catch (NumberFormatException e) {
        throw wrong(node, path, "a number");
      }
    }
    throw wrong(node, path, "a number");
  }

  static boolean bool(Node node, String path) {
    if (node instanceof Node.Scalar s && s.kind() == Node.Kind.BOOL) {
      return s.text().equalsIgnoreCase("true");
    }
    throw wrong(node, path, "true or false");
  }

  static Duration duration(Node node, String path) {
    if (node instanceof Node.Scalar s) {
      if (s.kind() == Node.Kind.INT && !s.origin().source().typed()) {
        int seconds = integer(node, path);
        if (seconds > 0) {
          return Duration.ofSeconds(seconds);
        }
      } else if (s.kind() == Node.Kind.TEXT || s.kind() == Node.Kind.INT) {
        try {
          return Walltimes.parse(s.text());
        } catch (InvalidJob e) {
          throw path.endsWith("walltime")
              ? invalid(node, path, e)
              : wrong(node, path, "[D-]HH:MM:SS or MM:SS, such as 00:01:30, and more than zero");
        }
      }
    }
    throw wrong(node, path, "[D-]HH:MM:SS, MM:SS, or seconds, and more than zero");
  }

  /** Zero needs no unit, and is one however it is written. */
  static Duration durationOrZero(Node node, String path) {
    boolean isZero = node instanceof Node.Scalar s
        && (s.kind() == Node.Kind.TEXT || s.kind() == Node.Kind.INT)
        && s.text().matches("(0+-)?0+(:0+){0,2}");
    return isZero ? Duration.ZERO : duration(node, path);
  }

  static long size(Node node, String path) {
    if (node instanceof Node.Scalar s && s.kind() == Node.Kind.TEXT) {
      try {
        return MemorySize.parse(s.text());
      } catch (InvalidJob e) {
        throw invalid(node, path, e);
      }
    }
    throw wrong(node, path, "a size with its unit, such as 16G");
  }

  static List<String> words(Node node, String path) {
    if (node instanceof Node.Items list) {
      List<String> words = new ArrayList<>();
      for (Node item : list.items()) {
        words.add(string(item, path));
      }
      return List.copyOf(words);
    }
    if (node instanceof Node.Scalar s && s.kind() != Node.Kind.NULL && s.kind() != Node.Kind.BOOL) {
      try {
        return List.copyOf(ShellWords.split(s.text()));
      } catch (InvalidJob e) {
        throw invalid(node, path, e);
      }
    }
    throw wrong(node, path, "a list of words, or one shell-quoted text");
  }

  static Map<String, String> strings(Node node, String path) {
    if (!(node instanceof Node.Fields map)) {
      throw wrong(node, path, "a map of texts");
    }
    Map<String, String> strings = new LinkedHashMap<>();
    for (Map.Entry<String, Node> e : map.entries().entrySet()) {
      if (!(e.getValue() instanceof Node.Scalar s)) {
        throw wrong(e.getValue(), join(path, e.getKey()), "text");
      }
      if (s.kind() != Node.Kind.NULL) {
        strings.put(e.getKey(), s.text());
      }
    }
    return strings;
  }

  static Node.Fields map(Node node, String path) {
    if (node instanceof Node.Fields map) {
      return map;
    }
    throw wrong(node, path, "a map");
  }

  /** The value as Java has it: maps, lists, strings, numbers, booleans, null. */
  static @Nullable Object plain(Node node) {
    if (node instanceof Node.Fields map) {
      return plainMap(map);
    }
    if (node instanceof Node.Items list) {
      List<@Nullable Object> plain = new ArrayList<>();
      for (Node item : list.items()) {
        plain.add(plain(item));
      }
      return plain;
    }
    Node.Scalar s = (Node.Scalar) node;
    return switch (s.kind()) {
      case NULL -> null;
      case BOOL -> s.text().equalsIgnoreCase("true");
      case INT -> plainInteger(s);
      case FLOAT -> number(s.text());
      case TEXT -> s.text();
    };
  }

  static Map<String, @Nullable Object> plainMap(Node.Fields map) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    for (Map.Entry<String, Node> e : map.entries().entrySet()) {
      plain.put(e.getKey(), plain(e.getValue()));
    }
    return plain;
  }

  private static Number plainInteger(Node.Scalar s) {
    BigInteger value = integer(s.text());
    if (value.bitLength() < Integer.SIZE) {
      return value.intValue();
    }
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  private static BigInteger integer(String text) {
    if (text.startsWith("0x")) {
      return new BigInteger(text.substring(2), 16);
    }
    return text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
  }

  private static double number(String text) {
    String unsigned = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
    if (unsigned.equalsIgnoreCase(".inf")) {
      return text.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (unsigned.equalsIgnoreCase(".nan")) {
      return Double.NaN;
    }
    return text.startsWith("0x") || text.startsWith("0o")
        ? integer(text).doubleValue()
        : new BigDecimal(text).doubleValue();
  }

  /** What is wrong with a key of a file, or null. */
  static @Nullable String wrongKey(String key) {
    for (int at = 0; at < key.length(); at++) {
      if (Character.isISOControl(key.charAt(at))) {
        return "a key holds a control character";
      }
    }
    return key.isEmpty() ? "a key is empty" : null;
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path.concat(".").concat(key);
  }

  /** An error that names what was expected and what was found; secrets are not repeated. */
  static InvalidConfiguration wrong(Node node, String path, String expected) {
    String found = node.kindName();
    if (node instanceof Node.Scalar s && s.kind() != Node.Kind.NULL && !Secrets.isSecret(path)) {
      found = "'" + shortened(s.text()) + "'";
    }
    return error(node, path, "must be " + expected + ", not " + found);
  }

  /** An error whose cause repeats the value, unless that is a secret. */
  private static InvalidConfiguration invalid(Node node, String path, InvalidJob cause) {
    return error(node, path, Secrets.isSecret(path) ? "cannot be read" : "" + cause.getMessage());
  }

  static InvalidConfiguration error(Node node, String path, String message) {
    return new InvalidConfiguration(node.origin().text() + ": " + path + ": " + message);
  }

  private static String shortened(String text) {
    int most = 60;
    String line = text.replace("\n", "\\n").replace("\r", "\\r");
    return line.length() <= most ? line : line.substring(0, most) + "…";
  }
}
