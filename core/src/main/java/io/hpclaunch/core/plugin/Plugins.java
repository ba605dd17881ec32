// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.PluginInfo.Kind;
import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.api.transport.TransportProvider;
import io.hpclaunch.core.broker.BrokerProvider;
import io.hpclaunch.core.store.StoreProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The plugins that a class loader and a plugin path show. A broken one is told among the
 * {@link #problems} and harms no other.
 *
 * <p>There are three places, opened when they are first needed:
 *
 * <ol>
 *   <li>what the class loader has: class path and modules;
 *   <li>the plain jars of the plugin path. They share one class loader, as if they stood at the end
 *       of the class path, where the {@code hpc} command puts them: a plugin's jar finds the
 *       library that lies next to it, and the same folder works the same way from the command and
 *       from Java;
 *   <li>the folders in the plugin path's folders. Each is one plugin with its libraries and has a
 *       class loader of its own, so that two may use different versions of a library.
 * </ol>
 *
 * <p>The first two answer to a name together; the folders are opened only when none of these has
 * just that name. Safe for use by several threads.
 */
public final class Plugins implements AutoCloseable {
  private final ClassLoader loader;
  private final List<Path> elements;
  private @Nullable PluginPath path;
  private @Nullable List<Source> near;
  private @Nullable List<Source> folders;

  private Plugins(ClassLoader loader, List<Path> elements) {
    this.loader = loader;
    this.elements = List.copyOf(elements);
  }

  /**
   * Makes the object and opens nothing.
   *
   * @param loader shows the plugins of the class path and of modules
   * @param pluginPath jars, and folders of jars and of plugin folders
   * @return the plugins; to be closed when none of them is used any more
   */
  public static Plugins discover(ClassLoader loader, List<Path> pluginPath) {
    return new Plugins(loader, pluginPath);
  }

  /**
   * Reads a plugin path as the environment has it.
   *
   * @param list jars and folders, with colons between them; null is none
   * @param origin where it stands, for errors
   * @param folder what relative ones start from
   * @return the jars and folders
   * @throws InvalidConfiguration when one cannot be a path in this locale
   */
  public static List<Path> path(@Nullable String list, String origin, Path folder) {
    return PluginPath.split(list, origin, folder);
  }

  /**
   * The launcher that answers to a name. An exact name beats an alias.
   *
   * @param name a name, an alias, or a path to an executable
   * @return the launcher, or empty when none answers
   * @throws InvalidConfiguration when two answer equally well; the message names both jars
   */
  public Optional<Found<HPCLauncher>> launcher(String name) {
    return find(Kind.LAUNCHER, name);
  }

  /**
   * The backend that answers to a name. An exact name beats an alias.
   *
   * @param name a type or an alias of one
   * @return the backend, or empty when none answers
   * @throws InvalidConfiguration when two answer equally well; the message names both jars
   */
  public Optional<Found<HPCBackend>> backend(String name) {
    return find(Kind.BACKEND, name);
  }

  /**
   * The transport of a name.
   *
   * @param name a type
   * @return the provider, or empty when there is none
   * @throws InvalidConfiguration when there are two; the message names both jars
   */
  public Optional<Found<TransportProvider>> transport(String name) {
    return find(Kind.TRANSPORT, name);
  }

  /**
   * The store of a name.
   *
   * @param name a type
   * @return the provider, or empty when there is none
   * @throws InvalidConfiguration when there are two; the message names both jars
   */
  public Optional<Found<StoreProvider>> store(String name) {
    return find(Kind.STORE, name);
  }

  /**
   * The broker of a name.
   *
   * @param name a name
   * @return the provider, or empty when there is none
   * @throws InvalidConfiguration when there are two; the message names both jars
   */
  public Optional<Found<BrokerProvider>> broker(String name) {
    return find(Kind.BROKER, name);
  }

  /**
   * All backends. Opens every place.
   *
   * @return in the order found
   */
  public List<Found<HPCBackend>> backends() {
    List<Found<HPCBackend>> backends = new ArrayList<>();
    for (Found<?> found : everywhere(Kind.BACKEND)) {
      backends.add(Objects.requireNonNull(Plugins.<HPCBackend>cast(found)));
    }
    return List.copyOf(backends);
  }

  /**
   * All plugins. Opens every place.
   *
   * @return by kind, then in the order found
   */
  public List<PluginInfo> all() {
    List<PluginInfo> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Found<?> found : everywhere(kind)) {
        all.add(found.info());
      }
    }
    return all;
  }

  /**
   * The names of a kind, for a message about an unknown one. Opens every place.
   *
   * @param kind the kind
   * @return sorted, each once
   */
  public List<String> names(Kind kind) {
    Set<String> names = new TreeSet<>();
    for (Found<?> found : everywhere(kind)) {
      names.add(found.name());
    }
    return List.copyOf(names);
  }

  /**
   * Looks at everything and tells what cannot be used. A jar that is no jar would be passed over
   * silently: each is opened once.
   *
   * @return one entry for each; empty when all is well
   */
  public synchronized List<PluginProblem> problems() {
    Set<PluginProblem> problems = new LinkedHashSet<>();
    for (Kind kind : Kind.values()) {
      List<Found<?>> all = new ArrayList<>();
      for (Source source : allSources()) {
        all.addAll(source.plugins(kind));
      }
      problems.addAll(Clashes.among(all));
    }
    for (Source source : allSources()) {
      problems.addAll(source.problems());
    }
    problems.addAll(path().problems());
    problems.addAll(path().unreadableJars());
    return List.copyOf(problems);
  }

  /**
   * Tells what could not be used among what was looked at so far. Opens nothing further.
   *
   * @return one entry for each; empty when all was well
   */
  public synchronized List<PluginProblem> problemsMet() {
    List<PluginProblem> problems = new ArrayList<>();
    for (Source source : opened()) {
      problems.addAll(source.problems());
    }
    if (path != null) {
      problems.addAll(path.problems());
    }
    return problems;
  }

  /** Closes the class loaders that were made; classes of plugins may no longer be loaded. */
  @Override
  public synchronized void close() {
    for (Source source : opened()) {
      source.close();
    }
  }

  private List<Source> opened() {
    List<Source> opened = new ArrayList<>(near == null ? List.of() : near);
    opened.addAll(folders == null ? List.of() : folders);
    return opened;
  }

  private synchronized <T> Optional<Found<T>> find(Kind kind, String name) {
    Found<?> found = choose(kind, name, distinct(kind, near()));
    if (found == null || !found.name().equals(name)) {
      found = choose(kind, name, everywhere(kind)); // an exact name there beats an alias here
    }
    return Optional.ofNullable(Plugins.<T>cast(found));
  }

  private static @Nullable Found<?> choose(Kind kind, String name, Collection<Found<?>> among) {
    List<Found<?>> exact = new ArrayList<>();
    List<Found<?>> alias = new ArrayList<>();
    for (Found<?> found : among) {
      if (found.name().equals(name)) {
        exact.add(found);
      } else if (found.matches(name)) {
        alias.add(found);
      }
    }
    List<Found<?>> best = exact.isEmpty() ? alias : exact;
    if (best.size() > 1) {
      throw new InvalidConfiguration(
          "the %s '%s' is ambiguous: %s and %s answer to it; remove one of the two"
              .formatted(kind.name().toLowerCase(Locale.ROOT), name, best.get(0), best.get(1)));
    }
    return best.isEmpty() ? null : best.get(0);
  }

  private synchronized Collection<Found<?>> everywhere(Kind kind) {
    return distinct(kind, allSources());
  }

  /** A class that stands in two places is one plugin, and the first place counts. */
  private static Collection<Found<?>> distinct(Kind kind, List<Source> sources) {
    Map<String, Found<?>> byClass = new LinkedHashMap<>();
    for (Source source : sources) {
      for (Found<?> found : source.plugins(kind)) {
        byClass.putIfAbsent(found.className(), found);
      }
    }
    return byClass.values();
  }

  private List<Source> allSources() {
    List<Source> sources = new ArrayList<>(near());
    sources.addAll(folders());
    return sources;
  }

  private List<Source> near() {
    if (near == null) {
      near = new ArrayList<>();
      near.add(new Source("class path", loader));
      if (!path().jars().isEmpty()) {
        near.add(source("plugin path", path().jars(), loader));
      }
    }
    return near;
  }

  private List<Source> folders() {
    if (folders == null) {
      folders = new ArrayList<>();
      for (Path folder : path().folders()) {
        List<Path> jars = path().jarsOf(folder);
        if (!jars.isEmpty()) {
          folders.add(source(folder.toString(), jars, Plugins.class.getClassLoader()));
        }
      }
    }
    return folders;
  }

  private static Source source(String label, Collection<Path> jars, ClassLoader parent) {
    return new Source(label, new PluginClassLoader(label, PluginPath.urls(jars), parent));
  }

  private PluginPath path() {
    if (path == null) {
      path = new PluginPath(elements, loader);
    }
    return path;
  }

  @SuppressWarnings("unchecked") // a source finds for a kind what implements its service
  private static <T> @Nullable Found<T> cast(@Nullable Found<?> found) {
    return (Found<T>) found;
  }
}
