// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.script.ExitRecord;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.Observations;
import io.hpclaunch.core.store.WholeJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Concludes from what a scheduler answered what is known of a job. Only an answer about the job
 * says something about it; an end needs evidence; what nobody knows is lost after a deadline.
 */
final class Judge {
  /** How long an end that the scheduler may take back is watched before it is told. */
  static final Duration GRACE = Duration.ofSeconds(30);

  /** How long a job may be denied, without evidence of its end, until it is lost. */
  static final Duration LOST_AFTER = Duration.ofMinutes(5);

  /** What a shell makes of INT, KILL and TERM. */
  private static final Set<Integer> SIGNALLED = Set.of(130, 137, 143);

  private static final String WITHOUT = "the scheduler lists the array without this element";

  private final ExitEvidence evidence;

  Judge(ExitEvidence evidence) {
    this.evidence = evidence;
  }

  /**
   * What came out.
   *
   * @param job what is known now
   * @param shown the observation to show: that of the record, or that nothing can be determined
   */
  record Verdict(WholeJob job, JobInfo shown) {
    JobRecord record() {
      return job.record();
    }
  }

  /** The ids under which the scheduler is asked about a job. */
  static List<NativeId> asked(JobRecord record) {
    if (record.chunks().isEmpty()) {
      return record.isSubmitted() ? List.of(record.id().nativeId()) : List.of();
    }
    List<NativeId> ids = new ArrayList<>();
    record.chunks().forEach(chunk -> ids.add(chunk.id()));
    return ids;
  }

  /**
   * Judges one job.
   *
   * @param known what is known of it
   * @param answers to the ids of {@link #asked}
   * @param now the present
   * @return the verdict
   */
  Verdict judge(WholeJob known, Map<NativeId, Observation> answers, Instant now) {
    ArrayRange array = known.record().array();
    if (array == null) {
      Observation answer = ours(known.record(), answers.get(known.record().id().nativeId()));
      return answer == null ? unchanged(known) : plain(known.record(), answer, now);
    }
    return array(known, array, answers, now);
  }

  /** Schedulers use ids again: what another submission's job does says nothing about this one. */
  private static @Nullable Observation ours(JobRecord known, @Nullable Observation answer) {
    Token token = answer instanceof Observation.Seen seen
        ? seen.token()
        : answer instanceof Observation.SeenArray array ? array.token() : null;
    return token == null || known.isForeign() || token.equals(known.token())
        ? answer
        : Observation.notKnown("the scheduler's job " + known.id().nativeId()
            + " is another one: its token is " + token);
  }

  private static Verdict unchanged(WholeJob known) {
    return new Verdict(known, known.record().last().info());
  }

  private Verdict plain(JobRecord known, Observation answer, Instant now) {
    Outcome outcome = outcome(known, null, known.last(), answer, now);
    JobRecord judged = known.withMissingSince(outcome.missingSince());
    if (outcome.info() != null) {
      judged = judged.observe(complete(outcome.info(), known, known.last()), now);
    }
    return verdict(WholeJob.of(judged), outcome.unknown());
  }

  private static Verdict verdict(WholeJob judged, @Nullable String unknown) {
    return unknown == null ? unchanged(judged) : undetermined(judged, unknown);
  }

  /** Where a job stands that has not ended cannot be determined now. */
  static Verdict undetermined(WholeJob known, String why) {
    return known.record().isFinal()
        ? unchanged(known)
        : new Verdict(known, unknown(known.record().last().info(), why));
  }

  /** What is known, but for where the job stands now. */
  private static JobInfo unknown(JobInfo last, String why) {
    return last.toBuilder()
        .state(JobState.UNKNOWN)
        .nativeState(null)
        .reason(why)
        .build();
  }

