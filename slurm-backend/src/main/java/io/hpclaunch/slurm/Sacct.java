// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.MemorySize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * sacct in our own format; sacct(1) of 22.05. It is to be run with {@link Squeue#ENVIRONMENT}.
 *
 * <p>Each attempt has a row of its own ({@code --duplicates}), and each step of an attempt one
 * behind it. A requeue gives a job a new time of submission.
 */
final class Sacct {
  /** Linux takes 128 KiB in one word of a command line; ids are joined in one. */
  static final int IDS_PER_CALL = 1000;

  /** What comes before, 12 days after 1970 began, sacct refuses: {@code uts0} is no time to it. */
  private static final long EARLIEST = 1_000_000;

  private static final String FIELDS = "JobID,JobIDRaw,State,ExitCode,Submit,Start,End,ElapsedRaw,"
      + "TotalCPU,MaxRSS,AllocTRES,NNodes,NodeList,Reason,WorkDir,JobID";
  private static final int FIELD_COUNT = 14;
  private static final String FOUND_FIELDS = "JobID,Submit,Comment,WorkDir,SubmitLine,JobID";

  private Sacct() {}

  /**
   * Asks for jobs with their steps and attempts.
   *
   * @param jobs numbers of jobs and whole arrays
   * @param since when the oldest was submitted; older jobs that had the same numbers are left out
   * @param cluster one of several clusters, or null
   * @return as many argument vectors as are needed, each for {@link #IDS_PER_CALL} jobs at most
   */
  static List<List<String>> argvs(
      Collection<String> jobs, Instant since, @Nullable String cluster) {
    List<String> ids = List.copyOf(new LinkedHashSet<>(jobs));
    List<List<String>> calls = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += IDS_PER_CALL) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + IDS_PER_CALL));
      List<String> words = begin(since, cluster);
      words.add("--duplicates");
      words.add("--noconvert");
      words.add("--jobs=" + String.join(",", some));
      words.add("--format=" + FIELDS);
      calls.add(List.copyOf(words));
    }
    return List.copyOf(calls);
  }

  /** Asks for all jobs of the user who asks, with what a token can travel in. */
  static List<String> find(Instant since, @Nullable String cluster) {
    List<String> words = begin(since, cluster);
    words.add("--allocations");
    words.add("--format=" + FOUND_FIELDS);
    return List.copyOf(words);
  }

  /** Seconds since 1970 name a time in any zone. */
  private static List<String> begin(Instant since, @Nullable String cluster) {
    List<String> words = new ArrayList<>(List.of(
        "sacct",
        "--noheader",
        "--parsable2",
        "--delimiter=" + Rows.DELIMITER,
        "--starttime=uts" + Math.max(EARLIEST, since.getEpochSecond())));
    if (cluster != null) {
      words.add("--clusters=" + cluster);
    }
    return words;
  }

  /** Reads the answer to {@link #argvs}. */
  static Records parse(String answer) {
    Rows table = Rows.read(answer, FIELD_COUNT, 1);
    Map<String, List<Attempt>> jobs = new LinkedHashMap<>();
    int rejected = table.rejected();
    for (String[] fields : table.rows()) {
      SlurmId id = SlurmId.parse(fields[0]);
      if (id == null || (id.step() == null && fields[2].isEmpty())) {
        rejected++;
      } else if (id.step() == null) {
        jobs.computeIfAbsent(fields[0], key -> new ArrayList<>()).add(new Attempt(id, fields));
      } else {
        List<Attempt> attempts = jobs.get(fields[0].substring(0, fields[0].lastIndexOf('.')));
        if (attempts == null) {
          rejected++;
        } else {
          attempts.get(attempts.size() - 1).addStep(fields);
        }
      }
    }
    return new Records(jobs.values().stream().map(Sacct::job).toList(), rejected);
  }

  /** Ids are used again: what was submitted elsewhere was another job, and is no attempt. */
  private static Job job(List<Attempt> attempts) {
    Attempt last = attempts.get(attempts.size() - 1);
    List<JobInfo> infos = new ArrayList<>();
    for (Attempt attempt : attempts) {
      if (Objects.equals(attempt.workDir(), last.workDir())) {
        infos.add(attempt.info(infos.size() + 1));
      }
    }
    return new Job(last.id, last.fields[1], infos, last.workDir());
  }

  /** Reads the answer to {@link #find}. */
  static List<Found> parseFound(String answer) {
    List<Found> found = new ArrayList<>();
    for (String[] f : Rows.read(answer, 2, 3).rows()) {
      SlurmId id = SlurmId.parse(f[0]);
      if (id != null) {
        boolean told = f.length > 2;
        found.add(new Found(
            id,
            SlurmTimes.instant(f[1]),
            told ? Rows.orNull(f[2]) : null,
            told ? Rows.orNull(f[3]) : null,
            told ? Rows.orNull(f[4]) : null));
      }
    }
    return List.copyOf(found);
  }

  /**
   * A job, with what a token can travel in.
   *
   * @param id the job, or elements of an array
   * @param submitted when it was submitted
   * @param comment its comment; null where accounting keeps none, and where the free text cannot be
   *     told apart, as for the next two
   * @param workDir the directory of its submission
   * @param submitLine sbatch's command line
   */
  record Found(
      SlurmId id,
      @Nullable Instant submitted,
      @Nullable String comment,
      @Nullable String workDir,
      @Nullable String submitLine) {}

  /**
   * An answer.
   *
   * @param jobs the jobs, in the order of the answer
   * @param rejected how many lines were not understood
   */
  record Records(List<Job> jobs, int rejected) {
    Records {
      jobs = List.copyOf(jobs);
    }
  }

  /**
   * A job, an element, or elements that wait together.
   *
   * @param id what sacct calls it
   * @param rawId the number of the job's own record
   * @param attempts all attempts, the latest last; at least one
   * @param workDir the directory of its submission, or null
   */
  record Job(
      SlurmId id,
      String rawId,
      List<JobInfo> attempts,
      @Nullable String workDir) {
    Job {
      attempts = List.copyOf(attempts);
    }

    /** The latest attempt. */
    JobInfo info() {
      return attempts.get(attempts.size() - 1);
    }
  }

  /** The row of an allocation, and what its steps add. */
  private static final class Attempt {
    final SlurmId id;
    final String[] fields;
    private @Nullable Long peak;

    Attempt(SlurmId id, String[] fields) {
      this.id = id;
      this.fields = fields;
      addStep(fields);
    }

    @Nullable String workDir() {
      return fields.length > FIELD_COUNT ? Rows.orNull(fields[FIELD_COUNT]) : null;
    }

    void addStep(String[] step) {
      Long memory = memory(step[9]);
      if (memory != null && (peak == null || memory > peak)) {
        peak = memory;
      }
    }

    JobInfo info(int number) {
      SlurmExit exit = SlurmExit.parse(fields[3]);
      SlurmStates.Reading reading = reading(exit);
      JobInfo.Builder info = reading
          .begin()
          .reason(fields[13].equals("None") ? null : Rows.orNull(fields[13]))
          .submitted(SlurmTimes.instant(fields[4]))
          .attempt(number);
      String nodes = Rows.orNull(fields[12]);
      if (nodes != null) {
        info.nodes(Hostlist.expand(nodes))
            .started(SlurmTimes.instant(fields[5]))
            .wallTime(SlurmTimes.duration(fields[7]))
            .peakMemory(peak);
        setAllocation(info);
      }
      if (reading.state().isFinal()) {
        info.ended(SlurmTimes.instant(fields[6]));
        SlurmStates.setExit(info, reading, exit);
        // Until the end it is told as 0.
        info.cpuTime(nodes == null ? null : SlurmTimes.duration(fields[8]));
      }
      return info.build();
    }

    /** Slurm cancels what waits for a job that failed, and names nobody who did it. */
    private SlurmStates.Reading reading(@Nullable SlurmExit exit) {
      SlurmStates.Reading reading = SlurmStates.read(fields[2], fields[13], exit);
      if (reading.state() == JobState.CANCELLED
          && fields[2].equals("CANCELLED")
          && fields[13].equals("Dependency")
          && Rows.orNull(fields[12]) == null) {
        return new SlurmStates.Reading(JobState.FAILED, Cause.DEPENDENCY, reading.text());
      }
      return reading;
    }

    /** {@code billing=3,cpu=3,mem=750M,node=2}. */
    private void setAllocation(JobInfo.Builder info) {
      Integer nodes = Squeue.number(fields[11]);
      for (String resource : fields[10].split(",", -1)) {
        if (resource.startsWith("cpu=")) {
          info.allocatedCpus(Squeue.number(resource.substring(4)));
        } else if (resource.startsWith("mem=")) {
          Long memory = memory(resource.substring(4));
          info.allocatedMemory(
              memory == null || nodes == null || nodes == 0 ? null : memory / nodes);
        }
      }
    }
  }

  /** {@code 139508K}, {@code 1.50G}, or bytes; null where there is none. */
  static @Nullable Long memory(String text) {
    if (text.isEmpty() || text.length() > 24) {
      return null;
    }
    try {
      return MemorySize.parse(text, "B");
    } catch (InvalidJob e) {
      return null;
    }
  }
}
