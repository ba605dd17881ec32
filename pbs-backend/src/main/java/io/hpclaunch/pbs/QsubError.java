// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Token;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What it means that qsub gave no id; the messages of OpenPBS 23.06 (pbs_messages.c) and Torque 6
 * (pbs_error_db.h).
 *
 * @param kind what the caller can do
 * @param words PBS' own, in one line
 */
record QsubError(Kind kind, String words) {
  /** What a shell says that could not start qsub. */
  private static final int NOT_EXECUTABLE = 126;

  private static final int NOT_FOUND = 127;

  /** The server refused before it looked at the job. */
  private static final List<String> BUSY = List.of(
      "server shutting down",
      "server connection table full",
      "no free connections",
      "currently too busy to service this request");

  /** The request may have been sent and no answer came. */
  private static final List<String> LOST = List.of(
      "timed out",
      "time out",
      "connection reset",
      "broken pipe",
      "end of file",
      "premature end",
      "protocol error",
      "communication failure",
      "socket close detected",
      "reading data from socket",
      "writing data to socket",
      "unable to get connection to socket",
      "system error",
      "failed to save job");

  /** Limits on jobs that wait, which others that end make room under. */
  private static final Pattern FULL = Pattern.compile("maximum number of jobs\\b"
      + "|would exceed \\S+ \\S+ per-(?:user|group|project) limit"
      + "|would exceed \\S+ per-(?:user|group|project) limit"
      + "|would exceed (?:(?:overall|per-\\w+) )?limit on resource"
      + "|would exceed (?:user|group|project) \\S+ limit on resource"
      + "|number of (?:jobs in queue|current user's jobs) exceeds the queue limit"
      + "|resources? temporarily unavailable");

  /** What follows. */
  enum Kind {
    /** Nothing was submitted, and the same would be refused again. */
    REFUSED,
    /** Nothing was submitted for now, since too many jobs are. */
    NO_ROOM,
    /** Surely the server did not take it: it was not reached, or takes nothing now. */
    UNREACHABLE,
    /** The server may have taken the job. */
    OUTCOME_UNKNOWN
  }

  /**
   * Judges a qsub that has ended.
   *
   * @param status its exit status, an error's number modulo 256; 0 too, where it told no id
   * @param stderr what it wrote to standard error
   */
  static QsubError of(int status, String stderr) {
    String words = PbsWords.oneLine(stderr);
    if (words.isEmpty()) {
      words = "qsub ended with status " + status + " and said nothing";
    }
    return new QsubError(kind(status, stderr), words);
  }

  /** Judges a qsub that had to be ended after a time limit of ours. */
  static QsubError timedOut(String stderr) {
    String words = PbsWords.oneLine(stderr);
    return new QsubError(
        Kind.OUTCOME_UNKNOWN,
        "qsub did not answer in time" + (words.isEmpty() ? "" : ": " + words));
  }

  private static Kind kind(int status, String stderr) {
    String said = stderr.toLowerCase(Locale.ROOT);
    if (status == 0) {
      return Kind.OUTCOME_UNKNOWN;
    }
    boolean qsubs = PbsWords.isFrom("qsub", stderr);
    boolean missing = !qsubs && (status == NOT_EXECUTABLE || status == NOT_FOUND);
    if (missing || PbsWords.isUnreachable(stderr)) {
      return Kind.UNREACHABLE;
    }
    if (qsubs && BUSY.stream().anyMatch(said::contains)) {
      return Kind.UNREACHABLE;
    }
    if (qsubs && FULL.matcher(said).find()) {
      return Kind.NO_ROOM;
    }
    if (LOST.stream().anyMatch(said::contains)) {
      return Kind.OUTCOME_UNKNOWN;
    }
    // Of a script around the true qsub that failed nobody knows whether it submitted before.
    return qsubs ? Kind.REFUSED : Kind.OUTCOME_UNKNOWN;
  }

  /** The exception for the one who submitted. */
  HpcException exception(Token token) {
    return switch (kind) {
      case REFUSED -> new Rejected("PBS refused the job: " + words);
      case NO_ROOM -> Rejected.noRoom(words);
      case UNREACHABLE -> new BackendUnavailable("PBS cannot be reached: " + words);
      case OUTCOME_UNKNOWN -> new OutcomeUnknown(token, words, null);
    };
  }
}
