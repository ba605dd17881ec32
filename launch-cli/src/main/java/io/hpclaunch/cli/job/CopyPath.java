// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.cli.output.OneLine;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * A path as {@code hpc copy} takes it.
 *
 * @param there the backend whose host it is on; empty where it is on this machine
 * @param path the path itself
 */
record CopyPath(Optional<Backend> there, String path) {
  /** A colon before any slash stands between a backend's name and its host's path. */
  static CopyPath parse(String text, Function<String, Backend> backends) {
    int colon = text.indexOf(':');
    int slash = text.indexOf('/');
    if (colon < 0 || (slash >= 0 && slash < colon)) {
      if (text.isEmpty()) {
        throw new InvalidJob("an empty path: write . for the working directory");
      }
      return new CopyPath(Optional.empty(), text);
    }
    String path = text.substring(colon + 1);
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
      throw new InvalidJob(
          "a path on another host is UTF-8, and '" + OneLine.of(path) + "' is not");
    }
    return new CopyPath(
        Optional.of(backends.apply(text.substring(0, colon))), path.isEmpty() ? "~" : path);
  }

  boolean isThere() {
    return there.isPresent();
  }

  /** The last of its names. */
  String name() {
    String bare = path;
    while (bare.length() > 1 && bare.endsWith("/")) {
      bare = bare.substring(0, bare.length() - 1);
    }
    String name = bare.substring(bare.lastIndexOf('/') + 1);
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.equals("~")) {
      throw new InvalidJob(
          "'" + path + "' has no name to be copied under: write the target's own name, such as"
              + " TARGET/NAME");
    }
    return name;
  }

  /** What is copied into it. */
  String child(String name) {
    return path.endsWith("/") ? path + name : path + "/" + name;
  }
}
