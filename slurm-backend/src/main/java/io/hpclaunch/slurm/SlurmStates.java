// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slurm's words for states; squeue(1) and sacct(1) of 22.05, and what newer versions added (the
 * page "Job State Codes" of 25.05).
 */
final class SlurmStates {
  private static final Map<String, String> LONG_NAMES = Map.ofEntries(
      Map.entry("BF", "BOOT_FAIL"),
      Map.entry("CA", "CANCELLED"),
      Map.entry("CD", "COMPLETED"),
      Map.entry("CF", "CONFIGURING"),
      Map.entry("CG", "COMPLETING"),
      Map.entry("DL", "DEADLINE"),
      Map.entry("EX", "EXPEDITING"),
      Map.entry("F", "FAILED"),
      Map.entry("LF", "LAUNCH_FAILED"),
      Map.entry("NF", "NODE_FAIL"),
      Map.entry("OOM", "OUT_OF_MEMORY"),
      Map.entry("PD", "PENDING"),
      Map.entry("PR", "PREEMPTED"),
      Map.entry("R", "RUNNING"),
      Map.entry("RD", "RESV_DEL_HOLD"),
      Map.entry("RF", "REQUEUE_FED"),
      Map.entry("RH", "REQUEUE_HOLD"),
      Map.entry("RQ", "REQUEUED"),
      Map.entry("RS", "RESIZING"),
      Map.entry("RV", "REVOKED"),
      Map.entry("S", "SUSPENDED"),
      Map.entry("SE", "SPECIAL_EXIT"),
      Map.entry("SI", "SIGNALING"),
      Map.entry("SO", "STAGE_OUT"),
      Map.entry("ST", "STOPPED"),
      Map.entry("TO", "TIMEOUT"));

  /** Each state by its long name. */
  private static final Map<String, Meaning> TABLE = Map.ofEntries(
      Map.entry("BOOT_FAIL", failed(Cause.NODE_FAIL)),
      Map.entry("CANCELLED", plain(JobState.CANCELLED)),
      Map.entry("COMPLETED", plain(JobState.COMPLETED)),
      Map.entry("COMPLETING", plain(JobState.RUNNING)),
      Map.entry("CONFIGURING", plain(JobState.QUEUED)),
      Map.entry("DEADLINE", failed(Cause.TIMEOUT)),
      Map.entry("EXPEDITING", plain(JobState.QUEUED)),
      Map.entry("FAILED", failed(Cause.EXIT_CODE)),
      Map.entry("LAUNCH_FAILED", failed(Cause.LAUNCH)),
      Map.entry("NODE_FAIL", failed(Cause.NODE_FAIL)),
      Map.entry("OUT_OF_MEMORY", failed(Cause.OUT_OF_MEMORY)),
      Map.entry("PENDING", plain(JobState.QUEUED)),
      Map.entry("POWER_UP_NODE", plain(JobState.QUEUED)),
      Map.entry("PREEMPTED", failed(Cause.PREEMPTED)),
      Map.entry("REBOOT_FAIL", failed(Cause.NODE_FAIL)),
      Map.entry("RECONFIG_FAIL", failed(Cause.NODE_FAIL)),
      Map.entry("REQUEUED", plain(JobState.QUEUED)),
      Map.entry("REQUEUE_FED", plain(JobState.QUEUED)),
      Map.entry("REQUEUE_HOLD", plain(JobState.HELD)),
      Map.entry("RESIZING", plain(JobState.RUNNING)),
      Map.entry("RESV_DEL_HOLD", plain(JobState.HELD)),
      Map.entry("REVOKED", plain(JobState.CANCELLED)),
      Map.entry("RUNNING", plain(JobState.RUNNING)),
      Map.entry("SIGNALING", plain(JobState.RUNNING)),
      Map.entry("SPECIAL_EXIT", plain(JobState.HELD)),
      Map.entry("STAGE_OUT", plain(JobState.RUNNING)),
      Map.entry("STOPPED", plain(JobState.SUSPENDED)),
      Map.entry("SUSPENDED", plain(JobState.SUSPENDED)),
      Map.entry("TIMEOUT", failed(Cause.TIMEOUT)));

  private static final Meaning UNKNOWN = plain(JobState.UNKNOWN);

  /** The signal by which Slurm says that a job's files could not be opened; seen on 22.05. */
  private static final int FILES_NOT_OPENED = 53;

  private static final int LAST_SIGNAL = 64;

  private SlurmStates() {}

