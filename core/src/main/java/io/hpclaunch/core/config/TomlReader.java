// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlKeyValue;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseOptions;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlValue;
import org.tomlj.TomlVersion;

/**
 * Reads TOML 1.1. The one class that knows the TOML library: it is not loaded unless a file in TOML
 * has to be parsed.
 *
 * <p>A number, a date and a time keep their text, so that an unquoted {@code 04:00:00} is the
 * walltime that it looks like, and {@code 2023.10} a version; only what marks digits apart in TOML
 * ({@code 1_000}) is left out.
 */
final class TomlReader {
  private static final int DEEPEST = 100;
  private static final int DATE_LENGTH = "1979-05-27".length();

  private final String text;
  private final Source source;
  private final List<Integer> lines = new ArrayList<>();

  private TomlReader(String text, Source source) {
    this.text = text;
    this.source = source;
    for (int start = 0; start >= 0; start = after(text.indexOf('\n', start))) {
      lines.add(start);
    }
  }

  private static int after(int lineEnd) {
    return lineEnd < 0 ? -1 : lineEnd + 1;
  }

  /** Reads a file's text. */
  static Node.Fields document(String text, Source source) {
    return new TomlReader(text, source).read();
  }

  private Node.Fields read() {
    TomlParseOptions options = TomlParseOptions.defaults()
        .withVersion(TomlVersion.V1_1_0)
        .withMaxNestingDepth(DEEPEST)
        .withoutSource();
    TomlParseResult result = Toml.parse(text, options);
    if (result.hasErrors()) {
      throw error(result.errors().get(0));
    }
    return table(result, new Origin(source, 1));
  }

  private Node.Fields table(TomlTable table, Origin origin) {
    Node.Fields map = Node.Fields.empty(origin);
    for (String key : table.keySet()) {
      TomlKeyValue entry = Objects.requireNonNull(table.entry(List.of(key)));
      Origin place = new Origin(source, entry.position().line());
      String wrong = Values.wrongKey(key);
      if (wrong != null) {
        throw new InvalidConfiguration(place.text() + ": " + wrong);
      }
      map.entries().put(key, node(entry.value(), place));
    }
    return map;
  }

  private Node node(TomlValue value, Origin place) {
    if (value.isTable()) {
      return table(value.getTable(), place);
    }
    if (value.isArray()) {
      return list(value.getArray(), place);
    }
    if (value.isString()) {
      return Node.Scalar.text(value.getString(), place);
    }
    String written = written(value);
    if (value.isBoolean()) {
      return new Node.Scalar(Node.Kind.BOOL, written, place);
    }
    if (value.isLong()) {
      return new Node.Scalar(Node.Kind.INT, integer(written, value.getLong()), place);
    }
    return value.isDouble()
        ? new Node.Scalar(Node.Kind.FLOAT, floating(written), place)
        : Node.Scalar.text(written, place);
  }

  private Node list(TomlArray array, Origin place) {
    List<Node> items = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      TomlPosition position = array.inputPositionOf(i);
      items.add(node(array.entry(i).value(), new Origin(source, position.line())));
    }
    return new Node.Items(items, place);
  }

  /** Binary numbers have no form in YAML, whose forms the rest reads. */
  private static String integer(String written, long value) {
    return written.startsWith("0b") ? Long.toString(value) : written.replace("_", "");
  }

  private static String floating(String written) {
    boolean named = written.endsWith("inf") || written.endsWith("nan");
    if (!named) {
      return written.replace("_", "");
    }
    String name = "." + written.substring(written.length() - "inf".length());
    return written.startsWith("-") && name.equals(".inf") ? "-.inf" : name;
  }

  /** What stands where a number, a date or a time begins. */
  private String written(TomlValue value) {
    TomlPosition position = value.position();
    int start = text.offsetByCodePoints(lines.get(position.line() - 1), position.column() - 1);
    int end = endOfWord(start);
    boolean isDateTime =
        value.get() instanceof LocalDateTime || value.get() instanceof OffsetDateTime;
    return text.substring(
        start, isDateTime && end == start + DATE_LENGTH ? endOfWord(end + 1) : end);
  }

  private int endOfWord(int start) {
    int end = start;
    while (end < text.length() && isPartOfWord(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isPartOfWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '+' || c == '-' || c == '.' || c == ':';
  }

  private InvalidConfiguration error(TomlParseError error) {
    TomlPosition position = error.position();
    String message = String.valueOf(error.getMessage()).replaceAll("\\s+", " ").strip();
    return new InvalidConfiguration(source.name()
        + ":"
        + position.line()
        + ":"
        + position.column()
        + ": is not TOML: "
        + message);
  }
}
