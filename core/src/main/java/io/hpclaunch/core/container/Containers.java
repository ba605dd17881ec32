// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The containers of the jobs of one entry. */
public final class Containers {
  private static final String LOOK =
      "for each; do command -v \"$each\" >/dev/null && exit 0; done; exit 1";

  private final String backend;
  private final ContainerSettings settings;
  private final ContainerHost host;
  private final Transport transport;
  private final Supplier<Capabilities> capabilities;

  /**
   * Makes them.
   *
   * @param backend the entry's name
   * @param settings what it says of containers
   * @param host what its plugin knows of the place where they run
   * @param transport the way to the backend's host
   * @param capabilities what the plugin can do
   */
  public Containers(
      String backend,
      ContainerSettings settings,
      ContainerHost host,
      Transport transport,
      Supplier<Capabilities> capabilities) {
    this.backend = backend;
    this.settings = settings;
    this.host = host;
    this.transport = transport;
    this.capabilities = capabilities;
  }

  /**
   * Whether an image is a file.
   *
   * @param image as users name it
   * @return true for what begins or ends as a path of an image does; false for a reference
   */
  public static boolean isFile(String image) {
    return ImageName.isFile(image);
  }

  /**
   * The container's part in a job's script.
   *
   * @param spec the job, with a working directory
   * @return the part, or null where the job has no container
   * @throws io.hpclaunch.api.Unsupported when no runtime that is allowed can run the image
   */
  public @Nullable ContainerScript script(JobSpec spec) {
    return spec.container() == null ? null : ContainerScript.of(spec, settings, host.killGrace());
  }

  /**
   * Looks for the image, where it is a file that the transport's host sees, and for the runtime,
   * where jobs find what that host has; but not for what modules, a prologue, files that are staged
   * in or a PATH of the job's own could bring.
   *
   * @param spec the job
   * @throws InvalidJob when there is no such file
   * @throws ExecutableNotFound when there is no runtime
   */
  public void check(JobSpec spec) {
    ContainerScript script = script(spec);
    if (script == null || !spec.modules().isEmpty() || !spec.prologue().isEmpty()) {
      return;
    }
    String file = script.imageFile();
    if (file != null && file.startsWith("/") && spec.stageIn().isEmpty()) {
      checkImage(file, spec);
    }
    if (host.runsOnTransportsHost() && !spec.environment().containsKey("PATH")) {
      checkRuntime(script, spec);
    }
  }

  /** A whole folder that is not there may be one of the nodes alone. */
  private void checkImage(String file, JobSpec spec) {
    if (!capabilities.get().has(Capability.SHARED_FILES)) {
      return;
    }
    String folder = file.substring(0, Math.max(1, file.lastIndexOf('/')));
    try {
      if (transport.stat(file).isEmpty()
          && (host.runsOnTransportsHost() || transport.stat(folder).isPresent())) {
        throw new InvalidJob("the image " + file + " of job '" + spec.name()
            + "' does not exist on " + transport.host() + "; nothing was submitted");
      }
    } catch (IOException e) {
      throw new BackendUnavailable(
          transport.host() + " cannot be asked for the image " + file + ": " + e.getMessage(), e);
    }
  }

  private void checkRuntime(ContainerScript script, JobSpec spec) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", LOOK, "sh"));
    argv.addAll(script.commands());
    try {
      if (transport.run(Command.of(argv)).status() == 1) {
        throw new ExecutableNotFound("there is no container runtime on " + transport.host()
            + " for job '" + spec.name() + "': looked for " + String.join(", ", script.commands())
            + "; install one, or set container.executable in the config of backend " + backend
            + "; nothing was submitted");
      }
    } catch (IOException e) {
      throw new BackendUnavailable(
          transport.host() + " cannot be asked for a container runtime: " + e.getMessage(), e);
    }
  }
}
