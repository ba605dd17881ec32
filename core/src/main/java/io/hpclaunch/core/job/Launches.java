// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.core.container.ContainerScript;
import org.jspecify.annotations.Nullable;

/** How a job's command is started: through its launcher, in its container. */
@FunctionalInterface
public interface Launches {
  /**
   * Lines for bash that end in an {@code exec} of the launcher.
   *
   * @param spec the job
   * @return the lines, or null where the job names no launcher
   * @throws io.hpclaunch.api.HpcException when the launcher cannot be used
   */
  @Nullable String lines(JobSpec spec);

  /**
   * The container's part in the job's script.
   *
   * @param spec the job
   * @return the part, or null where the job has no container
   * @throws io.hpclaunch.api.HpcException when the container cannot be run
   */
  default @Nullable ContainerScript container(JobSpec spec) {
    return null;
  }

  /**
   * Looks for what the job's start needs, where that can be seen before its submission.
   *
   * @param spec the job
   * @throws io.hpclaunch.api.HpcException when something is missing
   */
  default void check(JobSpec spec) {}
}