  /** Elements are told apart by the user's index; chunks have indices of the scheduler's own. */
  private Verdict array(
      WholeJob known, ArrayRange array, Map<NativeId, Observation> answers, Instant now) {
    JobRecord record = known.record();
    Map<Integer, JobInfo> seen = new TreeMap<>();
    Missing missing = new Missing(record.missingSince());
    if (record.chunks().isEmpty()) {
      Observation answer = ours(record, answers.get(record.id().nativeId()));
      part(known, array, 0, answer, now, seen, missing);
    }
    for (JobRecord.Chunk chunk : record.chunks()) {
      Observation answer = ours(record, answers.get(chunk.id()));
      part(known, chunk.part(), chunk.offset(), answer, now, seen, missing);
    }
    WholeJob judged = known.observeElements(seen, now);
    JobInfo whole = ArrayState.of(array, judged.elements(), record.submitted());
    JobRecord folded = record.withMissingSince(missing.since).observe(whole, now);
    return verdict(judged.with(folded), missing.why);
  }

  /** Since when parts of an array are denied, and why nothing is known of some. */
  private static final class Missing {
    private final @Nullable Instant before;
    private @Nullable Instant since;
    private @Nullable String why;

    Missing(@Nullable Instant before) {
      this.before = before;
    }
  }

  private void part(
      WholeJob known,
      ArrayRange part,
      int offset,
      @Nullable Observation answer,
      Instant now,
      Map<Integer, JobInfo> seen,
      Missing missing) {
    if (answer == null) {
      return;
    }
    JobRecord asBefore = known.record().withMissingSince(missing.before);
    Set<Integer> ended = answer instanceof Observation.NotKnown
        ? evidence.elements(asBefore, ExitRecord::fileName)
        : Set.of();
    Set<Integer> began = null;
    for (int index : indices(part)) {
      Observations last = known.elements().get(index);
      if (last != null && last.info().state().isFinal() && last.info().state() != JobState.LOST) {
        continue;
      }
      Observation one = element(answer, index - offset, last);
      if (one == null && answer instanceof Observation.SeenArray all && all.exhaustive()) {
        began = began == null ? evidence.elements(asBefore, i -> "announced." + i) : began;
        if (!began.contains(index)) {
          take(index, neverBegan(asBefore, index, now), seen, missing);
          continue;
        }
        one = Observation.notKnown(WITHOUT);
      }
      if (one == null) {
        continue;
      }
      Outcome outcome = answer instanceof Observation.NotKnown denied && !ended.contains(index)
          ? missing(asBefore, index, last, denied, now)
          : outcome(asBefore, index, last, one, now);
      take(index, outcome, seen, missing);
      seen.computeIfPresent(index, (i, info) -> complete(info, asBefore, last));
    }
  }

  /** Of what has ended nobody will tell more. */
  private static JobInfo complete(JobInfo info, JobRecord known, @Nullable Observations last) {
    return info.state().isFinal()
        ? known.reserved().complete(info, last == null ? null : last.info())
        : info;
  }

  private static void take(
      int index, Outcome outcome, Map<Integer, JobInfo> seen, Missing missing) {
    if (outcome.info() != null) {
      seen.put(index, outcome.info());
    }
    missing.since = outcome.missingSince() == null ? missing.since : outcome.missingSince();
    missing.why = outcome.unknown() == null ? missing.why : outcome.unknown();
  }

  /** Some schedulers take an element that waits out of its array without a trace. */
  private static Outcome neverBegan(JobRecord known, int index, Instant now) {
    Instant since = known.missingSince() == null ? now : known.missingSince();
    if (!known.wish().covers(index) && now.isBefore(since.plus(GRACE))) {
      return new Outcome(null, since, WITHOUT);
    }
    JobInfo end = JobInfo.builder(JobState.CANCELLED)
        .submitted(known.submitted())
        .reason(WITHOUT + ", and it never began")
        .build();
    return new Outcome(end, null, null);
  }

  private static int[] indices(ArrayRange part) {
    int[] all = new int[part.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = part.first() + i * part.step();
    }
    return all;
  }

  /** Null where nothing is to be concluded: an element that never began need not be listed. */
  private static @Nullable Observation element(
      Observation answer, int schedulersIndex, @Nullable Observations last) {
    if (!(answer instanceof Observation.SeenArray whole)) {
      return answer;
    }
    JobInfo info = whole.elements().get(schedulersIndex);
    if (info != null) {
      return Observation.seen(info);
    }
    return last == null
            || last.info().state() == JobState.QUEUED
            || last.info().state() == JobState.HELD
        ? null
        : Observation.notKnown(WITHOUT);
  }

