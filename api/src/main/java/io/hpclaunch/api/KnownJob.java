// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the state folder remembers of one job. To bring it up to date, ask {@link Backend#status}.
 *
 * @param id what users call it; while the scheduler has given no id, {@code token.TOKEN} stands
 *     there
 * @param token names its submission
 * @param name the user's name for it
 * @param submitted when it was submitted
 * @param info the last observation; of an array that of the whole
 * @param array the elements, or null for a plain job
 * @param elements the last observation of each element, by the user's index; one that is missing
 *     was not observed yet
 * @param jobDirectory its folder, on the host that the backend's transport reaches
 * @param stdout the file of its standard output, in which {@code {index}} stands for an element's
 *     index
 * @param stderr the file of its standard error, likewise
 * @since 0.1
 */
public record KnownJob(
    JobId id,
    Token token,
    String name,
    Instant submitted,
    JobInfo info,
    @Nullable ArrayRange array,
    Map<Integer, JobInfo> elements,
    String jobDirectory,
    String stdout,
    String stderr) {
  /** Copies the map. */
  public KnownJob {
    elements = Collections.unmodifiableMap(new TreeMap<>(elements));
  }
}
