// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.mpi;

import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.launch.LaunchContext;
import java.net.URL;
import java.util.Objects;

/**
 * Starts copies of a program on this machine without any MPI. Each finds its rank in
 * {@code HPC_RANK} and their number in {@code HPC_SIZE}; when one fails, the others are ended.
 *
 * <p>The work is done by the script {@code hpc-fork}, so that no JVM stays beside the program.
 *
 * @since 0.1
 */
public final class ForkLauncher implements HPCLauncher {
  private static final String SCRIPT = "hpc-fork";

  private String executable = SCRIPT;

  /** Made by the service loader. */
  public ForkLauncher() {}

  @Override
  public String name() {
    return "fork";
  }

  @Override
  public String executable() {
    return executable;
  }

  private static URL resource() {
    return Objects.requireNonNull(ForkLauncher.class.getResource(SCRIPT), SCRIPT);
  }

  @Override
  public void initialize(LaunchContext context) {
    if (context.settings().exec() == null) {
      executable = context.script(SCRIPT, resource()).toString();
    }
  }
}
