// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.script.JobScript;
import io.hpclaunch.core.store.CancelWish;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.Journal;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.JournalEntry.Kind;
import io.hpclaunch.core.store.Observations;
import io.hpclaunch.core.store.Reserved;
import io.hpclaunch.core.store.SpecJson;
import io.hpclaunch.core.store.WholeJob;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits jobs in the order that docs/jobs.md fixes: intent, folder, submission, record, outcome. A
 * crash between any two steps leaves something that {@link Reconciler} can settle.
 */
final class Submissions {
  private static final Logger log = LoggerFactory.getLogger(Submissions.class);

  /** How far back another client's job is looked for in the scheduler's books. */
  private static final Duration OLDEST_TO_ADOPT = Duration.ofDays(7);

  /** How old an intent may be when the scheduler is asked: a deadline counts from there. */
  private static final Duration OLDEST_INTENT = Duration.ofSeconds(30);

  private final String backend;
  private final PluginGate gate;
  private final Transport transport;
  private final Supplier<String> workspace;
  private final ClientState client;
  private final JobDefaults defaults;
  private final Launches launches;
  private final Parents parents;
  /** What the scheduler said of held jobs, and no journal has yet. */
  private final Map<JournalEntry.Outcome, Journal> unwritten = new ConcurrentHashMap<>();

  private final Place place;
  private final JobChecks checks;

  Submissions(
      String backend,
      PluginGate gate,
      Transport transport,
      Supplier<String> workspace,
      ClientState client,
      JobDefaults defaults,
      Launches launches,
      Parents parents,
      Place place) {
    this.backend = backend;
    this.gate = gate;
    this.transport = transport;
    this.workspace = workspace;
    this.client = client;
    this.defaults = defaults;
    this.launches = launches;
    this.parents = parents;
    this.place = place;
    this.checks = new JobChecks(backend, transport);
  }

  /** The script of a job that is not submitted. */
  String dryRun(JobSpec given) {
    JobSpec spec = complete(given);
    Capabilities can = gate.capabilities();
    checks.capabilities(given, spec, can);
    Token token = Token.random();
    Part part = Part.of(spec.array(), can.maxArrayIndex()).get(0);
    return gate.script(request(placed(spec, token), token, part, parents.natively(spec)));
  }

  /**
   * Submits a job.
   *
   * @param given the job
   * @param token names the submission
   * @param behind whether jobs are held already, behind which it has to wait
   * @return the job's record
   */
  JobRecord submit(JobSpec given, Token token, boolean behind) {
    JobSpec spec = complete(given);
    Capabilities can = gate.capabilities();
    checks.capabilities(given, spec, can);
    checks.files(spec, can);
    launches.check(spec);
    Parents.Standing standing = parents.look(spec);
    JobSpec placed = placed(spec, token);
    List<Part> parts = Part.of(spec.array(), can.maxArrayIndex());
    List<Request> requests = new ArrayList<>();
    for (Part part : parts) {
      requests.add(request(placed, token, part, standing.open()));
    }
    List<String> scripts = requests.stream().map(gate::script).toList();
    Journal journal = client.journal();
    client.begin(token);
    Instant begun = client.clock().instant();
    try {
      for (Part part : parts) {
        append(journal, intent(token, part, spec.name(), begun));
      }
      prepare(placed, token, requests, scripts, journal);
      JobRecord record = record(placed, token);
      if (standing.never() != null) {
        return neverRuns(requests, record, journal, standing.never());
      }
      return submitParts(requests, record, journal, standing.held() || behind, begun);
    } finally {
      client.end(token);
    }
  }

  /** It ends before it was submitted: what it waits for cannot come true any more. */
  private JobRecord neverRuns(
      List<Request> requests, JobRecord record, Journal journal, String why) {
    JobRecord end = ended(record, Cause.DEPENDENCY, why);
    requests.forEach(request -> drop(request, journal, why));
    return end;
  }

