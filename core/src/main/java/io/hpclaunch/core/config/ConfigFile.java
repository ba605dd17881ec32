// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file to read.
 *
 * @param path where it is, absolute
 * @param name how messages name it: as the user did
 * @param owner the other system that looks for its own file here; empty for none
 */
record ConfigFile(Path path, String name, String owner) {
  /** The key of our own files under which everything stands. */
  static final String OWN_KEY = "hpc";

  static final String EMPTY_YAML = "is empty: settings stand under 'hpc:'";
  static final String TOML_SUFFIX = ".toml";

  private static final int MOST_BYTES = 16 << 20;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /** The file as a layer: parsed, translated, checked; out of the cache when it is unchanged. */
  Node.Fields read(int rank, TreeCache cache) {
    try {
      BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
      if (before.isDirectory()) {
        throw error(0, "is a folder, not a file");
      }
      Node.Fields cached = cache.read(this, before, rank);
      if (cached != null) {
        return cached;
      }
      byte[] bytes = bytes();
      if (bytes.length == 0 && !before.isRegularFile()) {
        return Node.Fields.empty(Origin.of(new Source(Source.Kind.FILE, name, rank))); // /dev/null
      }
      Node.Fields layer = parse(text(bytes), rank);
      if (before.isRegularFile()) {
        cache.write(this, before, Files.readAttributes(path, BasicFileAttributes.class), layer);
      }
      return layer;
    } catch (IOException e) {
      throw new InvalidConfiguration(name + ": cannot be read: " + reason(e), e);
    }
  }

  /** What stands in a file that is no configuration. */
  Node document() {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        throw error(0, "is a folder, not a file");
      }
      return YamlReader.document(text(bytes()), new Source(Source.Kind.FILE, name, 0));
    } catch (IOException e) {
      throw new InvalidConfiguration(name + ": cannot be read: " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    return e instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  private byte[] bytes() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw error(0, "is larger than " + (MOST_BYTES >> 20) + " MiB");
      }
      return bytes;
    }
  }

  /** Decodes UTF-8, whatever the locale, and refuses anything else. */
  private String text(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      String text = StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(in)
          .toString();
      return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw error(line, "is not UTF-8: save it as UTF-8");
    }
  }

  private Node.Fields parse(String text, int rank) {
    Source ours = new Source(Source.Kind.FILE, name, rank);
    Node top = isToml() ? toml(text, ours) : YamlReader.document(text, ours);
    if (!(top instanceof Node.Fields map)) {
      throw error(top.origin().line(), "must be a map with the key 'hpc', not " + top.kindName());
    }
    for (ForeignFormat format : ForeignFormat.ALL) {
      Node translated = format.translate(map, format.name().equals(owner));
      if (translated != null) {
        Source theirs = new Source(Source.Kind.FILE, name, rank, format.name());
        return Checker.layer(translated.moved(new Origin.ToSource(theirs)));
      }
    }
    return Checker.layer(own(map));
  }

  private boolean isToml() {
    return path.toString().endsWith(TOML_SUFFIX);
  }

  private Node toml(String text, Source source) {
    try {
      return TomlReader.document(text, source);
    } catch (NoClassDefFoundError e) {
      throw new InvalidConfiguration(
          name + ": cannot be read: the TOML parser, tomlj, is not on the class path", e);
    }
  }

  /** How a message names the place of settings, in the words of the file's language. */
  private String place() {
    return isToml() ? "[hpc]" : "'hpc:'";
  }

  private Node own(Node.Fields map) {
    for (String key : map.entries().keySet()) {
      Node value = map.entries().get(key);
      if (!key.equals(OWN_KEY) && value != null) {
        boolean misplaced = Schema.ROOT.keys().containsKey(key);
        throw error(
            value.origin().line(),
            misplaced
                ? "key '" + key + "' stands outside: settings stand under " + place()
                : "unknown key '" + key + "': settings stand under " + place());
      }
    }
    Node own = map.entries().get(OWN_KEY);
    if (own == null) {
      throw error(1, "is empty: settings stand under " + place());
    }
    return own;
  }

  private InvalidConfiguration error(int line, String message) {
    String at = line > 0 ? ":" + line : "";
    return new InvalidConfiguration(name + at + ": " + message);
  }
}
