// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.MemorySize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code scontrol show} tells; scontrol(1) of 22.05. It is to be run with
 * {@link Squeue#ENVIRONMENT}.
 */
final class Scontrol {
  /** The keys of a job that are read, and those that end a text which its user chose. */
  private static final Set<String> JOB_KEYS = Set.of(
      "JobId",
      "ArrayJobId",
      "ArrayTaskId",
      "ArrayTaskThrottle",
      "HetJobId",
      "HetJobOffset",
      "HetJobIdSet",
      "JobName",
      "UserId",
      "GroupId",
      "JobState",
      "Reason",
      "FailedNode",
      "Dependency",
      "Requeue",
      "Restarts",
      "BatchFlag",
      "ExitCode",
      "DerivedExitCode",
      "RunTime",
      "TimeLimit",
      "TimeMin",
      "SubmitTime",
      "EligibleTime",
      "StartTime",
      "EndTime",
      "Deadline",
      "Partition",
      "AllocNode:Sid",
      "ReqNodeList",
      "ExcNodeList",
      "SchedNodeList",
      "NodeList",
      "BatchHost",
      "StepMgrEnabled",
      "NumNodes",
      "NumCPUs",
      "NumTasks",
      "Network",
      "Command",
      "SubmitLine",
      "WorkDir",
      "AdminComment",
      "Comment",
      "SystemComment",
      "StdErr",
      "StdIn",
      "StdOut",
      "Switches",
      "TresPerNode",
      "TresPerTask",
      "MailUser",
      "MailType",
      "Power");

  private Scontrol() {}

  /** Asks for one job, of an array for all its elements; scontrol takes one id in a call. */
  static List<String> showJob(String job, @Nullable String cluster) {
    return argv(cluster, "job", job);
  }

  /** Asks for the configuration. */
  static List<String> showConfig(@Nullable String cluster) {
    List<String> words = new ArrayList<>(argv(cluster, "config"));
    words.remove("--oneliner");
    return List.copyOf(words);
  }

  /** Asks for all partitions. */
  static List<String> showPartitions(@Nullable String cluster) {
    return argv(cluster, "partition");
  }

  /** Asks for all nodes. */
  static List<String> showNodes(@Nullable String cluster) {
    return argv(cluster, "node");
  }

  private static List<String> argv(@Nullable String cluster, String... what) {
    List<String> words = new ArrayList<>(List.of("scontrol", "--oneliner"));
    if (cluster != null) {
      words.add("--clusters=" + cluster);
    }
    words.add("show");
    words.addAll(List.of(what));
    return List.copyOf(words);
  }

  /** Reads jobs; what is no job is passed over. */
  static List<Job> jobs(String answer) {
    List<Job> jobs = new ArrayList<>();
    for (Map<String, String> fields : Fields.read(answer, "JobId", JOB_KEYS::contains)) {
      SlurmId id = SlurmId.parse(name(fields));
      if (id != null && fields.containsKey("JobState")) {
        jobs.add(new Job(
            id,
            value(fields, "JobId"),
            info(fields),
            text(fields, "JobName"),
            user(value(fields, "UserId")),
            text(fields, "Comment"),
            text(fields, "Command"),
            text(fields, "WorkDir"),
            text(fields, "Dependency")));
      }
    }
    return List.copyOf(jobs);
  }

  /** What squeue would call the job. */
  private static String name(Map<String, String> fields) {
    String task = value(fields, "ArrayTaskId");
    if (!task.isEmpty() && !task.equals("N/A")) {
      boolean one = Squeue.number(task) != null;
      return value(fields, "ArrayJobId") + "_" + (one ? task : "[" + task + "]");
    }
    return fields.containsKey("HetJobOffset")
        ? value(fields, "HetJobId") + "+" + value(fields, "HetJobOffset")
        : value(fields, "JobId");
  }

  private static JobInfo info(Map<String, String> fields) {
    SlurmExit exit = SlurmExit.parse(value(fields, "ExitCode"));
    String reason = reason(text(fields, "Reason"));
    SlurmStates.Reading reading = SlurmStates.read(value(fields, "JobState"), reason, exit);
    Integer restarts = Squeue.number(value(fields, "Restarts"));
    JobInfo.Builder info = reading
        .begin()
        .reason(SlurmStates.reason(reading, reason))
        .submitted(SlurmTimes.instant(value(fields, "SubmitTime")))
        .attempt(restarts == null ? 1 : restarts + 1);
    String nodes = text(fields, "NodeList");
    JobState now = reading.state();
    if (nodes != null && now != JobState.QUEUED && now != JobState.HELD) {
      info.started(SlurmTimes.instant(value(fields, "StartTime")))
          .wallTime(SlurmTimes.limit(value(fields, "RunTime")))
          .nodes(Hostlist.expand(nodes))
          .allocatedCpus(Squeue.number(value(fields, "NumCPUs")));
    }
    if (now.isFinal()) {
      info.ended(SlurmTimes.instant(value(fields, "EndTime")));
      SlurmStates.setExit(info, reading, exit);
    }
    return info.build();
  }

  private static @Nullable String reason(@Nullable String word) {
    return word == null || word.equals("None") ? null : word;
  }

  /** {@code root(0)} → {@code root}. */
  private static @Nullable String user(String text) {
    int bracket = text.lastIndexOf('(');
    return Rows.orNull(bracket > 0 ? text.substring(0, bracket) : text);
  }

  private static String value(Map<String, String> fields, String key) {
    return fields.getOrDefault(key, "");
  }

  private static @Nullable String text(Map<String, String> fields, String key) {
    return Rows.orNull(value(fields, key));
  }

  private static boolean anyKey(String word) {
    return !word.isEmpty()
        && word.charAt(0) >= 'A'
        && word.charAt(0) <= 'Z'
        && word.chars().allMatch(c -> Character.isLetterOrDigit(c) || "/:_".indexOf(c) >= 0);
  }

  /** Reads {@code Key = value}; of a key that comes twice the first. */
  static Config config(String answer) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : answer.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.putIfAbsent(
            line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return new Config(values);
  }

  /** Reads partitions. */
  static List<Partition> partitions(String answer) {
    List<Partition> partitions = new ArrayList<>();
    for (Map<String, String> fields : Fields.read(answer, "PartitionName", Scontrol::anyKey)) {
      partitions.add(new Partition(
          value(fields, "PartitionName"),
          value(fields, "Default").equals("YES"),
          text(fields, "State"),
          SlurmTimes.limit(value(fields, "MaxTime")),
          SlurmTimes.limit(value(fields, "DefaultTime")),
          Squeue.number(value(fields, "MaxNodes")),
          text(fields, "Nodes"),
          Squeue.number(value(fields, "TotalNodes")),
          Squeue.number(value(fields, "TotalCPUs"))));
    }
    return List.copyOf(partitions);
  }

  /** Reads nodes. */
  static List<Node> nodes(String answer) {
    List<Node> nodes = new ArrayList<>();
    for (Map<String, String> fields : Fields.read(answer, "NodeName", Scontrol::anyKey)) {
      Integer mebibytes = Squeue.number(value(fields, "RealMemory"));
      String partitions = text(fields, "Partitions");
      nodes.add(new Node(
          value(fields, "NodeName"),
          text(fields, "State"),
          Squeue.number(value(fields, "CPUTot")),
          Squeue.number(value(fields, "Sockets")),
          Squeue.number(value(fields, "CoresPerSocket")),
          Squeue.number(value(fields, "ThreadsPerCore")),
          mebibytes == null ? null : mebibytes * MemorySize.MIB,
          Sinfo.gpus(value(fields, "Gres")),
          partitions == null ? List.of() : List.of(partitions.split(",")),
          text(fields, "Reason")));
    }
    return List.copyOf(nodes);
  }

  /**
   * A job, an element, or elements that wait together.
   *
   * @param id what squeue calls it
   * @param rawId the number of the job's own record
   * @param info what is told of it
   * @param name its name
   * @param user whose it is
   * @param comment its comment
   * @param command the script's path and arguments
   * @param workDir the directory of its submission
   * @param dependency what it waits for
   */
  record Job(
      SlurmId id,
      String rawId,
      JobInfo info,
      @Nullable String name,
      @Nullable String user,
      @Nullable String comment,
      @Nullable String command,
      @Nullable String workDir,
      @Nullable String dependency) {}

  /**
   * The cluster's configuration.
   *
   * @param values all values by their keys
   */
  record Config(Map<String, String> values) {
    Config {
      values = Map.copyOf(values);
    }

    private @Nullable String get(String key) {
      return Rows.orNull(values.getOrDefault(key, ""));
    }

    /** Such as {@code 22.05.8}. */
    @Nullable String version() {
      return get("SLURM_VERSION");
    }

    @Nullable String clusterName() {
      return get("ClusterName");
    }

    /** One more than the largest index of an array; null where it was not told. */
    @Nullable Integer maxArraySize() {
      return Squeue.number(values.getOrDefault("MaxArraySize", ""));
    }

    /** Whether sacct can answer: only slurmdbd can be asked since 20.11. */
    boolean hasAccounting() {
      return values.getOrDefault("AccountingStorageType", "").endsWith("slurmdbd");
    }

    /** Whether a request that its partitions can never grant is refused; else it waits. */
    boolean enforcesPartLimits() {
      String value = values.getOrDefault("EnforcePartLimits", "NO").toUpperCase(Locale.ROOT);
      return !value.isEmpty() && !value.equals("NO");
    }

    /** Whether jobs are requeued that do not say. */
    boolean requeuesJobs() {
      return values.getOrDefault("JobRequeue", "1").equals("1");
    }

    /** What srun takes for {@code --mpi} when nothing is said. */
    @Nullable String mpiDefault() {
      return get("MpiDefault");
    }
  }

  /**
   * A partition. Limits that there are not are null.
   *
   * @param name its name
   * @param isDefault whether jobs go there that name none
   * @param state such as {@code UP}
   * @param maxTime the longest walltime
   * @param defaultTime the walltime of jobs that name none
   * @param maxNodes the most nodes of one job
   * @param nodes a {@link Hostlist}
   * @param totalNodes how many nodes it has
   * @param totalCpus how many cpus it has
   */
  record Partition(
      String name,
      boolean isDefault,
      @Nullable String state,
      @Nullable Duration maxTime,
      @Nullable Duration defaultTime,
      @Nullable Integer maxNodes,
      @Nullable String nodes,
      @Nullable Integer totalNodes,
      @Nullable Integer totalCpus) {}

  /**
   * A node.
   *
   * @param name its name
   * @param state with flags, such as {@code IDLE+DRAIN}
   * @param cpus cpus
   * @param sockets sockets
   * @param coresPerSocket cores of each socket
   * @param threadsPerCore threads of each core
   * @param memory bytes
   * @param gpus gpus by type
   * @param partitions the partitions that it belongs to
   * @param reason why it is down or drained
   */
  record Node(
      String name,
      @Nullable String state,
      @Nullable Integer cpus,
      @Nullable Integer sockets,
      @Nullable Integer coresPerSocket,
      @Nullable Integer threadsPerCore,
      @Nullable Long memory,
      Map<String, Integer> gpus,
      List<String> partitions,
      @Nullable String reason) {}
}
