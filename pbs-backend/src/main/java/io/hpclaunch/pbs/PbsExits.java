// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Exit_status in words. From 0 on it is the command's, with 128 or 256 and the signal that ended
 * it; below 0 it is PBS' own: JOB_EXEC_* in job.h of OpenPBS 23.06, and in pbs_job.h of Torque 6,
 * which agree down to -7 only.
 */
final class PbsExits {
  /** Ended by SIGTERM, as qdel does it. */
  static final int TERMINATED = 271;

  private static final int SHELLS_SIGNAL = 128;
  private static final int SIGNAL = 256;
  private static final int LAST_SIGNAL = 64;

  private record End(Cause cause, String words) {}

  private static final Map<Integer, End> BOTH = Map.of(
      -1, launch("it could not be started; its files had not been set up yet"),
      -2, launch("it could not be started, though its files had been set up"),
      -3, launch("it could not be started, and PBS was to try again"),
      -4, node("pbs_mom was started anew on its node and aborted it"),
      -5, node("pbs_mom was started anew on its node; its checkpoint is on that node only"),
      -6, node("pbs_mom was started anew on its node; its checkpoint can go to another"),
      -7, launch("it could not be restarted from its checkpoint"));

  private static final Map<Integer, End> OPENPBS = Map.ofEntries(
      Map.entry(-10, launch("its user or group is not valid on the node")),
      Map.entry(-11, launch("it was to be run again")),
      Map.entry(-12, new End(Cause.PREEMPTED, "it was checkpointed and killed")),
      Map.entry(-13, launch("its password was not valid")),
      Map.entry(-14, node("a node of its failed, and it was to be run again")),
      Map.entry(-15, launch("it was requeued to be restarted from its checkpoint")),
      Map.entry(-16, launch("a hook of the site refused it, and it was requeued")),
      Map.entry(-17, launch("a hook of the site refused it, and it was deleted")),
      Map.entry(-18, launch("a hook of the site had it requeued")),
      Map.entry(-19, launch("a hook of the site had it deleted")),
      Map.entry(-20, node("its first node could not be reached")),
      Map.entry(-21, launch("the directories of PBS on its node are not secure")),
      Map.entry(-22, launch("a hook of the site failed")),
      Map.entry(-23, launch("no Kerberos credentials came with it")),
      Map.entry(-24, new End(Cause.SIGNAL, "PBS killed it: it used more cpus at once than it has")),
      Map.entry(-25, new End(Cause.SIGNAL, "PBS killed it: it used more cpus than it has")),
      Map.entry(-26, memory("PBS killed it: it used more vmem than it has")),
      Map.entry(-27, memory("PBS killed it: it used more mem than it has")),
      Map.entry(-28, time("PBS killed it: it used more cput than it has")),
      Map.entry(-29, time("PBS killed it: it reached its walltime")),
      Map.entry(-30, launch("its nodes could not be joined for it")));

  private static final Map<Integer, End> TORQUE = Map.of(
      -8, launch("its command could not be executed"),
      -9, launch("the files for its output could not be created"),
      -10, memory("PBS killed it: it used more memory than it has"),
      -11, time("PBS killed it: it reached its walltime"),
      -12, time("PBS killed it: it used more cpu time than it has"),
      -13, launch("its cgroups could not be created"));

  private PbsExits() {}

  /** What an Exit_status of OpenPBS or PBS Professional says, with its comment. */
  static JobInfo.Builder openPbs(int status, @Nullable String comment) {
    return status < 0 ? own(status, OPENPBS.get(status), comment) : commands(status, comment);
  }

  /** What an exit_status of Torque says, with its comment. */
  static JobInfo.Builder torque(int status, @Nullable String comment) {
    return status < 0 ? own(status, TORQUE.get(status), comment) : commands(status, comment);
  }

  private static JobInfo.Builder own(int status, @Nullable End known, @Nullable String comment) {
    End end = known == null ? BOTH.get(status) : known;
    if (end == null) {
      end = launch("PBS ended it" + (comment == null ? "" : ": " + comment));
    }
    return JobInfo.builder(JobState.FAILED)
        .failed(end.cause())
        .reason(end.words() + " (Exit_status " + status + ")");
  }

  /** The reason is left to the job's own record, which knows more than PBS' comment. */
  private static JobInfo.Builder commands(int status, @Nullable String comment) {
    if (status == 0) {
      return JobInfo.builder(JobState.COMPLETED).exitCode(0);
    }
    int signal = status > SIGNAL ? status - SIGNAL : status - SHELLS_SIGNAL;
    if (signal > 0 && signal <= LAST_SIGNAL) {
      return JobInfo.builder(JobState.FAILED).failed(Cause.SIGNAL).signal(signal);
    }
    JobInfo.Builder failed = JobInfo.builder(JobState.FAILED).failed(Cause.EXIT_CODE);
    return status < SIGNAL
        ? failed.exitCode(status)
        : failed.reason(comment == null ? "Exit_status " + status : comment);
  }

  private static End launch(String words) {
    return new End(Cause.LAUNCH, words);
  }

  private static End node(String words) {
    return new End(Cause.NODE_FAIL, words);
  }

  private static End memory(String words) {
    return new End(Cause.OUT_OF_MEMORY, words);
  }

  private static End time(String words) {
    return new End(Cause.TIMEOUT, words);
  }
}
