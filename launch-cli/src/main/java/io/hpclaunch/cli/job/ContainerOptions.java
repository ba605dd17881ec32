// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.cli.Session;
import io.hpclaunch.core.container.Containers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The container that a job's command runs in. */
final class ContainerOptions {
  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "Run in this container: a reference such as registry/app:1, or a .sif file;"
          + " default: the image that the configuration names, if any. The runtime is the first of apptainer, singularity, podman and docker that the node has,"
          + " or the one that the configuration names.")
  private @Nullable String image;

  @Option(
      names = "--sif",
      paramLabel = "FILE",
      description = "A .sif file, which apptainer and singularity take in place of the image.")
  private @Nullable String sif;

  @Option(
      names = "--bind",
      paramLabel = "HOST[:CONTAINER][:ro]",
      description = "A path that the container sees, such as data:/input:ro; relative ones count"
          + " from the present directory, and a path alone is seen under its absolute name. May be"
          + " repeated.")
  private List<String> binds = new ArrayList<>();

  @Option(
      names = "--container-workdir",
      paramLabel = "DIR",
      description =
          "Where in the container the command starts, absolute; default: in the job's directory,"
              + " which the container sees under the same path.")
  private @Nullable String directory;

  @Option(
      names = "--container-env",
      paramLabel = "K=V",
      description = "A variable for the container alone. May be repeated.")
  private List<String> variables = new ArrayList<>();

  @Option(names = "--nv", description = "Let the container see the gpus.")
  private boolean gpu;

  @Option(
      names = "--container-option",
      paramLabel = "OPT",
      description = "An option for the container's runtime as it is: --container-option=--cleanenv."
          + " May be repeated.")
  private List<String> options = new ArrayList<>();

  /** The container, or null where none was asked for. */
  @Nullable ContainerSpec spec(Session session) {
    if (image == null && sif == null && !isDescribed()) {
      return null;
    }
    ContainerSpec.Builder container = named(session);
    String here = session.callersDirectory();
    binds.forEach(bind -> container.bind(ContainerSpec.Bind.parse(bind, here)));
    variables.forEach(text -> addVariable(container, text));
    if (directory != null) {
      container.workingDirectory(directory);
    }
    return container.gpu(gpu).options(options.toArray(String[]::new)).build();
  }

  /** Whether something is said of the container beside its image. */
  private boolean isDescribed() {
    return gpu
        || directory != null
        || !binds.isEmpty()
        || !variables.isEmpty()
        || !options.isEmpty();
  }

  private ContainerSpec.Builder named(Session session) {
    String file = sif;
    String reference = image;
    if (reference != null && Containers.isFile(reference)) {
      file = file == null ? reference : file;
      reference = null;
    }
    String path = file == null ? null : JobOptions.absolute(file, session);
    ContainerSpec.Builder container =
        reference == null ? ContainerSpec.defaultImage() : ContainerSpec.image(reference);
    return path == null ? container : container.sifPath(path);
  }

  private static void addVariable(ContainerSpec.Builder container, String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new InvalidJob("--container-env '" + text + "' is not NAME=VALUE");
    }
    container.environment(text.substring(0, equals), text.substring(equals + 1));
  }
}
