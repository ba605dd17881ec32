// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.ChangeFeed;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.LogReader;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.OutputDelivery;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.script.PathTemplate;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.SpecJson;
import io.hpclaunch.core.store.WholeJob;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs of one backend: everything of {@link io.hpclaunch.api.Backend} that is about jobs. */
public final class BackendJobs implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BackendJobs.class);

  /** Between two looks after an end that is awaited, at first and in the end. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private static final Duration LOOK_SELDOM = Duration.ofSeconds(1);

  private final String backend;
  private final PluginGate gate;
  private final Transport transport;
  private final ClientState client;
  private final Submissions submissions;
  private final Reconciler reconciler;
  private final Observer observer;
  private final Monitor monitor;
  private final Cancellation cancellation;
  private final Place place;

  /**
   * Makes the jobs of a backend. Nothing is asked or read yet.
   *
   * @param backend the entry's name
   * @param gate the way to the plugin
   * @param transport the way to the job folders
   * @param workspace the folder that they are in, asked for when one of them needs it
   * @param client what this client has of the state folder
   * @param defaults what jobs have that say nothing themselves
   * @param launches how commands are started through launchers
   * @param polling the least time between two rounds of queries, or null for the plugin's own
   */
  public BackendJobs(
      String backend,
      PluginGate gate,
      Transport transport,
      Supplier<String> workspace,
      ClientState client,
      JobDefaults defaults,
      Launches launches,
      @Nullable Duration polling) {
    this.backend = backend;
    this.gate = gate;
    this.transport = transport;
    this.client = client;
    place = Place.of(gate, transport, workspace, client.isShared());
    ExitEvidence evidence =
        new ExitEvidence(transport, () -> !gate.ask(plugin -> plugin instanceof LogReader));
    observer = new Observer(gate, new Judge(evidence), place, client);
    Parents parents = new Parents(backend, gate, observer, client);
    submissions = new Submissions(
        backend, gate, transport, workspace, client, defaults, launches, parents, place);
    reconciler = new Reconciler(backend, gate, transport, client, submissions, place);
    Duration least = polling == null ? gate.pollingInterval() : polling;
    monitor = new Monitor(
        backend,
        observer,
        reconciler,
        client,
        new Pace(least, client.clock().instant()),
        changed -> gate.ask(plugin -> {
          if (plugin instanceof ChangeFeed feed) {
            feed.follow(changed);
          }
          return plugin;
        }));
    cancellation = new Cancellation(gate, transport, client, submissions, place);
  }

  /** As {@link io.hpclaunch.api.Backend#submit}. */
  public HPCProcess submit(JobSpec spec) {
    client.check();
    reconciler.settle();
    return submitted(spec, Token.random());
  }

  private HPCProcess submitted(JobSpec spec, Token token) {
    JobRecord record = submissions.submit(spec, token, reconciler.holdsJobs());
    Followed job = monitor.follow(WholeJob.of(record));
    return new JobHandle(this, job, null);
  }

  /** As {@link io.hpclaunch.api.Backend#submit(JobSpec, Token)}. */
  public HPCProcess submit(JobSpec spec, Token token) {
    client.check();
    Optional<JobRecord> known = settled(token);
    if (known.isEmpty() && reconciler.open(token).isPresent()) {
      throw new OutcomeUnknown(
          token,
          "whether job '" + spec.name() + "' was submitted as " + token
              + " is not known yet; it is looked for, and never submitted twice",
          null);
    }
    if (known.isEmpty() && submissions.isBegun(token)) {
      known = submissions.adopt(spec, token);
      if (known.isEmpty()) {
        throw new OutcomeUnknown(
            token,
            "another client has begun to submit job '" + spec.name() + "' as " + token
                + ", and its outcome is not known yet",
            null);
      }
    }
    return known.isPresent() ? followed(known.get()) : submitted(spec, token);
  }

  /** As {@link io.hpclaunch.api.Backend#register}. */
  public Optional<JobRegister.Identity> register() {
    try {
      return Optional.of(client.store().identity());
    } catch (IOException e) {
      if (client.isShared()) {
        throw client.unreadable(e);
      }
      log.debug("The register of jobs has no identity that can be read", e);
      return Optional.empty();
    }
  }

  /** As {@link io.hpclaunch.api.Backend#find}. */
  public Optional<HPCProcess> find(Token token) {
    return settled(token).map(this::followed);
  }

  /** The job with a token; empty while the outcome of its submission is open. */
  private Optional<JobRecord> settled(Token token) {
    client.lookForOrphans();
    reconciler.settle();
    Optional<JobRecord> known;
    try {
      known = client.store().load(token);
    } catch (IOException e) {
      throw unreadable(e);
    }
    return known.filter(record -> record.isSubmitted()
        || record.isFinal()
        || reconciler.open(token).filter(Reconciler::isHeld).isPresent());
  }

  private HPCProcess followed(JobRecord record) {
    try {
      return new JobHandle(this, monitor.follow(client.store().whole(record)), null);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static BackendUnavailable unreadable(IOException e) {
    return new BackendUnavailable(String.valueOf(e.getMessage()), e);
  }

  /** As {@link io.hpclaunch.api.Backend#script(JobSpec)}. */
  public String script(JobSpec spec) {
    return submissions.dryRun(spec);
  }

  /** As {@link io.hpclaunch.api.Backend#attach}. */
  public HPCProcess attach(JobId id) {
    own(id);
    reconciler.settle();
    Optional<JobRecord> known = record(id);
    Followed job =
        monitor.follow(known.isPresent() ? whole(known.get()) : WholeJob.of(stranger(id)));
    return new JobHandle(this, job, element(job.record(), id));
  }

  private static @Nullable Integer element(JobRecord record, JobId id) {
    Integer index = id.nativeId().index();
    if (index != null && !JobPaths.hasElement(record, index)) {
      throw new InvalidJob("job " + record.id() + " has no element " + index);
    }
    return index;
  }

  /** A job that none of ours submitted; it is followed and not remembered. */
  private JobRecord stranger(JobId id) {
    NativeId whole = id.nativeId().whole();
    Observation answer = gate.query(List.of(whole)).get(whole);
    if (answer instanceof Observation.Seen seen) {
      return strange(id, seen.info());
    }
    if (answer instanceof Observation.NotAnswered not) {
      throw new BackendUnavailable(
          "no record of ours has job " + id + ", and the scheduler cannot be asked: " + not.why());
    }
    throw new InvalidJob("there is no job " + id + ": no record of ours has it, and "
        + (answer instanceof Observation.NotKnown not
            ? not.evidence()
            : "an array of others cannot be followed as a whole"));
  }

  private JobRecord strange(JobId id, JobInfo info) {
    return JobRecord.of(
        Token.random(),
        new JobId(backend, id.nativeId().whole()),
        id.nativeId().toString(),
        "",
        info,
        client.clock().instant());
  }

  /** As {@link io.hpclaunch.api.Backend#status}. */
  public Map<JobId, JobInfo> status(Collection<JobId> ids) {
    reconciler.settle();
    Map<JobId, WholeJob> known = new LinkedHashMap<>();
    Map<JobId, JobInfo> told = new LinkedHashMap<>();
    Set<JobId> strangers = new LinkedHashSet<>();
    for (JobId id : ids) {
      own(id);
      try {
        Optional<JobRecord> record = client.store().find(id);
        Optional<Token> token = id.token();
        if (record.isPresent()) {
          known.put(id, client.store().whole(record.get()));
        } else if (token.isEmpty()) {
          strangers.add(id);
        } else if (reconciler.open(token.get()).isPresent()) { // no scheduler knows such an id
          told.put(id, unknown("whether it was submitted is not known yet"));
        }
      } catch (IOException e) {
        told.put(id, unknown(String.valueOf(e.getMessage())));
      }
    }
    Map<Token, Judge.Verdict> verdicts = observer.observe(toAsk(known.values()));
    known.forEach(
        (id, job) -> told.put(id, shown(id, job, verdicts.get(job.record().token()))));
    told.putAll(strangers(strangers));
    return told;
  }

  private static JobInfo unknown(String why) {
    return JobInfo.builder(JobState.UNKNOWN).reason(why).build();
  }

  /** An end stays; only a loss may be corrected, once. */
  private static Collection<WholeJob> toAsk(Collection<WholeJob> known) {
    Map<Token, WholeJob> open = new LinkedHashMap<>();
    for (WholeJob job : known) {
      JobRecord record = job.record();
      boolean lost =
          record.last().info().state() == JobState.LOST && !record.last().corrected();
      if (!record.isFinal() || lost) {
        open.put(record.token(), job);
      }
    }
    return open.values();
  }

  private static JobInfo shown(JobId id, WholeJob before, Judge.@Nullable Verdict verdict) {
    WholeJob job = verdict == null ? before : verdict.job();
    Integer index = id.nativeId().index();
    if (index == null) {
      return verdict == null ? job.record().last().info() : verdict.shown();
    }
    return JobPaths.hasElement(job.record(), index)
        ? Followed.element(job, index)
        : unknown("job " + job.record().id() + " has no element " + index);
  }

  private Map<JobId, JobInfo> strangers(Set<JobId> ids) {
    List<NativeId> asked = new ArrayList<>();
    ids.forEach(id -> asked.add(id.nativeId()));
    Map<NativeId, Observation> answers = gate.query(asked);
    Map<JobId, JobInfo> told = new HashMap<>();
    for (JobId id : ids) {
      Observation answer = answers.get(id.nativeId());
      if (answer instanceof Observation.Seen seen) {
        told.put(id, seen.info());
      } else if (answer instanceof Observation.NotAnswered not) {
        told.put(id, unknown(not.why()));
      } else if (answer instanceof Observation.SeenArray whole) {
        told.put(id, unknown("an array of " + whole.elements().size() + " elements of others"));
      }
    }
    return told;
  }

  /** As {@link io.hpclaunch.api.Backend#cancel}. */
  public void cancel(Collection<JobId> ids) {
    ids.forEach(this::own);
    reconciler.settle();
    monitor.askedToEnd(cancellation.cancel(ids));
    monitor.nudge();
    awaitEnds(ids);
  }

  private void awaitEnds(Collection<JobId> ids) {
    long patience = gate.ask(HPCBackend::cancelPatience).toNanos();
    long begun = System.nanoTime();
    Duration pause = LOOK_AGAIN;
    try {
      while (System.nanoTime() - begun < patience && !haveEnded(ids)) {
        Thread.sleep(pause.toMillis());
        pause = pause.compareTo(LOOK_SELDOM) < 0 ? pause.multipliedBy(2) : pause;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // all have been asked to end
    }
  }

  /** Whether none goes on; what nobody knows does not. */
  private boolean haveEnded(Collection<JobId> ids) {
    List<JobId> asked = new ArrayList<>();
    for (JobId id : ids) {
      Followed job = record(id).map(JobRecord::token).map(monitor::find).orElse(null);
      if (job == null) {
        asked.add(id);
      } else if (!standing(job, id).state().isFinal()) {
        return false;
      }
    }
    return status(asked).values().stream().allMatch(info -> info.state().isFinal());
  }

  /** As {@link io.hpclaunch.api.Backend#logs}. */
  public JobLogs logs(JobId id) {
    own(id);
    Optional<JobRecord> known = record(id);
    boolean isKept = gate.ask(plugin -> plugin instanceof LogReader);
    if (known.isEmpty() && isKept && id.token().isEmpty()) {
      return new NativeLogs(gate, id.nativeId().whole(), id.nativeId().index());
    }
    if (known.isEmpty()) {
      throw new InvalidJob(
          "no record of ours has job " + id + ": where its output is, only its scheduler knows");
    }
    JobRecord record = known.get();
    place.requireFolder(record);
    Integer index = element(record, id);
    if (isKept) {
      return new NativeLogs(gate, record.id().nativeId(), index);
    }
    boolean delivers = gate.ask(plugin -> plugin instanceof OutputDelivery);
    return new JobOutput(
        transport,
        log -> path(id, log, index),
        () -> hasEnded(id),
        () -> delivers && isDelivering(id));
  }

  private boolean isDelivering(JobId id) {
    JobInfo info = standing(id);
    return info != null && gate.ask(plugin -> ((OutputDelivery) plugin).isDelivering(info));
  }

  /** While a job is held its id may change. */
  private String path(JobId id, JobLogs.Stream log, @Nullable Integer index) {
    JobRecord record = record(id).orElseThrow(() -> new InvalidJob("job " + id + " was forgotten"));
    String path = log == JobLogs.Stream.STDOUT
        ? JobPaths.log(record, record.stdout(), "stdout")
        : JobPaths.log(record, record.stderr(), "stderr");
    return PathTemplate.resolve(path, record.id().nativeId().value(), index);
  }

  private boolean hasEnded(JobId id) {
    JobInfo info = standing(id);
    return info == null || info.state().isFinal();
  }

  /** Where a job stands; null where it was forgotten. */
  private @Nullable JobInfo standing(JobId id) {
    Optional<JobRecord> record = record(id);
    if (record.isEmpty()) {
      return null;
    }
    Followed job = monitor.find(record.get().token());
    if (job == null) {
      JobInfo asked = status(List.of(id)).get(id);
      return asked == null ? unknown("") : asked;
    }
    return standing(job, id);
  }

  private static JobInfo standing(Followed job, JobId id) {
    Integer index = id.nativeId().index();
    return index == null ? job.info() : job.info(index);
  }

  /**
   * A scheduler's list with the names that jobs of ours were given: the scheduler may have had to
   * adapt them. Where the store cannot be read, the scheduler's names stay.
   *
   * @param queue the list
   * @param mine whether all of it is one user's; of everybody's, only what the store has is looked
   *     up
   * @return the same jobs in the same order
   */
  public List<QueueReporter.Entry> named(List<QueueReporter.Entry> queue, boolean mine) {
    Set<JobId> ours = mine ? Set.of() : remembered();
    Map<JobId, Optional<String>> names = new HashMap<>(); // elements of an array share one
    List<QueueReporter.Entry> named = new ArrayList<>(queue.size());
    for (QueueReporter.Entry entry : queue) {
      JobId id = new JobId(backend, entry.id().whole());
      Optional<String> name =
          mine || ours.contains(id) ? names.computeIfAbsent(id, this::givenName) : Optional.empty();
      named.add(name.isPresent() ? named(entry, name.get()) : entry);
    }
    return named;
  }

  private Set<JobId> remembered() {
    try {
      return Set.copyOf(client.store().complete(backend, ""));
    } catch (IOException e) {
      log.debug("Which jobs of the queue are ours is not known", e);
      return Set.of();
    }
  }

  /** Of a job that has not ended: a scheduler that was set up anew gives old ids again. */
  private Optional<String> givenName(JobId id) {
    try {
      return client.store().find(id).filter(record -> !record.isFinal()).map(JobRecord::name);
    } catch (IOException e) {
      log.debug("The name of {} is not known", id, e);
      return Optional.empty();
    }
  }

  private static QueueReporter.Entry named(QueueReporter.Entry entry, String name) {
    return new QueueReporter.Entry(
        entry.id(),
        name,
        entry.user(),
        entry.state(),
        entry.nativeState(),
        entry.queue(),
        entry.reason(),
        entry.submitted(),
        entry.started(),
        entry.nodes());
  }

  /** As {@link io.hpclaunch.api.Backend#script(JobId)}. */
  public String script(JobId id) {
    own(id);
    JobRecord record =
        record(id).orElseThrow(() -> new InvalidJob("no record of ours has job " + id));
    place.requireFolder(record);
    JobFolder folder = new JobFolder(transport, record.jobFolder());
    try {
      Optional<String> text = folder.read(JobFolder.SPEC);
      if (text.isPresent()) {
        JobSpec spec = SpecJson.read(text.get(), Map.of());
        Part part = Part.of(spec.array(), gate.capabilities().maxArrayIndex()).get(0);
        Optional<String> script = folder.read(Request.scriptName(spec, part));
        if (script.isPresent()) {
          return script.get();
        }
      }
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the folder of " + record.id() + " cannot be read: " + e.getMessage(), e);
    }
    throw new InvalidJob(
        "the folder " + record.jobFolder() + " of " + record.id() + " has no script any more");
  }

  /** As {@link io.hpclaunch.api.Backend#clean}. */
  public void clean(JobId id) {
    own(id);
    JobRecord record =
        record(id).orElseThrow(() -> new InvalidJob("no record of ours has job " + id));
    if (!record.isFinal()) {
      throw new InvalidJob(record.id() + " has not ended: cancel it, or wait for its end");
    }
    if (place.isShared()) { // else no other client is to be asked, whose list it is in
      place.require(record);
    }
    try {
      boolean removed = client.store().remove(record.token(), () -> removeTraces(record));
      if (!removed) {
        throw new InvalidJob(record.id() + " was seen again: it has not ended");
      }
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the folder of " + record.id() + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /** The backend comes first: it may know better whether the job has ended. */
  private void removeTraces(JobRecord record) throws IOException {
    List<NativeId> ids = new ArrayList<>(List.of(record.id().nativeId()));
    record.chunks().forEach(chunk -> ids.add(chunk.id()));
    gate.forget(ids);
    if (record.jobFolder().endsWith("/" + record.token())) {
      new JobFolder(transport, record.jobFolder()).remove();
    }
  }

  private WholeJob whole(JobRecord record) {
    try {
      return client.store().whole(record);
    } catch (IOException e) {
      throw new InvalidJob(String.valueOf(e.getMessage()), e);
    }
  }

  private Optional<JobRecord> record(JobId id) {
    try {
      return client.store().find(id);
    } catch (IOException e) {
      throw new InvalidJob(String.valueOf(e.getMessage()), e);
    }
  }

  private void own(JobId id) {
    if (!id.backend().equals(backend)) {
      throw new InvalidJob(
          "job " + id + " belongs to backend " + id.backend() + ", and was asked of " + backend);
    }
  }

  /** Where users' callbacks run. */
  Executor callbacks() {
    return client.callbacks();
  }

  /** How many jobs are followed. */
  int followed() {
    return monitor.size();
  }

  /** One round of the monitor. */
  Duration round() {
    return monitor.round();
  }

  @Override
  public void close() {
    monitor.close();
  }
}
