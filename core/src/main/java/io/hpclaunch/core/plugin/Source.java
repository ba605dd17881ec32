// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.PluginInfo.Kind;
import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.api.transport.TransportProvider;
import io.hpclaunch.core.broker.BrokerProvider;
import io.hpclaunch.core.store.StoreProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The plugins that one class loader shows, each kind looked for when it is first asked for. Not
 * safe for use by several threads.
 */
final class Source implements AutoCloseable {
  /** A loader that fails for ever is given up. */
  private static final int MOST_FAULTS = 1000;

  private final String label;
  private final ClassLoader loader;
  private final Map<Kind, List<Found<?>>> found = new EnumMap<>(Kind.class);
  private final Map<Kind, Throwable> faulty = new EnumMap<>(Kind.class);
  private final List<PluginProblem> problems = new ArrayList<>();

  /**
   * Makes a source.
   *
   * @param label where it is, for a message about what cannot be told more closely
   * @param loader the class loader; closed with this source if it was made for it
   */
  Source(String label, ClassLoader loader) {
    this.label = label;
    this.loader = loader;
  }

  /** The usable plugins of a kind, in the order found. */
  List<Found<?>> plugins(Kind kind) {
    List<Found<?>> known = found.get(kind);
    if (known == null) {
      known = new ArrayList<>();
      look(kind, service(kind), known);
      found.put(kind, known);
    }
    return known;
  }

  /** What went wrong with the kinds that were looked for. */
  List<PluginProblem> problems() {
    for (Map.Entry<Kind, Throwable> fault : faulty.entrySet()) {
      List<PluginProblem> told = ServicesFiles.examine(loader, service(fault.getKey()));
      if (told.isEmpty()) {
        told = List.of(new PluginProblem(null, label, Faults.explain(fault.getValue())));
      }
      problems.addAll(told);
    }
    faulty.clear();
    return problems;
  }

  private <T> void look(Kind kind, Class<T> service, List<Found<?>> into) {
    Iterator<ServiceLoader.Provider<T>> all =
        ServiceLoader.load(service, loader).stream().iterator();
    for (int faults = 0; faults < MOST_FAULTS; ) {
      ServiceLoader.Provider<T> provider;
      try {
        if (!all.hasNext()) {
          return;
        }
        provider = all.next();
      } catch (RuntimeException | Error e) {
        Faults.passOnFatal(e);
        faulty.put(kind, e);
        faults++;
        continue;
      }
      if (isMine(provider.type())) {
        add(kind, provider, into);
      }
    }
  }

  /** The modules of outer class loaders are told by every inner one too. */
  private boolean isMine(Class<?> type) {
    return !(loader instanceof PluginClassLoader) || type.getClassLoader() == loader;
  }

  private <T> void add(Kind kind, ServiceLoader.Provider<T> provider, List<Found<?>> into) {
    @Nullable ClassLoader before = ContextLoader.enter(provider.type());
    try {
      T plugin = provider.get();
      String name = Found.nameOf(plugin);
      String fault = faultOf(name);
      if (fault == null) {
        into.add(new Found<>(kind, name, provider, plugin));
      } else {
        report(provider.type(), fault);
      }
    } catch (RuntimeException | Error e) {
      Faults.passOnFatal(e);
      report(provider.type(), Faults.explain(e));
    } finally {
      ContextLoader.leave(before);
    }
  }

  private void report(Class<?> type, String why) {
    problems.add(new PluginProblem(type.getName(), Origins.location(type), why));
  }

  private static @Nullable String faultOf(@Nullable String name) {
    if (name == null) {
      return "its name is null";
    }
    boolean word = !name.isEmpty();
    for (int i = 0; word && i < name.length(); i++) {
      char c = name.charAt(i);
      word = Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
    }
    return word
        ? null
        : "its name must be a word of letters, digits, '-', '_' and '.', and is '"
            + Faults.printable(name) + "'";
  }

  private static Class<?> service(Kind kind) {
    return switch (kind) {
      case BACKEND -> HPCBackend.class;
      case LAUNCHER -> HPCLauncher.class;
      case TRANSPORT -> TransportProvider.class;
      case STORE -> StoreProvider.class;
      case BROKER -> BrokerProvider.class;
    };
  }

  @Override
  public void close() {
    if (loader instanceof PluginClassLoader own) {
      try {
        own.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close " + label, e);
      }
    }
  }
}
