// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.ReasonExplainer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Slurm's reasons and bad ends in sentences, with what can be done; squeue(1) and the page "Job
 * Reason Codes" of 22.05 to 25.05.
 */
final class SlurmReasons {
  private static final Map<String, String> WORDS = Map.ofEntries(
      Map.entry("Resources", "It is next and waits for nodes to become free."),
      Map.entry("Priority", "Jobs of higher priority wait before it."),
      Map.entry("None", "Slurm has not looked at it yet."),
      Map.entry("Dependency", "It waits for the jobs that it depends on."),
      Map.entry(
          "DependencyNeverSatisfied",
          "A job that it depends on ended in a way that rules it out,"
              + " so it will never run: cancel it, run that job again and submit this one anew."),
      Map.entry(
          "BeginTime",
          "Its begin time has not come; after a requeue Slurm waits about two" + " minutes."),
      Map.entry("JobHeldUser", "It is held: scontrol release lets it go."),
      Map.entry("JobHeldAdmin", "An administrator holds it: ask for the reason."),
      Map.entry(
          "JobHoldMaxRequeue",
          "It was requeued too often and is held: look at why its nodes"
              + " fail, then scontrol release."),
      Map.entry(
          "launch failed requeued held",
          "It could not be started on its nodes and is held: ask"
              + " the administrators, then scontrol release."),
      Map.entry(
          "ReqNodeNotAvail",
          "Nodes that it needs are down, drained or reserved, often for a"
              + " maintenance that it would run into: wait, ask for other nodes, or for a shorter"
              + " walltime."),
      Map.entry("PartitionDown", "Its partition is down: wait, or choose another --partition."),
      Map.entry("PartitionInactive", "Its partition starts no jobs: choose another --partition."),
      Map.entry(
          "PartitionNodeLimit",
          "It asks for more nodes than its partition has or allows, so it"
              + " will never run there: ask for fewer --nodes, or another --partition."),
      Map.entry(
          "PartitionTimeLimit",
          "Its walltime is longer than its partition allows, so it will"
              + " never run there: ask for a shorter --walltime, or another --partition."),
      Map.entry(
          "PartitionConfig",
          "Its request does not fit its partition's limits or nodes, so it"
              + " will never run there: ask for less, or another --partition."),
      Map.entry(
          "BadConstraints",
          "No node fulfils its constraints, so it will never run: change"
              + " --constraint or the resources."),
      Map.entry("Licenses", "It waits for licenses that other jobs use."),
      Map.entry("Reservation", "It waits for its reservation to begin."),
      Map.entry(
          "ReservationDeleted",
          "Its reservation is gone: choose another --reservation, or" + " none."),
      Map.entry("ReqResv", "Its partition takes only jobs with a --reservation."),
      Map.entry("NodeDown", "A node that it needs is down."),
      Map.entry("JobArrayTaskLimit", "As many elements of the array run as it allows at once."),
      Map.entry(
          "AccountNotAllowed",
          "Its account may not use this partition: change --account or" + " --partition."),
      Map.entry("InvalidAccount", "Its account is not valid any more: change --account."),
      Map.entry("InvalidQOS", "Its QOS is not valid any more: change --qos."),
      Map.entry("QOSNotAllowed", "Its account or partition does not allow its QOS: change --qos."),
      Map.entry(
          "QOSUsageThreshold",
          "The QOS lets nobody in who has used so much: wait, or change" + " --qos."),
      Map.entry(
          "MaxMemPerLimit",
          "It asks for more memory than allowed for a cpu or node, so it will"
              + " never run: ask for less --mem, or more cpus."),
      Map.entry("Prolog", "The nodes' prolog is still running."),
      Map.entry("Cleaning", "Its last attempt is still being cleared away."),
      Map.entry("BurstBufferResources", "It waits for room in a burst buffer."),
      Map.entry("BurstBufferStageIn", "Its files are being brought into a burst buffer."),
      Map.entry("BurstBufferOperation", "A burst buffer failed: ask the administrators."),
      Map.entry("FrontEndDown", "No front end of the cluster is up."),
      Map.entry("FedJobLock", "Clusters of a federation agree on which of them runs it."),
      Map.entry(
          "SchedDefer",
          "The scheduler starts no single jobs at once: it comes with the next" + " round."),
      Map.entry("NonZeroExitCode", "Its command returned a status other than 0: see its output."),
      Map.entry(
          "JobLaunchFailure",
          "It could not be started, or was ended by a signal: see its output"
              + " and whether its files can be written."),
      Map.entry("OutOfMemory", "It used more memory than it had: ask for more --mem."),
      Map.entry("OUT_OF_MEMORY", "It used more memory than it had: ask for more --mem."),
      Map.entry("TimeLimit", "It reached its walltime: ask for a longer --walltime."),
      Map.entry("TIMEOUT", "It reached its walltime: ask for a longer --walltime."),
      Map.entry("DEADLINE", "It could not end before its deadline."),
      Map.entry("NODE_FAIL", "A node failed: submit it again unless Slurm requeues it."),
      Map.entry(
          "BOOT_FAIL", "A node could not be booted: submit it again unless Slurm requeues it."),
      Map.entry(
          "PREEMPTED",
          "It made way for a job of higher priority: submit it again unless Slurm"
              + " requeues it, or choose a --qos that is not preempted."),
      Map.entry("REVOKED", "Another cluster of the federation took it."),
      Map.entry("InactiveLimit", "Its allocation was unused for too long."),
      Map.entry("SystemFailure", "Slurm or its system failed: ask the administrators."));

