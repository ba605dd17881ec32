// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.pool.store.FolderStore;
import io.hpclaunch.pool.store.ObjectStore;
import io.hpclaunch.pool.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The batch job that a pool's workers live in. */
final class Deployment {
  /**
   * Tasks that run have this part of the warning; the rest is for giving back what does not end.
   */
  private static final int WARNED_PARTS = 2;

  private final PoolSettings settings;
  private final Backend backend;

  Deployment(PoolSettings settings, Backend backend) {
    this.settings = settings;
    this.backend = backend;
  }

  Backend backend() {
    return backend;
  }

  /**
   * The folder that client and workers see.
   *
   * @throws Unsupported when the nodes see no folder of this machine's, and none is named
   */
  Path storage(String id) {
    String configured = settings.settings().string("storage").orElse(null);
    if (configured != null) {
      return Path.of(configured).toAbsolutePath().resolve(id);
    }
    if (!backend.transport().isLocal()) {
      throw unseen("the files of backend " + backend.name() + " are on another host");
    }
    if (!backend.capabilities().has(Capability.SHARED_FILES)) {
      throw unseen("jobs of backend " + backend.name() + " do not see the files of this machine");
    }
    Path workspace = Path.of(backend.workspace());
    Path parent = workspace.getParent();
    return (parent == null ? workspace : parent).resolve("pools").resolve(id);
  }

  private Unsupported unseen(String why) {
    return new Unsupported("worker pool " + settings.name() + ": " + why
        + "; name a folder that this machine and the workers see under one path: worker_pools: {"
        + settings.name() + ": {storage: /shared/…}}; nothing was submitted");
  }

  /**
   * Submits a job; returns when the scheduler, or the journal, has it.
   *
   * @param id the pool's id
   * @param workers how many it has
   * @param token the job's own: once for each
   */
  HPCProcess submit(String id, int workers, Token token) {
    ObjectStore store = new FolderStore(storage(id));
    Settings keys = settings.settings();
    WorkerSettings worker = new WorkerSettings(
        id,
        settings.cpusWorker() * 1.0,
        settings.cpusTask(),
        settings.gpusWorker(),
        storage(id),
        settings.inlineLimit(),
        settings.idle(),
        drain(),
        warning().dividedBy(WARNED_PARTS),
        settings.allow());
    List<String> command;
    try {
      command = WorkerFiles.command(
          keys.string("java").orElse("java"), keys.words("jvm_options"), worker, store);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the files of worker pool " + settings.name() + " cannot be written: " + e.getMessage(),
          e);
    }
    return backend.submit(spec(command, workers), token);
  }

  /** How long its jobs may run, where the pool says so. */
  Optional<Duration> walltime() {
    return settings.settings().duration("walltime");
  }

  /** The job that runs a command once for each worker. */
  JobSpec spec(List<String> command, int workers) {
    Settings keys = settings.settings();
    JobSpec.Builder spec = JobSpec.builder("pool-" + settings.name())
        .command(command)
        .modules(keys.words("modules").toArray(String[]::new))
        .nativeOptions(options(keys.section("extra").asMap()).toArray(String[]::new));
    Resources.Builder resources = Resources.builder()
        .cpusPerTask(settings.cpusWorker())
        .walltime(walltime().orElse(null))
        .queue(keys.string("queue").orElse(null))
        .account(keys.string("account").orElse(null))
        .qos(keys.string("qos").orElse(null));
    if (settings.gpusWorker() > 0) {
      resources.gpusPerTask(settings.gpusWorker());
    }
    keys.size("memory").ifPresent(bytes -> resources.memoryPerCpu(perCpu(bytes)));
    String launcher = launcher();
    if (workers > 1 && launcher != null) {
      resources.tasks(workers);
      spec.launcher(launcher);
    } else if (workers > 1) {
      spec.array(ArrayRange.of(0, workers - 1));
    }
    if (backend.capabilities().has(Capability.WARNING)) {
      spec.warn("USR1", warning()); // hpc-worker says why not TERM
    }
    return spec.resources(resources.build()).build();
  }

  private long perCpu(long bytesOfWorker) {
    return (bytesOfWorker + settings.cpusWorker() - 1) / settings.cpusWorker();
  }

  /**
   * What tasks that run have when the job is cancelled: less than there is between TERM and KILL,
   * by default 5 s on the shell backend and under hpc-fork, 10 s on PBS, and 30 s elsewhere.
   */
  private Duration drain() {
    return switch (backend.type()) {
      case "shell" -> Duration.ofSeconds(2);
      case "pbs" -> Duration.ofSeconds(6);
      default -> Duration.ofSeconds(20);
    };
  }

  private Duration warning() {
    return walltime().map(PoolJob::warning).orElse(PoolJob.LONGEST_WARNING);
  }

  /**
   * What starts several workers in one job: what is configured, else what is there with the
   * scheduler.
   *
   * @return null: the job is an array, with a worker in each element. That needs nothing on the
   *     nodes, where an MPI may be missing, and would end all workers when one dies
   */
  private @Nullable String launcher() {
    String configured = settings.settings().string("launcher").orElse(null);
    boolean isAble = backend.capabilities().has(Capability.LAUNCHERS);
    if (configured != null || !isAble) {
      return configured;
    }
    return switch (backend.type()) {
      case "slurm" -> "srun";
      case "shell" -> "fork";
      default -> backend.capabilities().has(Capability.ARRAYS) ? null : "mpi";
    };
  }

  /** {@code true} is a flag, {@code false} is nothing, a list has commas. */
  static List<String> options(Map<String, @Nullable Object> extra) {
    List<String> options = new ArrayList<>();
    for (Map.Entry<String, @Nullable Object> e : extra.entrySet()) {
      Object value = e.getValue();
      String name = (e.getKey().length() == 1 ? "-" : "--") + e.getKey().replace('_', '-');
      if (Boolean.TRUE.equals(value)) {
        options.add(name);
      } else if (value != null && !Boolean.FALSE.equals(value)) {
        String text = value instanceof Collection<?> list
            ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
            : value.toString();
        options.add(e.getKey().length() == 1 ? name + " " + text : name + "=" + text);
      }
    }
    return options;
  }
}
