// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.WholeJob;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One round: all jobs are asked about at once, judged, and what is new is written down. */
final class Observer {
  private static final Logger log = LoggerFactory.getLogger(Observer.class);

  private final PluginGate gate;
  private final Judge judge;
  private final Place place;
  private final ClientState client;
  private final Hearsay hearsay;

  /** Ends that could not be written down yet. */
  private final Map<Token, WholeJob> unkept = new ConcurrentHashMap<>();

  Observer(PluginGate gate, Judge judge, Place place, ClientState client) {
    this.gate = gate;
    this.judge = judge;
    this.place = place;
    this.client = client;
    this.hearsay = new Hearsay(client);
  }

  /**
   * Asks about jobs.
   *
   * @param jobs what is known of them
   * @return the verdicts
   */
  Map<Token, Judge.Verdict> observe(Collection<WholeJob> jobs) {
    Map<Token, Judge.Verdict> verdicts = new HashMap<>(jobs.size() * 2);
    List<WholeJob> seen = new ArrayList<>();
    List<WholeJob> unlisted = new ArrayList<>();
    List<WholeJob> elsewhere = new ArrayList<>();
    List<WholeJob> unreachable = new ArrayList<>();
    List<NativeId> ids = new ArrayList<>();
    for (WholeJob job : jobs) {
      switch (place.look(job.record().place())) {
        case HERE -> {
          seen.add(job);
          ids.addAll(Judge.asked(job.record()));
        }
        case ELSEWHERE -> (place.isShared() ? elsewhere : unlisted).add(job);
        case UNREACHABLE -> unreachable.add(job);
      }
    }
    Map<NativeId, Observation> answers = gate.query(ids);
    for (WholeJob job : seen) {
      verdicts.put(job.record().token(), judged(job, answers));
    }
    for (WholeJob job : unlisted) {
      verdicts.put(job.record().token(), judged(job, notListed(job.record())));
    }
    for (WholeJob job : hearsay.of(elsewhere)) {
      verdicts.put(job.record().token(), asTold(job));
    }
    for (WholeJob job : hearsay.of(unreachable)) { // who reaches it may have seen its end
      verdicts.put(job.record().token(), Judge.undetermined(job, place.fault()));
    }
    return verdicts;
  }

  /** Who knows it is not asked, and nobody else tells of it: its own record alone shows its end. */
  private Map<NativeId, Observation> notListed(JobRecord record) {
    Observation none = Observation.notListed(place.inAnotherLedger(record));
    Map<NativeId, Observation> answers = new HashMap<>();
    Judge.asked(record).forEach(id -> answers.put(id, none));
    return answers;
  }

  /** How a job of another place stands, only clients there can see: what they wrote down holds. */
  private static Judge.Verdict asTold(WholeJob stored) {
    JobRecord record = stored.record();
    JobInfo last = record.last().info();
    return new Judge.Verdict(
        stored,
        record.isFinal()
            ? last
            : last.toBuilder()
                .reason("as was seen at " + record.last().observed() + " where it was submitted")
                .build());
  }

  /**
   * Writes down the ends that could not be written down when they were seen.
   *
   * @return whether all are written
   */
  boolean keepAgain() {
    unkept.forEach((token, job) -> {
      try {
        kept(job);
        unkept.remove(token, job);
      } catch (IOException e) {
        log.debug("The end of {} is still not kept", job.record().id(), e);
      }
    });
    return isKept();
  }

  /** Whether all ends that were seen are written down. */
  boolean isKept() {
    return unkept.isEmpty();
  }

