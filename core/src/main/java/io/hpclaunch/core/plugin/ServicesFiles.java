// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import io.hpclaunch.api.PluginProblem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads services files line by line, after {@link java.util.ServiceLoader} has met an error: it
 * does not say which jar and often not which class is at fault.
 */
final class ServicesFiles {
  private final ClassLoader loader;
  private final Class<?> service;
  private final List<PluginProblem> problems = new ArrayList<>();

  private ServicesFiles(ClassLoader loader, Class<?> service) {
    this.loader = loader;
    this.service = service;
  }

  /** What is wrong with the providers of a service, as far as can be told without making any. */
  static List<PluginProblem> examine(ClassLoader loader, Class<?> service) {
    ServicesFiles files = new ServicesFiles(loader, service);
    String name = "META-INF/services/" + service.getName();
    try {
      Enumeration<URL> all = loader.getResources(name);
      while (all.hasMoreElements()) {
        URL file = all.nextElement();
        files.examine(file, Origins.location(file, name));
      }
    } catch (IOException e) {
      files.problems.add(new PluginProblem(null, "class path", name + ": " + Faults.explain(e)));
    }
    return files.problems;
  }

  private void examine(URL file, String location) {
    try {
      URLConnection connection = file.openConnection();
      connection.setUseCaches(false); // a cached jar would stay open
      try (InputStream in = connection.getInputStream();
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          number++;
          examine(line, number, location);
        }
      }
    } catch (IOException e) {
      problems.add(
          new PluginProblem(null, location, "its services file cannot be read: " + e.getMessage()));
    }
  }

  private void examine(String line, int number, String location) {
    int comment = line.indexOf('#');
    String className = (comment < 0 ? line : line.substring(0, comment)).strip();
    if (className.isEmpty()) {
      return;
    }
    if (!isClassName(className)) {
      problems.add(new PluginProblem(
          null,
          location,
          "line %d of META-INF/services/%s is not the name of a class, so that none of its lines counts: '%s'"
              .formatted(number, service.getName(), Faults.printable(className))));
      return;
    }
    String why = faultOf(className);
    if (why != null) {
      problems.add(new PluginProblem(className, location, why));
    }
  }

  private @Nullable String faultOf(String className) {
    try {
      Class<?> type = Class.forName(className, false, loader);
      if (!service.isAssignableFrom(type)) {
        return "it does not implement " + service.getName();
      }
      return hasConstructor(type) ? null : "it has no public constructor without parameters";
    } catch (ClassNotFoundException | RuntimeException | Error e) {
      Faults.passOnFatal(e);
      return Faults.explain(e);
    }
  }

  private static boolean hasConstructor(Class<?> type) {
    for (Constructor<?> constructor : type.getConstructors()) {
      if (constructor.getParameterCount() == 0) {
        return true;
      }
    }
    return false;
  }

  /** By the rule of {@link java.util.ServiceLoader}, which is a little lax about dots. */
  private static boolean isClassName(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i == 0
          ? !Character.isJavaIdentifierStart(c)
          : c != '.' && !Character.isJavaIdentifierPart(c)) {
        return false;
      }
    }
    return true;
  }
}
