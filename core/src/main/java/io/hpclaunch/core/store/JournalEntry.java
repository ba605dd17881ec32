// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One line of the journal: that a submission is about to be made, or what became of it. */
public sealed interface JournalEntry {
  /**
   * The submission.
   *
   * @return its token
   */
  Token token();

  /**
   * The chunk of a split array.
   *
   * @return the user's indices, or null for a job in one piece
   */
  @Nullable ArrayRange part();

  /**
   * When it was written.
   *
   * @return the instant
   */
  Instant time();

  /**
   * From here on a crash leaves a trace.
   *
   * @param token the submission
   * @param part the chunk of a split array, or null
   * @param time when it was written: of what is tried again, the last time
   * @param backend the entry's name
   * @param name the job's name
   * @param jobFolder where its files go, on the host that the backend's transport reaches
   * @param place which place holds that folder, as in {@link JobRecord#place}, or null
   * @param begun when it was first written
   */
  record Intent(
      Token token,
      @Nullable ArrayRange part,
      Instant time,
      String backend,
      String name,
      String jobFolder,
      @Nullable String place,
      Instant begun)
      implements JournalEntry {
    /** An intent that is written for the first time. */
    public Intent(
        Token token,
        @Nullable ArrayRange part,
        Instant time,
        String backend,
        String name,
        String jobFolder,
        @Nullable String place) {
      this(token, part, time, backend, name, jobFolder, place, time);
    }

    /** An intent of a store whose clients all see the same files. */
    public Intent(
        Token token,
        @Nullable ArrayRange part,
        Instant time,
        String backend,
        String name,
        String jobFolder) {
      this(token, part, time, backend, name, jobFolder, null);
    }

    /**
     * The same intent, before a further attempt.
     *
     * @param now when it is written
     * @return the intent
     */
    public Intent again(Instant now) {
      return new Intent(token, part, now, backend, name, jobFolder, place, begun);
    }
  }

  /**
   * What became of an intent.
   *
   * @param token the submission
   * @param part the chunk of a split array, or null
   * @param time when it was written
   * @param kind which outcome
   * @param nativeId the scheduler's id; only with {@link Kind#SUBMITTED}
   * @param why the scheduler's or our own words, or null
   */
  record Outcome(
      Token token,
      @Nullable ArrayRange part,
      Instant time,
      Kind kind,
      @Nullable NativeId nativeId,
      @Nullable String why)
      implements JournalEntry {
    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when a submission has no id, or anything else has one
     */
    public Outcome {
      if ((kind == Kind.SUBMITTED) != (nativeId != null)) {
        throw new IllegalArgumentException(kind + " with id " + nativeId);
      }
    }
  }

  /** The outcomes. */
  enum Kind {
    /** The scheduler has it. */
    SUBMITTED(true),
    /** Nothing of it runs, and nothing will. */
    REJECTED(true),
    /** It waits for room in the client's own queue. */
    HELD(false),
    /** The scheduler may have it. */
    UNKNOWN(false);

    private final boolean closes;

    Kind(boolean closes) {
      this.closes = closes;
    }

    /**
     * Whether nothing more is to be done about the intent.
     *
     * @return true for {@link #SUBMITTED} and {@link #REJECTED}
     */
    public boolean closes() {
      return closes;
    }
  }
}
