// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import io.hpclaunch.api.ContainerSpec;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What each runtime calls a container's image.
 *
 * @param file the path of an image that is a file or a folder, or null
 * @param reference a name that a registry knows, as podman and docker take it, or null
 * @param source a source that Apptainer alone knows, such as {@code oras://host/app:1}, or null
 */
record ImageName(
    @Nullable String file,
    @Nullable String reference,
    @Nullable String source) {
  private static final String DOCKER = "docker://";
  private static final List<String> FILES = List.of(".sif", ".simg", ".img", ".sqsh", ".sqfs");

  /**
   * Reads a container's image.
   *
   * @param container the container
   * @param directory where relative paths begin
   */
  static ImageName of(ContainerSpec container, String directory) {
    String file = container.sif();
    String reference = container.image();
    String source = null;
    if (reference != null && isFile(reference)) {
      file = file == null ? reference : file;
      reference = null;
    } else if (reference != null && reference.startsWith(DOCKER)) {
      reference = reference.substring(DOCKER.length());
    } else if (reference != null && reference.contains("://")) {
      source = reference;
      reference = null;
    }
    return new ImageName(file == null ? null : absolute(file, directory), reference, source);
  }

  /** The word for a runtime, or null where it cannot run the image. */
  @Nullable String word(ContainerRuntime runtime) {
    if (!runtime.runsFiles()) {
      return reference;
    }
    if (file != null) {
      return file;
    }
    return source != null ? source : DOCKER + reference;
  }

  /** Whether it is a path, by its beginning or its ending. */
  static boolean isFile(String image) {
    if (image.contains("://")) {
      return false;
    }
    String name = image.toLowerCase(Locale.ROOT);
    return image.startsWith("/")
        || image.startsWith("./")
        || image.startsWith("../")
        || FILES.stream().anyMatch(name::endsWith);
  }

  static String absolute(String path, String directory) {
    String below = path.startsWith("./") ? path.substring(2) : path;
    return path.startsWith("/") ? path : directory + "/" + below;
  }
}
