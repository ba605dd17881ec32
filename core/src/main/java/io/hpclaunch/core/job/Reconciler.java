// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.script.JobScript;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.JournalEntry.Kind;
import io.hpclaunch.core.store.SpecJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles the intents of one backend that are open: those of clients that died in the middle of a
 * submission, those whose outcome is not known, and jobs that are held until there is room. What
 * may have been submitted is never submitted again: it is found, or fenced off after a deadline.
 */
final class Reconciler {
  /** How long a scheduler may take to tell of a job that it was given, since the last attempt. */
  static final Duration DEADLINE = Duration.ofMinutes(5);

  /** Between two attempts to submit what is held. */
  static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private final String backend;
  private final PluginGate gate;
  private final Transport transport;
  private final ClientState client;
  private final Submissions submissions;
  private final Place place;
  private Instant nextAttempt = Instant.MIN;

  Reconciler(
      String backend,
      PluginGate gate,
      Transport transport,
      ClientState client,
      Submissions submissions,
      Place place) {
    this.backend = backend;
    this.gate = gate;
    this.transport = transport;
    this.client = client;
    this.submissions = submissions;
    this.place = place;
  }

  /** A folder that is missing says something only where it would be seen. */
  private List<ClientState.Open> openIntents() {
    return client.openIntents(backend, intent -> place.isHere(intent.place()));
  }

  /** Whether jobs are held, behind which others have to wait. */
  boolean holdsJobs() {
    return openIntents().stream().anyMatch(Reconciler::isHeld);
  }

  /** A submission whose outcome is open. */
  Optional<ClientState.Open> open(Token token) {
    return openIntents().stream()
        .filter(open -> open.intent().intent().token().equals(token))
        .findFirst();
  }

  static boolean isHeld(ClientState.Open open) {
    JournalEntry.Outcome last = open.intent().last();
    return last != null && last.kind() == Kind.HELD;
  }

  /**
   * Settles what can be settled now.
   *
   * @return whether something is still open
   */
  synchronized boolean settle() {
    Set<Token> waiting = submissions.stillUnwritten();
    List<ClientState.Open> all = openIntents();
    List<ClientState.Open> held = new ArrayList<>();
    List<ClientState.Open> unsettled = new ArrayList<>();
    for (ClientState.Open open : all) {
      if (!waiting.contains(open.intent().intent().token())) {
        (isHeld(open) ? held : unsettled).add(open);
      }
    }
    if (!unsettled.isEmpty()) {
      Map<Token, NativeId> found = find(unsettled).orElse(null);
      unsettled.forEach(open -> guarded(open, () -> settle(open, found)));
    }
    submitHeld(held);
    client.closeSettled();
    return !all.isEmpty();
  }

