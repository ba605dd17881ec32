// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.InvalidJob;
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
 * @param image the container image of jobs that name none, or null: those run without a container
 * @param pluginNamesImages whether the plugin knows the image of jobs that name none
 */
public record JobDefaults(
    Resources resources, List<String> modules, @Nullable String image, boolean pluginNamesImages) {
  /** Copies the list. */
  public JobDefaults {
    modules = List.copyOf(modules);
  }

  JobSpec fill(JobSpec spec) {
    JobSpec.Builder filled = spec.toBuilder().resources(spec.resources().orElse(resources));
    if (spec.modules().isEmpty() && !modules.isEmpty()) {
      filled.modules(modules.toArray(new String[0]));
    }
    return filled.container(container(spec)).build();
  }

  /** Of a container without an image the rest is what the job says. */
  private @Nullable ContainerSpec container(JobSpec spec) {
    ContainerSpec own = spec.container();
    if (own == null) {
      return image == null ? null : ContainerSpec.image(image).build();
    }
    if (own.image() != null || own.sif() != null) {
      return own;
    }
    if (image == null && pluginNamesImages) {
      return own;
    }
    if (image == null) {
      throw new InvalidJob("job '" + spec.name() + "' names no image for its container, and neither"
          + " does the backend's configuration: give one (--image), or set container.image in the"
          + " backend's config");
    }
    return own.withImage(image);
  }
}
