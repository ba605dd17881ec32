// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Remembers parsed and checked files in the state folder, so that no YAML and no TOML is parsed
 * while nothing changed. An entry holds for one path, time of change, size and inode. It may hold
 * secrets, and is for its owner only. Whatever goes wrong here costs time and nothing else.
 */
final class TreeCache {
  /** To be raised when this format, or what is checked beyond the keys' types, changes. */
  private static final int FORMAT = 2;

  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** A file that changed this lately may change again within one tick of its clock. */
  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final Node.Kind[] KINDS = Node.Kind.values();
  private static final int ITEMS = KINDS.length;
  private static final int FIELDS = KINDS.length + 1;

  private final Path folder;

  TreeCache(Path stateDirectory) {
    folder = stateDirectory.resolve("cache").resolve("config");
  }

  /** What is remembered of a file, or null. */
  Node.@Nullable Fields read(ConfigFile file, BasicFileAttributes attributes, int rank) {
    try {
      Path entry = entry(file);
      if (!Files.isRegularFile(entry)) {
        return null;
      }
      byte[] bytes = Files.readAllBytes(entry);
      byte[] key = key(file, attributes);
      int body = key.length;
      int end = bytes.length - Long.BYTES;
      if (end < body
          || !Arrays.equals(bytes, 0, body, key, 0, body)
          || checksum(bytes, end) != longAt(bytes, end)) {
        return null;
      }
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, body, end - body));
      String system = readText(in);
      return (Node.Fields) read(in, new Source(Source.Kind.FILE, file.name(), rank, system));
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** Remembers a file, when it had settled before it was read and did not change meanwhile. */
  void write(
      ConfigFile file, BasicFileAttributes before, BasicFileAttributes after, Node.Fields layer) {
    try {
      byte[] key = key(file, before);
      long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
      if (!Arrays.equals(key, key(file, after)) || now - nanos(before) < SETTLED_NANOS) {
        return;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.write(key);
      writeText(out, layer.origin().source().system());
      write(out, layer);
      out.writeLong(checksum(bytes.toByteArray(), bytes.size()));
      store(entry(file), bytes.toByteArray());
    } catch (IOException | RuntimeException e) {
      // The next start parses the file again.
    }
  }

  private void store(Path entry, byte[] bytes) throws IOException {
    StateFolder.create(folder);
    Path temporary = Files.createTempFile(folder, "new", ".tmp"); // made with mode 0600
    try {
      Files.write(temporary, bytes);
      Files.move(temporary, entry, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Path entry(ConfigFile file) {
    long hash = FNV_BASIS;
    String path = file.path().toString();
    for (int i = 0; i < path.length(); i++) {
      hash = (hash ^ path.charAt(i)) * FNV_PRIME;
    }
    return folder.resolve(Long.toHexString(hash));
  }

  private static byte[] key(ConfigFile file, BasicFileAttributes attributes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(FORMAT);
    out.writeInt(Schema.fingerprint());
    writeText(out, file.path().toString());
    writeText(out, file.owner());
    out.writeLong(nanos(attributes));
    out.writeLong(attributes.size());
    Object inode = attributes.fileKey();
    writeText(out, inode == null ? "" : inode.toString());
    return bytes.toByteArray();
  }

  private static long nanos(BasicFileAttributes attributes) {
    return attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
  }

  private static long checksum(byte[] bytes, int end) {
    CRC32 sum = new CRC32();
    sum.update(bytes, 0, end);
    return sum.getValue();
  }

  private static long longAt(byte[] bytes, int at) {
    long value = 0;
    for (int i = at; i < at + Long.BYTES; i++) {
      value = value << Byte.SIZE | (bytes[i] & 0xff);
    }
    return value;
  }

  @SuppressWarnings("EnumOrdinal") // the order is part of the format, as the version above says
  private static void write(DataOutputStream out, Node node) throws IOException {
    if (node instanceof Node.Scalar s) {
      out.writeByte(s.kind().ordinal());
      out.writeInt(s.origin().line());
      writeText(out, s.text());
    } else if (node instanceof Node.Items list) {
      out.writeByte(ITEMS);
      out.writeInt(list.origin().line());
      out.writeInt(list.items().size());
      for (Node item : list.items()) {
        write(out, item);
      }
    } else if (node instanceof Node.Fields map) {
      out.writeByte(FIELDS);
      out.writeInt(map.origin().line());
      out.writeInt(map.entries().size());
      for (Map.Entry<String, Node> e : map.entries().entrySet()) {
        writeText(out, e.getKey());
        write(out, e.getValue());
      }
    }
  }

  private static Node read(DataInputStream in, Source source) throws IOException {
    int type = in.readByte();
    Origin origin = new Origin(source, in.readInt());
    if (type < ITEMS) {
      return new Node.Scalar(KINDS[type], readText(in), origin);
    }
    int size = in.readInt();
    if (type == ITEMS) {
      List<Node> items = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        items.add(read(in, source));
      }
      return new Node.Items(items, origin);
    }
    Node.Fields map = Node.Fields.empty(origin);
    for (int i = 0; i < size; i++) {
      map.entries().put(readText(in), read(in, source));
    }
    return map;
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}
