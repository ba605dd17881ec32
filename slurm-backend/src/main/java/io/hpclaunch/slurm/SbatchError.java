// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Token;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What it means that sbatch gave no id.
 *
 * @param kind what the caller can do
 * @param words Slurm's own, in one line
 */
record SbatchError(Kind kind, String words) {
  private static final int LONGEST_WORDS = 500;

  /** What a shell says that could not start sbatch. */
  private static final int NOT_EXECUTABLE = 126;

  private static final int NOT_FOUND = 127;
  private static final Pattern PREFIX = Pattern.compile(
      "(?:\\[[^]]*] ?)?sbatch: (?:(?:error|fatal|warning): )?(?:Batch job submission failed: )?");

  /** What follows. */
  enum Kind {
    /** Nothing was submitted, and the same would be refused again. */
    REFUSED,
    /** Nothing was submitted for now, since too many jobs are. */
    NO_ROOM,
    /** Surely slurmctld was not reached. */
    UNREACHABLE,
    /** slurmctld may have taken the job. */
    OUTCOME_UNKNOWN
  }

  /**
   * Judges an sbatch that has ended.
   *
   * @param status its exit status; 0 too, where it told no id
   * @param stderr what it wrote to standard error
   */
  static SbatchError of(int status, String stderr) {
    String words = oneLine(stderr);
    if (words.isEmpty()) {
      words = "sbatch ended with status " + status + " and said nothing";
    }
    return new SbatchError(kind(status, stderr.toLowerCase(Locale.ROOT)), words);
  }

  private static Kind kind(int status, String said) {
    boolean broken = isBroken(said);
    if (!broken && said.contains("unable to contact slurm controller (connect failure)")) {
      return Kind.UNREACHABLE;
    }
    if (broken || isLost(said) || status == 0 || (status > 128 && status != 255)) {
      return Kind.OUTCOME_UNKNOWN;
    }
    if (isFull(said)) {
      return Kind.NO_ROOM;
    }
    return isSbatchs(status, said) ? Kind.REFUSED : Kind.OUTCOME_UNKNOWN;
  }

  /**
   * Where sbatch is a script around the true one, that may have submitted before it failed: only
   * sbatch's own words prove that nothing was.
   */
  private static boolean isSbatchs(int status, String said) {
    return status == NOT_EXECUTABLE
        || status == NOT_FOUND
        || said.lines().anyMatch(line -> PREFIX.matcher(line.strip()).lookingAt());
  }

  /** A connection that was there broke: who can tell how much of the request arrived. */
  private static boolean isBroken(String said) {
    return said.contains("slurm_msg_sendto")
        || said.contains("slurm_receive_msg")
        || said.contains("slurm_send_node_msg")
        || said.contains("socket error")
        || said.contains("broken pipe");
  }

  /** The request was sent and no answer came. */
  private static boolean isLost(String said) {
    return said.contains("timed out")
        || said.contains("zero bytes were transmitted or received")
        || said.contains("unable to contact slurm controller")
        || said.contains("communication connection failure")
        || said.contains("connection reset by peer")
        || said.contains("unexpected message received")
        || said.contains("protocol version has changed");
  }

  /**
   * Slurm says the same of a submit limit and of a job that is too large; where a line before names
   * the limit (22.05 does), it decides.
   */
  private static boolean isFull(String said) {
    if (said.contains("temporarily unable to accept job")
        || said.contains("maximum number of jobs")
        || said.contains("reached maximum job limit")
        || said.contains("resource temporarily unavailable")) {
      return true;
    }
    boolean named = false;
    for (String line : said.split("\n", -1)) {
      String word = PREFIX.matcher(line.strip()).replaceFirst("");
      if (word.startsWith("qos") || word.startsWith("assoc") || word.startsWith("maxsubmit")) {
        if (word.contains("submit")) {
          return true;
        }
        named = named || word.indexOf(' ') < 0;
      }
    }
    return !named && said.contains("job violates accounting/qos policy (job submit limit");
  }

  /** Each line once, without what only says that it is sbatch who speaks. */
  private static String oneLine(String stderr) {
    Set<String> lines = new LinkedHashSet<>();
    for (String line : stderr.split("\n", -1)) {
      String words = PREFIX.matcher(line.strip()).replaceFirst("").strip();
      if (!words.isEmpty() && !words.equals("Try \"sbatch --help\" for more information")) {
        lines.add(words);
      }
    }
    String all = String.join("; ", lines);
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < all.length() && i < LONGEST_WORDS; i++) {
      clean.append(Character.isISOControl(all.charAt(i)) ? ' ' : all.charAt(i));
    }
    return all.length() > LONGEST_WORDS ? clean.append(" …").toString() : clean.toString();
  }

  /** The exception for the one who submitted. */
  HpcException exception(Token token) {
    return switch (kind) {
      case REFUSED -> new Rejected("Slurm refused the job: " + words);
      case NO_ROOM -> Rejected.noRoom(words);
      case UNREACHABLE -> new BackendUnavailable("Slurm cannot be reached: " + words);
      case OUTCOME_UNKNOWN -> new OutcomeUnknown(token, words, null);
    };
  }
}
