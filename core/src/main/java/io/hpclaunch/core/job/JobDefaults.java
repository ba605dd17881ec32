// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import java.util.List;

/**
 * What jobs have that say nothing themselves, field by field: the entry's {@code config}, else
 * {@code defaults}.
 *
 * @param resources the resources
 * @param modules the modules of jobs that name none
 */
public record JobDefaults(Resources resources, List<String> modules) {
  /** Copies the list. */
  public JobDefaults {
    modules = List.copyOf(modules);
  }

  JobSpec fill(JobSpec spec) {
    JobSpec.Builder filled = spec.toBuilder().resources(spec.resources().orElse(resources));
    if (spec.modules().isEmpty() && !modules.isEmpty()) {
      filled.modules(modules.toArray(new String[0]));
    }
    return filled.build();
  }
}
