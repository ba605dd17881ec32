// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.docs;

/**
 * The text of a man page in roff, as man(7) describes it. What is added as text comes out as it is:
 * nothing in it is taken for a request or an escape.
 */
final class Roff {
  private final StringBuilder page = new StringBuilder();

  Roff() {}

  /** Begins the page: its name, and what it is part of. */
  Roff title(String name, String source) {
    return line(".TH \"" + escape(name) + "\" 1 \"\" \"" + escape(source) + "\" \"hpc\\-launch\"");
  }

  Roff section(String heading) {
    return line(".SH \"" + escape(heading) + "\"");
  }

  Roff subsection(String heading) {
    return line(".SS \"" + escape(heading) + "\"");
  }

  Roff paragraph() {
    return line(".PP");
  }

  Roff lineBreak() {
    return line(".br");
  }

  /** Begins an indented paragraph below a tag; the next line is the tag. */
  Roff tagged() {
    return line(".TP");
  }

  /** Adds text as one line. */
  Roff text(String text) {
    return markup(escape(text));
  }

  /** Adds a line that was escaped before. */
  Roff markup(String escaped) {
    boolean request = escaped.startsWith(".") || escaped.startsWith("'");
    return line(request ? "\\&" + escaped : escaped);
  }

  /** Adds whole lines that are roff already. */
  Roff raw(String lines) {
    page.append(lines);
    return this;
  }

  private Roff line(String line) {
    page.append(line).append('\n');
    return this;
  }

  static String bold(String text) {
    return "\\fB" + escape(text) + "\\fR";
  }

  static String italic(String text) {
    return "\\fI" + escape(text) + "\\fR";
  }

  /** Escapes what means something to roff, or would be set as another character. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints().forEach(c -> {
      switch (c) {
        case '\\' -> escaped.append("\\e");
        case '-' -> escaped.append("\\-");
        case '\'' -> escaped.append("\\(aq");
        case '"' -> escaped.append("\\(dq");
        case '`' -> escaped.append("\\(ga");
        case '^' -> escaped.append("\\(ha");
        case '~' -> escaped.append("\\(ti");
        case '\n', '\r', '\t' -> escaped.append(' ');
        default -> {
          if (c < 0x80) {
            escaped.append((char) c);
          } else {
            escaped.append(String.format("\\[u%04X]", c));
          }
        }
      }
    });
    return escaped.toString();
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
