// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Batch jobs of a pool's, each at the backend that its id names: the pool may have had another one
 * than it has now.
 *
 * @param runtime has the backends
 * @param pool the pool's name, for errors
 */
record PoolJobs(HpcRuntime runtime, String pool) {
  /**
   * Where jobs stand; those that nobody knows any more are left out.
   *
   * @throws InvalidConfiguration when the backend of one is not configured any more
   */
  Map<JobId, JobInfo> look(Collection<JobId> jobs) {
    Map<JobId, JobInfo> seen = new HashMap<>();
    byBackend(jobs).forEach((name, its) -> seen.putAll(backend(name).status(its)));
    seen.values().removeIf(info -> info.state() == JobState.LOST);
    return seen;
  }

  /** As {@link #look}; those whose backend is not configured any more are left out, too. */
  Map<JobId, JobInfo> lookAtKnown(Collection<JobId> jobs) {
    return look(jobs.stream().filter(job -> find(job.backend()).isPresent()).toList());
  }

  /** Has them cancelled; does not wait for their end. */
  void cancel(Collection<JobId> jobs) {
    byBackend(jobs).forEach((name, its) -> backend(name).cancel(its));
  }

  HPCProcess attach(JobId job) {
    return backend(job.backend()).attach(job);
  }

  private static Map<String, List<JobId>> byBackend(Collection<JobId> jobs) {
    return jobs.stream().collect(Collectors.groupingBy(JobId::backend));
  }

  private Backend backend(String name) {
    return find(name)
        .orElseThrow(() -> new InvalidConfiguration("worker pool " + pool
            + " has jobs of backend " + name + ", and no backend of that name is configured;"
            + " configure it until the pool is deleted, or, where none of these jobs runs, remove"
            + " pools/" + pool + "/pool.json from the state folder"));
  }

  /** A type's name stands for its only entry, whose jobs are others. */
  private Optional<Backend> find(String name) {
    try {
      return Optional.of(runtime.backend(name)).filter(found -> found.name().equals(name));
    } catch (InvalidConfiguration e) {
      return Optional.empty();
    }
  }
}
