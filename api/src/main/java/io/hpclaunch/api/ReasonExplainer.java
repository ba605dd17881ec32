// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A backend that knows what its scheduler's own words mean, for {@code hpc explain}.
 *
 * @since 0.1
 */
public interface ReasonExplainer {
  /**
   * Puts the scheduler's state and reason into words. A pure function: nothing is asked.
   *
   * @param info an observation of this backend
   * @return what it means, or empty where the general words for the state say as much
   */
  Optional<Explanation> explain(JobInfo info);

  /**
   * What an observation means for people.
   *
   * @param meaning a sentence
   * @param remedy what can be done, or null where nothing needs to be
   */
  record Explanation(String meaning, @Nullable String remedy) {}
}
