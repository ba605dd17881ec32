// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.InvalidJob;
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

  /** What a text is that is not an image. */
  static final String NO_IMAGE =
      "is no image of a container: write a reference such as registry/app:1, or the path of a file";

  private static final List<String> FILES = List.of(".sif", ".simg", ".img", ".sqsh", ".sqfs");

  /**
   * Reads a container's image.
   *
   * @param container the container
   * @param directory where relative paths begin
   * @throws InvalidJob when its image is none
   */
  static ImageName of(ContainerSpec container, String directory) {
    String file = container.sif();
    String reference = container.image();
    String source = null;
    if (reference != null && isNoImage(reference)) {
      throw new InvalidJob("'" + reference + "' " + NO_IMAGE);
    }
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

  /**
   * Whether a text can be no image: it is a word of a runtime's command line, and an option to it
   * where it begins as one. What else an image may be called the runtimes know.
   */
  static boolean isNoImage(String text) {
    if (isFile(text)) {
      return false;
    }
    String name = text.substring(text.indexOf("://") < 0 ? 0 : text.indexOf("://") + 3);
    return name.isEmpty()
        || name.startsWith("-")
        || text.startsWith("-")
        || text.chars().anyMatch(c -> c <= ' ' || Character.isISOControl(c) || isBlank(c));
  }

  private static boolean isBlank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
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
