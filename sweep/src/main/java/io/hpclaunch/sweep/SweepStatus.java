// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.JobInfo;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the tasks of a sweep stand, at one time.
 *
 * @since 0.1
 */
public final class SweepStatus {
  /** By the task's number less one; null for a task that was never submitted. */
  private final List<@Nullable JobInfo> infos;

  private final Map<TaskState, Integer> counts = new EnumMap<>(TaskState.class);

  SweepStatus(List<@Nullable JobInfo> infos) {
    this.infos = infos;
    for (TaskState state : TaskState.values()) {
      counts.put(state, 0);
    }
    for (JobInfo info : infos) {
      counts.merge(TaskState.of(info), 1, Integer::sum);
    }
  }

  /**
   * How many tasks there are.
   *
   * @return at least 1
   */
  public int size() {
    return infos.size();
  }

  /**
   * Where a task stands.
   *
   * @param task its number, from 1
   * @return the state
   */
  public TaskState state(int task) {
    return TaskState.of(infos.get(task - 1));
  }

  /**
   * The last observation of a task.
   *
   * @param task its number, from 1
   * @return the observation, or null where it was never submitted
   */
  public @Nullable JobInfo info(int task) {
    return infos.get(task - 1);
  }

  /**
   * How many tasks stand in a state.
   *
   * @param state the state
   * @return 0 or more
   */
  public int count(TaskState state) {
    return counts.getOrDefault(state, 0);
  }

  /**
   * The tasks that stand in a state.
   *
   * @param states one or several
   * @return their numbers
   */
  public TaskSet tasks(TaskState... states) {
    List<TaskState> wanted = List.of(states);
    List<Integer> numbers = new ArrayList<>();
    for (int task = 1; task <= size(); task++) {
      if (wanted.contains(state(task))) {
        numbers.add(task);
      }
    }
    return TaskSet.of(numbers);
  }

  /**
   * Whether a task may still do something.
   *
   * @return false when all have ended or were never submitted
   */
  public boolean isActive() {
    boolean active = false;
    for (TaskState state : TaskState.values()) {
      active |= state.isActive() && count(state) > 0;
    }
    return active;
  }

  /**
   * How many tasks have ended, in whatever way.
   *
   * @return 0 to {@link #size()}
   */
  public int ended() {
    return count(TaskState.COMPLETED)
        + count(TaskState.FAILED)
        + count(TaskState.CANCELLED)
        + count(TaskState.LOST);
  }
}
