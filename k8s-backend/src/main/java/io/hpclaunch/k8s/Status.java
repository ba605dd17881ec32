// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One round of questions about the jobs of a namespace. */
final class Status {
  private static final Logger log = LoggerFactory.getLogger(Status.class);

  /** What has not come so long after a Job was made has been refused. */
  private static final Duration EXPECTED = Duration.ofSeconds(3);

  /** More of something may come back by itself. */
  private static final String USED_UP = "exceeded quota";

  private final ApiClient api;
  private final Jobs jobs;
  private final K8sConfig config;
  private final Instant now;

  Status(ApiClient api, Jobs jobs, K8sConfig config, Clock clock) {
    this.api = api;
    this.jobs = jobs;
    this.config = config;
    this.now = clock.instant();
  }

  Map<NativeId, Observation> of(Collection<NativeId> ids) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    ids.forEach(id -> names.add(id.value()));
    Map<String, JobReading> readings = jobs.read(names);
    Map<String, String> refusals = refusals(readings);
    readings.forEach((name, reading) -> giveUp(name, reading, refusals.get(name)));
    Map<NativeId, Observation> told = new HashMap<>();
    for (NativeId id : ids) {
      told.put(id, of(id, readings.get(id.value()), refusals.get(id.value())));
    }
    return told;
  }

  private Observation of(NativeId id, @Nullable JobReading reading, @Nullable String refusal) {
    if (reading == null) {
      Observation gone = jobs.gone(id.value());
      return gone != null && id.index() == null
          ? gone
          : Observation.notKnown(api.server() + " has no Job " + id.value());
    }
    if (id.index() != null && reading.isArray()) {
      JobInfo info = reading.element(id.index());
      return info == null
          ? Observation.notKnown("Job " + id.value() + " has no element " + id.index())
          : new Observation.Seen(info, reading.token());
    }
    if (refusal != null && !reading.isArray()) {
      JobInfo info = reading.whole();
      return new Observation.Seen(
          info.state() == JobState.QUEUED ? info.toBuilder().reason(refusal).build() : info,
          reading.token());
    }
    return reading.observation();
  }

  /** Why Jobs and pods do not get what they wait for, asked where that takes long. */
  private Map<String, String> refusals(Map<String, JobReading> readings) {
    Map<String, String> all = new HashMap<>();
    readings.forEach((name, reading) -> {
      boolean isLate = reading.created().plus(EXPECTED).isBefore(now);
      String refusal = isLate ? jobs.refusal(reading) : null;
      if (refusal != null) {
        all.put(name, refusal);
      }
    });
    return all;
  }

  /**
   * A Job that cannot start for too long is ended where it stands: its deadline is set to now, one
   * without a pod gets none any more, and why is written on it for whoever looks. It stays, and
   * does not start when nobody expects it.
   */
  private void giveUp(String name, JobReading reading, @Nullable String refusal) {
    JobReading.Stuck stuck = stuck(reading, refusal);
    Duration patience =
        stuck == null ? null : stuck.broken() ? config.startTimeout() : config.scheduleTimeout();
    if (stuck == null || patience == null || now.isBefore(stuck.since().plus(patience))) {
      return;
    }
    if (refusal != null && !jobs.isStillRefused(reading)) {
      return;
    }
    JsonObject annotations = new JsonObject();
    annotations.addProperty(Names.NOT_STARTED, stuck.reason());
    JsonObject metadata = new JsonObject();
    metadata.add("annotations", annotations);
    JsonObject spec = new JsonObject();
    spec.addProperty("activeDeadlineSeconds", 1);
    if (reading.newest(null) == null) {
      spec.addProperty("parallelism", 0);
    }
    JsonObject change = new JsonObject();
    change.add("metadata", metadata);
    change.add("spec", spec);
    try {
      api.merge(jobs.jobPath(name), change);
    } catch (IOException e) {
      log.warn("Job {} cannot start, and cannot be ended: {}", name, e.getMessage());
    }
  }

  private static JobReading.@Nullable Stuck stuck(JobReading reading, @Nullable String refusal) {
    JobReading.Awaited awaited = reading.awaits();
    return refusal == null || awaited == null
        ? reading.stuck()
        : new JobReading.Stuck(awaited.since(), !refusal.contains(USED_UP), refusal);
  }
}
