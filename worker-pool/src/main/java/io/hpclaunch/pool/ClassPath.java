// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.store.ObjectStore;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The classes that functions need, as jars in the store. A jar's name there is the hash of its
 * content, so that it travels once, whoever needs it.
 */
final class ClassPath {
  private static final int BUFFER = 1 << 16;

  private ClassPath() {}

  /**
   * The class path that this process was started with.
   *
   * @return jars and folders, as far as they are there, with those that the jars name
   */
  static List<Path> current() {
    return of(List.of(
        System.getProperty("java.class.path", ""), System.getProperty("jdk.module.path", "")));
  }

  /** The jars and folders of some paths. */
  static List<Path> of(List<String> paths) {
    Set<Path> entries = new LinkedHashSet<>();
    for (String path : paths) {
      for (String entry : path.split(File.pathSeparator, -1)) {
        if (!entry.isEmpty()) {
          add(Path.of(entry).toAbsolutePath(), entries);
        }
      }
    }
    return List.copyOf(entries);
  }

  /** A jar's manifest may name others, as that of a {@code java -jar} does. */
  private static void add(Path entry, Set<Path> entries) {
    if (!Files.exists(entry) || !entries.add(entry) || Files.isDirectory(entry)) {
      return;
    }
    for (String url : namedBy(entry)) {
      file(entry, url).ifPresent(other -> add(other, entries));
    }
  }

  /** Empty for what java passes over, too. */
  private static Optional<Path> file(Path jar, String url) {
    try {
      URI file = jar.toUri().resolve(url);
      return "file".equals(file.getScheme()) ? Optional.of(Path.of(file)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<String> namedBy(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String names = manifest == null
          ? null
          : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return names == null || names.isBlank() ? List.of() : List.of(names.trim().split(" +"));
    } catch (IOException e) {
      return List.of(); // no jar
    }
  }

  /**
   * The jar or folder that a class was loaded from.
   *
   * @param type the class
   * @return the path, or null where the class is of the JDK
   */
  static @Nullable Path of(Class<?> type) {
    var source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return null;
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException
        | IllegalArgumentException
        | java.nio.file.FileSystemNotFoundException e) {
      return null; // a jar within a jar, of a loader of its own
    }
  }

  /**
   * Puts jars into the store; folders are made jars of.
   *
   * @param entries jars and folders
   * @param store takes those that it does not have
   * @return the hash of each; the key is {@code jars/HASH.jar}
   * @throws IOException when one cannot be read, or written there
   */
  static List<String> upload(List<Path> entries, ObjectStore store) throws IOException {
    List<String> hashes = new ArrayList<>();
    for (Path entry : entries) {
      hashes.add(Files.isDirectory(entry) ? uploadFolder(entry, store) : upload(entry, store));
    }
    return hashes;
  }

  private static String uploadFolder(Path folder, ObjectStore store) throws IOException {
    Path jar = Files.createTempFile("classes", ".jar");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(jar), BUFFER)) {
        pack(folder, out);
      }
      return upload(jar, store);
    } finally {
      Files.delete(jar);
    }
  }

  /** The same files make the same bytes. */
  private static void pack(Path folder, OutputStream out) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    try (JarOutputStream jar = new JarOutputStream(out)) {
      for (Path file : files) {
        JarEntry entry = new JarEntry(folder.relativize(file).toString());
        entry.setTime(0);
        jar.putNextEntry(entry);
        Files.copy(file, jar);
      }
    }
  }

  private static String upload(Path jar, ObjectStore store) throws IOException {
    String hash = hash(jar);
    String key = "jars/" + hash + ".jar";
    if (!store.has(key)) {
      try (ObjectStore.Writing writing = store.create(key)) {
        Files.copy(jar, writing.stream());
        writing.keep();
      }
    }
    return hash;
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has it", e);
    }
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
