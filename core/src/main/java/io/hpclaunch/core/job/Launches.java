// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobSpec;
import org.jspecify.annotations.Nullable;

/** How a job's command is started through its launcher. */
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
}
