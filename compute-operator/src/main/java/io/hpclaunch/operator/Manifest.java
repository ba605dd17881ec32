// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt's directory begins with: {@code manifest.json}.
 *
 * @param files the input files
 * @param folders the folders of the input that hold no file
 */
record Manifest(List<Input> files, List<String> folders) {
  private static final String CONTENT = "content";

  Manifest {
    files = List.copyOf(files);
    folders = List.copyOf(folders);
  }

  /**
   * One input file.
   *
   * @param target its place in the task's directory
   * @param bytes its size
   * @param sha256 its hash, in hexadecimal
   * @param isExecutable whether it is a program
   * @param source the absolute path that it was read from; null where its content was given
   */
  record Input(
      String target,
      long bytes,
      String sha256,
      boolean isExecutable,
      @Nullable String source) {}

  /** The same, with the content that was given as such for another attempt. */
  Manifest withContentOf(Manifest other) {
    List<Input> all = new ArrayList<>(files);
    other.files().stream().filter(file -> file.source() == null).forEach(all::add);
    return new Manifest(all, folders);
  }

  JsonObject json(String run, String task, int attempt, String configurationHash) {
    JsonObject json = Documents.empty();
    json.addProperty("run", run);
    json.addProperty("task_id", task);
    json.addProperty("attempt", attempt);
    json.addProperty("configuration_sha256", configurationHash);
    JsonArray all = new JsonArray();
    for (Input file : files) {
      JsonObject each = new JsonObject();
      each.addProperty("path", file.target());
      each.addProperty("bytes", file.bytes());
      each.addProperty("sha256", file.sha256());
      each.addProperty("executable", file.isExecutable());
      each.addProperty("from", file.source() == null ? CONTENT : "path");
      if (file.source() != null) {
        each.addProperty("source", file.source());
      }
      all.add(each);
    }
    json.add("files", all);
    JsonArray empty = new JsonArray();
    folders.forEach(empty::add);
    json.add("empty_folders", empty);
    return json;
  }

  static Manifest of(JsonObject json) {
    List<Input> files = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("files")) {
      JsonObject each = element.getAsJsonObject();
      boolean isContent = each.get("from").getAsString().equals(CONTENT);
      files.add(new Input(
          each.get("path").getAsString(),
          each.get("bytes").getAsLong(),
          each.get("sha256").getAsString(),
          each.get("executable").getAsBoolean(),
          isContent ? null : each.get("source").getAsString()));
    }
    List<String> folders = new ArrayList<>();
    json.getAsJsonArray("empty_folders").forEach(each -> folders.add(each.getAsString()));
    return new Manifest(files, folders);
  }
}
