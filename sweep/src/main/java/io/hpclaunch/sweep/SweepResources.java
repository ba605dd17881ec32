// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.Resources;

/**
 * What each task of a sweep asks for where nobody says it.
 *
 * @since 0.1
 */
public final class SweepResources {
  private static final String WALLTIME = "04:00:00";

  private SweepResources() {}

  /**
   * The last resort, below what the command line, the environment and the configuration say.
   *
   * @param type the type of backend
   * @return of PBS and Slurm four cpus, 16 GiB and four hours; of others nothing
   */
  public static Resources defaults(String type) {
    return switch (type) {
      case "pbs" -> withWalltime("select=1:ncpus=4:mem=16gb");
      case "slurm" -> withWalltime("--nodes=1 --ntasks=4 --mem=16G");
      default -> Resources.none();
    };
  }

  private static Resources withWalltime(String text) {
    return Resources.parse(text).toBuilder()
        .walltime(io.hpclaunch.api.Walltimes.parse(WALLTIME))
        .build();
  }

  /**
   * Puts together what was said, field by field.
   *
   * @param given in falling precedence
   * @return what each task asks for
   */
  public static Resources merge(Resources... given) {
    Resources all = Resources.none();
    for (Resources each : given) {
      all = all.orElse(each);
    }
    return all;
  }
}