  /**
   * What one answer says.
   *
   * @param info what was seen, or null
   * @param missingSince since when the job is denied, or null
   * @param unknown why nothing can be determined now, or null
   */
  private record Outcome(
      @Nullable JobInfo info,
      @Nullable Instant missingSince,
      @Nullable String unknown) {}

  private Outcome outcome(
      JobRecord known,
      @Nullable Integer index,
      @Nullable Observations last,
      Observation answer,
      Instant now) {
    if (answer instanceof Observation.Seen seen) {
      return seen(known, index, last, seen.info(), now);
    }
    if (answer instanceof Observation.NotKnown denied) {
      return denied(known, index, last, denied, now);
    }
    String why = answer instanceof Observation.NotAnswered not
        ? not.why()
        : "the scheduler speaks of an array, and this is none";
    return new Outcome(null, known.missingSince(), why);
  }

  private Outcome seen(
      JobRecord known,
      @Nullable Integer index,
      @Nullable Observations last,
      JobInfo seen,
      Instant now) {
    JobInfo info =
        seen.submitted() == null ? seen.toBuilder().submitted(known.submitted()).build() : seen;
    if (info.state() == JobState.UNKNOWN) {
      String reason = info.reason();
      String why = reason != null ? reason : "the scheduler says " + info.nativeState();
      return new Outcome(null, null, why);
    }
    if (mayBeTakenBack(info) && !isConfirmed(info, last == null ? known.last() : last, now)) {
      return new Outcome(
          null, null, "it ended by " + info.cause() + "; whether it runs again is awaited");
    }
    if (!info.state().isFinal()) {
      return new Outcome(info, null, null);
    }
    if (isDoubtful(known, index, info)) {
      return isConfirmed(info, last == null ? known.last() : last, now)
          ? new Outcome(cancelled(info), null, null)
          : new Outcome(null, null, "it ended after a cancel; its own record is awaited");
    }
    return new Outcome(asked(known, index, completed(known, index, info)), null, null);
  }

  /**
   * PBS tells of some jobs that it killed as of those that completed (seen on OpenPBS 23.06, of
   * jobs that were deleted as they began); whoever comes to its end writes a record.
   */
  private boolean isDoubtful(JobRecord known, @Nullable Integer index, JobInfo info) {
    return info.state() == JobState.COMPLETED
        && known.wish().covers(index)
        && evidence.isMissing(known, index);
  }

  private static JobInfo cancelled(JobInfo info) {
    return info.toBuilder()
        .state(JobState.CANCELLED)
        .exitCode(null)
        .reason("it was killed before it wrote how it ended")
        .build();
  }

  /** What its scheduler has forgotten since its end was asked for, and what left no record. */
  private static JobInfo cancelled(@Nullable Observations last, JobRecord known, String why) {
    JobInfo.Builder end = last == null
        ? JobInfo.builder(JobState.CANCELLED).submitted(known.submitted())
        : last.info().toBuilder().state(JobState.CANCELLED);
    return end.nativeState(null).reason(why + "; its end had been asked for").build();
  }

  private static boolean mayBeTakenBack(JobInfo info) {
    return info.cause() == Cause.NODE_FAIL || info.cause() == Cause.PREEMPTED;
  }

  /** The scheduler's own time counts, since a client may see the job once only. */
  private static boolean isConfirmed(JobInfo info, Observations last, Instant now) {
    Instant since = info.ended() != null ? info.ended() : last.observed();
    return !now.isBefore(since.plus(GRACE));
  }

  /** What a signal ended after a client had asked for the end was cancelled. */
  private static JobInfo asked(JobRecord known, @Nullable Integer index, JobInfo end) {
    return known.wish().covers(index) && isBySignal(end)
        ? end.toBuilder().state(JobState.CANCELLED).build()
        : end;
  }

