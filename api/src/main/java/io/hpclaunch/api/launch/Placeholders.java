// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

import io.hpclaunch.api.InvalidJob;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code %(np)d}, {@code %(ranks)d}, {@code %(ranks_per_socket)d}, {@code %(nodes)d} and
 * {@code %(sockets)d} in a launcher's options, with the widths of printf(3) ({@code %(np)04d}).
 * {@code %%} becomes {@code %}; anything else stays as it is.
 *
 * @since 0.1
 */
public final class Placeholders {
  private static final Pattern FORM =
      Pattern.compile("%%|%\\((np|ranks|ranks_per_socket|nodes|sockets)\\)([-+ 0#]*)(\\d{0,3})d");
  private static final char REPLACEMENT = '\uFFFD';

  private Placeholders() {}

  /**
   * Replaces the placeholders of some options.
   *
   * @param options the options
   * @param layout the figures to put in
   * @return the options; a word without placeholders is the same object
   * @throws InvalidJob when a word of the user's has a placeholder and bytes that are no text
   */
  public static List<Word> replace(List<Word> options, Topology.Layout layout) {
    List<Word> replaced = new ArrayList<>(options.size());
    for (Word option : options) {
      replaced.add(option.text().indexOf('%') < 0 ? option : replace(option, layout));
    }
    return replaced;
  }

  private static Word replace(Word option, Topology.Layout layout) {
    String text = option.text();
    String changed = replace(text, layout);
    if (changed.equals(text)) {
      return option;
    }
    if (option instanceof Word.User && text.indexOf(REPLACEMENT) >= 0) {
      throw new InvalidJob("option '"
          + text
          + "' has a placeholder and bytes that are not UTF-8: write the number instead");
    }
    return Word.of(changed);
  }

  /**
   * Replaces the placeholders of one text.
   *
   * @param text the text
   * @param layout the figures to put in
   * @return the changed text
   */
  public static String replace(String text, Topology.Layout layout) {
    Matcher m = FORM.matcher(text);
    StringBuilder out = new StringBuilder();
    while (m.find()) {
      String value =
          m.group(1) == null ? "%" : format(figure(m.group(1), layout), m.group(2), m.group(3));
      m.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    return m.appendTail(out).toString();
  }

  private static int figure(String name, Topology.Layout layout) {
    return switch (name) {
      case "np", "ranks" -> layout.ranks();
      case "ranks_per_socket" -> layout.ranksPerSocket();
      case "nodes" -> layout.nodes();
      default -> layout.sockets();
    };
  }

  private static String format(int value, String flags, String width) {
    String sign = flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "";
    String digits = Integer.toString(value);
    int pad = (width.isEmpty() ? 0 : Integer.parseInt(width)) - sign.length() - digits.length();
    if (pad <= 0) {
      return sign + digits;
    }
    if (flags.indexOf('-') >= 0) {
      return sign + digits + " ".repeat(pad);
    }
    if (flags.indexOf('0') >= 0) {
      return sign + "0".repeat(pad) + digits;
    }
    return " ".repeat(pad) + sign + digits;
  }
}
