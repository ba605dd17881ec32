// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What jobs have that say nothing themselves, field by field: the entry's {@code config}, else
 * {@code defaults}.
 *
 * @param resources the resources
 * @param modules the modules of jobs that name none
 * @param image the container image of jobs that have no container, or null
 */
public record JobDefaults(
    Resources resources, List<String> modules, @Nullable String image) {
  /** Copies the list. */
  public JobDefaults {
    modules = List.copyOf(modules);
  }

  JobSpec fill(JobSpec spec) {
    JobSpec.Builder filled = spec.toBuilder().resources(spec.resources().orElse(resources));
    if (spec.modules().isEmpty() && !modules.isEmpty()) {
      filled.modules(modules.toArray(new String[0]));
    }
    if (spec.container() == null && image != null) {
      filled.container(ContainerSpec.image(image).build());
    }
    return filled.build();
  }
}
