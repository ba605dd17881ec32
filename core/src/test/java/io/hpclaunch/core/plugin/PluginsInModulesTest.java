// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Preconditions;
import com.google.gson.Gson;
import io.hpclaunch.api.HPCLauncher;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.tomlj.Toml;

/** API, core and a plugin as modules, in a layer of their own. */
class PluginsInModulesTest {
  @TempDir
  Path folder;

  private Path plugin;

  @BeforeEach
  void compile() throws Exception {
    plugin = PluginJar.of()
        .source("module-info", """
                module acme { requires io.hpclaunch.api;
                  provides io.hpclaunch.api.HPCLauncher with acme.Launcher; }
                """)
        .withLauncher("acme.Launcher", "acme")
        .option("--module-version", "7.5")
        .write(folder.resolve("acme.jar"));
  }

  private ModuleLayer layer(ClassLoader parent) {
    List<Path> path = new ArrayList<>(List.of(plugin));
    Stream.of(
            HPCLauncher.class,
            Plugins.class,
            NullMarked.class,
            Logger.class,
            LoadSettings.class,
            Toml.class,
            Preconditions.class,
            Gson.class)
        .map(PluginJar::home)
        .forEach(path::add);
    dependenciesOfGuava().forEach(path::add);
    ModuleFinder finder = ModuleFinder.of(path.toArray(new Path[0]));
    Configuration resolved = ModuleLayer.boot()
        .configuration()
        .resolve(finder, ModuleFinder.of(), Set.of("acme", "io.hpclaunch.core"));
    return ModuleLayer.boot().defineModulesWithOneLoader(resolved, parent);
  }

  private static Stream<Path> dependenciesOfGuava() {
    return Arrays.stream(System.getProperty("java.class.path").split(":", -1))
        .filter(jar -> jar.contains("failureaccess"))
        .map(Path::of);
  }

  /** The layer has classes of its own, which this test's cannot be cast to. */
  private static List<?> all(ClassLoader modules, ClassLoader shown) throws Exception {
    Class<?> type = modules.loadClass(Plugins.class.getName());
    assertThat(type.getModule().getName()).isEqualTo("io.hpclaunch.core");
    Object plugins =
        type.getMethod("discover", ClassLoader.class, List.class).invoke(null, shown, List.of());
    assertThat((List<?>) type.getMethod("problems").invoke(plugins)).isEmpty();
    return (List<?>) type.getMethod("all").invoke(plugins);
  }

  @Test
  void aModulesProviderIsFoundWithItsVersion() throws Exception {
    ClassLoader modules = layer(ClassLoader.getPlatformClassLoader()).findLoader("acme");
    assertThat(all(modules, modules))
        .singleElement()
        .asString()
        .contains("name=acme", "className=acme.Launcher", "version=7.5", plugin.toString());
  }

  @Test
  void aPluginOnModulePathAndClassPathCountsOnce() throws Exception {
    ClassLoader modules = layer(ClassLoader.getPlatformClassLoader()).findLoader("acme");
    URL[] again = {plugin.toUri().toURL()};
    try (URLClassLoader classPath = new URLClassLoader(again, modules)) {
      assertThat(all(modules, classPath)).hasSize(1);
    }
  }
}
