// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.hpclaunch.core.store.ProcessIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The operator's files: JSON objects with a schema version. Each is written under a name of its
 * own, forced to the disk and renamed, so that whoever reads it finds it whole, as it was before or
 * as it is now, wherever a writer was killed.
 */
final class Documents {
  private static final int VERSION = 1;
  private static final Gson GSON = new GsonBuilder()
      .setPrettyPrinting()
      .serializeNulls()
      .disableHtmlEscaping()
      .create();
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<StandardOpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final AtomicLong COUNTER = new AtomicLong();

  private Documents() {}

  /** A name for something that is not whole yet; its owner can be told from it. */
  static String temporary(String name) {
    return "." + name + "." + ProcessIdentity.current() + "." + COUNTER.incrementAndGet();
  }

  static JsonObject empty() {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    return json;
  }

  static String text(JsonObject json) {
    return GSON.toJson(json) + "\n";
  }

  static byte[] bytes(JsonObject json) {
    return text(json).getBytes(StandardCharsets.UTF_8);
  }

  static void write(Path file, JsonObject json) throws IOException {
    write(file, bytes(json));
  }

  static void write(Path file, byte[] content) throws IOException {
    write(file, content, new FileAttribute<?>[0]);
  }

  /** A file for its owner only: variables and content may be secret. */
  static void writePrivate(Path file, byte[] content) throws IOException {
    write(file, content, PRIVATE);
  }

  private static void write(Path file, byte[] content, FileAttribute<?>... attributes)
      throws IOException {
    Path temporary = file.resolveSibling(temporary(String.valueOf(file.getFileName())));
    try {
      try (FileChannel channel = FileChannel.open(temporary, NEW_FILE, attributes)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    force(file.toAbsolutePath().getParent());
  }

  /** A rename is on the disk when its folder is. Not every file system can do that. */
  static void force(@Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // what a death of this process leaves is whole all the same
    }
  }

  /**
   * Reads a file.
   *
   * @return its content; empty where it is not there
   * @throws IOException when it cannot be read, is damaged, or of a newer version
   */
  static Optional<JsonObject> read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      JsonElement version = json.get("version");
      if (version == null || version.getAsInt() != VERSION) {
        throw new IOException(
            file + " has version " + version + ", and this program knows version " + VERSION);
      }
      return Optional.of(json);
    } catch (JsonParseException | IllegalStateException | NumberFormatException e) {
      throw new IOException(file + " is damaged: it is not the JSON that was written", e);
    }
  }
}
