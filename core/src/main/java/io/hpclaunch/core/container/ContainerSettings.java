// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an entry's {@code config} says of containers, under {@code container}.
 *
 * @param runtime which runtime, or null: the first one that the job's node has
 * @param executable its name or path, or null where the runtime's own name is on PATH
 * @param options options of every container, before the job's own
 * @param image the image of jobs that name none, or null: they run without a container
 */
public record ContainerSettings(
    @Nullable ContainerRuntime runtime,
    @Nullable String executable,
    List<String> options,
    @Nullable String image) {
  private static final String RUNTIME = "container.runtime";
  private static final String EXECUTABLE = "container.executable";
  private static final String OPTIONS = "container.options";
  private static final String IMAGE = "container.image";

  /** The keys that a backend declares whose scripts core renders. */
  public static final List<ConfigKey> KEYS = List.of(
      ConfigKey.of(
          RUNTIME,
          ConfigKey.Type.STRING,
          "apptainer, singularity, podman or docker; default: the first of these on the job's node"),
      ConfigKey.of(
          EXECUTABLE,
          ConfigKey.Type.STRING,
          "the runtime's command, a name or a path; default: its own name, on the job's PATH"),
      ConfigKey.of(
          OPTIONS, ConfigKey.Type.WORDS, "options of every container, before the job's own"),
      ConfigKey.of(
          IMAGE,
          ConfigKey.Type.STRING,
          "image that jobs run in which name none; default: they run without a container"));

  /** Copies the list. */
  public ContainerSettings {
    options = List.copyOf(options);
  }

  /**
   * Reads the configuration.
   *
   * @param config an entry's {@code config}
   * @return the settings
   * @throws InvalidConfiguration when there is no such runtime, an executable is empty or says
   *     nothing of which it is, or an image is none
   */
  public static ContainerSettings of(Settings config) {
    String executable = config.string(EXECUTABLE).orElse(null);
    if (executable != null && executable.isBlank()) {
      throw wrong(config, EXECUTABLE, "is empty: write a name or a path, or leave it out");
    }
    return new ContainerSettings(
        config
            .string(RUNTIME)
            .map(name -> known(config, name))
            .orElseGet(() -> executable == null ? null : of(config, executable)),
        executable,
        config.words(OPTIONS),
        config.string(IMAGE).map(image -> anywhere(config, image)).orElse(null));
  }

  /** The configuration does not know from where a job's relative paths count. */
  private static String anywhere(Settings config, String image) {
    if (ImageName.isFile(image) && !image.startsWith("/")) {
      throw wrong(
          config, IMAGE, "must be an absolute path or an image's reference, not '" + image + "'");
    }
    if (ImageName.isNoImage(image)) {
      throw wrong(config, IMAGE, "'" + image + "' " + ImageName.NO_IMAGE);
    }
    return image;
  }

  private static ContainerRuntime known(Settings config, String name) {
    return ContainerRuntime.named(name)
        .orElseThrow(
            () -> wrong(config, RUNTIME, "must be one of " + names() + ", not '" + name + "'"));
  }

  private static ContainerRuntime of(Settings config, String executable) {
    String name = executable.substring(executable.lastIndexOf('/') + 1);
    return ContainerRuntime.named(name)
        .orElseThrow(
            () -> new InvalidConfiguration(config.origin(EXECUTABLE).orElse("configuration")
                + ": which runtime '" + executable + "' is, its name does not tell: set " + RUNTIME
                + " to one of " + names()));
  }

  private static InvalidConfiguration wrong(Settings config, String key, String what) {
    return new InvalidConfiguration(
        config.origin(key).orElse("configuration") + ": " + key + " " + what);
  }

  private static String names() {
    return Arrays.stream(ContainerRuntime.values())
        .map(ContainerRuntime::command)
        .collect(Collectors.joining(", "));
  }
}
