// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a task of a run stands.
 *
 * @param task its id
 * @param state where it stands; a failure that is tried again is {@link TaskState#WAITING}
 * @param cause why it failed, or null
 * @param reason words on why it stands there, or null
 * @param attempt the last attempt at it
 * @param allowFailure whether the run is well although it failed
 * @since 0.1
 */
public record TaskStatus(
    String task,
    TaskState state,
    @Nullable FailureCause cause,
    @Nullable String reason,
    Attempt attempt,
    boolean allowFailure) {
  /**
   * Whether the task counts as well: it completed, or is allowed to fail.
   *
   * @return false also for one that has not ended
   */
  public boolean isWell() {
    return state == TaskState.COMPLETED || (state.isFinal() && allowFailure);
  }

  /**
   * How it stands, in words.
   *
   * @return such as {@code failed: exit status 3}
   */
  public String words() {
    if (state == attempt.state()
        && cause == attempt.cause()
        && Objects.equals(reason, attempt.reason())) {
      return attempt.words();
    }
    String text = state.label() + (cause == null ? "" : ": " + cause.label().replace('_', ' '));
    return reason == null || reason.isBlank() ? text : text + " (" + reason + ")";
  }
}
