// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of jars that are not on the class path. It looks into its own jars first, so
 * that a plugin gets the versions of libraries that it brings along, whatever others use. What
 * plugin and core talk to each other with comes from outside, lest the two know different classes
 * of one name.
 */
final class PluginClassLoader extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final String SERVICES = "META-INF/services/";
  private static final String OURS = "io.hpclaunch.";
  private static final String[] SHARED = {
    "java.", "io.hpclaunch.api.", "io.hpclaunch.core.", "org.slf4j.", "org.jspecify."
  };

  private final ClassLoader outside;

  PluginClassLoader(String name, List<URL> jars, ClassLoader parent) {
    super(name, jars.toArray(new URL[0]), parent);
    this.outside = parent;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (isShared(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> type = findLoadedClass(name);
      if (type == null) {
        type = ownOrOutside(name);
      }
      if (resolve) {
        resolveClass(type);
      }
      return type;
    }
  }

  private Class<?> ownOrOutside(String name) throws ClassNotFoundException {
    try {
      return findClass(name);
    } catch (ClassNotFoundException e) {
      return outside.loadClass(name);
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL own = findResource(name);
    return own != null ? own : outside.getResource(name);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
    if (!isOwnService(name)) {
      all.addAll(Collections.list(outside.getResources(name)));
    }
    return Collections.enumeration(all);
  }

  /**
   * Providers from outside are no business of these jars where the service is ours (they are found
   * there), or where the service's class is the jars' own (they implement another class of that
   * name).
   */
  private boolean isOwnService(String resource) {
    if (!resource.startsWith(SERVICES)) {
      return false;
    }
    String service = resource.substring(SERVICES.length());
    return service.startsWith(OURS) || findResource(service.replace('.', '/') + ".class") != null;
  }

  private static boolean isShared(String className) {
    for (String prefix : SHARED) {
      if (className.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
