// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small steps between values and JSON. */
final class Jsons {
  private Jsons() {}

  /** A text in quotes; gson also escapes what JavaScript takes for line ends. */
  static String quote(String text) {
    return new JsonPrimitive(text).toString();
  }

  static JsonObject object(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  static @Nullable String string(JsonObject json, String key) {
    JsonElement value = json.get(key);
    return value == null || value.isJsonNull() ? null : value.getAsString();
  }

  static @Nullable Integer integer(JsonObject json, String key) {
    JsonElement value = json.get(key);
    return value == null || value.isJsonNull() ? null : value.getAsInt();
  }

  static List<String> strings(JsonObject json, String key) {
    List<String> all = new ArrayList<>();
    JsonArray array = json.getAsJsonArray(key);
    if (array != null) {
      array.forEach(each -> all.add(each.getAsString()));
    }
    return all;
  }

  /** What is read of another program's JSON. */
  static Value value(JsonElement json) {
    if (json.isJsonArray()) {
      List<Value> items = new ArrayList<>();
      json.getAsJsonArray().forEach(each -> items.add(value(each)));
      return new Value.Items(items);
    }
    if (json.isJsonObject()) {
      Map<String, Value> fields = new LinkedHashMap<>();
      json.getAsJsonObject()
          .entrySet()
          .forEach(each -> fields.put(each.getKey(), value(each.getValue())));
      return new Value.Fields(fields);
    }
    if (json.isJsonNull()) {
      return new Value.Scalar(Value.Kind.NULL, "null");
    }
    JsonPrimitive one = json.getAsJsonPrimitive();
    return one.isString()
        ? Value.of(one.getAsString())
        : new Value.Scalar(
            one.isBoolean() ? Value.Kind.BOOL : Value.Kind.NUMBER, one.getAsString());
  }

  static JsonArray array(List<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }
}