  private JobRecord submitParts(
      List<Request> requests, JobRecord fresh, Journal journal, boolean behind, Instant begun) {
    JobRecord record = fresh;
    boolean waits = behind;
    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      try {
        record = submitPart(request, record, journal, waits, begun);
      } catch (HpcException e) {
        abandon(requests.subList(i + 1, requests.size()), record, journal, e);
        throw e;
      }
      waits |= !isSubmitted(record, request.part());
    }
    return record;
  }

  /** Nothing of a split array may be left: what the scheduler took before is cancelled. */
  private void abandon(List<Request> rest, JobRecord record, Journal journal, HpcException why) {
    rest.forEach(request -> drop(request, journal, "another part of the array failed"));
    if (!record.chunks().isEmpty()) {
      endParts(record, String.valueOf(why.getMessage()));
    }
  }

  /** Cancels the parts of an array that will never be whole; the others have ended thereby. */
  void endParts(JobRecord record, String why) {
    try {
      gate.cancel(Judge.asked(record));
    } catch (HpcException e) {
      log.error("Parts of the array {} cannot be cancelled: {}", record.id(), e.getMessage());
    }
    ArrayRange array = record.array();
    Map<Integer, JobInfo> never = new TreeMap<>();
    JobInfo end = JobInfo.builder(JobState.CANCELLED)
        .submitted(record.submitted())
        .reason("never submitted: " + why)
        .build();
    if (array != null) {
      for (int i = array.first(); i <= array.last(); i += array.step()) {
        int index = i;
        if (record.chunks().stream().noneMatch(chunk -> JobPaths.contains(chunk.part(), index))) {
          never.put(index, end);
        }
      }
    }
    try {
      client
          .store()
          .save(WholeJob.of(record).observeElements(never, client.clock().instant()));
    } catch (IOException e) {
      log.warn("The record of {} cannot be written: {}", record.id(), e.getMessage());
    }
  }

  /** Whether the scheduler has a part of a job. */
  private static boolean isSubmitted(JobRecord record, Part part) {
    return part.chunk() == null
        ? record.isSubmitted()
        : record.chunks().stream().anyMatch(chunk -> chunk.part().equals(part.chunk()));
  }

  private JobSpec complete(JobSpec given) {
    return defaults.fill(given);
  }

  private JobSpec placed(JobSpec spec, Token token) {
    return spec.workingDirectory() != null
        ? spec
        : spec.toBuilder().workingDirectory(folder(token)).build();
  }

  /**
   * Whether another client, whose journal is not ours, has begun to submit under a token.
   *
   * @throws BackendUnavailable when that cannot be seen
   */
  boolean isBegun(Token token) {
    try {
      return new JobFolder(transport, folder(token)).exists();
    } catch (IOException e) {
      throw new BackendUnavailable(
          "whether there is a job " + token + " on " + transport.host() + " cannot be seen ("
              + e.getMessage() + "); nothing was submitted",
          e);
    }
  }

  /**
   * The record of a job that another client submitted under a token, as its folder and the
   * scheduler tell it.
   *
   * @return the record, which is kept from here on; empty while the job is not to be found
   */
  Optional<JobRecord> adopt(JobSpec given, Token token) {
    JobFolder folder = new JobFolder(transport, folder(token));
    NativeId id = gate.find(List.of(token), client.clock().instant().minus(OLDEST_TO_ADOPT))
        .map(found -> found.get(token))
        .orElse(null);
    try {
      if (!place.isHere(SpecJson.place(folder.read(JobFolder.SPEC).orElse("")))) {
        return Optional.empty(); // whose list of jobs has it is another client's
      }
      if (id == null) {
        String claim = folder.read(JobScript.claimName(null)).orElse("").strip();
        id = claim.isEmpty() || claim.equals("-") ? null : NativeId.of(claim);
      }
      if (id == null) {
        return Optional.empty();
      }
      JobRecord record = record(placed(complete(given), token), token).withNativeId(id);
      return Optional.of(client.store().save(record));
    } catch (IOException e) {
      throw new BackendUnavailable(
          "job " + token + " is there, and its record cannot be written: " + e.getMessage(), e);
    }
  }

  private String folder(Token token) {
    return workspace.get() + "/" + token;
  }

  /** What goes to the plugin; its dependencies are those of the scheduler. */
  private Request request(JobSpec spec, Token token, Part part, List<Dependency> dependencies) {
    return new Request(
        backend,
        spec.toBuilder().dependencies(dependencies).build(),
        token,
        folder(token),
        part,
        launches.lines(spec),
        launches.container(spec));
  }

  private JournalEntry.Intent intent(Token token, Part part, String name, Instant begun) {
    return new JournalEntry.Intent(
        token, part.chunk(), begun, backend, name, folder(token), place.ensured());
  }

  private static void append(Journal journal, JournalEntry entry) {
    try {
      journal.append(entry);
    } catch (IOException e) {
      throw new BackendUnavailable(String.valueOf(e.getMessage()), e);
    }
  }

  /** Makes the job's folder. Nothing was submitted where this fails. */
  private void prepare(
      JobSpec spec, Token token, List<Request> requests, List<String> scripts, Journal journal) {
    JobFolder folder = new JobFolder(transport, folder(token));
    boolean isOurs = false; // a folder that was there is that of another client with this token
    try {
      folder.create();
      isOurs = true;
      folder.write(JobFolder.SPEC, SpecJson.write(spec, place.ensured()));
      String secrets = JobScript.secrets(spec);
      if (!secrets.isEmpty()) {
        folder.write(JobFolder.SECRETS, secrets);
      }
      new Staging(transport, client.copies()).bring(spec);
      for (int i = 0; i < requests.size(); i++) {
        folder.writeScript(Request.scriptName(spec, requests.get(i).part()), scripts.get(i));
      }
    } catch (IOException | HpcException e) {
      String why = "the job's folder " + folder.path() + " cannot be made on " + transport.host()
          + " (" + e.getMessage() + "); nothing was submitted";
      for (Request request : requests) {
        drop(request, journal, why);
      }
      if (isOurs) {
        remove(folder);
      }
      if (e instanceof BackendUnavailable) {
        throw new BackendUnavailable(e.getMessage() + "; nothing was submitted", e);
      }
      throw e instanceof HpcException ours ? ours : new BackendUnavailable(why, e);
    }
  }

  private static void remove(JobFolder folder) {
    try {
      folder.remove();
    } catch (IOException | BackendUnavailable e) {
      log.warn("{} cannot be removed: {}", folder.path(), e.getMessage());
    }
  }

  /** What is known before the scheduler has it. */
  JobRecord record(JobSpec spec, Token token) {
    Instant now = client.clock().instant();
    Request paths =
        new Request(backend, spec, token, folder(token), new Part(null, null, 0), null, null);
    JobInfo info = JobInfo.builder(JobState.QUEUED).submitted(now).build();
    return new JobRecord(
        token,
        new JobId(backend, JobRecord.unsubmitted(token)),
        spec.name(),
        folder(token),
        spec.stdout() == null ? null : paths.stdout(),
        spec.stderr() == null ? null : paths.stderr(),
        now,
        Observations.first(info, now),
        spec.array(),
        List.of(),
        null,
        CancelWish.NONE,
        Reserved.of(spec.resources()),
        place.ensured());
  }

  /** Submits one part, or holds it. */
  private JobRecord submitPart(
      Request request, JobRecord record, Journal journal, boolean waits, Instant begun) {
    if (waits) {
      return hold(request, record, journal, "it waits behind jobs that are held");
    }
    Instant now = client.clock().instant();
    boolean old = !now.isBefore(begun.plus(OLDEST_INTENT)); // files were brought, or other parts
    if (old || client.isShared()) { // it may have been taken for dead, and is refused then
      JournalEntry.Intent first =
          intent(request.token(), request.part(), request.spec().name(), begun);
      append(journal, first.again(now));
    }
    try {
      return accepted(request, gate.submit(request), record, journal);
    } catch (Rejected e) {
      if (e.isNoRoom()) {
        return hold(request, record, journal, String.valueOf(e.getMessage()));
      }
      throw rejected(request, record, journal, e);
    } catch (BackendUnavailable
        | Unsupported
        | InvalidJob
        | InvalidConfiguration
        | ExecutableNotFound e) {
      throw rejected(request, record, journal, e);
    } catch (OutcomeUnknown e) {
      return unknown(request, record, journal, e);
    }
  }

  /** The record comes first: a crash in between leaves an intent that leads to the same job. */
  JobRecord accepted(Request request, NativeId id, JobRecord record, Journal journal) {
    Part part = request.part();
    JobRecord submitted = part.chunk() == null
        ? record.withNativeId(id)
        : record.withChunk(new JobRecord.Chunk(id, part.chunk(), part.offset()));
    try {
      JobRecord saved = client.store().save(submitted);
      journal.append(outcome(request, Kind.SUBMITTED, id, null));
      return saved;
    } catch (IOException e) {
      log.warn(
          "Job {} was submitted as {} and that cannot be written down: {}",
          request.token(),
          id,
          e.getMessage());
      return submitted;
    }
  }

  private JobRecord hold(Request request, JobRecord record, Journal journal, String why) {
    JobRecord noted = noted(record, "held in the client's own queue: " + why);
    try {
      journal.append(outcome(request, Kind.HELD, null, why));
    } catch (IOException e) { // it may stand there all the same
      throw new OutcomeUnknown(
          request.token(),
          "whether job '" + request.spec().name() + "' is kept for later is not known: "
              + e.getMessage(),
          e);
    }
    log.info("Job {} is held until the scheduler has room: {}", record.id(), why);
    return noted;
  }

  private JobRecord noted(JobRecord record, String reason) {
    JobInfo info = record.last().info().toBuilder().reason(reason).build();
    JobRecord noted = record.isSubmitted()
        ? record
        : record.observe(info, record.last().observed().plusNanos(1));
    try {
      return client.store().save(noted);
    } catch (IOException e) {
      log.warn("The record of {} cannot be written: {}", record.id(), e.getMessage());
      return noted;
    }
  }

  /** What it waited for when it was held may have ended since, or have got another id. */
  private void rewriteScript(Request request) {
    try {
      String name = Request.scriptName(request.spec(), request.part());
      new JobFolder(transport, request.jobDirectory()).writeScript(name, gate.script(request));
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the script of " + request.token() + " cannot be written: " + e.getMessage(), e);
    }
  }

  private HpcException rejected(
      Request request, JobRecord record, Journal journal, HpcException why) {
    drop(request, journal, String.valueOf(why.getMessage()));
    if (record.chunks().isEmpty()) {
      remove(new JobFolder(transport, request.jobDirectory()));
    }
    return why;
  }

  private void drop(Request request, Journal journal, String why) {
    try {
      journal.append(outcome(request, Kind.REJECTED, null, why));
    } catch (IOException e) {
      log.warn("Submission {} was refused, and stays open: {}", request.token(), e.getMessage());
    }
  }

  /** The scheduler may have it: it is looked for at once, and by whoever comes later. */
  private JobRecord unknown(
      Request request, JobRecord record, Journal journal, OutcomeUnknown why) {
    Optional<Map<Token, NativeId>> found = gate.find(List.of(request.token()), record.submitted());
    NativeId id =
        found.isEmpty() || request.part().chunk() != null ? null : found.get().get(request.token());
    if (id != null) {
      return accepted(request, id, record, journal);
    }
    String words = String.valueOf(why.getMessage());
    noted(record, "whether it was submitted is not known: " + words);
    try {
      journal.append(outcome(request, Kind.UNKNOWN, null, words));
    } catch (IOException e) {
      log.warn("Submission {} stays open: {}", request.token(), e.getMessage());
    }
    throw why;
  }

  JournalEntry.Outcome outcome(
      Request request, Kind kind, @Nullable NativeId id, @Nullable String why) {
    return new JournalEntry.Outcome(
        request.token(), request.part().chunk(), client.clock().instant(), kind, id, why);
  }

  /**
   * Submits what was held. The intent is written once more before: a client that dies now leaves a
   * submission that is to be looked for, and not one to be made again.
   *
   * @return the job's record, or empty when there is still no room
   * @throws BackendUnavailable when the scheduler cannot be reached; it stays held
   */
  Optional<JobRecord> submitHeld(
      JobSpec spec, Part part, JobRecord record, JournalEntry.Intent intent, Journal journal) {
    Parents.Standing standing;
    try {
      standing = parents.look(spec);
    } catch (InvalidJob | Unsupported e) {
      Request request = request(spec, intent.token(), part, List.of());
      return Optional.of(refused(request, record, journal, e));
    }
    Request request = request(spec, intent.token(), part, standing.open());
    if (standing.never() != null) {
      return Optional.of(neverRuns(List.of(request), record, journal, standing.never()));
    }
    if (standing.held()) {
      return Optional.empty();
    }
    if (!spec.dependencies().isEmpty()) {
      rewriteScript(request);
    }
    append(journal, intent.again(client.clock().instant()));
    try {
      return Optional.of(accepted(request, gate.submit(request), record, journal));
    } catch (BackendUnavailable e) {
      holdAgain(request, journal, e);
      throw e;
    } catch (Rejected e) {
      if (e.isNoRoom()) {
        holdAgain(request, journal, e);
        return Optional.empty();
      }
      return Optional.of(refused(request, record, journal, e));
    } catch (Unsupported | InvalidJob e) {
      return Optional.of(refused(request, record, journal, e));
    } catch (OutcomeUnknown e) {
      try {
        return Optional.of(unknown(request, record, journal, e));
      } catch (OutcomeUnknown again) {
        log.warn("Whether held job {} was submitted is not known: {}", record.id(), e.getMessage());
        return Optional.of(record);
      }
    }
  }

  /** The scheduler has not taken it. Where that cannot be written down now, it is written later. */
  private void holdAgain(Request request, Journal journal, HpcException why) {
    JournalEntry.Outcome held = outcome(request, Kind.HELD, null, String.valueOf(why.getMessage()));
    try {
      journal.append(held);
    } catch (IOException e) {
      log.warn("Job {} stays held, which cannot be written down: {}", request.token(), e);
      unwritten.put(held, journal);
    }
  }

  /**
   * Writes down what could not be written before.
   *
   * @return the held jobs of which that still is not written: nobody can settle them
   */
  Set<Token> stillUnwritten() {
    Set<Token> left = new HashSet<>();
    unwritten.forEach((held, journal) -> {
      try {
        journal.append(held);
        unwritten.remove(held);
      } catch (IOException e) {
        log.debug("That {} is held still cannot be written down", held.token(), e);
        left.add(held.token());
      }
    });
    return left;
  }

  /** Its user has gone on long since: the refusal is the job's end. */
  JobRecord refused(Request request, JobRecord record, Journal journal, HpcException why) {
    drop(request, journal, String.valueOf(why.getMessage()));
    return ended(record, Cause.LAUNCH, String.valueOf(why.getMessage()));
  }

  /** Keeps an end that comes before any start. */
  JobRecord ended(JobRecord record, @Nullable Cause cause, String reason) {
    Instant now = client.clock().instant();
    JobInfo.Builder info = record.last().info().toBuilder().reason(reason).ended(now);
    JobInfo end = cause == null
        ? info.state(JobState.CANCELLED).build()
        : info.failed(cause).build();
    JobRecord last = record.observe(end, now);
    try {
      return client.store().save(last);
    } catch (IOException e) {
      log.warn("The end of {} cannot be written down: {}", record.id(), e.getMessage());
      return last;
    }
  }
}
