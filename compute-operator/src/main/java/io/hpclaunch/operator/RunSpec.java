// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.InvalidJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that belong together, and how many of them may be with backends at once.
 *
 * <pre>{@code
 * RunSpec.builder("nightly")
 *     .task(Task.builder("mesh").shell("./mesh").build())
 *     .task(Task.builder("solve").shell("./solve").dependsOn("mesh").build())
 *     .limits(Limits.total(20))
 *     .build();
 * }</pre>
 *
 * @since 0.1
 */
public final class RunSpec {
  private final String id;
  private final List<Task> tasks;
  private final List<Task> ordered;
  private final @Nullable String backend;
  private final RetryPolicy retry;
  private final Limits limits;
  private final Duration idDeadline;

  private RunSpec(Builder b, List<Task> ordered) {
    id = b.id;
    tasks = List.copyOf(b.tasks);
    this.ordered = List.copyOf(ordered);
    backend = b.backend;
    retry = b.retry;
    limits = b.limits;
    idDeadline = b.idDeadline;
  }

  /**
   * How many tasks may be with backends at once: submitted, and not ended.
   *
   * @param total of the whole run; null for any number
   * @param perBackend on each backend; null for any number
   * @param backends on single backends, by name, in place of {@code perBackend}
   */
  public record Limits(
      @Nullable Integer total, @Nullable Integer perBackend, Map<String, Integer> backends) {
    /** Any number. */
    public static final Limits NONE = new Limits(null, null, Map.of());

    /**
     * Checks the numbers.
     *
     * @throws InvalidJob when one is less than 1
     */
    public Limits {
      check(total);
      check(perBackend);
      backends = Map.copyOf(backends);
      backends.values().forEach(Limits::check);
    }

    /**
     * A limit for the whole run.
     *
     * @param most at least 1
     * @return the limits
     */
    public static Limits total(int most) {
      return new Limits(most, null, Map.of());
    }

    /**
     * The same limits, and one for each backend.
     *
     * @param most at least 1
     * @return the limits
     */
    public Limits perBackend(int most) {
      return new Limits(total, most, backends);
    }

    /**
     * The same limits, and one for a backend.
     *
     * @param name the backend's name
     * @param most at least 1
     * @return the limits
     */
    public Limits backend(String name, int most) {
      Map<String, Integer> more = new LinkedHashMap<>(backends);
      more.put(name, most);
      return new Limits(total, perBackend, more);
    }

    /** How many may be on a backend; null for any number. */
    @Nullable Integer of(String name) {
      Integer own = backends.get(name);
      return own == null ? perBackend : own;
    }

    private static void check(@Nullable Integer limit) {
      if (limit != null && limit < 1) {
        throw new InvalidJob("a limit of tasks at once is 1 or more, not " + limit);
      }
    }
  }

  /**
   * A builder for a run.
   *
   * @param id names the run; it becomes the name of a folder
   * @return the builder
   */
  public static Builder builder(String id) {
    return new Builder(id);
  }

  /**
   * The run's name.
   *
   * @return letters, digits, {@code .}, {@code _} and {@code -}
   */
  public String id() {
    return id;
  }

  /**
   * The tasks.
   *
   * @return in the order given
   */
  public List<Task> tasks() {
    return tasks;
  }

  /**
   * Where tasks run that name no backend.
   *
   * @return the backend's name, or null for the default
   */
  public @Nullable String backend() {
    return backend;
  }

  /**
   * Whether tasks that say nothing themselves are tried again.
   *
   * @return never by default
   */
  public RetryPolicy retry() {
    return retry;
  }

  /**
   * How many tasks may be with backends at once.
   *
   * @return any number by default
   */
  public Limits limits() {
    return limits;
  }

  /**
   * How long the submission of a task may go without the job's id before its attempt fails.
   *
   * @return an hour by default
   */
  public Duration idDeadline() {
    return idDeadline;
  }

  /** The tasks, each behind those that it depends on. */
  List<Task> ordered() {
    return ordered;
  }

  /** The policy of a task, or the run's. */
  RetryPolicy retry(Task task) {
    RetryPolicy own = task.retry();
    return own == null ? retry : own;
  }

  /**
   * The same run with another backend for tasks that name none.
   *
   * @param name the backend's name
   * @return the run
   */
  public RunSpec on(String name) {
    return new Builder(id)
        .tasks(tasks)
        .backend(name)
        .retry(retry)
        .limits(limits)
        .idDeadline(idDeadline)
        .build();
  }

  /** Collects the parts and checks them in {@link #build()}. */
  public static final class Builder {
    private final String id;
    private final List<Task> tasks = new ArrayList<>();
    private @Nullable String backend;
    private RetryPolicy retry = RetryPolicy.NEVER;
    private Limits limits = Limits.NONE;
    private Duration idDeadline = Duration.ofHours(1);

    private Builder(String id) {
      this.id = id;
    }

    /**
     * Adds a task.
     *
     * @param task the task
     * @return this
     */
    public Builder task(Task task) {
      tasks.add(task);
      return this;
    }

    /**
     * Adds tasks.
     *
     * @param more the tasks
     * @return this
     */
    public Builder tasks(List<Task> more) {
      tasks.addAll(more);
      return this;
    }

