// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;

/** A machine with a system file, a home and a project folder, all below one folder of a test. */
final class Site {
  final Path root;
  final Path home;
  final Path project;
  final Map<String, String> environment = new LinkedHashMap<>();

  Site(Path folder) {
    root = folder;
    home = folder.resolve("home");
    project = folder.resolve("home/project/deep");
    try {
      Files.createDirectories(project);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file below the root. */
  Path write(String name, String text) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path system(String text) {
    return write("etc/config.yaml", text);
  }

  Path user(String text) {
    return write("home/.config/hpc-launch/config.yaml", text);
  }

  Path local(String text) {
    return write("home/project/hpc-launch.yaml", text);
  }

  ConfigSources.Builder sources() {
    return ConfigSources.builder()
        .environment(environment)
        .home(home)
        .workingDirectory(project)
        .systemFile(root.resolve("etc/config.yaml"))
        .stateDirectory(root.resolve("state"));
  }

  Configuration load() {
    return Configuration.load(sources().build());
  }

  Configuration load(String... sets) {
    return Configuration.load(sources().sets(List.of(sets)).build());
  }

  /** The error of loading, which is one line. */
  AbstractThrowableAssert<?, ?> error(String... sets) {
    return assertThatThrownBy(() -> load(sets))
        .isInstanceOf(InvalidConfiguration.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