  /** Ends that we have no cause of our own for. */
  private static final Set<String> OWN_ENDS =
      Set.of("BOOT_FAIL", "DEADLINE", "NODE_FAIL", "PREEMPTED", "REVOKED");

  /** Such as QOSMaxCpuPerUserLimit, AssocGrpCPUMinutesLimit, MaxGRESPerAccount. */
  private static final Pattern LIMIT = Pattern.compile(
      "(QOS|Assoc|)(Grp|Max|Min)(Submit)?(Jobs?|Cpu|CPU|Node|Memory|Mem|GRES|License|Wall(?:Duration)?"
          + "|Billing|Energy|BB|Unknown)s?(RunMinutes|Minutes)?"
          + "(Jobs?)?(PerUser|PerAccount|PerJob|PerNode|NotSatisfied)?(?:Limit)?");

  private SlurmReasons() {}

  /**
   * Explains why a job waits, or what Slurm calls its end where that says more than our own cause.
   *
   * @return sentences, or empty where the general words for the state say as much
   */
  static Optional<ReasonExplainer.Explanation> explain(JobInfo info) {
    boolean waits = info.state() == JobState.QUEUED || info.state() == JobState.HELD;
    String word = waits ? info.reason() : info.nativeState();
    boolean telling = waits || OWN_ENDS.contains(String.valueOf(word));
    if (word == null || !telling || explain(word).equals(word)) {
      return Optional.empty();
    }
    return Optional.of(new ReasonExplainer.Explanation(explain(word), null));
  }

  /**
   * Explains a reason or a bad end.
   *
   * @param reason Slurm's word, with or without what stands behind it
   * @return sentences; what is not known as it is
   */
  static String explain(String reason) {
    String text = reason.strip();
    if (text.startsWith("(") && text.endsWith(")")) {
      text = text.substring(1, text.length() - 1);
    }
    int comma = text.indexOf(',');
    String word = comma < 0 ? text : text.substring(0, comma);
    String detail = comma < 0 ? "" : text.substring(comma + 1).strip();
    String known = WORDS.get(
        word.indexOf('_') > 0 && !WORDS.containsKey(word) ? word.replace('_', ' ') : word);
    if (known == null) {
      known = limit(word);
    }
    if (known == null) {
      return reason;
    }
    return detail.isEmpty() ? known : known + " (" + detail + ")";
  }

  /** The limits of associations and QOSes, whose names are built from parts. */
  private static @Nullable String limit(String word) {
    Matcher m = LIMIT.matcher(word);
    if (!m.matches()) {
      return null;
    }
    String whose = m.group(1).equals("QOS") ? "QOS" : "account";
    String what = m.group(3) != null ? "submitted jobs" : things(m.group(4), m.group(5));
    String each = m.group(7) == null ? "" : m.group(7);
    if (m.group(2).equals("Min")) {
      return "The " + whose + " takes no job with so few " + what
          + ", so it will never run: ask for" + " more, or change --qos.";
    }
    return switch (each) {
      case "PerJob" ->
        "It asks for more " + what + " than its " + whose + " allows a job, so it will"
            + " never run: ask for less, or change --qos or --account.";
      case "PerNode" ->
        "It asks for more " + what + " on a node than its " + whose + " allows, so it"
            + " will never run: ask for less, or change --qos or --account.";
      case "PerUser" ->
        "You have as many " + what + " as the " + whose + " allows a user: it goes on"
            + " when other jobs of yours end.";
      case "PerAccount" ->
        "The account has as many " + what + " as allowed: it goes on when its other" + " jobs end.";
      default ->
        "The " + whose + " has reached its limit of " + what + ": it goes on when other jobs of"
            + " the " + whose + " end or its budget is renewed; else change --qos or --account.";
    };
  }

  private static String things(String resource, @Nullable String minutes) {
    String thing = switch (resource.toLowerCase(Locale.ROOT)) {
      case "job", "jobs" -> "running jobs";
      case "cpu" -> "cpus";
      case "node" -> "nodes";
      case "mem", "memory" -> "memory";
      case "gres" -> "gpus or other generic resources";
      case "license" -> "licenses";
      case "wall", "wallduration" -> "walltime";
      case "billing" -> "billing units";
      case "energy" -> "energy";
      case "bb" -> "burst buffer";
      default -> "resources";
    };
    return minutes == null ? thing : "minutes of " + thing;
  }
}
