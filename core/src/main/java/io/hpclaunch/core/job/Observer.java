// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.JobRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One round: all jobs are asked about at once, judged, and what is new is written down. */
final class Observer {
  /** Arrays change with each element; their records may be large. */
  private static final Duration BETWEEN_SAVES = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(Observer.class);

  private final PluginGate gate;
  private final Judge judge;
  private final ClientState client;

  Observer(PluginGate gate, Judge judge, ClientState client) {
    this.gate = gate;
    this.judge = judge;
    this.client = client;
  }

  /**
   * Asks about jobs.
   *
   * @param records what is known of them
   * @return the verdicts
   */
  Map<Token, Judge.Verdict> observe(Collection<JobRecord> records) {
    List<NativeId> ids = new ArrayList<>();
    records.forEach(record -> ids.addAll(Judge.asked(record)));
    Map<NativeId, Observation> answers = gate.query(ids);
    Map<Token, Judge.Verdict> verdicts = new HashMap<>(records.size() * 2);
    for (JobRecord record : records) {
      verdicts.put(record.token(), judged(record, answers));
    }
    return verdicts;
  }

  /** One job that cannot be judged harms no other. */
  private Judge.Verdict judged(JobRecord known, Map<NativeId, Observation> answers) {
    try {
      Instant now = client.clock().instant();
      Judge.Verdict verdict = judge.judge(known, answers, now);
      if (Judge.isBySignal(verdict.record().last().info()) && known.cancelAsked() == null) {
        verdict = judge.judge(withWish(known), answers, now);
      }
      return worthSaving(known, verdict.record())
          ? new Judge.Verdict(saved(verdict.record()), verdict.shown())
          : verdict;
    } catch (RuntimeException e) {
      log.error("Job {} cannot be judged", known.id(), e);
      JobInfo unknown = known.last().info().toBuilder()
          .state(JobState.UNKNOWN)
          .reason("its observation cannot be judged: " + e)
          .build();
      return new Judge.Verdict(known, unknown);
    }
  }

  /** Another client may have asked for the job's end. */
  private JobRecord withWish(JobRecord known) {
    try {
      Instant asked =
          client.store().load(known.token()).map(JobRecord::cancelAsked).orElse(null);
      return asked == null ? known : known.withCancelAsked(asked);
    } catch (IOException e) {
      return known;
    }
  }

  private static boolean worthSaving(JobRecord before, JobRecord after) {
    if (after.isForeign()) {
      return false;
    }
    JobInfo old = before.last().info();
    JobInfo now = after.last().info();
    if (old.state() != now.state()
        || old.attempt() != now.attempt()
        || old.cause() != now.cause()
        || !Objects.equals(before.missingSince(), after.missingSince())) {
      return true;
    }
    if (after.array() == null) {
      return !Objects.equals(old.started(), now.started());
    }
    Instant last = before.last().observed();
    return !before.elements().equals(after.elements())
        && !last.plus(BETWEEN_SAVES).isAfter(after.last().observed());
  }

  private JobRecord saved(JobRecord record) {
    try {
      return client.store().save(record);
    } catch (IOException e) {
      log.warn("What was seen of job {} is not kept: {}", record.id(), e.getMessage());
      return record;
    }
  }
}
