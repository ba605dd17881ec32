// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PBS' letters for states, and its ends; qstat(1B) of OpenPBS 23.06 and qstat(1) of Torque 6.
 *
 * <p>M says that the job went to another server, where it may wait, run or have ended: {@code qstat
 * ID} finds it there, and this record says nothing of it any more.
 */
final class PbsStates {
  private static final int DELETED = 91;
  private static final String TORQUES_END = "C";
  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

  /** A server that names ever new states must not fill the memory. */
  private static final int MOST_LOGGED = 100;

  private PbsStates() {}

  /** What a listing says of where a job stands. */
  static JobInfo info(PbsJob job) {
    JobInfo.Builder info = begin(job)
        .nativeState(job.state())
        .submitted(job.created() == null ? job.queued() : job.created())
        .attempt(attempt(job));
    if (ran(job)) {
      info.started(job.started())
          .nodes(job.hosts().isEmpty() ? null : job.hosts())
          .wallTime(job.used().walltime())
          .cpuTime(looked(job) ? job.used().cput() : null)
          .peakMemory(looked(job) ? onOneNode(job.used().mem(), job) : null)
          .allocatedCpus(job.requested().ncpus())
          .allocatedMemory(onOneNode(job.requested().mem(), job));
    }
    return info.ended(info.build().state().isFinal() ? job.ended() : null).build();
  }

  /** A job that ended before PBS looked at it for the first time used nothing, as PBS has it. */
  private static boolean looked(PbsJob job) {
    Long memory = job.used().mem();
    Duration time = job.used().cput();
    return memory == null || memory > 0 || (time != null && !time.isZero());
  }

  /** PBS tells of all nodes together: of several, what each had in the mean. */
  private static @Nullable Long onOneNode(@Nullable Long bytes, PbsJob job) {
    return bytes == null ? null : Long.valueOf(bytes / Math.max(1, job.hosts().size()));
  }

  /** run_count counts starts: what waits after one waits for the next attempt. */
  private static int attempt(PbsJob job) {
    int starts = job.runCount() == null ? 0 : job.runCount();
    return switch (job.state()) {
      case "Q", "W", "T", "H" -> starts + 1;
      default -> Math.max(1, starts);
    };
  }

  private static JobInfo.Builder begin(PbsJob job) {
    return switch (job.state()) {
      case "Q", "W", "T" -> waiting(JobState.QUEUED, job);
      case "H" -> waiting(JobState.HELD, job);
      case "R", "E", "B" -> JobInfo.builder(JobState.RUNNING);
      case "S", "U" -> JobInfo.builder(JobState.SUSPENDED);
      case "F", "X", TORQUES_END -> end(job);
      case "M" -> JobInfo.builder(JobState.UNKNOWN).reason("PBS moved it to another server");
      default -> {
        logUnknown(job);
        yield JobInfo.builder(JobState.UNKNOWN).reason(job.comment());
      }
    };
  }

  private static JobInfo.Builder waiting(JobState state, PbsJob job) {
    String reason = job.comment();
    String parents = job.waitsFor();
    if (state == JobState.HELD && parents != null) {
      reason = "Dependency: " + parents;
    } else if (state == JobState.HELD && job.holdTypes() != null && !isAboutHold(reason)) {
      reason = "Hold_Types: " + job.holdTypes();
    } else if (job.state().equals("W") && reason == null) {
      reason = "Execution_Time";
    }
    return JobInfo.builder(state).reason(reason);
  }

  /** A job's comment may be older than what holds it. */
  private static boolean isAboutHold(@Nullable String comment) {
    return comment != null && comment.toLowerCase(Locale.ROOT).contains("held");
  }

  private static JobInfo.Builder end(PbsJob job) {
    Integer status = job.exitStatus();
    if (!ran(job)) {
      return neverRan(job);
    }
    if (job.isWholeArray()) {
      return JobInfo.builder(JobState.UNKNOWN)
          .reason("the array has ended, and only its elements tell how");
    }
    if (isDeleted(job)) {
      return JobInfo.builder(JobState.CANCELLED).reason(job.comment());
    }
    if (status == null) {
      return JobInfo.builder(JobState.UNKNOWN).reason("PBS does not tell how it ended");
    }
    return job.state().equals(TORQUES_END)
        ? PbsExits.torque(status, job.comment())
        : PbsExits.openPbs(status, job.comment());
  }

  /** Torque has no substate for it, but ends a deleted job, and hardly another, with SIGTERM. */
  private static boolean isDeleted(PbsJob job) {
    Integer status = job.exitStatus();
    Integer substate = job.substate();
    return job.state().equals(TORQUES_END)
        ? status != null && status == PbsExits.TERMINATED
        : substate != null && substate == DELETED;
  }

  /**
   * Whether it was started. An element that did not has no host; what else OpenPBS tells of it is
   * the whole array's.
   */
  private static boolean ran(PbsJob job) {
    if (job.isBorrowed()) {
      return false;
    }
    return job.started() != null
        || !job.hosts().isEmpty()
        || (job.exitStatus() != null && !job.isWholeArray() && !isTorquesDelete(job));
  }

  /** Torque tells SIGTERM also of a job that was deleted while it waited. */
  private static boolean isTorquesDelete(PbsJob job) {
    return job.state().equals(TORQUES_END) && isDeleted(job);
  }

  private static JobInfo.Builder neverRan(PbsJob job) {
    Integer substate = job.substate();
    boolean arrayRan = job.isBorrowed() && job.started() != null;
    if (arrayRan || isTorquesDelete(job) || (substate != null && substate == DELETED)) {
      return JobInfo.builder(JobState.CANCELLED).reason(arrayRan ? null : job.comment());
    }
    String parents = job.waitsFor();
    if (parents != null) {
      return JobInfo.builder(JobState.FAILED)
          .failed(Cause.DEPENDENCY)
          .reason("PBS cancelled it, since its dependency cannot come true: " + parents);
    }
    return JobInfo.builder(JobState.FAILED)
        .failed(Cause.LAUNCH)
        .reason(orElse(job.comment(), "PBS ended it without having started it"));
  }

  private static String orElse(@Nullable String comment, String words) {
    return comment == null ? words : comment;
  }

  private static void logUnknown(PbsJob job) {
    if (LOGGED.size() < MOST_LOGGED && LOGGED.add(job.state())) {
      Log.LOGGER.warn(
          "PBS says that {} is in state {}, which is not known", job.id().text(), job.state());
    }
  }

  /** Made when there is something to say. */
  private static final class Log {
    static final Logger LOGGER = LoggerFactory.getLogger(PbsStates.class);
  }
}
