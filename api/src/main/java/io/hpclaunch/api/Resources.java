// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What a job asks its scheduler for. Every field may be unset (null): then it says nothing, and the
 * scheduler's own default holds.
 *
 * <p>Immutable. Sizes are bytes, times are durations; a scheduler's units come up only where its
 * script is written.
 *
 * @since 0.1
 */
public final class Resources {
  private static final Resources NONE = new Builder().build();

  private final @Nullable Integer nodes;
  private final @Nullable Integer tasks;
  private final @Nullable Integer tasksPerNode;
  private final @Nullable Integer cpusPerTask;
  private final @Nullable Integer gpusPerTask;
  private final @Nullable Integer gpusPerNode;
  private final @Nullable String gpuType;
  private final @Nullable Long memoryPerNode;
  private final @Nullable Long memoryPerCpu;
  private final @Nullable Duration walltime;
  private final @Nullable String queue;
  private final @Nullable String account;
  private final @Nullable String qos;
  private final @Nullable String reservation;
  private final @Nullable String constraint;
  private final @Nullable Boolean exclusive;
  private final @Nullable String select;

  private Resources(Builder b) {
    nodes = b.nodes;
    tasks = b.tasks;
    tasksPerNode = b.tasksPerNode;
    cpusPerTask = b.cpusPerTask;
    gpusPerTask = b.gpusPerTask;
    gpusPerNode = b.gpusPerNode;
    gpuType = b.gpuType;
    memoryPerNode = b.memoryPerNode;
    memoryPerCpu = b.memoryPerCpu;
    walltime = b.walltime;
    queue = b.queue;
    account = b.account;
    qos = b.qos;
    reservation = b.reservation;
    constraint = b.constraint;
    exclusive = b.exclusive;
    select = b.select;
  }

  /**
   * Resources with every field unset.
   *
   * @return the empty resources
   */
  public static Resources none() {
    return NONE;
  }

  /**
   * A builder with every field unset.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads a scheduler's own words: {@code select=2:ncpus=8:mem=32gb:ngpus=1} and {@code -l
   * walltime=…} of PBS, {@code nodes=2:ppn=8} of Torque, {@code --nodes=2 --mem 32G} of Slurm.
   * Units and times are read as that scheduler reads them: in Slurm's form a bare {@code --mem} is
   * in MiB and a bare {@code --time} in minutes; PBS's {@code mem} beside {@code nodes} is the
   * whole job's, its bare {@code walltime} is in seconds. The string is all PBS's or all Slurm's:
   * {@code -q} is a queue to the one and a qos to the other.
   *
   * <p>Sources: sbatch(1) 22.05, qsub(1B) and pbs_resources(7B) of OpenPBS 23, qsub(1) of Torque 6.
   *
   * @param text the words, as on the scheduler's command line
   * @return the resources
   * @throws InvalidJob when a word is not understood; the message names it
   */
  public static Resources parse(String text) {
    return ResourceWords.parse(text);
  }

  /**
   * Reads a map with the keys {@code cpu} (or {@code cpus}), {@code memory_gb}, {@code time_hours},
   * {@code gpus}, {@code nodes} and {@code tasks}; values are numbers or their text.
   *
   * @param map the values; one that is null is unset
   * @return the resources
   * @throws InvalidJob for another key, or a value that is no positive number
   */
  public static Resources of(Map<String, ? extends @Nullable Object> map) {
    return ResourceMap.read(map);
  }

