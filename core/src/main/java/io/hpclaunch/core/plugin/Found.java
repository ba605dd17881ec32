// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.transport.TransportProvider;
import io.hpclaunch.core.broker.BrokerProvider;
import io.hpclaunch.core.store.StoreProvider;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * A plugin that was found, loads, and has a proper name.
 *
 * @param <T> the service that it provides
 */
public final class Found<T> {
  private final PluginInfo.Kind kind;
  private final String name;
  private final ServiceLoader.Provider<T> provider;

  /** The instance that told its name, kept to be asked for its aliases. */
  private final T witness;

  Found(PluginInfo.Kind kind, String name, ServiceLoader.Provider<T> provider, T witness) {
    this.kind = kind;
    this.name = name;
    this.provider = provider;
    this.witness = witness;
  }

  /**
   * The plugin's name, as it tells it itself.
   *
   * @return a word of letters, digits, {@code -}, {@code _} and {@code .}
   */
  public String name() {
    return name;
  }

  /**
   * Makes an instance. Nobody else has it: each configured entry gets its own.
   *
   * @return a new instance
   * @throws InvalidConfiguration when the plugin does not let itself be made now
   */
  public T newInstance() {
    @Nullable ClassLoader before = ContextLoader.enter(provider.type());
    try {
      return provider.get();
    } catch (RuntimeException | Error e) {
      Faults.passOnFatal(e);
      throw new InvalidConfiguration(
          "plugin " + className() + " in " + location() + " cannot be used: " + Faults.explain(e),
          e);
    } finally {
      ContextLoader.leave(before);
    }
  }

  /**
   * Whether the plugin answers to a name: its own or an alias. One that throws does not answer.
   *
   * @param wanted a name that the user gave
   * @return true if it does
   */
  public boolean matches(String wanted) {
    if (name.equals(wanted)) {
      return true;
    }
    @Nullable ClassLoader before = ContextLoader.enter(provider.type());
    try {
      return matches(witness, wanted);
    } catch (RuntimeException | Error e) {
      Faults.passOnFatal(e);
      return false;
    } finally {
      ContextLoader.leave(before);
    }
  }

  /**
   * What listings show.
   *
   * @return kind, name, class, version and jar
   */
  public PluginInfo info() {
    return new PluginInfo(kind, name, className(), Origins.version(provider.type()), location());
  }

  /**
   * The jar or folder that it came from.
   *
   * @return a path, or a URL where there is none
   */
  public String location() {
    return Origins.location(provider.type());
  }

  String className() {
    return provider.type().getName();
  }

  Class<? extends T> type() {
    return provider.type();
  }

  static String nameOf(Object plugin) {
    if (plugin instanceof HPCLauncher launcher) {
      return launcher.name();
    }
    if (plugin instanceof HPCBackend backend) {
      return backend.name();
    }
    if (plugin instanceof BrokerProvider broker) {
      return broker.name();
    }
    return plugin instanceof TransportProvider transport
        ? transport.name()
        : ((StoreProvider) plugin).name();
  }

  private static boolean matches(Object plugin, String wanted) {
    if (plugin instanceof HPCLauncher launcher) {
      return launcher.matches(wanted);
    }
    return plugin instanceof HPCBackend backend && backend.matches(wanted);
  }

  @Override
  public String toString() {
    return name + " (" + className() + " in " + location() + ")";
  }
}