  private record Meaning(JobState state, @Nullable Cause cause) {}

  /**
   * What a state means.
   *
   * @param state where the job stands; {@link JobState#UNKNOWN} for a word that is in no table
   * @param cause with {@link JobState#FAILED} only
   * @param text Slurm's own words
   */
  record Reading(JobState state, @Nullable Cause cause, String text) {
    /** Begins an observation with these. */
    JobInfo.Builder begin() {
      JobInfo.Builder info = JobInfo.builder(state).nativeState(text);
      return cause == null ? info : info.failed(cause);
    }
  }

  /**
   * Reads a state.
   *
   * @param text the long or short name, also {@code CANCELLED by 1000}, or cut off with a {@code +}
   * @param reason Slurm's word on why, or null
   * @param exit how the job ended, or null
   */
  static Reading read(String text, @Nullable String reason, @Nullable SlurmExit exit) {
    String told = text.strip();
    String name = name(told);
    Meaning meaning = TABLE.getOrDefault(name, UNKNOWN);
    String why = reason == null ? "" : reason;
    if (isHold(why) && (name.equals("PENDING") || name.equals("LAUNCH_FAILED"))) {
      meaning = plain(JobState.HELD);
    } else if (told.equals("CANCELLED") && why.equals("DependencyNeverSatisfied")) {
      meaning = failed(Cause.DEPENDENCY);
    } else if (name.equals("FAILED") && exit != null && exit.signal() != 0) {
      meaning = failed(causeOf(exit.signal()));
    }
    return new Reading(meaning.state(), meaning.cause(), told);
  }

  /** Sets exit code and signal, as far as they are the job's own and not a mark of Slurm's. */
  static void setExit(JobInfo.Builder info, Reading reading, @Nullable SlurmExit exit) {
    boolean ran = reading.state() == JobState.COMPLETED
        || (reading.state() == JobState.FAILED
            && (reading.cause() == Cause.EXIT_CODE
                || reading.cause() == Cause.SIGNAL
                || reading.cause() == Cause.OUT_OF_MEMORY));
    if (!ran || exit == null) {
      return;
    }
    if (exit.signal() != 0) {
      info.signal(exit.signal() <= LAST_SIGNAL ? exit.signal() : null);
    } else if (exit.code() != 0 || reading.state() == JobState.COMPLETED) {
      info.exitCode(exit.code());
    }
  }

  private static Cause causeOf(int signal) {
    return signal == FILES_NOT_OPENED ? Cause.LAUNCH : Cause.SIGNAL;
  }

  /** The long name, in capitals, without what stands behind it. */
  private static String name(String text) {
    int blank = text.indexOf(' ');
    String word = (blank < 0 ? text : text.substring(0, blank)).toUpperCase(Locale.ROOT);
    if (word.endsWith("+")) {
      return fullName(word.substring(0, word.length() - 1));
    }
    return LONG_NAMES.getOrDefault(word, word);
  }

  /** The only name that begins so; sacct cuts names off where it fills columns. */
  private static String fullName(String beginning) {
    if (beginning.isEmpty() || TABLE.containsKey(beginning)) {
      return beginning;
    }
    String found = null;
    for (String name : TABLE.keySet()) {
      if (name.startsWith(beginning)) {
        if (found != null) {
          return beginning;
        }
        found = name;
      }
    }
    return found == null ? beginning : found;
  }

  /**
   * The reason as it is worth telling: not that a command failed or was ended by a signal, which
   * the cause says already, and which would hide what the job's own record knows of it.
   */
  static @Nullable String reason(Reading reading, @Nullable String reason) {
    boolean says = reading.cause() == Cause.EXIT_CODE || reading.cause() == Cause.SIGNAL;
    return says && ("NonZeroExitCode".equals(reason) || "JobLaunchFailure".equals(reason))
        ? null
        : reason;
  }

  /** Reasons of jobs that wait until somebody releases them. */
  static boolean isHold(String reason) {
    return switch (reason) {
      case "JobHeldUser",
          "JobHeldAdmin",
          "JobHoldMaxRequeue",
          "ReservationDeleted",
          "launch failed requeued held",
          "launch_failed_requeued_held",
          "job requeued in held state",
          "job_requeued_in_held_state" -> true;
      default -> false;
    };
  }

  private static Meaning plain(JobState state) {
    return new Meaning(state, null);
  }

  private static Meaning failed(Cause cause) {
    return new Meaning(JobState.FAILED, cause);
  }
}
