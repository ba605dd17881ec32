// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads fields of objects, whichever of them are there. */
final class Fields {
  private Fields() {}

  static @Nullable JsonElement at(@Nullable JsonElement from, String... path) {
    JsonElement now = from;
    for (String key : path) {
      if (!(now instanceof JsonObject object)) {
        return null;
      }
      now = object.get(key);
    }
    return now == null || now.isJsonNull() ? null : now;
  }

  static @Nullable String text(@Nullable JsonElement from, String... path) {
    return at(from, path) instanceof JsonPrimitive found ? found.getAsString() : null;
  }

  static String textOr(@Nullable JsonElement from, String field, String otherwise) {
    String found = text(from, field);
    return found == null ? otherwise : found;
  }

  static Optional<Integer> integer(@Nullable JsonElement from, String... path) {
    String found = text(from, path);
    try {
      return found == null ? Optional.empty() : Optional.of(Integer.parseInt(found));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static boolean isTrue(@Nullable JsonElement from, String... path) {
    return "true".equals(text(from, path));
  }

  /** A time; the beginning of 1970 stands for one that is not known (seen with StartError). */
  static @Nullable Instant time(@Nullable JsonElement from, String... path) {
    String found = text(from, path);
    try {
      Instant time = found == null ? null : Instant.parse(found);
      return time == null || time.equals(Instant.EPOCH) ? null : time;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** The objects of a list; none where there is no list. */
  static List<JsonObject> objects(@Nullable JsonElement from, String... path) {
    List<JsonObject> all = new ArrayList<>();
    if (at(from, path) instanceof JsonArray found) {
      for (JsonElement each : found) {
        if (each instanceof JsonObject object) {
          all.add(object);
        }
      }
    }
    return all;
  }

  static String name(JsonObject object) {
    return String.valueOf(text(object, "metadata", "name"));
  }

  static @Nullable String label(JsonObject object, String label) {
    return text(object, "metadata", "labels", label);
  }

  static @Nullable String annotation(JsonObject object, String annotation) {
    return text(object, "metadata", "annotations", annotation);
  }
}
