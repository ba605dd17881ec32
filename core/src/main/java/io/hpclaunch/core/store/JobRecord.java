// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one submission. What is known of the elements of an array stands apart, in
 * {@link Elements}, since there may be 100,000 of them.
 *
 * @param token names the submission
 * @param id what users call the job; without an index
 * @param name the job's name
 * @param jobFolder on the host that the backend's transport reaches
 * @param stdout where its output goes, with {@code {id}} and {@code {index}}, or null for the job's
 *     folder
 * @param stderr where its errors go, likewise
 * @param submitted when it was submitted
 * @param last what is known of the job; of an array what is known of the whole
 * @param array the or null for a plain job
 * @param chunks the parts of a split array that were submitted, by their first index; empty for all
 *     others
 * @param missingSince since when the scheduler has denied the job, without evidence of its end;
 *     null while it knows it
 * @param wish whose end clients have asked for
 * @param reserved what it asked to be kept for it; of an array what each element asked for
 * @param place which place holds the job's folder and, where the backend itself keeps one, which
 *     list has the job, of a store that clients share who see other files; else null
 */
public record JobRecord(
    Token token,
    JobId id,
    String name,
    String jobFolder,
    @Nullable String stdout,
    @Nullable String stderr,
    Instant submitted,
    Observations last,
    @Nullable ArrayRange array,
    List<Chunk> chunks,
    @Nullable Instant missingSince,
    CancelWish wish,
    Reserved reserved,
    @Nullable String place) {
  /** Copies the list. */
  public JobRecord {
    chunks = List.copyOf(chunks);
  }

  /**
   * A record that says neither what the job asked to be kept for it nor which place has its folder.
   *
   * @param token names the submission
   * @param id what users call the job
   * @param name the job's name
   * @param jobFolder its folder
   * @param stdout where its output goes, or null
   * @param stderr where its errors go, or null
   * @param submitted when it was submitted
   * @param last what is known of it
   * @param array the elements, or null
   * @param chunks the parts of a split array
   * @param missingSince since when the scheduler has denied it, or null
   * @param wish whose end clients have asked for
   */
  public JobRecord(
      Token token,
      JobId id,
      String name,
      String jobFolder,
      @Nullable String stdout,
      @Nullable String stderr,
      Instant submitted,
      Observations last,
      @Nullable ArrayRange array,
      List<Chunk> chunks,
      @Nullable Instant missingSince,
      CancelWish wish) {
    this(
        token,
        id,
        name,
        jobFolder,
        stdout,
        stderr,
        submitted,
        last,
        array,
        chunks,
        missingSince,
        wish,
        Reserved.UNKNOWN,
        null);
  }

  /**
   * One part of a split array, which the scheduler knows as a job of its own.
   *
   * @param id the scheduler's id
   * @param part the user's indices
   * @param offset what is added to the scheduler's index to get the user's
   */
  public record Chunk(NativeId id, ArrayRange part, int offset) {}

  /**
   * A plain job's record at its submission.
   *
   * @param token names the submission
   * @param id what users call the job
   * @param name the job's name
   * @param jobFolder its folder
   * @param info what is known of it
   * @param now when it was submitted
   * @return the record
   */
  public static JobRecord of(
      Token token, JobId id, String name, String jobFolder, JobInfo info, Instant now) {
    Observations first = Observations.first(info, now);
    return new JobRecord(
        token, id, name, jobFolder, null, null, now, first, null, List.of(), null, CancelWish.NONE);
  }

  /**
   * Whether the job has ended.
   *
   * @return true when nothing but the correction of a loss can change it
   */
  public boolean isFinal() {
    return last.info().state().isFinal();
  }

  /**
   * What stands in place of the scheduler's id, until there is one.
   *
   * @param token the submission
   * @return {@code token.TOKEN}, which no scheduler calls a job
   */
  public static NativeId unsubmitted(Token token) {
    return JobId.of("any", token).nativeId();
  }

  /**
   * Whether the scheduler has given the job an id. Until then {@link #unsubmitted} stands in
   * {@link #id()}.
   *
   * @return false for a job that is held, or whose submission has an unknown outcome
   */
  public boolean isSubmitted() {
    return !id.token().equals(Optional.of(token));
  }

  /**
   * All ids by which the job may be looked up.
   *
   * @return its own; of a split array then those of its chunks
   */
  public List<NativeId> nativeIds() {
    List<NativeId> all = new ArrayList<>();
    all.add(id.nativeId());
    chunks.forEach(chunk -> all.add(chunk.id()));
    return all;
  }

  /**
   * Whether somebody else submitted the job: it is followed, and never kept.
   *
   * @return true for a record without a job's folder
   */
  public boolean isForeign() {
    return jobFolder.isEmpty();
  }

  /**
   * Takes the scheduler's id in.
   *
   * @param nativeId the id
   * @return the record of a job that is submitted
   */
  public JobRecord withNativeId(NativeId nativeId) {
    JobId given = new JobId(id.backend(), nativeId);
    return copy(given, last, chunks, missingSince);
  }

  /**
   * Takes a part of a split array in; the first one gives the array its id.
   *
   * @param chunk the part
   * @return the record
   */
  public JobRecord withChunk(Chunk chunk) {
    JobRecord named = isSubmitted() ? this : withNativeId(chunk.id());
    return copy(named.id, last, union(chunks, List.of(chunk)), missingSince);
  }

  /**
   * Notes that the scheduler denies the job, or knows it.
   *
   * @param since when it was first denied, or null
   * @return the record
   */
  public JobRecord withMissingSince(@Nullable Instant since) {
    return copy(id, last, chunks, since);
  }

  /**
   * Notes that a client asks for an end.
   *
   * @param more the job's, or some elements'
   * @return the record
   */
  public JobRecord withWish(CancelWish more) {
    return copy(id, last, chunks, missingSince, wish.and(more));
  }

  /**
   * Takes an observation of the job in.
   *
   * @param seen what was seen
   * @param at when
   * @return what is known now
   */
  public JobRecord observe(JobInfo seen, Instant at) {
    return copy(id, last.with(seen, at), chunks, missingSince);
  }

  /**
   * Puts an end in the place of all that was seen: of a job of which nobody will tell more.
   *
   * @param end how it is told to have ended
   * @param at when
   * @return the record of a job that has ended
   */
  public JobRecord withEnd(JobInfo end, Instant at) {
    return copy(id, Observations.first(end, at), chunks, missingSince);
  }

  /**
   * Brings together what two processes know of one job.
   *
   * @param other a record of the same token; its unchanging parts win
   * @return what both know
   */
  public JobRecord merge(JobRecord other) {
    JobId given = other.isSubmitted() ? other.id : id;
    JobRecord both =
        other.copy(given, last.merge(other.last), union(chunks, other.chunks), other.missingSince);
    return both.withWish(wish);
  }

  private static List<Chunk> union(List<Chunk> some, List<Chunk> others) {
    Map<Integer, Chunk> all = new TreeMap<>();
    some.forEach(chunk -> all.put(chunk.part().first(), chunk));
    others.forEach(chunk -> all.put(chunk.part().first(), chunk));
    return List.copyOf(all.values());
  }

  private JobRecord copy(
      JobId given, Observations whole, List<Chunk> parts, @Nullable Instant missing) {
    return copy(given, whole, parts, missing, wish);
  }

  private JobRecord copy(
      JobId given,
      Observations whole,
      List<Chunk> parts,
      @Nullable Instant missing,
      CancelWish wished) {
    return new JobRecord(
        token, given, name, jobFolder, stdout, stderr, submitted, whole, array, parts, missing,
        wished, reserved, place);
  }

  /**
   * Notes which place holds the job's folder.
   *
   * @param known the place
   * @return the record
   */
  public JobRecord withPlace(@Nullable String known) {
    return new JobRecord(
        token,
        id,
        name,
        jobFolder,
        stdout,
        stderr,
        submitted,
        last,
        array,
        chunks,
        missingSince,
        wish,
        reserved,
        known);
  }
}