  /** What goes wrong with one is logged and harms no other. */
  private static void guarded(ClientState.Open open, Step step) {
    try {
      step.run();
    } catch (IOException | HpcException e) {
      log.warn("Submission {} stays open: {}", open.intent().intent().token(), e.getMessage());
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private Optional<Map<Token, NativeId>> find(List<ClientState.Open> open) {
    Set<Token> tokens = new LinkedHashSet<>();
    Instant since = client.clock().instant();
    for (ClientState.Open each : open) {
      JournalEntry.Intent intent = each.intent().intent();
      since = intent.begun().isBefore(since) ? intent.begun() : since;
      if (intent.part() == null) {
        tokens.add(intent.token());
      }
    }
    return tokens.isEmpty() ? Optional.of(Map.of()) : gate.find(tokens, since);
  }

  private void settle(ClientState.Open open, @Nullable Map<Token, NativeId> found)
      throws IOException {
    JournalEntry.Intent intent = open.intent().intent();
    JobFolder folder = new JobFolder(transport, intent.jobFolder());
    Plan plan = plan(intent, folder);
    if (plan == null) {
      close(open, "the client ended before it submitted anything");
      folder.remove();
      return;
    }
    NativeId id = found == null ? null : found.get(intent.token());
    if (id == null) {
      id = announced(plan, folder);
    }
    if (id != null) {
      accept(open, plan, id);
      return;
    }
    boolean late = !client.clock().instant().isBefore(intent.time().plus(DEADLINE));
    if (late && found != null) {
      fence(open, plan, folder);
    }
  }

  /** A job as its folder tells it. */
  private record Plan(JobSpec spec, Part part, JobRecord record, boolean isRecorded) {}

  /** Null where nothing can have been submitted: there is no script. */
  private @Nullable Plan plan(JournalEntry.Intent intent, JobFolder folder) throws IOException {
    Optional<String> text = folder.read(JobFolder.SPEC);
    if (text.isEmpty()) {
      return null;
    }
    JobSpec spec = SpecJson.read(text.get(), Map.of());
    Part part = part(spec, intent.part());
    if (!folder.has(Request.scriptName(spec, part))) {
      return null;
    }
    Optional<JobRecord> record = client.store().load(intent.token());
    return new Plan(
        spec,
        part,
        record.isPresent() ? record.get() : submissions.record(spec, intent.token()),
        record.isPresent());
  }

  private Part part(JobSpec spec, @Nullable ArrayRange chunk) {
    for (Part part : Part.of(spec.array(), gate.capabilities().maxArrayIndex())) {
      if (Objects.equals(part.chunk(), chunk)) {
        return part;
      }
    }
    return new Part(chunk, chunk, 0); // the scheduler's limit was changed since
  }

  /** The native id that the job's script wrote, when it has begun. */
  private @Nullable NativeId announced(Plan plan, JobFolder folder) throws IOException {
    String claim =
        folder.read(JobScript.claimName(plan.part().chunk())).orElse("").strip();
    if (!claim.isEmpty() && !claim.equals("-")) {
      return NativeId.of(claim);
    }
    return null;
  }

  private void accept(ClientState.Open open, Plan plan, NativeId id) throws IOException {
    JournalEntry.Intent intent = open.intent().intent();
    log.info("Submission {} of {} was found as {}", intent.token(), intent.name(), id);
    Request request = request(intent, plan);
    JobRecord record = submissions.accepted(request, id, plan.record(), open.journal());
    if (intent.part() != null && open.intent().last() == null) {
      submissions.endParts(record, "the client ended while it submitted the parts");
    }
  }

  private Request request(JournalEntry.Intent intent, Plan plan) {
    return new Request(
        backend, plan.spec(), intent.token(), intent.jobFolder(), plan.part(), null, null);
  }

  /** From here on the job cannot run, wherever it may still come from. */
  private void fence(ClientState.Open open, Plan plan, JobFolder folder) throws IOException {
    String owner = folder.takeClaim(JobScript.claimName(plan.part().chunk()));
    if (owner.equals("-")) {
      close(open, "the scheduler does not know it");
      if (!plan.record().chunks().isEmpty()) {
        submissions.endParts(plan.record(), "a part of the array never reached the scheduler");
      } else if (plan.isRecorded()) { // somebody may ask for it
        submissions.ended(
            plan.record(),
            Cause.LAUNCH,
            "it never reached the scheduler, and can't start any more: submit it again");
      } else {
        folder.remove();
      }
    } else if (!owner.isEmpty()) {
      accept(open, plan, NativeId.of(owner));
    }
  }

  private void close(ClientState.Open open, String why) throws IOException {
    JournalEntry.Intent intent = open.intent().intent();
    open.journal()
        .append(new JournalEntry.Outcome(
            intent.token(), intent.part(), client.clock().instant(), Kind.REJECTED, null, why));
  }

  // ---- jobs that are held ------------------------------------------------------------------

  /** In order, until there is no room. */
  private void submitHeld(List<ClientState.Open> held) {
    Instant now = client.clock().instant();
    if (held.isEmpty() || now.isBefore(nextAttempt)) {
      return;
    }
    nextAttempt = now.plus(BETWEEN_ATTEMPTS);
    held.sort(Comparator.comparing(open -> open.intent().intent().begun()));
    for (ClientState.Open open : held) {
      try {
        if (!submitHeld(open)) {
          return;
        }
      } catch (BackendUnavailable e) {
        log.info("What is held stays so: {}", e.getMessage());
        return;
      } catch (IOException | HpcException e) {
        log.warn(
            "Held job {} cannot be submitted: {}", open.intent().intent().token(), e.getMessage());
      }
    }
  }

  /** False when there is no room. */
  private boolean submitHeld(ClientState.Open open) throws IOException {
    JournalEntry.Intent intent = open.intent().intent();
    JobFolder folder = new JobFolder(transport, intent.jobFolder());
    Plan plan = plan(intent, folder);
    if (plan == null || plan.record().isFinal() || folder.has(JobFolder.CANCELLED)) {
      close(open, "it was cancelled while it was held");
      return true;
    }
    client.begin(intent.token());
    try {
      return submissions
          .submitHeld(plan.spec(), plan.part(), plan.record(), intent, open.journal())
          .isPresent();
    } finally {
      client.end(intent.token());
    }
  }
}
