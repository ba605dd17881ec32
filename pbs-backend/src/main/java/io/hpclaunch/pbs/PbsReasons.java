// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.ReasonExplainer;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The comments of PBS' scheduler in sentences, with what can be done; the table in job_info.cpp of
 * OpenPBS 23.06, and the words of Torque's pbs_sched and of {@link PbsStates}.
 */
final class PbsReasons {
  private static final String NEVER = "Can Never Run: ";
  private static final String NOT_NOW = "Not Running: ";
  private static final Pattern RESOURCE =
      Pattern.compile("Insufficient amount of (?:queue |server )?resource: (\\S+)"
          + "(?: \\(R: (\\S+)(?: A: (\\S+))?.*)?.*");

  /**
   * What a comment means.
   *
   * @param words what the comment holds
   * @param meaning a sentence
   * @param remedy what can be done, or null
   */
  private record Reason(
      Pattern words, String meaning, @Nullable String remedy) {}

  private static final List<Reason> TABLE = List.of(
      reason(
          "^Dependency: |Job held on dependency",
          "It waits for the jobs that it depends on.",
          "if one of those was deleted before it began, PBS may hold this one for ever: cancel it"),
      reason(
          "^Hold_Types: [op]*u",
          "It is held by its user, or was submitted held.",
          "qrls lets it go"),
      reason(
          "^Hold_Types: [p]*o", "An operator holds it.", "ask the administrators for the reason"),
      reason("^Hold_Types: .*s", "The system holds it.", "ask the administrators for the reason"),
      reason(
          "^Hold_Types: p",
          "Its user's password is not valid.",
          "tell PBS a new one: pbs_password"),
      reason(
          "too many failed attempts",
          "It failed to start too often and is held.",
          "look at why its nodes fail, then qrls"),
      reason("[Jj]ob held", "It is held.", "qrls lets it go, if it is your own hold"),
      reason("^Execution_Time", "Its begin time has not come.", null),
      reason(
          "would exceed|limit reached|limit has been reached|has reached .*limit",
          "As many jobs, or as much of a resource, are in use as its queue or the server allows.",
          "it goes on when other jobs end; else choose another --queue"),
      reason(
          "Not enough total nodes|largest placement set",
          "It asks for more nodes than there are, or than may be used together.",
          "ask for fewer --nodes, or another --queue"),
      reason(
          "Not enough free nodes|No available resources on nodes|has too few free resources"
              + "|Not enough of the right type of nodes|No Free Nodes",
          "It waits for nodes to become free.",
          null),
      reason(
          "requesting an exclusive node|pack placement",
          "It waits for a node that it can have in the way it asked for.",
          "without --exclusive or place=pack it may start sooner"),
      reason(
          "Node has reached|multi-node job|Node is (?:in an ineligible|of an ineligible)",
          "The nodes that it could have take no job like it now.",
          null),
      reason(
          "interfere with|conflict with reservation|strict sorted order|top job",
          "Jobs or reservations of higher priority come before it.",
          "with a shorter --walltime it may fit in before them"),
      reason(
          "[Dd]edicated time|primetime",
          "Its walltime does not fit between now and a time that is kept for other jobs.",
          "ask for a shorter --walltime, or wait"),
      reason(
          "Queue not started|Queue not an execution queue",
          "Its queue starts no jobs.",
          "wait, or choose another --queue"),
      reason(
          "does not exist|Invalid Job",
          "It asks for a node or property that does not exist.",
          "change its resources"),
      reason(
          "zero shares|under job_sort_formula",
          "Its user or group has no share left.",
          "ask the administrators"),
      reason(
          "concurrent running subjobs",
          "As many elements of the array run as it allows at once.",
          null),
      reason(
          "rovision",
          "Its nodes cannot be set up in the way it asked for.",
          "ask the administrators"),
      reason("preempt enough", "It waits until enough jobs can make way for it.", null),
      reason(
          "PBS Error|Internal Scheduling Error",
          "PBS failed to start it, and tries again.",
          "ask the administrators if it goes on"));

  private PbsReasons() {}

  /**
   * Explains why a job waits; ends have causes and reasons in words already.
   *
   * @return sentences, or empty where the general words for the state say as much
   */
  static Optional<ReasonExplainer.Explanation> explain(JobInfo info) {
    String comment = info.reason();
    boolean waits = info.state() == JobState.QUEUED || info.state() == JobState.HELD;
    return waits && comment != null ? explain(comment) : Optional.empty();
  }

  /** Whether a comment says that the job never runs unless somebody changes it or the cluster. */
  static boolean neverRuns(@Nullable String comment) {
    return comment != null && comment.strip().startsWith(NEVER.strip());
  }

  private static Optional<ReasonExplainer.Explanation> explain(String comment) {
    boolean never = neverRuns(comment);
    String words = comment.strip();
    if (never) {
      words = words.substring(NEVER.strip().length()).strip();
    } else if (words.startsWith(NOT_NOW)) {
      words = words.substring(NOT_NOW.length()).strip();
    }
    Matcher resource = RESOURCE.matcher(words);
    if (resource.matches()) {
      return Optional.of(insufficient(resource, never));
    }
    for (Reason reason : TABLE) {
      if (reason.words().matcher(words).find()) {
        String meaning = never ? reason.meaning() + " So it will never run." : reason.meaning();
        String remedy = never && reason.remedy() == null
            ? "cancel it, and ask for less or for another --queue"
            : reason.remedy();
        return Optional.of(new ReasonExplainer.Explanation(meaning, remedy));
      }
    }
    return never
        ? Optional.of(new ReasonExplainer.Explanation(
            "PBS says that it will never run: " + words,
            "cancel it, and ask for less or for another --queue"))
        : Optional.empty();
  }

  /** {@code ncpus (R: 99 A: 8 T: 8)}: requested, available, total; the end may be cut off. */
  private static ReasonExplainer.Explanation insufficient(Matcher told, boolean never) {
    String what = told.group(1);
    String asked = told.group(2) == null ? "" : ": " + told.group(2) + " asked for";
    if (never) {
      return new ReasonExplainer.Explanation(
          "It asks for more " + what + " than there is" + asked + ", so it will never run.",
          "cancel it, and ask for less " + what + " or for another --queue");
    }
    String free = told.group(3) == null ? "" : ", " + told.group(3) + " free";
    return new ReasonExplainer.Explanation(
        "It waits until enough " + what + " is free" + asked + free + ".", null);
  }

  private static Reason reason(String words, String meaning, @Nullable String remedy) {
    return new Reason(Pattern.compile(words), meaning, remedy);
  }
}
