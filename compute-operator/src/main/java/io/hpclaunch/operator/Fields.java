// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Small steps between values and the fields of a JSON object; what is null is left out. */
final class Fields {
  private Fields() {}

  static void put(JsonObject json, String key, @Nullable Object value) {
    if (value instanceof Number number) {
      json.addProperty(key, number);
    } else if (value instanceof Boolean flag) {
      json.addProperty(key, flag);
    } else if (value != null) {
      json.addProperty(key, value.toString());
    }
  }

  static <T> @Nullable T get(JsonObject json, String key, Function<JsonElement, T> read) {
    JsonElement value = json.get(key);
    return value == null || value.isJsonNull() ? null : read.apply(value);
  }

  static String text(JsonObject json, String key) {
    String text = get(json, key, JsonElement::getAsString);
    if (text == null) {
      throw new JsonParseException("no " + key);
    }
    return text;
  }

  static @Nullable String string(JsonObject json, String key) {
    return get(json, key, JsonElement::getAsString);
  }

  static @Nullable Integer integer(JsonObject json, String key) {
    return get(json, key, JsonElement::getAsInt);
  }

  static @Nullable Long size(JsonObject json, String key) {
    return get(json, key, JsonElement::getAsLong);
  }

  static @Nullable Instant instant(JsonObject json, String key) {
    return get(json, key, e -> Instant.parse(e.getAsString()));
  }

  static @Nullable Duration duration(JsonObject json, String key) {
    return get(json, key, e -> Duration.parse(e.getAsString()));
  }
}
