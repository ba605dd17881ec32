// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullMarked;

/** A batch system in the memory of this JVM, whose jobs are processes of this machine. */
@NullMarked
public class FakeScheduler implements HPCBackend {
  private static final Map<NativeId, FakeJob> JOBS = new ConcurrentHashMap<>();
  private static final Map<String, ArrayRange> ARRAYS = new ConcurrentHashMap<>();
  private static final Map<Token, NativeId> TOKENS = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.of(
        Capability.ARRAYS,
        Capability.DEPENDENCIES,
        Capability.PROLOGUE,
        Capability.SECRETS,
        Capability.SHARED_FILES,
        Capability.STAGE_IN,
        Capability.STDIN,
        Capability.WALLTIME);
  }

  @Override
  public NativeId submit(SubmitRequest request) {
    NativeId id = NativeId.of(UUID.randomUUID().toString());
    Map<NativeId, FakeJob> jobs = new LinkedHashMap<>();
    ArrayRange array = request.array();
    if (array == null) {
      jobs.put(id, new FakeJob(request, id.value(), null));
    } else {
      array.indices().forEach(i -> jobs.put(id.element(i), new FakeJob(request, id.value(), i)));
      ARRAYS.put(id.value(), array);
    }
    JOBS.putAll(jobs);
    TOKENS.put(request.token(), id);
    int atOnce = array == null || array.atOnce() == null ? jobs.size() : array.atOnce();
    List<FakeJob> all = List.copyOf(jobs.values());
    all.forEach(job -> job.whenDone(() -> startNext(all, 1)));
    var unused = parents(request).whenComplete((ok, error) -> {
      if (Boolean.TRUE.equals(ok)) {
        startNext(all, atOnce);
      } else {
        all.forEach(job -> job.force(JobInfo.builder(JobState.FAILED).failed(Cause.DEPENDENCY)));
      }
    });
    return id;
  }

  /** Returns when the command of each element is there. */
  static void awaitCommands(NativeId id) {
    JOBS.forEach((one, job) -> {
      while (one.whole().equals(id) && !job.hasStartedCommand()) {
        Thread.onSpinWait();
      }
    });
  }

  private static void startNext(List<FakeJob> jobs, int number) {
    synchronized (jobs) {
      jobs.stream().filter(FakeJob::isWaiting).limit(number).toList().forEach(FakeJob::start);
    }
  }

  /** Whether the job may start, told when its parents have ended. */
  private static CompletableFuture<Boolean> parents(SubmitRequest request) {
    CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
    for (Dependency dependency : request.spec().dependencies()) {
      FakeJob parent = JOBS.get(dependency.job().nativeId());
      all = all.thenCombine(
          parent.done().thenApply(ended -> allows(dependency.kind(), parent.hasCompleted())),
          Boolean::logicalAnd);
    }
    return all;
  }

  private static boolean allows(Dependency.Kind kind, boolean completed) {
    return switch (kind) {
      case AFTEROK -> completed;
      case AFTERANY -> true;
      case AFTERNOTOK -> !completed;
    };
  }

  @Override
  public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    Map<NativeId, Observation> told = new HashMap<>();
    for (NativeId id : ids) {
      told.put(id, observe(id));
    }
    return told;
  }

  private static Observation observe(NativeId id) {
    FakeJob job = JOBS.get(id);
    if (job != null) {
      return Observation.seen(job.info());
    }
    ArrayRange array = id.index() == null ? ARRAYS.get(id.value()) : null;
    if (array == null) {
      return Observation.notKnown("the fake scheduler has no job " + id);
    }
    Map<Integer, JobInfo> elements = new HashMap<>();
    array.indices().forEach(i -> elements.put(i, JOBS.get(id.element(i)).info()));
    return new Observation.SeenArray(elements);
  }

  @Override
  public void cancel(Collection<NativeId> ids) {
    JOBS.forEach((id, job) -> {
      if (ids.contains(id) || ids.contains(id.whole())) {
        job.force(JobInfo.builder(JobState.CANCELLED));
      }
    });
  }

  @Override
  public Map<Token, NativeId> find(Collection<Token> tokens, Instant since) {
    Map<Token, NativeId> found = new HashMap<>(TOKENS);
    found.keySet().retainAll(tokens);
    return found;
  }
}
