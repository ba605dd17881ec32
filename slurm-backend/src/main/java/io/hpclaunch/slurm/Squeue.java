// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * squeue in our own format; squeue(1) of 22.05. {@code --Format} cuts fields off unless their size
 * is 0, takes any suffix for a delimiter, and alone tells restarts and wait statuses.
 */
final class Squeue {
  /**
   * What the environment of every Slurm command must hold whose answer is read here: times are
   * seconds since 1970, whatever the cluster's zone, and lists of waiting elements are told in full
   * (without it they end after 64 bytes, which squeue does not even mark).
   */
  static final Map<String, String> ENVIRONMENT =
      Map.of("SLURM_TIME_FORMAT", "%s", "SLURM_BITSTR_LEN", "0");

  private static final List<String> FIXED = List.of(
      "JobArrayID",
      "JobID",
      "State",
      "Reason",
      "SubmitTime",
      "StartTime",
      "EndTime",
      "TimeLimit",
      "TimeUsed",
      "RestartCnt",
      "exit_code",
      "NodeList",
      "NumNodes",
      "NumCPUs",
      "BatchHost",
      "Partition",
      "PriorityLong",
      "UserName");
  private static final List<String> FREE = List.of("WorkDir", "Command", "Name", "Comment");

  private Squeue() {}

  /**
   * Asks for all jobs of the user who asks, whatever their partition and state; of those that
   * ended, what slurmctld still remembers (MinJobAge). Elements that wait together share a row.
   *
   * @param cluster one of several clusters, or null
   */
  static List<String> mine(@Nullable String cluster) {
    return argv(cluster, "--me", "--states=all");
  }

  /** Asks for everybody's jobs that have not ended. */
  static List<String> everybodys(@Nullable String cluster) {
    return argv(cluster);
  }

  /**
   * Asks for some jobs, whoever's they are. An id alone that Slurm does not know is an error, but
   * not two of them: so one id is said twice (seen on 22.05).
   *
   * @param jobs numbers of jobs and whole arrays, not many: for all that one has there is
   *     {@link #mine}
   */
  static List<String> these(Collection<String> jobs, @Nullable String cluster) {
    Set<String> ids = new LinkedHashSet<>(jobs);
    String list = String.join(",", ids);
    return argv(cluster, "--states=all", "--jobs=" + (ids.size() == 1 ? list + "," + list : list));
  }

  private static List<String> argv(@Nullable String cluster, String... which) {
    List<String> words = new ArrayList<>(List.of("squeue", "--noheader", "--all"));
    words.addAll(List.of(which));
    if (cluster != null) {
      words.add("--clusters=" + cluster);
    }
    StringBuilder format = new StringBuilder("--Format=");
    FIXED.forEach(
        field -> format.append(field).append(":0").append(Rows.DELIMITER).append(','));
    FREE.forEach(
        field -> format.append(field).append(":0").append(Rows.DELIMITER).append(','));
    words.add(format.append(FIXED.get(0)).append(":0").toString());
    return List.copyOf(words);
  }

  /** Reads what squeue wrote. */
  static Listing parse(String answer) {
    Rows table = Rows.read(answer, FIXED.size(), FREE.size());
    List<Row> rows = new ArrayList<>(table.rows().size());
    int rejected = table.rejected();
    for (String[] fields : table.rows()) {
      SlurmId id = SlurmId.parse(fields[0]);
      if (id == null || fields[2].isEmpty()) {
        rejected++;
      } else {
        rows.add(row(id, fields));
      }
    }
    return new Listing(rows, rejected);
  }

