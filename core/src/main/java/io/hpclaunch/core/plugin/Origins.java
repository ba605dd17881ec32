// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** Where classes come from, and which version that is. */
final class Origins {
  private Origins() {}

  /** The jar or folder of a class. */
  static String location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL url = source == null ? null : source.getLocation();
    return url == null ? "the Java runtime" : text(url);
  }

  /** The jar or folder that a resource lies in. */
  static String location(URL resource, String name) {
    try {
      if (resource.openConnection() instanceof JarURLConnection jar) {
        return text(jar.getJarFileURL());
      }
    } catch (IOException e) {
      return resource.toString();
    }
    String text = text(resource);
    return text.endsWith("/" + name) ? text.substring(0, text.length() - name.length() - 1) : text;
  }

  /** A file's path; what is no file stays a URL. */
  static String text(URL url) {
    Path path = path(url);
    return path == null ? url.toString() : path.toString();
  }

  static @Nullable Path path(URL url) {
    if (!url.getProtocol().equals("file")) {
      return null;
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      return null;
    }
  }

  /** The manifest's Implementation-Version, else the module's version, else null. */
  static @Nullable String version(Class<?> type) {
    Package in = type.getPackage();
    String version = in == null ? null : in.getImplementationVersion();
    if (version == null && type.getModule().isNamed()) {
      version = manifestVersion(type);
      if (version == null) {
        version = type.getModule().getDescriptor().rawVersion().orElse(null);
      }
    }
    return version;
  }

  /** The packages of named modules do not know what the manifest says. */
  private static @Nullable String manifestVersion(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    Path jar = source == null || source.getLocation() == null ? null : path(source.getLocation());
    if (jar == null || !Files.isRegularFile(jar)) {
      return null;
    }
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      return manifest == null
          ? null
          : manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
    } catch (IOException e) {
      return null;
    }
  }

  /** The path without links, or as it is where that cannot be told. */
  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }
}
