// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.PluginProblem;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The jars and folders that a plugin path names. Looking at it lists its folders; no jar is opened,
 * and no folder of a plugin is listed before it is asked for.
 */
final class PluginPath {
  private static final String[] NONE = {};

  /** Jars by their real path, as they were named. */
  private final Map<Path, Path> jars = new LinkedHashMap<>();

  private final Map<Path, Path> folders = new LinkedHashMap<>();
  private final ClassLoader loader;
  private final List<PluginProblem> problems = new ArrayList<>();

  /**
   * Looks at a plugin path.
   *
   * @param elements jars, and folders of jars and of plugin folders
   * @param loader jars that this class loader has already are left out
   */
  PluginPath(List<Path> elements, ClassLoader loader) {
    this.loader = loader;
    List<Path> plain = new ArrayList<>();
    for (Path element : elements) {
      if (Files.isDirectory(element)) {
        addEntries(element, plain);
      } else if (Files.isRegularFile(element)) {
        plain.add(element);
      } else {
        report(element, "the plugin path names it, and there is no such jar or folder");
      }
    }
    addJars(plain);
  }

  /** The jars that stand for themselves, without those that the class loader has. */
  Collection<Path> jars() {
    return jars.values();
  }

  /** The folders of plugins with a class loader of their own. */
  Collection<Path> folders() {
    return folders.values();
  }

  List<PluginProblem> problems() {
    return problems;
  }

  /** The jars of a plugin's folder; a folder without any is a problem. */
  List<Path> jarsOf(Path folder) {
    List<Path> found = new ArrayList<>();
    for (Path entry : entries(folder)) {
      if (isJar(entry)) {
        found.add(entry);
      }
    }
    if (found.isEmpty()) {
      report(folder, "there is no jar in this folder");
    }
    return found;
  }

  /**
   * Opens each jar once, those of the class path too: class loaders pass over one that is no jar
   * without a word.
   */
  List<PluginProblem> unreadableJars() {
    List<Path> all = new ArrayList<>();
    for (Path path : classPath(loader)) {
      if (isJar(path) && Files.exists(path)) {
        all.add(path);
      }
    }
    all.addAll(jars());
    for (Path folder : folders()) {
      for (Path entry : entries(folder)) {
        if (isJar(entry)) {
          all.add(entry);
        }
      }
    }
    List<PluginProblem> unreadable = new ArrayList<>();
    for (Path jar : all) {
      try (ZipFile opened = new ZipFile(jar.toFile())) {
        opened.size();
      } catch (IOException e) {
        unreadable.add(new PluginProblem(
            null, jar.toString(), "it cannot be read as a jar: " + e.getMessage()));
      }
    }
    return unreadable;
  }

  static List<URL> urls(Collection<Path> paths) {
    List<URL> urls = new ArrayList<>(paths.size());
    for (Path path : paths) {
      try {
        urls.add(path.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new IllegalStateException("not a URL: " + path, e);
      }
    }
    return urls;
  }

  /** The jars and folders that a class loader and its parents look into, as far as they tell. */
  static List<Path> classPath(ClassLoader loader) {
    List<Path> paths = new ArrayList<>();
    for (ClassLoader l = loader; l != null; l = l.getParent()) {
      if (l instanceof URLClassLoader known) {
        for (URL url : known.getURLs()) {
          Path path = Origins.path(url);
          if (path != null) {
            paths.add(path);
          }
        }
      }
      if (l == ClassLoader.getSystemClassLoader()) {
        addAll(paths, System.getProperty("java.class.path", ""));
        addAll(paths, System.getProperty("jdk.module.path", ""));
      }
    }
    return paths;
  }

  /** As {@link Plugins#path}. */
  static List<Path> split(@Nullable String list, String origin, Path folder) {
    List<Path> paths = new ArrayList<>();
    for (String element : list == null ? NONE : list.split(File.pathSeparator, -1)) {
      try {
        if (!element.isEmpty()) {
          paths.add(folder.resolve(element));
        }
      } catch (InvalidPathException e) {
        throw new InvalidConfiguration(
            origin
                .concat(": this locale has no letters for the path '")
                .concat(element)
                .concat("': set LC_ALL=C.UTF-8"),
            e);
      }
    }
    return paths;
  }

  private static void addAll(List<Path> paths, String list) {
    for (String element : list.split(File.pathSeparator, -1)) {
      try {
        if (!element.isEmpty()) {
          paths.add(Path.of(element));
        }
      } catch (InvalidPathException e) {
        // A name that this locale has no letters for; the JVM could not open it either.
      }
    }
  }

  private void addEntries(Path folder, List<Path> plain) {
    for (Path entry : entries(folder)) {
      if (isJar(entry)) {
        plain.add(entry);
      } else if (Files.isDirectory(entry)) {
        folders.putIfAbsent(Origins.real(entry), entry);
      }
    }
  }

  /** Most jars are named on the class path as they are here, which spares a look at each. */
  private void addJars(List<Path> plain) {
    List<Path> classPath = plain.isEmpty() ? List.of() : classPath(loader);
    plain.removeAll(new HashSet<>(classPath));
    if (plain.isEmpty()) {
      return;
    }
    Set<Path> known = new HashSet<>();
    for (Path path : classPath) {
      known.add(Origins.real(path));
    }
    for (Path jar : plain) {
      Path real = Origins.real(jar);
      if (!known.contains(real)) {
        jars.putIfAbsent(real, jar);
      }
    }
  }

  private List<Path> entries(Path folder) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path entry : stream) {
        if (!entry.getFileName().toString().startsWith(".")) {
          entries.add(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      report(folder, "this folder cannot be listed: " + Faults.explain(e));
    }
    Collections.sort(entries);
    return entries;
  }

  private static boolean isJar(Path path) {
    return path.getFileName().toString().endsWith(".jar") && !Files.isDirectory(path);
  }

  private void report(Path where, String why) {
    problems.add(new PluginProblem(null, where.toString(), why));
  }
}