  /**
   * These resources, and the other's wherever a field is unset here. A field that another form of
   * the same request settles is not taken over: memory per cpu where memory per node is set, gpus
   * per node where gpus per task are, tasks where tasks per node are, and the other way round.
   * Where only PBS can take one of the two requests, its chunks and the other's fields are not
   * mixed: these resources' own decide.
   *
   * @param fallback where unset fields come from
   * @return the merged resources
   */
  public Resources orElse(Resources fallback) {
    Resources f = fallback;
    Builder b = toBuilder();
    boolean chunksDecide = needsPbs() || (f.needsPbs() && hasShape());
    if (!chunksDecide) {
      b.nodes = first(nodes, f.nodes);
      if (tasks == null && tasksPerNode == null) {
        b.tasks = f.tasks;
        b.tasksPerNode = f.tasksPerNode;
      }
      b.cpusPerTask = first(cpusPerTask, f.cpusPerTask);
      if (gpusPerTask == null && gpusPerNode == null) {
        b.gpusPerTask = f.gpusPerTask;
        b.gpusPerNode = f.gpusPerNode;
      }
      b.gpuType = first(gpuType, f.gpuType);
      if (memoryPerNode == null && memoryPerCpu == null) {
        b.memoryPerNode = f.memoryPerNode;
        b.memoryPerCpu = f.memoryPerCpu;
      }
      // The user's own select text stays only where the merged fields still say the same.
      b.select = first(select, f.select);
      if (b.select != null
          && !Arrays.equals(b.build().shape(), (select != null ? this : f).shape())) {
        b.select = null;
      }
    }
    b.walltime = first(walltime, f.walltime);
    b.queue = first(queue, f.queue);
    b.account = first(account, f.account);
    b.qos = first(qos, f.qos);
    b.reservation = first(reservation, f.reservation);
    b.constraint = first(constraint, f.constraint);
    b.exclusive = first(exclusive, f.exclusive);
    return b.build();
  }

  private @Nullable Object[] shape() {
    return new @Nullable Object[] {
      nodes,
      tasks,
      tasksPerNode,
      cpusPerTask,
      gpusPerTask,
      gpusPerNode,
      gpuType,
      memoryPerNode,
      memoryPerCpu
    };
  }

  private boolean hasShape() {
    return select != null || Arrays.stream(shape()).anyMatch(Objects::nonNull);
  }

  private static <T> @Nullable T first(@Nullable T own, @Nullable T other) {
    return own != null ? own : other;
  }

  /**
   * The number of nodes.
   *
   * @return at least 1, or null
   */
  public @Nullable Integer nodes() {
    return nodes;
  }

  /**
   * The number of tasks (MPI ranks) of the whole job.
   *
   * @return at least 1, or null
   */
  public @Nullable Integer tasks() {
    return tasks;
  }

  /**
   * The number of tasks on each node.
   *
   * @return at least 1, or null
   */
  public @Nullable Integer tasksPerNode() {
    return tasksPerNode;
  }

  /**
   * The number of cpus for each task; of a job with one task, its cpus.
   *
   * @return at least 1, or null
   */
  public @Nullable Integer cpusPerTask() {
    return cpusPerTask;
  }

  /**
   * The number of gpus for each task.
   *
   * @return at least 1, or null
   */
  public @Nullable Integer gpusPerTask() {
    return gpusPerTask;
  }

  /**
   * The number of gpus on each node.
   *
   * @return at least 1, or null
   */
  public @Nullable Integer gpusPerNode() {
    return gpusPerNode;
  }

  /**
   * The type of the gpus, such as {@code a100}.
   *
   * @return the type, or null for any; never set without a number of gpus
   */
  public @Nullable String gpuType() {
    return gpuType;
  }

  /**
   * Memory on each node.
   *
   * @return bytes, or null; never set together with {@link #memoryPerCpu()}
   */
  public @Nullable Long memoryPerNode() {
    return memoryPerNode;
  }

  /**
   * Memory for each allocated cpu.
   *
   * @return bytes, or null; never set together with {@link #memoryPerNode()}
   */
  public @Nullable Long memoryPerCpu() {
    return memoryPerCpu;
  }

  /**
   * How long the job may run.
   *
   * @return more than zero, or null
   */
  public @Nullable Duration walltime() {
    return walltime;
  }

  /**
   * The queue (PBS) or partition (Slurm).
   *
   * @return the name, or null
   */
  public @Nullable String queue() {
    return queue;
  }

  /**
   * The account or project that is charged.
   *
   * @return the name, or null
   */
  public @Nullable String account() {
    return account;
  }

  /**
   * The quality of service.
   *
   * @return the name, or null
   */
  public @Nullable String qos() {
    return qos;
  }

