// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.util.Locale;
import java.util.Map;

/** Writes a value as YAML on one line, in a form that is read back as the same. */
final class FlowYaml {
  private FlowYaml() {}

  static String write(Node node) {
    StringBuilder out = new StringBuilder();
    write(node, out, false);
    return out.toString();
  }

  private static void write(Node node, StringBuilder out, boolean inside) {
    if (node instanceof Node.Fields map) {
      String separator = "{";
      for (Map.Entry<String, Node> e : map.entries().entrySet()) {
        text(e.getKey(), out.append(separator), true);
        write(e.getValue(), out.append(": "), true);
        separator = ", ";
      }
      out.append(map.entries().isEmpty() ? "{}" : "}");
    } else if (node instanceof Node.Items list) {
      String separator = "[";
      for (Node item : list.items()) {
        write(item, out.append(separator), true);
        separator = ", ";
      }
      out.append(list.items().isEmpty() ? "[]" : "]");
    } else if (node instanceof Node.Scalar s) {
      if (s.kind() == Node.Kind.TEXT) {
        text(s.text(), out, inside);
      } else {
        out.append(s.kind() == Node.Kind.NULL ? "null" : s.text());
      }
    }
  }

  private static void text(String text, StringBuilder out, boolean inside) {
    boolean plain = CoreSchema.isPlain(text)
        && CoreSchema.kind(text) == Node.Kind.TEXT
        && !(inside && text.indexOf(',') >= 0);
    if (plain) {
      out.append(text);
    } else {
      quoted(text, out);
    }
  }

  private static void quoted(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        default -> {
          boolean unseen = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
          out.append(unseen ? String.format(Locale.ROOT, "\\u%04x", (int) c) : String.valueOf(c));
        }
      }
    }
    out.append('"');
  }
}
