// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A backend whose jobs stand where a test puts them; what it learns goes to the register. */
final class FakeScheduler implements Backend {
  private final String name;
  private final FakeRegister register;
  private final Map<JobId, JobInfo> jobs = Collections.synchronizedMap(new LinkedHashMap<>());
  private final Map<JobId, CompletableFuture<JobInfo>> ends = new ConcurrentHashMap<>();
  private final Map<JobId, byte[]> stdout = new HashMap<>();
  private final Map<JobId, byte[]> stderr = new HashMap<>();
  private int lastId;

  /** What was asked, in order. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  final List<JobSpec> submitted = new ArrayList<>();
  final List<QueueReporter.Entry> queue = new ArrayList<>();
  final Set<Capability> capabilities = new HashSet<>(Set.of(Capability.SHARED_FILES));

  /** Thrown by each call where it is set. */
  @Nullable HpcException failure;

  FakeScheduler(String name, FakeRegister register) {
    this.name = name;
    this.register = register;
  }

  /** Its host is this machine. */
  @Override
  public Transport transport() {
    return new LocalTransport();
  }

  /** Puts a job somewhere, also one that no client of ours submitted. */
  void set(String nativeId, JobInfo info) {
    JobId id = JobId.parse(name + ":" + nativeId);
    jobs.put(id, info);
    if (info.state().isFinal()) {
      ends.computeIfAbsent(id, key -> new CompletableFuture<>()).complete(info);
    }
  }

  void writes(String nativeId, String out, String err) {
    stdout.put(JobId.parse(name + ":" + nativeId), out.getBytes(StandardCharsets.ISO_8859_1));
    stderr.put(JobId.parse(name + ":" + nativeId), err.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void asked(String call) {
    calls.add(call);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String type() {
    return "fake";
  }

  @Override
  public HPCProcess submit(JobSpec spec) {
    asked("submit");
    submitted.add(spec);
    lastId++;
    JobId id = new JobId(name, NativeId.of(String.valueOf(lastId)));
    JobInfo info = JobInfo.builder(JobState.QUEUED).submitted(FakeTime.START).build();
    // an end that a test has set before is what becomes of the job
    jobs.putIfAbsent(id, info);
    register.add(new KnownJob(
        id,
        Token.random(),
        spec.name(),
        FakeTime.START,
        info,
        spec.array(),
        Map.of(),
        "/jobs/" + lastId,
        spec.stdout() == null ? "/jobs/" + lastId + "/stdout" : spec.stdout(),
        spec.stderr() == null ? "/jobs/" + lastId + "/stderr" : spec.stderr()));
    return new Handle(id);
  }

  @Override
  public HPCProcess submit(JobSpec spec, Token token) {
    return submit(spec);
  }

  @Override
  public HPCProcess attach(JobId id) {
    asked("attach " + id.nativeId());
    if (!jobs.containsKey(id)) {
      throw new InvalidJob("no job " + id);
    }
    return new Handle(id);
  }

  @Override
  public Map<JobId, JobInfo> status(Collection<JobId> ids) {
    asked("status " + ids.stream().map(id -> id.nativeId().toString()).sorted().toList());
    Map<JobId, JobInfo> answers = new LinkedHashMap<>();
    for (JobId id : ids) {
      JobInfo info = jobs.get(id);
      if (info != null) {
        answers.put(id, info);
        register.update(id, info, elements(id));
      } else {
        register.find(id).ifPresent(known -> answers.put(id, known.info()));
      }
    }
    return answers;
  }

  private Map<Integer, JobInfo> elements(JobId whole) {
    Map<Integer, JobInfo> elements = new TreeMap<>();
    jobs.forEach((id, info) -> {
      Integer index = id.nativeId().index();
      if (index != null && id.nativeId().whole().equals(whole.nativeId())) {
        elements.put(index, info);
      }
    });
    return elements;
  }

  @Override
  public void cancel(Collection<JobId> ids) {
    asked("cancel " + ids.stream().map(id -> id.nativeId().toString()).toList());
    ids.forEach(
        id -> set(id.nativeId().toString(), JobInfo.builder(JobState.CANCELLED).build()));
  }

  @Override
  public void clean(JobId id) {
    asked("clean " + id.nativeId());
    register.forget(id);
  }

  @Override
  public JobLogs logs(JobId id) {
    asked("logs " + id.nativeId());
    return new Logs(id);
  }

  @Override
  public String script(JobSpec spec) {
    asked("script");
    return "#!/bin/bash\n"
        + (spec.program() instanceof JobSpec.Shell s
            ? String.join("\n", s.lines())
            : String.join(" ", ((JobSpec.Command) spec.program()).argv()));
  }

  @Override
  public String script(JobId id) {
    asked("script " + id.nativeId());
    return "#!/bin/bash\n# " + id + "\n";
  }

  @Override
  public ResourceReport resources() {
    throw new Unsupported("a fake has no resources");
  }

  @Override
  public List<QueueReporter.Entry> queue(boolean mineOnly) {
    asked("queue " + (mineOnly ? "mine" : "all"));
    return List.copyOf(queue);
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(capabilities, null);
  }

  private final class Logs implements JobLogs {
    private final JobId id;

    Logs(JobId id) {
      this.id = id;
    }

    @Override
    public InputStream open(Stream log) {
      Map<JobId, byte[]> written = log == Stream.STDOUT ? stdout : stderr;
      if (!written.containsKey(id)) {
        throw new BackendUnavailable("no file");
      }
      return new ByteArrayInputStream(written.get(id));
    }

    @Override
    public InputStream follow(Stream log) {
      asked("follow " + log);
      return open(log);
    }

    @Override
    public String stdout() {
      return new String(stdout.get(id), StandardCharsets.UTF_8);
    }

    @Override
    public String stderr() {
      return new String(stderr.get(id), StandardCharsets.UTF_8);
    }
  }

  private final class Handle implements HPCProcess {
    private final JobId id;

    Handle(JobId id) {
      this.id = id;
      JobInfo info = info();
      if (info.state().isFinal()) {
        ends.computeIfAbsent(id, key -> new CompletableFuture<>()).complete(info);
      }
    }

    @Override
    public JobId id() {
      return id;
    }

    @Override
    public JobInfo info() {
      return jobs.get(id);
    }

    @Override
    public CompletableFuture<JobInfo> onExit() {
      return ends.computeIfAbsent(id, key -> new CompletableFuture<>());
    }

    @Override
    public JobInfo waitFor() throws InterruptedException {
      return waitFor(Duration.ofMinutes(1)).orElseThrow();
    }

    @Override
    public Optional<JobInfo> waitFor(Duration timeout) throws InterruptedException {
      try {
        return Optional.of(onExit().get(timeout.toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        return Optional.empty();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void cancel() {
      FakeScheduler.this.cancel(List.of(id));
    }

    @Override
    public JobLogs logs() {
      return new Logs(id);
    }

    @Override
    public List<HPCProcess> elements() {
      return List.of();
    }
  }
}