  /**
   * The reservation to run in.
   *
   * @return the name, or null
   */
  public @Nullable String reservation() {
    return reservation;
  }

  /**
   * What the nodes must have, in the scheduler's own language.
   *
   * @return the constraint, or null
   */
  public @Nullable String constraint() {
    return constraint;
  }

  /**
   * Whether the nodes are wanted alone.
   *
   * @return true or false, or null for the scheduler's default
   */
  public @Nullable Boolean exclusive() {
    return exclusive;
  }

  /**
   * A PBS select statement as the user wrote it, without {@code select=}. The fields say the same
   * where they can; {@link #needsPbs()} tells when they can't.
   *
   * @return such as {@code 1:ncpus=4+2:ncpus=8}, or null
   */
  public @Nullable String select() {
    return select;
  }

  /**
   * Whether only PBS can take this request: its select statement has several chunks, or resources
   * that no field stands for.
   *
   * @return true where {@link #select()} says more than the fields
   */
  public boolean needsPbs() {
    return select != null && !PbsSelect.parse(select).fitsFields();
  }

  /**
   * How many tasks the job has, from the fields that tell it.
   *
   * @return tasks, else nodes times tasks per node, else nodes, else 1; where only
   *     {@link #select()} tells, its chunks' ranks
   */
  public int totalTasks() {
    if (select != null && needsPbs()) {
      return (int) PbsSelect.parse(select).tasks();
    }
    if (tasks != null) {
      return tasks;
    }
    return (nodes == null ? 1 : nodes) * (tasksPerNode == null ? 1 : tasksPerNode);
  }

  /** What a backend must be capable of to honour these. */
  void addNeeds(Set<Capability> needs) {
    if (nodes != null && nodes > 1) {
      needs.add(Capability.MULTIPLE_NODES);
    }
    if (gpusPerNode != null || gpusPerTask != null) {
      needs.add(Capability.GPUS);
    }
    if (walltime != null) {
      needs.add(Capability.WALLTIME);
    }
    if (queue != null
        || account != null
        || qos != null
        || reservation != null
        || constraint != null) {
      needs.add(Capability.QUEUES);
    }
    if (Boolean.TRUE.equals(exclusive)) {
      needs.add(Capability.EXCLUSIVE);
    }
    if (needsPbs()) {
      needs.add(Capability.CHUNKS);
    }
  }

