// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a kubeconfig that knows where it stands: every error names the file, the part and the
 * key, and never a value that may be secret. A key without a value is as good as none.
 *
 * @param file the kubeconfig that it is written in
 * @param name what it is: {@code user 'alice'}
 * @param fields its keys
 */
record Section(Path file, String name, JsonObject fields) {

  /** Text, or a number or truth value as it is written. */
  @Nullable String text(String key) {
    JsonElement value = value(key);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonPrimitive primitive)) {
      throw error(key, "must be text");
    }
    return primitive.getAsString().isEmpty() ? null : primitive.getAsString();
  }

  String needed(String key) {
    String text = text(key);
    if (text == null) {
      throw error(key, "is missing");
    }
    return text;
  }

  /** A truth value; false where nothing is said. */
  boolean flag(String key) {
    String text = text(key);
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw error(key, "must be true or false");
  }

  List<String> texts(String key) {
    List<String> all = new ArrayList<>();
    for (JsonElement item : items(key)) {
      if (!(item instanceof JsonPrimitive primitive)) {
        throw error(key, "must be a list of texts");
      }
      all.add(primitive.getAsString());
    }
    return all;
  }

  /** The parts of a list, each with the name of this one. */
  List<Section> sections(String key) {
    List<Section> all = new ArrayList<>();
    for (JsonElement item : items(key)) {
      if (!(item instanceof JsonObject object)) {
        throw error(key, "must be a list of keys and values");
      }
      all.add(new Section(file, name + ": " + key, object));
    }
    return all;
  }

  @Nullable Section section(String key) {
    JsonElement value = value(key);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonObject object)) {
      throw error(key, "must hold keys and values");
    }
    return new Section(file, name + ": " + key, object);
  }

  /** A path; a relative one counts from the folder of the kubeconfig that names it. */
  @Nullable Path path(String key) {
    String text = text(key);
    try {
      return text == null ? null : file.resolveSibling(text).normalize();
    } catch (InvalidPathException e) {
      throw error(key, "is not a path");
    }
  }

  /**
   * What {@code KEY-data} holds in base64, or the file that {@code KEY} names; null for neither.
   */
  @Nullable String content(String key) {
    Path path = path(key);
    String data = text(key + "-data");
    if (path != null && data != null) {
      throw error(key, "is given, and " + key + "-data too: keep one");
    }
    if (data != null) {
      return decoded(key + "-data", data);
    }
    return path == null ? null : read(key, path);
  }

  private String decoded(String key, String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw error(key, "is not base64"); // whose error would quote it
    }
  }

  private String read(String key, Path path) {
    try {
      return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw error(key, path + " cannot be read: " + Contents.reason(path, e), e);
    }
  }

  /** Where a value's content comes from: the key that is there, {@code KEY-data} or {@code KEY}. */
  String source(String key) {
    return where(text(key + "-data") == null ? key : key + "-data");
  }

  String where(String key) {
    return file + ": " + name + ": " + key;
  }

  InvalidConfiguration error(String key, String message) {
    return new InvalidConfiguration(where(key) + " " + message);
  }

  private InvalidConfiguration error(String key, String message, Throwable cause) {
    return new InvalidConfiguration(where(key) + " " + message, cause);
  }

  private JsonArray items(String key) {
    JsonElement value = value(key);
    if (value == null) {
      return new JsonArray();
    }
    if (!(value instanceof JsonArray array)) {
      throw error(key, "must be a list");
    }
    return array;
  }

  private @Nullable JsonElement value(String key) {
    JsonElement value = fields.get(key);
    return value == null || value.isJsonNull() ? null : value;
  }

  /** Never the values. */
  @Override
  public String toString() {
    return file + ": " + name;
  }
}
