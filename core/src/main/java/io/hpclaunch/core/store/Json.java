// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Small steps between values and JSON. A reader that fails throws a RuntimeException. */
final class Json {
  private Json() {}

  static JsonObject parse(String text) {
    JsonElement json;
    try {
      json = JsonParser.parseReader(new StringReader(text));
    } catch (JsonParseException e) { // its own words begin with the name of a class
      Throwable first = e.getCause() == null ? e : e.getCause();
      throw new JsonParseException(
          String.valueOf(first.getMessage()).lines().findFirst().orElse("not JSON"), e);
    }
    if (!json.isJsonObject()) {
      throw new JsonParseException("not an object");
    }
    return json.getAsJsonObject();
  }

  /**
   * Text in which half a surrogate pair, which UTF-8 cannot carry, is written as an escape.
   *
   * @param json the document
   * @return its text
   */
  static String text(JsonObject json) {
    String text = json.toString();
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        safe.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        safe.append("\\u").append(Integer.toHexString(c));
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  static void put(JsonObject json, String key, @Nullable Object value) {
    if (value instanceof Number number) {
      json.addProperty(key, number);
    } else if (value instanceof Boolean flag) {
      json.addProperty(key, flag);
    } else if (value != null) {
      json.addProperty(key, value.toString());
    }
  }

  static void put(JsonObject json, String key, @Nullable Collection<String> values) {
    if (values != null) {
      JsonArray array = new JsonArray();
      values.forEach(array::add);
      json.add(key, array);
    }
  }

  static <T> @Nullable T get(JsonObject json, String key, Function<JsonElement, T> read) {
    JsonElement value = json.get(key);
    return value == null || value.isJsonNull() ? null : read.apply(value);
  }

  static <T> T required(JsonObject json, String key, Function<JsonElement, T> read) {
    T value = get(json, key, read);
    if (value == null) {
      throw new JsonParseException("no " + key);
    }
    return value;
  }

  static @Nullable String string(JsonObject json, String key) {
    return get(json, key, JsonElement::getAsString);
  }

  static String text(JsonObject json, String key) {
    return required(json, key, JsonElement::getAsString);
  }

  static @Nullable Integer integer(JsonObject json, String key) {
    return get(json, key, JsonElement::getAsInt);
  }

  static @Nullable Instant instant(JsonObject json, String key) {
    return get(json, key, e -> Instant.parse(e.getAsString()));
  }

  static @Nullable Duration duration(JsonObject json, String key) {
    return get(json, key, e -> Duration.parse(e.getAsString()));
  }

  static List<String> strings(JsonObject json, String key) {
    List<String> all = new ArrayList<>();
    for (JsonElement each : array(json, key)) {
      all.add(each.getAsString());
    }
    return all;
  }

  static JsonArray array(JsonObject json, String key) {
    JsonArray array = get(json, key, JsonElement::getAsJsonArray);
    return array == null ? new JsonArray() : array;
  }

  static Map<String, @Nullable String> map(JsonObject json, String key) {
    Map<String, @Nullable String> all = new LinkedHashMap<>();
    JsonObject object = get(json, key, JsonElement::getAsJsonObject);
    if (object != null) {
      for (Map.Entry<String, JsonElement> each : object.entrySet()) {
        JsonElement value = each.getValue();
        all.put(each.getKey(), value.isJsonNull() ? null : value.getAsString());
      }
    }
    return all;
  }

  static JsonObject object(Map<String, ? extends @Nullable String> map) {
    JsonObject json = new JsonObject();
    map.forEach(json::addProperty);
    return json;
  }
}