  /** One job that cannot be judged harms no other. */
  private Judge.Verdict judged(WholeJob known, Map<NativeId, Observation> answers) {
    JobRecord record = known.record();
    try {
      Instant now = client.clock().instant();
      if (isRemoved(record)) {
        return asTold(Hearsay.removed(known, now));
      }
      Judge.Verdict verdict = judge.judge(known, answers, now);
      if (!record.wish().whole() && hasEnded(known, verdict.job())) {
        JobRecord asked = withWish(record);
        verdict = asked.wish().equals(record.wish())
            ? verdict
            : judge.judge(known.with(asked), answers, now);
      }
      return worthSaving(known, verdict.job()) ? saved(known, verdict, now) : verdict;
    } catch (RuntimeException e) {
      log.error("Job {} cannot be judged", record.id(), e);
      JobInfo unknown = record.last().info().toBuilder()
          .state(JobState.UNKNOWN)
          .reason("its observation cannot be judged: " + e)
          .build();
      return new Judge.Verdict(known, unknown);
    }
  }

  /**
   * Whether a job that no scheduler has, and that may wait for room for long, was cancelled and
   * cleaned by another client. One whose record could not be written has its folder.
   */
  private boolean isRemoved(JobRecord record) {
    if (record.isSubmitted()) {
      return false;
    }
    try {
      return client.store().load(record.token()).isEmpty() && !place.hasFolder(record);
    } catch (IOException | BackendUnavailable e) {
      log.debug("Whether {} was removed cannot be seen", record.id(), e);
      return false;
    }
  }

  /** Of an array each element may have. */
  private static boolean hasEnded(WholeJob known, WholeJob judged) {
    return (judged.record().isFinal() && !known.record().isFinal())
        || judged.elements().hasNews(known.elements());
  }

  /** Another client may have asked for the job's end. */
  private JobRecord withWish(JobRecord known) {
    try {
      return client
          .store()
          .load(known.token())
          .map(stored -> known.withWish(stored.wish()))
          .orElse(known);
    } catch (IOException e) {
      return known;
    }
  }

  /** Of an array each element that has moved is: what is written is what moved. */
  private static boolean worthSaving(WholeJob known, WholeJob judged) {
    JobRecord before = known.record();
    JobRecord after = judged.record();
    if (after.isForeign()) {
      return false;
    }
    JobInfo old = before.last().info();
    JobInfo now = after.last().info();
    return old.state() != now.state()
        || old.attempt() != now.attempt()
        || old.cause() != now.cause()
        || !Objects.equals(before.missingSince(), after.missingSince())
        || !Objects.equals(old.started(), now.started())
        || judged.elements().hasNews(known.elements());
  }

  /**
   * Another client may have seen more: what it wrote down is told in place of what was seen. Where
   * it has cleaned the job, an end that was seen still is told, and nothing is written.
   */
  private Judge.Verdict saved(WholeJob known, Judge.Verdict seen, Instant now) {
    Optional<WholeJob> kept = saved(seen.job());
    if (kept.isEmpty()) {
      return seen.record().isFinal() ? seen : asTold(Hearsay.removed(known, now));
    }
    WholeJob stored = kept.get();
    JobInfo last = stored.record().last().info();
    boolean further =
        stored.record().isFinal() || seen.shown().equals(seen.record().last().info());
    return new Judge.Verdict(stored, further ? last : seen.shown());
  }

  /** Empty where the job was removed. */
  private Optional<WholeJob> saved(WholeJob job) {
    try {
      return kept(job);
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        log.debug(
            "The client is closed: what was seen of {} is not kept",
            job.record().id(),
            e);
      } else {
        log.warn("What was seen of job {} is not kept: {}", job.record().id(), e.getMessage());
        if (job.record().isFinal()) {
          unkept.put(job.record().token(), job);
        }
      }
      return Optional.of(job);
    }
  }

  /**
   * Keeps what was seen of a job. One without a record was removed by another client, which ends
   * with the record, or has a folder, and its record could not be written before.
   */
  private Optional<WholeJob> kept(WholeJob job) throws IOException {
    Optional<WholeJob> updated = client.store().update(job);
    if (updated.isPresent()) {
      return updated;
    }
    try {
      return place.hasFolder(job.record())
          ? Optional.of(client.store().save(job))
          : Optional.empty();
    } catch (BackendUnavailable e) {
      throw new IOException("whether the job was removed cannot be seen: " + e.getMessage(), e);
    }
  }
}