  /** Whether a failure is what a job that was asked to end looks like to a plain scheduler. */
  private static boolean isBySignal(JobInfo end) {
    return end.state() == JobState.FAILED
        && (end.cause() == null
            || end.cause() == Cause.SIGNAL
            || (end.exitCode() != null && SIGNALLED.contains(end.exitCode())));
  }

  /** The scheduler decides on the end; what it leaves open, the job's own record may tell. */
  private JobInfo completed(JobRecord known, @Nullable Integer index, JobInfo info) {
    boolean unexplained = (info.cause() == Cause.EXIT_CODE && info.reason() == null)
        || info.wallTime() == null
        || (index == null && info.cpuTime() == null) // of many elements it would cost too much
        || (info.state() == JobState.COMPLETED && known.wish().covers(index));
    if (!unexplained || info.state() == JobState.CANCELLED) {
      return info;
    }
    Optional<JobInfo> own = evidence.of(known, index, info.attempt());
    return own.isEmpty() ? info : filled(info, own.get());
  }

  private static JobInfo filled(JobInfo info, JobInfo own) {
    JobInfo.Builder all = info.toBuilder();
    boolean sameEnd = own.attempt() == info.attempt() || info.attempt() == 1;
    if (!sameEnd) {
      return info;
    }
    all.started(info.started() == null ? own.started() : info.started());
    all.ended(info.ended() == null ? own.ended() : info.ended());
    all.wallTime(info.wallTime() == null ? own.wallTime() : info.wallTime());
    all.cpuTime(info.cpuTime() == null ? own.cpuTime() : info.cpuTime());
    all.peakMemory(info.peakMemory() == null ? own.peakMemory() : info.peakMemory());
    all.nodes(info.nodes() == null ? own.nodes() : info.nodes());
    all.reason(info.reason() == null ? own.reason() : info.reason());
    if (info.exitCode() == null && info.signal() == null) {
      all.exitCode(own.exitCode()).signal(own.signal());
    }
    boolean vague = info.state() == JobState.FAILED
        && (info.cause() == null || info.cause() == Cause.EXIT_CODE);
    if (own.state() == JobState.CANCELLED) {
      all.state(JobState.CANCELLED).exitCode(own.exitCode()).signal(own.signal());
    } else if (vague && own.cause() != null) {
      all.failed(own.cause()).exitCode(own.exitCode()).signal(own.signal());
    } else if (info.state() == JobState.COMPLETED && own.state() == JobState.FAILED) {
      all.state(JobState.FAILED); // the scheduler knows its own script's end only
      all.failed(own.cause() == null ? Cause.EXIT_CODE : own.cause());
      all.exitCode(own.exitCode()).signal(own.signal());
    }
    return all.build();
  }

  private Outcome denied(
      JobRecord known,
      @Nullable Integer index,
      @Nullable Observations last,
      Observation.NotKnown denied,
      Instant now) {
    int attempt = last == null ? 1 : last.info().attempt();
    Optional<JobInfo> own = evidence.of(known, index, attempt);
    if (own.isPresent()) {
      JobInfo info = own.get().toBuilder().submitted(known.submitted()).build();
      return new Outcome(asked(known, index, info), null, null);
    }
    return missing(known, index, last, denied, now);
  }

  private static Outcome missing(
      JobRecord known,
      @Nullable Integer index,
      @Nullable Observations last,
      Observation.NotKnown denied,
      Instant now) {
    String why = denied.evidence();
    if (!denied.everywhere()) {
      return new Outcome(null, known.missingSince(), why);
    }
    Instant since = known.missingSince() == null ? now : known.missingSince();
    if (known.wish().covers(index) && !now.isBefore(since.plus(GRACE))) {
      return new Outcome(cancelled(last, known, why), null, null);
    }
    if (now.isBefore(since.plus(LOST_AFTER))) {
      return new Outcome(null, since, why);
    }
    JobInfo.Builder lost = last == null
        ? JobInfo.builder(JobState.LOST).submitted(known.submitted())
        : last.info().toBuilder().state(JobState.LOST);
    String reason =
        why + "; not known since " + since + ", and no exit record in " + known.jobFolder();
    return new Outcome(lost.nativeState(null).reason(reason).build(), since, null);
  }
}