    /**
     * Chooses the backend of tasks that name none.
     *
     * @param name its name, or null for the default
     * @return this
     */
    public Builder backend(@Nullable String name) {
      backend = name;
      return this;
    }

    /**
     * Tries tasks again that say nothing themselves.
     *
     * @param policy the policy
     * @return this
     */
    public Builder retry(RetryPolicy policy) {
      retry = policy;
      return this;
    }

    /**
     * Limits how many tasks are with backends at once.
     *
     * @param value the limits
     * @return this
     */
    public Builder limits(Limits value) {
      limits = value;
      return this;
    }

    /**
     * Sets how long the submission of a task may go without the job's id before its attempt fails.
     *
     * @param value more than zero, in place of an hour
     * @return this
     */
    public Builder idDeadline(Duration value) {
      idDeadline = value;
      return this;
    }

    /**
     * Checks all parts.
     *
     * @return the run
     * @throws InvalidJob when there is no task, two have one id, one depends on a task that is not
     *     there or, in a circle, on itself
     */
    public RunSpec build() {
      Ids.check("run id", id);
      if (tasks.isEmpty()) {
        throw new InvalidJob("run " + id + " has no tasks");
      }
      if (idDeadline.isZero() || idDeadline.isNegative()) {
        throw new InvalidJob("a deadline is more than zero, not " + idDeadline);
      }
      Map<String, Task> byId = checkIds();
      checkDependencies(byId);
      tasks.forEach(this::checkRetry);
      List<Task> ordered = ordered(byId);
      if (ordered.size() < tasks.size()) {
        byId.values().removeAll(ordered);
        byId.values().forEach(new Circles(byId)::look);
      }
      return new RunSpec(this, ordered);
    }

    /** The tasks, each behind those that it depends on; those of a circle are missing. */
    private List<Task> ordered(Map<String, Task> byId) {
      Map<String, Integer> open = new HashMap<>();
      Map<String, List<Task>> children = new HashMap<>();
      List<Task> ordered = new ArrayList<>();
      for (Task task : byId.values()) {
        open.put(task.id(), task.dependencies().size());
        task.dependencies()
            .forEach(p -> children.computeIfAbsent(p, key -> new ArrayList<>()).add(task));
        if (task.dependencies().isEmpty()) {
          ordered.add(task);
        }
      }
      for (int i = 0; i < ordered.size(); i++) {
        for (Task child : children.getOrDefault(ordered.get(i).id(), List.of())) {
          if (open.merge(child.id(), -1, Integer::sum) == 0) {
            ordered.add(child);
          }
        }
      }
      return ordered;
    }

    private void checkRetry(Task task) {
      RetryPolicy policy = task.retry() == null ? retry : task.retry();
      if (policy.memoryFactor() > 1 && task.memory() == null) {
        throw new InvalidJob(
            "task " + task.id() + ": retry.memory_factor multiplies memory_gb, which is not given");
      }
      if (policy.timeFactor() > 1 && task.timeLimit() == null) {
        throw new InvalidJob("task " + task.id()
            + ": retry.time_factor multiplies time_limit_minutes, which is not given");
      }
    }

    /** Some file systems do not tell capital letters from small ones. */
    private Map<String, Task> checkIds() {
      Map<String, Task> byId = new LinkedHashMap<>();
      Map<String, String> folded = new HashMap<>();
      for (Task task : tasks) {
        String other = folded.put(task.id().toLowerCase(Locale.ROOT), task.id());
        if (other != null) {
          throw new InvalidJob(
              other.equals(task.id())
                  ? "there are two tasks with the id '" + other + "'"
                  : "the ids '" + other + "' and '" + task.id()
                      + "' differ in capital letters only,"
                      + " which some file systems do not tell apart");
        }
        byId.put(task.id(), task);
      }
      return byId;
    }

    private static void checkDependencies(Map<String, Task> byId) {
      for (Task task : byId.values()) {
        for (String parent : task.dependencies()) {
          if (!byId.containsKey(parent)) {
            throw new InvalidJob("task " + task.id() + " depends on '" + parent
                + "', and there is no such task in the run");
          }
        }
      }
    }
  }

  /** Looks for tasks that wait for themselves, without a stack as deep as the longest chain. */
  private record Circles(Map<String, Task> byId) {
    void look(Task start) {
      Map<String, String> reachedFrom = new HashMap<>();
      List<String> next = new ArrayList<>(List.of(start.id()));
      while (!next.isEmpty()) {
        String at = next.remove(next.size() - 1);
        Set<String> parents = byId.containsKey(at) ? byId.get(at).dependencies() : Set.of();
        for (String parent : parents) {
          if (parent.equals(start.id())) {
            throw new InvalidJob(
                "tasks wait for each other in a circle: " + circle(start.id(), at, reachedFrom));
          }
          if (reachedFrom.putIfAbsent(parent, at) == null) {
            next.add(parent);
          }
        }
      }
    }

    private static String circle(String start, String last, Map<String, String> reachedFrom) {
      List<String> way = new ArrayList<>(List.of(start));
      for (String at = last; !at.equals(start); at = reachedFrom.getOrDefault(at, start)) {
        way.add(0, at);
      }
      way.add(0, start);
      return String.join(" -> ", way);
    }
  }
}
