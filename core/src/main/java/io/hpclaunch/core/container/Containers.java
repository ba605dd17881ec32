// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The containers of the jobs of one entry. */
public final class Containers {
  private static final String LOOK =
      "for each; do command -v \"$each\" >/dev/null && exit 0; done; exit 1";

  private final String backend;
  private final ContainerSettings settings;
  private final ContainerHost host;
  private final Transport transport;

  /**
   * Makes them.
   *
   * @param backend the entry's name
   * @param settings what it says of containers
   * @param host what its plugin knows of the place where they run
   * @param transport the way to the backend's host
   */
  public Containers(
      String backend, ContainerSettings settings, ContainerHost host, Transport transport) {
    this.backend = backend;
    this.settings = settings;
    this.host = host;
    this.transport = transport;
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
   * Looks for the runtime, where jobs find what the transport's host has, and neither modules nor a
   * prologue nor a PATH of the job's own could bring another.
   *
   * @param spec the job
   * @throws ExecutableNotFound when there is none
   */
  public void check(JobSpec spec) {
    ContainerScript script = script(spec);
    boolean seen = host.runsOnTransportsHost()
        && spec.modules().isEmpty()
        && spec.prologue().isEmpty()
        && !spec.environment().containsKey("PATH");
    if (script == null || !seen) {
      return;
    }
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
