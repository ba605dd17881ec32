// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Where a run stands.
 *
 * @param run its id
 * @param folder its folder
 * @param created when it was prepared
 * @param tasks its tasks, in the order given
 * @since 0.1
 */
public record RunStatus(String run, Path folder, Instant created, List<TaskStatus> tasks) {
  /** Copies the list. */
  public RunStatus {
    tasks = List.copyOf(tasks);
  }

  /**
   * Whether nothing is left to be done: all tasks have ended, and what there was is collected.
   *
   * @return true for a run that has ended
   */
  public boolean isOver() {
    return tasks.stream().allMatch(t -> t.state().isFinal() && !t.attempt().awaitsCollection());
  }

  /**
   * Whether all tasks have completed, save for those that are allowed to fail.
   *
   * @return false also for a run that goes on
   */
  public boolean isWell() {
    return tasks.stream().allMatch(TaskStatus::isWell);
  }

  /**
   * A task.
   *
   * @param id its id
   * @return where it stands
   * @throws java.util.NoSuchElementException when the run has no such task
   */
  public TaskStatus task(String id) {
    return tasks.stream().filter(t -> t.task().equals(id)).findFirst().orElseThrow();
  }

  /**
   * How many tasks are in each state.
   *
   * @return the states that there are, in their order
   */
  public Map<TaskState, Integer> counts() {
    Map<TaskState, Integer> counts = new EnumMap<>(TaskState.class);
    tasks.forEach(task -> counts.merge(task.state(), 1, Integer::sum));
    return counts;
  }

  /**
   * How it stands, in words.
   *
   * @return such as {@code 3 completed, 1 failed}
   */
  public String words() {
    StringBuilder words = new StringBuilder();
    counts()
        .forEach((state, count) -> words
            .append(words.length() == 0 ? "" : ", ")
            .append(count)
            .append(' ')
            .append(state.label()));
    return words.toString();
  }
}