  /**
   * A builder that begins with these fields.
   *
   * @return the builder
   */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.nodes = nodes;
    b.tasks = tasks;
    b.tasksPerNode = tasksPerNode;
    b.cpusPerTask = cpusPerTask;
    b.gpusPerTask = gpusPerTask;
    b.gpusPerNode = gpusPerNode;
    b.gpuType = gpuType;
    b.memoryPerNode = memoryPerNode;
    b.memoryPerCpu = memoryPerCpu;
    b.walltime = walltime;
    b.queue = queue;
    b.account = account;
    b.qos = qos;
    b.reservation = reservation;
    b.constraint = constraint;
    b.exclusive = exclusive;
    b.select = select;
    return b;
  }

  private @Nullable Object[] fields() {
    return new @Nullable Object[] {
      nodes,
      tasks,
      tasksPerNode,
      cpusPerTask,
      gpusPerTask,
      gpusPerNode,
      gpuType,
      memoryPerNode,
      memoryPerCpu,
      walltime,
      queue,
      account,
      qos,
      reservation,
      constraint,
      exclusive,
      select
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Resources r && Arrays.equals(fields(), r.fields());
  }

  @Override
  public int hashCode() {
    return Objects.hash(fields());
  }

  /** The fields that are set, in the order of their declaration. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "Resources[", "]");
    String[] names = {
      "nodes", "tasks", "tasksPerNode", "cpusPerTask", "gpusPerTask", "gpusPerNode", "gpuType",
      "memoryPerNode", "memoryPerCpu", "walltime", "queue", "account", "qos", "reservation",
      "constraint", "exclusive", "select"
    };
    @Nullable Object[] values = fields();
    for (int i = 0; i < names.length; i++) {
      if (values[i] != null) {
        text.add(names[i] + "=" + values[i]);
      }
    }
    return text.toString();
  }

  /** Collects the fields and checks them together in {@link #build()}. */
  public static final class Builder {
    private @Nullable Integer nodes;
    private @Nullable Integer tasks;
    private @Nullable Integer tasksPerNode;
    private @Nullable Integer cpusPerTask;
    private @Nullable Integer gpusPerTask;
    private @Nullable Integer gpusPerNode;
    private @Nullable String gpuType;
    private @Nullable Long memoryPerNode;
    private @Nullable Long memoryPerCpu;
    private @Nullable Duration walltime;
    private @Nullable String queue;
    private @Nullable String account;
    private @Nullable String qos;
    private @Nullable String reservation;
    private @Nullable String constraint;
    private @Nullable Boolean exclusive;
    private @Nullable String select;

    private Builder() {}

    /**
     * Sets the number of nodes.
     *
     * @param value at least 1, or null for unset
     * @return this
     */
    public Builder nodes(@Nullable Integer value) {
      nodes = value;
      select = null;
      return this;
    }

    /**
     * Sets the number of tasks of the whole job.
     *
     * @param value at least 1, or null for unset
     * @return this
     */
    public Builder tasks(@Nullable Integer value) {
      tasks = value;
      select = null;
      return this;
    }

    /**
     * Sets the number of tasks on each node.
     *
     * @param value at least 1, or null for unset
     * @return this
     */
    public Builder tasksPerNode(@Nullable Integer value) {
      tasksPerNode = value;
      select = null;
      return this;
    }

    /**
     * Sets the cpus of each task.
     *
     * @param value at least 1, or null for unset
     * @return this
     */
    public Builder cpusPerTask(@Nullable Integer value) {
      cpusPerTask = value;
      select = null;
      return this;
    }

    /**
     * Sets the cpus of a job with one task; the same as {@link #cpusPerTask}.
     *
     * @param value at least 1, or null for unset
     * @return this
     */
    public Builder cpus(@Nullable Integer value) {
      return cpusPerTask(value);
    }

    /**
     * Sets the gpus of each task.
     *
     * @param value at least 1, or null for unset
     * @return this
     */
    public Builder gpusPerTask(@Nullable Integer value) {
      gpusPerTask = value;
      select = null;
      return this;
    }

    /**
     * Sets the gpus on each node.
     *
     * @param value at least 1, or null for unset
     * @return this
     */
    public Builder gpusPerNode(@Nullable Integer value) {
      gpusPerNode = value;
      select = null;
      return this;
    }

    /**
     * Sets the type of the gpus.
     *
     * @param value such as {@code a100}, or null for any
     * @return this
     */
    public Builder gpuType(@Nullable String value) {
      gpuType = value;
      select = null;
      return this;
    }

    /**
     * Sets the memory on each node.
     *
     * @param bytes more than zero, or null for unset
     * @return this
     */
    public Builder memoryPerNode(@Nullable Long bytes) {
      memoryPerNode = bytes;
      select = null;
      return this;
    }

    /**
     * Sets the memory for each cpu.
     *
     * @param bytes more than zero, or null for unset
     * @return this
     */
    public Builder memoryPerCpu(@Nullable Long bytes) {
      memoryPerCpu = bytes;
      select = null;
      return this;
    }

    /**
     * Sets how long the job may run.
     *
     * @param value more than zero, or null for unset
     * @return this
     */
    public Builder walltime(@Nullable Duration value) {
      walltime = value;
      return this;
    }

    /**
     * Sets the queue or partition.
     *
     * @param value the name, or null for unset
     * @return this
     */
    public Builder queue(@Nullable String value) {
      queue = value;
      return this;
    }

    /**
     * Sets the account or project.
     *
     * @param value the name, or null for unset
     * @return this
     */
    public Builder account(@Nullable String value) {
      account = value;
      return this;
    }

    /**
     * Sets the quality of service.
     *
     * @param value the name, or null for unset
     * @return this
     */
    public Builder qos(@Nullable String value) {
      qos = value;
      return this;
    }

    /**
     * Sets the reservation.
     *
     * @param value the name, or null for unset
     * @return this
     */
    public Builder reservation(@Nullable String value) {
      reservation = value;
      return this;
    }

    /**
     * Sets what the nodes must have.
     *
     * @param value in the scheduler's own language, or null for unset
     * @return this
     */
    public Builder constraint(@Nullable String value) {
      constraint = value;
      return this;
    }

    /**
     * Sets whether the nodes are wanted alone.
     *
     * @param value true or false, or null for the scheduler's default
     * @return this
     */
    public Builder exclusive(@Nullable Boolean value) {
      exclusive = value;
      return this;
    }

    /**
     * Asks in the words of a PBS select statement. It is kept as written, and nodes, tasks, cpus,
     * gpus and memory are set to say the same, or unset where they can't. Setting one of those
     * afterwards drops the statement.
     *
     * @param value without {@code select=}, or null for none
     * @return this
     * @throws InvalidJob when the text is no select statement
     */
    public Builder select(@Nullable String value) {
      if (value != null) {
        PbsSelect statement = PbsSelect.parse(value);
        nodes = null;
        tasks = null;
        tasksPerNode = null;
        cpusPerTask = null;
        gpusPerTask = null;
        gpusPerNode = null;
        gpuType = null;
        memoryPerNode = null;
        memoryPerCpu = null;
        statement.setFields(this);
      }
      select = value;
      return this;
    }

    @Nullable Integer nodes() {
      return nodes;
    }

    @Nullable Integer tasks() {
      return tasks;
    }

    /**
     * Checks the fields against each other.
     *
     * @return the resources
     * @throws InvalidJob when a number is not positive, memory is given per node and per cpu, gpus
     *     are given per task and per node, a gpu type has no gpus, there are too many tasks to
     *     count, or a name is empty or holds control characters
     */
    public Resources build() {
      checkNumbers();
      checkForms();
      word("gpu type", gpuType);
      word("queue", queue);
      word("account", account);
      word("qos", qos);
      word("reservation", reservation);
      word("constraint", constraint);
      word("select", select);
      return new Resources(this);
    }

    private void checkNumbers() {
      positive("nodes", nodes);
      positive("tasks", tasks);
      positive("tasks per node", tasksPerNode);
      positive("cpus", cpusPerTask);
      positive("gpus per task", gpusPerTask);
      positive("gpus per node", gpusPerNode);
      positive("memory", memoryPerNode);
      positive("memory per cpu", memoryPerCpu);
      if (walltime != null && (walltime.isZero() || walltime.isNegative())) {
        throw new InvalidJob("walltime must be more than zero, not " + walltime);
      }
      long all = nodes == null || tasksPerNode == null ? 1 : (long) nodes * tasksPerNode;
      if (all > Integer.MAX_VALUE
          || (select != null && PbsSelect.parse(select).tasks() > Integer.MAX_VALUE)) {
        throw new InvalidJob("too many tasks: the nodes have more than " + Integer.MAX_VALUE);
      }
    }

    private void checkForms() {
      if (memoryPerNode != null && memoryPerCpu != null) {
        throw new InvalidJob("memory is given per node and per cpu: give one of them");
      }
      if (gpusPerTask != null && gpusPerNode != null) {
        throw new InvalidJob("gpus are given per task and per node: give one of them");
      }
      if (gpuType != null && gpusPerTask == null && gpusPerNode == null) {
        throw new InvalidJob("gpu type '" + gpuType + "' is given without a number of gpus");
      }
      if (gpuType != null && gpuType.chars().anyMatch(c -> ":,= ".indexOf(c) >= 0)) {
        throw new InvalidJob("gpu type '" + gpuType + "' is not one word: write such as a100");
      }
    }

    private static void positive(String what, @Nullable Number value) {
      if (value != null && value.longValue() <= 0) {
        throw new InvalidJob(what + " must be at least 1, not " + value);
      }
    }

    private static void word(String what, @Nullable String value) {
      if (value != null && (value.isBlank() || value.chars().anyMatch(Character::isISOControl))) {
        throw new InvalidJob(what + " is empty or has a control character: '" + value + "'");
      }
    }
  }
}
