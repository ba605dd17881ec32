// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of a YAML file that is no configuration, such as one of tasks. It is read by the same
 * rules, and its errors name the file, the line and the closest known key.
 *
 * @since 0.1
 */
public final class YamlValue {
  private final Node node;
  private final String path;

  private YamlValue(Node node, String path) {
    this.node = node;
    this.path = path;
  }

  /**
   * Reads a file.
   *
   * @param file where it is
   * @param name how messages name it: as the user did
   * @return what stands in it
   * @throws InvalidConfiguration when it cannot be read, or is no YAML
   */
  public static YamlValue read(Path file, String name) {
    return new YamlValue(new ConfigFile(file.toAbsolutePath(), name, "").document(), "");
  }

  /**
   * Whether this is a map.
   *
   * @return true for a map
   */
  public boolean isMap() {
    return node instanceof Node.Fields;
  }

  /**
   * Whether this is a list.
   *
   * @return true for a list
   */
  public boolean isList() {
    return node instanceof Node.Items;
  }

  /**
   * Whether this is null, which is the same as a key that is not written.
   *
   * @return true for null
   */
  public boolean isNull() {
    return node.isNull();
  }

  /**
   * The values of a map whose keys are known. Keys without a value are left out.
   *
   * @param known the keys that may be written
   * @return the values by key, in the order written
   * @throws InvalidConfiguration when this is no map, or a key is unknown
   */
  public Map<String, YamlValue> fields(Collection<String> known) {
    Map<String, YamlValue> all = entries();
    for (Map.Entry<String, YamlValue> each : all.entrySet()) {
      if (!known.contains(each.getKey())) {
        throw Checker.unknown(each.getKey(), path, known, each.getValue().node.origin());
      }
    }
    all.values().removeIf(YamlValue::isNull);
    return all;
  }

  /**
   * The values of a map whose keys are names that the user chose.
   *
   * @return the values by key, in the order written
   * @throws InvalidConfiguration when this is no map
   */
  public Map<String, YamlValue> entries() {
    Map<String, YamlValue> all = new LinkedHashMap<>();
    for (Map.Entry<String, Node> each : Values.map(node, told()).entries().entrySet()) {
      all.put(each.getKey(), new YamlValue(each.getValue(), Values.join(path, each.getKey())));
    }
    return all;
  }

  /**
   * The values of a list.
   *
   * @return the values, in the order written
   * @throws InvalidConfiguration when this is no list
   */
  public List<YamlValue> items() {
    if (!(node instanceof Node.Items list)) {
      throw Values.wrong(node, told(), "a list");
    }
    List<YamlValue> all = new ArrayList<>();
    for (Node each : list.items()) {
      all.add(new YamlValue(each, path + "[" + all.size() + "]"));
    }
    return all;
  }

  /**
   * The values of a list of texts.
   *
   * @return the texts
   * @throws InvalidConfiguration when this is no list, or something in it is no text
   */
  public List<String> texts() {
    List<String> all = new ArrayList<>();
    items().forEach(each -> all.add(each.text()));
    return all;
  }

  /**
   * A text; a number is one, as it is written.
   *
   * @return the text
   * @throws InvalidConfiguration when this is none
   */
  public String text() {
    return Values.string(node, told());
  }

  /**
   * Any scalar as it is written: a text, a number, true or false.
   *
   * @return the text
   * @throws InvalidConfiguration when this is a map, a list, or null
   */
  public String word() {
    if (node instanceof Node.Scalar scalar && !node.isNull()) {
      return scalar.text();
    }
    throw Values.wrong(node, told(), "text");
  }

  /**
   * A whole number above zero.
   *
   * @return the number
   * @throws InvalidConfiguration when this is none
   */
  public int positiveInteger() {
    int number = Values.integer(node, told());
    if (number < 1) {
      throw Values.wrong(node, told(), "a whole number above zero");
    }
    return number;
  }

  /**
   * A whole number that is not below zero.
   *
   * @return the number
   * @throws InvalidConfiguration when this is none
   */
  public int count() {
    int number = Values.integer(node, told());
    if (number < 0) {
      throw Values.wrong(node, told(), "a whole number, 0 or more");
    }
    return number;
  }

  /**
   * A number above zero.
   *
   * @return the number
   * @throws InvalidConfiguration when this is none
   */
  public double positiveNumber() {
    double number = Values.number(node, told());
    if (!(number > 0) || Double.isInfinite(number)) {
      throw Values.wrong(node, told(), "a number above zero");
    }
    return number;
  }

  /**
   * True or false.
   *
   * @return the value
   * @throws InvalidConfiguration when this is neither
   */
  public boolean bool() {
    return Values.bool(node, told());
  }

  /**
   * An error about this value.
   *
   * @param message what is wrong with it, and what to do
   * @return the error, which names file, line and key
   */
  public InvalidConfiguration error(String message) {
    String place = node.origin().text();
    return new InvalidConfiguration(
        path.isEmpty() ? place + ": " + message : place + ": " + path + ": " + message);
  }

  private String told() {
    return path.isEmpty() ? "the file" : path;
  }
}
