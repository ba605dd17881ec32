// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.core.config.StateFolder;
import io.hpclaunch.core.store.DamagedRecord;
import io.hpclaunch.core.store.SpecJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Submits what a {@link Submission} names. It can be called again after a death at any moment: each
 * job has a token that was written down, and is submitted once for it.
 */
final class Submitter {
  /** More tasks than this are worth an array. */
  private static final int HANDFUL = 5;

  private Submitter() {}

  /** Whether an array is to be taken. */
  static boolean isArray(Mode mode, Backend backend, int tasks) {
    boolean has = backend.capabilities().has(Capability.ARRAYS);
    return switch (mode) {
      case INDIVIDUAL -> false;
      case AUTO -> has && tasks > HANDFUL;
      case ARRAY -> {
        if (!has) {
          throw new Unsupported("backend " + backend.name()
              + " has no arrays: take --mode individual; nothing was submitted");
        }
        yield true;
      }
    };
  }

  /** Checks what is known before anything is written. */
  static void check(Backend backend, boolean array, @Nullable Integer maxParallel) {
    if (!backend.capabilities().has(Capability.SHARED_FILES)) {
      throw new Unsupported("backend " + backend.name() + " shares no files with its jobs, and the"
          + " tasks of a sweep read theirs from the sweep's folder; nothing was submitted");
    }
    if (maxParallel != null && !array && !backend.capabilities().has(Capability.DEPENDENCIES)) {
      throw new Unsupported("backend " + backend.name() + " cannot hold single jobs back: it has no"
          + " dependencies; take --mode array, or no --max-parallel; nothing was submitted");
    }
  }

  /** The part of a job that all tasks share. */
  static JobSpec.Builder common(String id, Sweep sweep, String workingDirectory) {
    return JobSpec.builder(id)
        .environment(sweep.environment())
        .container(sweep.container())
        .modules(sweep.modules().toArray(new String[0]))
        .prologue(sweep.prologue().toArray(new String[0]))
        .workingDirectory(workingDirectory)
        .stdout("/dev/null") // the task opens its own log
        .stderr("/dev/null");
  }

  /** What the jobs of a submission share, as it was written down. */
  static JobSpec shared(Submission submission, SweepFolder folder) {
    try {
      return SpecJson.read(submission.spec(), Map.of());
    } catch (DamagedRecord e) {
      throw new InvalidConfiguration(
          folder.path() + ": submission " + submission.number() + ": " + e.getMessage(), e);
    }
  }

  /** The job of one task; of task 0 the array. */
  private static JobSpec.Builder job(
      JobSpec shared, Submission submission, SweepFolder folder, int task) {
    String name = task == 0 ? folder.id() : folder.id() + "_" + Combination.task(task);
    return JobSpec.builder(name)
        .environment(shared.environment())
        .container(container(shared, folder))
        .modules(shared.modules().toArray(new String[0]))
        .prologue(shared.prologue().toArray(new String[0]))
        .workingDirectory(shared.workingDirectory())
        .stdout(shared.stdout())
        .stderr(shared.stderr())
        .resources(shared.resources())
        .shell(TaskScripts.lines(folder.scripts(), submission, task));
  }

  /** Tasks read their values from the sweep's folder, and write into it: the container sees it. */
  private static @Nullable ContainerSpec container(JobSpec shared, SweepFolder folder) {
    String image = shared.container() == null ? null : shared.container().image();
    if (image == null) {
      return null;
    }
    String path = folder.path().toString();
    return ContainerSpec.image(image)
        .bind(new ContainerSpec.Bind(path, path, false))
        .gpu(shared.resources().gpusPerNode() != null)
        .build();
  }

  /**
   * Submits everything that was not yet, in order, and writes down that it is done.
   *
   * @param told is called with the number of jobs submitted so far
   */
  static void submit(Submission submission, SweepFolder folder, Backend backend, IntConsumer told) {
    try {
      folder.placeMaps(submission);
    } catch (IOException e) {
      throw new InvalidConfiguration(
          folder.path() + " cannot be written: " + StateFolder.words(e), e);
    }
    if (submission.array()) {
      if (!folder.isStopped(submission)) {
        JobSpec array = job(shared(submission, folder), submission, folder, 0)
            .array(new ArrayRange(1, submission.tasks().size(), 1, submission.maxParallel()))
            .build();
        backend.submit(array, submission.token(0));
        told.accept(1);
      }
    } else {
      single(submission, folder, backend, told);
    }
    folder.complete(submission);
  }

  /** Where only some may run at once each waits for the end of the one so many places before it. */
  private static void single(
      Submission submission, SweepFolder folder, Backend backend, IntConsumer told) {
    List<JobId> jobs = new ArrayList<>();
    Integer most = submission.maxParallel();
    OutcomeUnknown doubt = null;
    JobSpec shared = shared(submission, folder);
    for (int task : submission.tasks().toArray()) {
      if (folder.isStopped(submission)) {
        return;
      }
      JobSpec.Builder spec = job(shared, submission, folder, task);
      if (most != null && jobs.size() >= most) {
        spec.dependsOn(Dependency.afterAny(jobs.get(jobs.size() - most)));
      }
      try {
        jobs.add(backend.submit(spec.build(), submission.token(task)).id());
        told.accept(jobs.size());
      } catch (OutcomeUnknown e) {
        if (most != null) { // others have to wait for its end
          throw e;
        }
        doubt = e;
      }
    }
    if (doubt != null) {
      throw doubt;
    }
  }
}
