// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.KnownJob;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Finds the jobs that the words of a command line mean. */
final class JobFinder {
  private final JobRegister jobs;
  private final Supplier<String> defaultBackend;
  private final HpcRuntime runtime;

  /** The default backend is asked for where a word names none: to detect it takes time. */
  JobFinder(JobRegister jobs, Supplier<String> defaultBackend, HpcRuntime runtime) {
    this.jobs = jobs;
    this.defaultBackend = defaultBackend;
    this.runtime = runtime;
  }

  /** A job that nobody knows; it has an exit status of its own. */
  static final class NoSuchJob extends Exception {
    private static final long serialVersionUID = 1L;

    NoSuchJob(JobId id) {
      super(message(id));
    }

    static String message(JobId id) {
      return "no job " + id + ": no record of ours has it, and the scheduler denies it;"
          + " 'hpc status --all' lists the jobs that are known";
    }
  }

  JobId resolve(String text) {
    String backend = text.indexOf(':') >= 0 ? "" : defaultBackend.get();
    JobId id = jobs.resolve(text, backend);
    checkIndex(id);
    return id;
  }

  /** Each job once, in the order given. */
  List<JobId> resolve(List<String> texts) {
    Set<JobId> ids = new LinkedHashSet<>();
    for (String text : texts) {
      ids.add(resolve(text));
    }
    return new ArrayList<>(ids);
  }

  /** Finds one job, and makes sure that somebody knows it. */
  JobId existing(String text) throws NoSuchJob {
    JobId id = resolve(text);
    if (!isKnown(id)) {
      throw new NoSuchJob(id);
    }
    return id;
  }

  /** Whether a record of ours or the scheduler has the job. */
  boolean isKnown(JobId id) {
    return find(id).isPresent()
        || runtime.backend(id.backend()).status(List.of(id)).containsKey(id);
  }

  Optional<KnownJob> find(JobId id) {
    return jobs.find(id);
  }

  /** A damaged record is told when the job itself is asked for. */
  private void checkIndex(JobId id) {
    Integer index = id.nativeId().index();
    if (index == null) {
      return;
    }
    Optional<KnownJob> known = jobs.find(id);
    if (known.isPresent()) {
      ArrayRange array = known.get().array();
      if (array == null) {
        throw new InvalidJob(known.get().id() + " is no array: leave out /" + index);
      }
      if (!array.contains(index)) {
        throw new InvalidJob(known.get().id() + " has no element " + index + ": it is " + array);
      }
    }
  }
}
