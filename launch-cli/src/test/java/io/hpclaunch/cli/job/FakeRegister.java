// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.KnownJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A register in memory. */
final class FakeRegister implements JobRegister {
  private final Map<JobId, KnownJob> jobs = new LinkedHashMap<>();
  final List<String> damaged = new ArrayList<>();
  final Set<JobId> damagedIds = new HashSet<>();

  void add(KnownJob job) {
    jobs.put(job.id(), job);
  }

  void update(JobId id, JobInfo info, Map<Integer, JobInfo> elements) {
    jobs.computeIfPresent(
        id,
        (key, known) -> new KnownJob(
            known.id(),
            known.token(),
            known.name(),
            known.submitted(),
            info,
            known.array(),
            elements,
            known.jobDirectory(),
            known.stdout(),
            known.stderr()));
  }

  @Override
  public List<String> unsettled() {
    return List.of();
  }

  @Override
  public JobId resolve(String text, String defaultBackend) {
    JobId given = JobId.parse(text, defaultBackend);
    List<JobId> candidates = new ArrayList<>();
    for (JobId id : jobs.keySet()) {
      String value = id.nativeId().value();
      if (id.backend().equals(given.backend())) {
        if (value.equals(given.nativeId().value())) {
          return given;
        }
        if (value.startsWith(given.nativeId().value())) {
          candidates.add(id);
        }
      }
    }
    if (candidates.size() > 1) {
      throw new InvalidJob("'" + text + "' is the beginning of " + candidates);
    }
    Integer index = given.nativeId().index();
    if (candidates.isEmpty()) {
      return given;
    }
    return index == null ? candidates.get(0) : candidates.get(0).element(index);
  }

  @Override
  public Optional<KnownJob> find(JobId id) {
    JobId whole = new JobId(id.backend(), id.nativeId().whole());
    if (damagedIds.contains(whole)) {
      throw new InvalidJob("the record of " + whole + " is damaged");
    }
    return Optional.ofNullable(jobs.get(whole));
  }

  @Override
  public Listing active() {
    return listing(job -> !job.info().state().isFinal());
  }

  @Override
  public Listing ended(Instant since) {
    return listing(job -> {
      Instant ended = job.info().ended();
      return job.info().state().isFinal() && (ended == null || !ended.isBefore(since));
    });
  }

  private Listing listing(Predicate<KnownJob> which) {
    List<KnownJob> some = jobs.values().stream()
        .filter(which)
        .sorted(Comparator.comparing(KnownJob::submitted))
        .toList();
    return new Listing(some, damaged);
  }

  @Override
  public void forget(JobId id) {
    if (!jobs.get(id).info().state().isFinal()) {
      throw new InvalidJob(id + " has not ended");
    }
    jobs.remove(id);
  }
}
