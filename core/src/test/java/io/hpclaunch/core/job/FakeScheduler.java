// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLedger;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler whose every answer a test decides: for faults that a real one cannot be asked for.
 */
class FakeScheduler implements HPCBackend {
  /** What the next submissions throw, after the job was taken or before. */
  final Deque<Fault> faults = new ArrayDeque<>();

  final List<SubmitRequest> submitted = new CopyOnWriteArrayList<>();
  final List<NativeId> cancelled = new CopyOnWriteArrayList<>();
  final List<NativeId> forgotten = new CopyOnWriteArrayList<>();
  final Map<NativeId, Observation> answers = new ConcurrentHashMap<>();
  final Map<Token, NativeId> byToken = Collections.synchronizedMap(new LinkedHashMap<>());
  final AtomicInteger queries = new AtomicInteger();

  /** What happens elsewhere while the next query is under way. */
  final Deque<Runnable> meanwhile = new ConcurrentLinkedDeque<>();

  volatile @Nullable RuntimeException queryFails;

  @Nullable RuntimeException findFails;

  @Nullable RuntimeException forgetFails;

  @Nullable Integer largestIndex;

  boolean idsAreTokens;

  Duration patience = Duration.ZERO;

  private int last;

  /** A submission that fails. */
  record Fault(@Nullable Throwable thrown, boolean taken) {}

  /** The next submission goes well. */
  void pass() {
    faults.add(new Fault(null, true));
  }

  void failBefore(Throwable thrown) {
    faults.add(new Fault(thrown, false));
  }

  void failAfter(Throwable thrown) {
    faults.add(new Fault(thrown, true));
  }

  void say(NativeId id, JobInfo info) {
    answers.put(id, Observation.seen(info));
  }

  void say(NativeId id, JobState state) {
    say(id, JobInfo.builder(state).build());
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public NativeId submit(SubmitRequest request) {
    Fault fault = faults.poll();
    Throwable thrown = fault == null ? null : fault.thrown();
    if (fault != null && thrown != null && !fault.taken()) {
      throw sneaky(thrown);
    }
    String number = String.valueOf(++last);
    NativeId id = NativeId.of(idsAreTokens ? request.token().value() : number);
    submitted.add(request);
    byToken.put(request.token(), id);
    answers.put(id, Observation.seen(JobInfo.builder(JobState.QUEUED).build()));
    if (thrown != null) {
      throw sneaky(thrown);
    }
    return id;
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Override
  public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    queries.incrementAndGet();
    Runnable elsewhere = meanwhile.poll();
    if (elsewhere != null) {
      elsewhere.run();
    }
    if (queryFails != null) {
      throw queryFails;
    }
    Map<NativeId, Observation> told = new HashMap<>();
    for (NativeId id : ids) {
      told.put(id, answers.getOrDefault(id, Observation.notKnown("no job " + id)));
    }
    return told;
  }

  @Override
  public void cancel(Collection<NativeId> ids) {
    cancelled.addAll(ids);
  }

  @Override
  public Duration cancelPatience() {
    return patience;
  }

  @Override
  public void forget(Collection<NativeId> ids) {
    if (forgetFails != null) {
      throw forgetFails;
    }
    forgotten.addAll(ids);
  }

  @Override
  public Map<Token, NativeId> find(Collection<Token> tokens, Instant since) {
    if (findFails != null) {
      throw findFails;
    }
    Map<Token, NativeId> found = new HashMap<>(byToken);
    found.keySet().retainAll(tokens);
    return found;
  }

  /** One that keeps the list of its jobs in a folder. */
  static final class Listing extends FakeScheduler implements JobLedger {
    private final Path folder;

    Listing(Path folder) {
      this.folder = folder;
    }

    @Override
    public String ledger() {
      return folder.toString();
    }
  }

  @Override
  public Capabilities capabilities() {
    EnumSet<Capability> all = EnumSet.allOf(Capability.class);
    all.remove(Capability.CONTAINERS);
    return new Capabilities(all, largestIndex);
  }
}
