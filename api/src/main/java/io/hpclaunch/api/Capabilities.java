// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a backend can do beyond running a single command.
 *
 * @param all the capabilities
 * @param maxArrayIndex the largest index of an array element, or null where arrays have no such
 *     limit; larger arrays are split and their indices offset
 * @since 0.1
 */
public record Capabilities(Set<Capability> all, @Nullable Integer maxArrayIndex) {
  /** Copies the set. */
  public Capabilities {
    EnumSet<Capability> copy = EnumSet.noneOf(Capability.class);
    copy.addAll(all);
    all = Collections.unmodifiableSet(copy);
  }

  /**
   * These capabilities, and no limit on arrays.
   *
   * @param capabilities what the backend can do
   * @return the capabilities
   */
  public static Capabilities of(Capability... capabilities) {
    return new Capabilities(Set.copyOf(Arrays.asList(capabilities)), null);
  }

  /**
   * Whether a backend can do something.
   *
   * @param capability what
   * @return true if it can
   */
  public boolean has(Capability capability) {
    return all.contains(capability);
  }
}
