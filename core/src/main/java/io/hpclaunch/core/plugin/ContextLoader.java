// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The context class loader of the thread that calls a plugin: the plugin's own, since libraries
 * that it brings along look for their parts there.
 */
public final class ContextLoader {
  private ContextLoader() {}

  /**
   * Takes a plugin's class loader, until {@link #leave}.
   *
   * @param plugin the plugin, or its class
   * @return what to give back
   */
  public static @Nullable ClassLoader enter(Object plugin) {
    Thread thread = Thread.currentThread();
    @Nullable ClassLoader before = thread.getContextClassLoader();
    Class<?> type = plugin instanceof Class<?> named ? named : plugin.getClass();
    thread.setContextClassLoader(type.getClassLoader());
    return before;
  }

  /**
   * Gives the caller's class loader back.
   *
   * @param before what {@link #enter} returned
   */
  public static void leave(@Nullable ClassLoader before) {
    Thread.currentThread().setContextClassLoader(before);
  }

  /**
   * Calls a plugin with its own class loader as the thread's.
   *
   * @param plugin the plugin
   * @param call the call
   * @param <T> what it returns
   * @return what the call returns
   */
  public static <T> T within(Object plugin, Supplier<T> call) {
    @Nullable ClassLoader before = enter(plugin);
    try {
      return call.get();
    } finally {
      leave(before);
    }
  }
}
