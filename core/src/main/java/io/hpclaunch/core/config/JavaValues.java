// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Walltimes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes nodes of what Java code gives. */
final class JavaValues {
  private JavaValues() {}

  static BackendEntry entry(String type, Map<String, ? extends @Nullable Object> values) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(values);
    Object other = all.putIfAbsent("type", type);
    Origin origin = Origin.of(new Source(Source.Kind.JAVA, "configuration from Java", 0));
    if (other != null && !other.equals(type)) {
      throw new InvalidConfiguration(origin.text()
          + ": the backend is of type '"
          + type
          + "', but its map says '"
          + other
          + "'");
    }
    Node list = new Node.Items(List.of(node(all, origin, "")), origin);
    Node.Fields byName =
        (Node.Fields) Checker.check(new Key.Entries(Schema.ENTRY), list, Schema.BACKENDS);
    byName = Merger.merge(Node.Fields.empty(origin), byName);
    Map.Entry<String, Node> only = byName.entries().entrySet().iterator().next();
    return new BackendEntry(only.getKey(), (Node.Fields) only.getValue());
  }

  static Node node(@Nullable Object value, Origin origin, String path) {
    if (value instanceof Map<?, ?> map) {
      Node.Fields fields = Node.Fields.empty(origin);
      for (Map.Entry<?, ?> e : map.entrySet()) {
        String key = String.valueOf(e.getKey());
        fields.entries().put(key, node(e.getValue(), origin, Values.join(path, key)));
      }
      return fields;
    }
    if (value instanceof Iterable<?> list && !(value instanceof Path)) {
      List<Node> items = new ArrayList<>();
      for (Object item : list) {
        items.add(node(item, origin, path));
      }
      return new Node.Items(items, origin);
    }
    return scalar(value, origin, path);
  }

  private static Node scalar(@Nullable Object value, Origin origin, String path) {
    if (value == null) {
      return new Node.Scalar(Node.Kind.NULL, "null", origin);
    }
    if (value instanceof CharSequence || value instanceof Path || value instanceof Enum<?>) {
      return Node.Scalar.text(value.toString(), origin);
    }
    if (value instanceof Boolean) {
      return new Node.Scalar(Node.Kind.BOOL, value.toString(), origin);
    }
    if (value instanceof Duration duration) {
      return Node.Scalar.text(Walltimes.format(duration), origin);
    }
    if (value instanceof BigDecimal || value instanceof Double || value instanceof Float) {
      return new Node.Scalar(Node.Kind.FLOAT, floating((Number) value), origin);
    }
    if (value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte
        || value instanceof BigInteger) {
      return new Node.Scalar(Node.Kind.INT, value.toString(), origin);
    }
    throw new InvalidConfiguration(origin.text()
        + ": "
        + path
        + ": a "
        + value.getClass().getName()
        + " has no place here: give a map, list, text, number, boolean, duration or path");
  }

  private static String floating(Number value) {
    double number = value.doubleValue();
    if (Double.isNaN(number)) {
      return ".nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? ".inf" : "-.inf";
    }
    return value.toString();
  }
}