  private static Row row(SlurmId id, String[] f) {
    boolean told = f.length > FIXED.size();
    Integer restarts = number(f[9]);
    return new Row(
        id,
        f[1],
        f[2],
        f[3].equals("None") ? null : Rows.orNull(f[3]),
        SlurmTimes.instant(f[4]),
        SlurmTimes.instant(f[5]),
        SlurmTimes.instant(f[6]),
        SlurmTimes.limit(f[7]),
        SlurmTimes.limit(f[8]),
        restarts == null ? 0 : restarts,
        SlurmExit.ofWaitStatus(f[10]),
        Rows.orNull(f[11]),
        number(f[12]),
        number(f[13]),
        Rows.orNull(f[14]),
        Rows.orNull(f[15]),
        Rows.orNull(f[16]),
        Rows.orNull(f[17]),
        told ? Rows.orNull(f[18]) : null,
        told ? Rows.orNull(f[19]) : null,
        told ? Rows.orNull(f[20]) : null,
        told ? Rows.orNull(f[21]) : null);
  }

  /** A count; null where the text is none, or a range such as {@code 1-4}. */
  static @Nullable Integer number(String text) {
    if (text.isEmpty() || text.length() > 9) {
      return null;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return null;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }

  /**
   * An answer.
   *
   * @param rows the jobs, in squeue's order
   * @param rejected how many lines were not understood; where it is all of them, this squeue has
   *     another format
   */
  record Listing(List<Row> rows, int rejected) {
    Listing {
      rows = List.copyOf(rows);
    }
  }

  /**
   * A job, an element, or elements that wait together. What squeue does not tell is null.
   *
   * @param id what squeue calls it
   * @param rawId the number of the job's own record; of elements that wait together the array's
   * @param state the long name
   * @param reason Slurm's word on why
   * @param submitted when it was submitted, or last requeued
   * @param started when it started, or is expected to
   * @param ended when it ended, or will at the latest
   * @param timeLimit its walltime; null where it has none
   * @param elapsed how long this attempt has run
   * @param restarts how many attempts there were before
   * @param exit how it ended
   * @param nodes a {@link Hostlist}
   * @param nodeCount how many nodes it has or asks for
   * @param cpus how many cpus it has or asks for
   * @param batchHost where its script runs
   * @param partition one, or several that it may run in
   * @param priority a number
   * @param user whose it is
   * @param workDir the directory of its submission; null also where the free text cannot be told
   *     apart, as for the next three
   * @param command the script's path and arguments
   * @param name its name
   * @param comment its comment
   */
  record Row(
      SlurmId id,
      String rawId,
      String state,
      @Nullable String reason,
      @Nullable Instant submitted,
      @Nullable Instant started,
      @Nullable Instant ended,
      @Nullable Duration timeLimit,
      @Nullable Duration elapsed,
      int restarts,
      @Nullable SlurmExit exit,
      @Nullable String nodes,
      @Nullable Integer nodeCount,
      @Nullable Integer cpus,
      @Nullable String batchHost,
      @Nullable String partition,
      @Nullable String priority,
      @Nullable String user,
      @Nullable String workDir,
      @Nullable String command,
      @Nullable String name,
      @Nullable String comment) {
    /** What this says of the job, or of each of the elements that wait together. */
    JobInfo info() {
      SlurmStates.Reading reading = SlurmStates.read(state, reason, exit);
      // A requeue counts as a restart while the attempt before it is still ending, with the time of
      // the requeue for its start; then the job is PENDING (seen on Slurm 22.05).
      boolean mayEndBefore = restarts > 0 && state.equals("COMPLETING");
      JobInfo.Builder info = reading
          .begin()
          .reason(SlurmStates.reason(reading, reason))
          .submitted(submitted)
          .attempt(mayEndBefore ? restarts : restarts + 1);
      JobState now = reading.state();
      // Of a job that waits they are a forecast and a request.
      boolean waits = now == JobState.QUEUED || now == JobState.HELD || now == JobState.UNKNOWN;
      if (nodes != null && !waits) {
        info.nodes(Hostlist.expand(nodes)).allocatedCpus(cpus);
        if (!mayEndBefore) {
          info.started(started).wallTime(elapsed);
        }
      }
      if (now.isFinal()) {
        info.ended(ended);
        SlurmStates.setExit(info, reading, exit);
      }
      return info.build();
    }
  }
}
