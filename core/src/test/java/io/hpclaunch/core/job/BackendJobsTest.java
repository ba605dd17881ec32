// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.StagedFile;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.WholeJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendJobsTest {
  @TempDir
  Path folder;

  private Bench bench;

  @BeforeEach
  void open() {
    bench = Bench.in(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private HPCProcess submit() {
    return bench.jobs.submit(Bench.job());
  }

  private void succeed() throws IOException {
    bench = bench.successor();
  }

  // ---- submission ------------------------------------------------------------------------------

  @Test
  void aJobHasItsFolderItsRecordAndItsId() throws IOException {
    JobSpec spec = Bench.job().toBuilder()
        .secretEnvironment("KEY", "hidden'value")
        .stageIn(StagedFile.content("in", "data/in.txt"))
        .build();
    HPCProcess process = bench.jobs.submit(spec);
    assertThat(process.id()).hasToString("c:1");
    assertThat(process.info().state()).isEqualTo(JobState.QUEUED);
    JobRecord record = bench.record("1");
    Path job = Path.of(record.jobFolder());
    assertThat(job).isEqualTo(bench.state.resolve("jobs").resolve(record.token().value()));
    assertThat(job.resolve("spec.json")).content().doesNotContain("hidden");
    assertThat(job.resolve("script")).content().doesNotContain("hidden").contains("true");
    assertThat(job.resolve("data/in.txt")).hasContent("in");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(job)))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(job.resolve("secrets"))))
        .isEqualTo("rw-------");
    assertThat(bench.scheduler.submitted.get(0).scriptPath())
        .isEqualTo(job.resolve("script").toString());
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
  }

  @Test
  void whatTheBackendCannotDoIsRefusedBeforeAnythingIsDone() throws IOException {
    JobSpec spec = Bench.job().toBuilder()
        .container(io.hpclaunch.api.ContainerSpec.image("x").build())
        .build();
    assertThatThrownBy(() -> bench.jobs.submit(spec))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("containers");
    assertThat(bench.folders()).isEmpty();
    assertThat(bench.state.resolve("journal")).doesNotExist();
  }

  @Test
  void filesThatAreMissingAreToldBeforeAnythingIsDone() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    refused(b -> b.workingDirectory(folder.resolve("none")), "does not exist");
    refused(b -> b.workingDirectory(file), "is a file");
    refused(b -> b.workingDirectory("relative"), "not an absolute path");
    refused(b -> b.stdin(folder.resolve("none").toString()), "standard input");
    refused(b -> b.stdin(folder.toString()), "is a folder");
    refused(b -> b.stdout(folder.toString()), "is a folder");
    refused(b -> b.stderr(file + "/below"), "is a file");
    refused(b -> b.stageIn(StagedFile.path(folder.resolve("none"), "x")), "none");
    assertThat(bench.scheduler.submitted).isEmpty();
    assertThat(bench.folders()).isEmpty();
  }

  private void refused(java.util.function.UnaryOperator<JobSpec.Builder> change, String why) {
    JobSpec spec = change.apply(Bench.job().toBuilder()).build();
    assertThatThrownBy(() -> bench.jobs.submit(spec))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining(why);
  }

  @Test
  void aRejectedJobLeavesNothing() throws IOException {
    bench.scheduler.failBefore(new Rejected("no such account"));
    assertThatThrownBy(this::submit).isInstanceOf(Rejected.class).hasMessage("no such account");
    assertThat(bench.folders()).isEmpty();
    assertThat(bench.register.active().jobs()).isEmpty();
    succeed();
    bench.jobs.status(List.of());
    assertThat(bench.scheduler.submitted).isEmpty();
  }

  @Test
  void aSchedulerOutOfReachGetsNothing() throws IOException {
    bench.scheduler.failBefore(new BackendUnavailable("no route"));
    assertThatThrownBy(this::submit).isInstanceOf(BackendUnavailable.class);
    assertThat(bench.folders()).isEmpty();
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
  }

  @Test
  void aBackendThatFindsItsConfigurationWrongWhenItSubmitsHasSubmittedNothing() throws IOException {
    bench.scheduler.failBefore(new InvalidConfiguration("no such credential plugin"));
    assertThatThrownBy(this::submit).isInstanceOf(InvalidConfiguration.class);
    assertThat(bench.folders()).isEmpty();
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
  }

  @Test
  void aStateFolderThatCannotBeWrittenIsTold() throws IOException {
    bench.close();
    Files.writeString(folder.resolve("file"), "");
    bench = Bench.in(folder.resolve("file"));
    assertThatThrownBy(this::submit)
        .isInstanceOf(io.hpclaunch.api.HpcException.class)
        .hasMessageContainingAll("state folder", "HPC_STATE_DIR");
    assertThat(bench.scheduler.submitted).isEmpty();
  }

  @Test
  void aDryRunLeavesNothing() throws IOException {
    assertThat(bench.jobs.script(Bench.job())).startsWith("#!/bin/bash\n");
    assertThat(bench.folders()).isEmpty();
    assertThat(bench.scheduler.submitted).isEmpty();
    assertThat(bench.state).doesNotExist();
  }

  // ---- a token of the caller's

  @Test
  void aTokenIsSubmittedOnce() throws IOException {
    Token token = Token.random();
    assertThat(bench.jobs.submit(Bench.job(), token).id()).hasToString("c:1");
    assertThat(bench.jobs.submit(Bench.job(), token).id()).hasToString("c:1");
    succeed();
    assertThat(bench.jobs.submit(Bench.job(), token).id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void aJobIsKnownByItsTokenToo() {
    Token token = Token.random();
    JobId id = JobId.of("c", token);
    assertThat(id.token()).contains(token);
    assertThat(bench.jobs.status(List.of(id))).isEmpty();
    bench.jobs.submit(Bench.job(), token);
    assertThat(bench.jobs.status(List.of(id)).get(id).state()).isEqualTo(JobState.QUEUED);
    assertThat(bench.jobs.attach(id).id()).hasToString("c:1");
    assertThat(bench.register.find(id).orElseThrow().id()).hasToString("c:1");
    assertThat(bench.register.find(JobId.of("other", token))).isEmpty();
    bench.jobs.cancel(List.of(id));
    assertThat(bench.scheduler.cancelled).hasSize(1);
  }

  @Test
  void aTokenThatWasRefusedMayBeSubmittedAgain() {
    Token token = Token.random();
    bench.scheduler.failBefore(new Rejected("no such account"));
    assertThatThrownBy(() -> bench.jobs.submit(Bench.job(), token)).isInstanceOf(Rejected.class);
    assertThat(bench.jobs.submit(Bench.job(), token).id()).hasToString("c:1");
  }

  @Test
  void aTokenWhoseOutcomeIsOpenIsNotSubmittedAgain() throws IOException {
    Token token = Token.random();
    bench.scheduler.findFails = new BackendUnavailable("down");
    bench.scheduler.failAfter(new OutcomeUnknown(token, "timeout", null));
    assertThatThrownBy(() -> bench.jobs.submit(Bench.job(), token))
        .isInstanceOf(OutcomeUnknown.class);
    assertThatThrownBy(() -> bench.jobs.submit(Bench.job(), token))
        .isInstanceOf(OutcomeUnknown.class)
        .hasMessageContaining("not known yet");
    succeed();
    bench.scheduler.findFails = null;
    assertThat(bench.jobs.submit(Bench.job(), token).id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void aTokenThatAnotherClientIsAboutToSubmitIsLeftToIt() throws IOException {
    Token token = Token.random();
    Path others = Files.createDirectories(
        bench.state.resolve("jobs").resolve(token.value()).resolve("theirs"));
    assertThatThrownBy(() -> bench.jobs.submit(Bench.job(), token))
        .isInstanceOf(OutcomeUnknown.class)
        .hasMessageContaining("another client");
    assertThat(others).isDirectory();
    assertThat(bench.scheduler.submitted).isEmpty();
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
  }

  // ---- outcomes that are not known

  @Test
  void aTimeoutOfASubmissionThatWasTakenIsFoundAtOnce() {
    bench.scheduler.failAfter(new OutcomeUnknown(Token.random(), "timeout", null));
    assertThat(submit().id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void aPluginThatThrowsAfterTheSubmissionIsNotAskedTwice() {
    bench.scheduler.failAfter(new NullPointerException("bug"));
    assertThat(submit().id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void anUnknownOutcomeIsFoundLater() throws IOException {
    bench.scheduler.findFails = new BackendUnavailable("down");
    bench.scheduler.failAfter(new OutcomeUnknown(Token.random(), "timeout", null));
    Token token = catchThrowableOfType(OutcomeUnknown.class, this::submit).token();
    JobRecord open =
        bench.client.store().load(bench.scheduler.submitted.get(0).token()).orElseThrow();
    assertThat(open.isSubmitted()).isFalse();
    assertThat(open.last().info().reason()).contains("not known", "timeout");
    assertThat(token).isNotNull();
    bench.pass(Judge.LOST_AFTER.multipliedBy(3));
    assertThat(bench.jobs.status(List.of(open.id())).get(open.id()).state())
        .as("an unreachable scheduler proves nothing")
        .isEqualTo(JobState.QUEUED);
    bench.scheduler.findFails = null;
    assertThat(bench.jobs.status(List.of(open.id())).get(open.id()).state())
        .isEqualTo(JobState.QUEUED);
    assertThat(bench.record("1").token()).isEqualTo(open.token());
    assertThat(bench.record(open.token().value()).id()).hasToString("c:1");
  }

  @Test
  void whatTheSchedulerNeverGotIsFencedAfterADeadline() throws Exception {
    bench.scheduler.failBefore(new OutcomeUnknown(Token.random(), "timeout", null));
    assertThatThrownBy(this::submit).isInstanceOf(OutcomeUnknown.class);
    JobId id = bench.register.active().jobs().get(0).id();
    bench.pass(Reconciler.DEADLINE.minusSeconds(1));
    assertThat(bench.jobs.status(List.of(id)).get(id).state()).isEqualTo(JobState.QUEUED);
    bench.pass(Duration.ofSeconds(1));
    JobInfo end = bench.jobs.status(List.of(id)).get(id);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.cause()).isEqualTo(Cause.LAUNCH);
    Path claim = Path.of(bench.client.store().find(id).orElseThrow().jobFolder(), "claim");
    assertThat(claim).content().isEqualTo("-\n");
    assertThat(bench.scheduler.submitted).isEmpty();
  }

  // ---- a client that dies

  @Test
  void aClientThatDiedAfterTheSubmissionLosesNothing() throws IOException {
    bench.scheduler.failAfter(new ThreadDeath());
    assertThatThrownBy(this::submit).isInstanceOf(ThreadDeath.class);
    succeed();
    assertThat(bench.register.active().jobs()).isEmpty();
    bench.jobs.status(List.of());
    assertThat(bench.record("1").id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted).hasSize(1);
    succeed();
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
  }

  @Test
  void aClientThatDiedBeforeTheSubmissionLeavesNothingThatRuns() throws IOException {
    bench.scheduler.failBefore(new ThreadDeath());
    assertThatThrownBy(this::submit).isInstanceOf(ThreadDeath.class);
    succeed();
    bench.jobs.status(List.of());
    assertThat(bench.folders()).as("it may still come").hasSize(1);
    bench.pass(Reconciler.DEADLINE);
    bench.jobs.status(List.of());
    assertThat(bench.folders()).isEmpty();
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
    assertThat(bench.scheduler.submitted).isEmpty();
  }

  /** A client that lives for months must not keep the journals of all that died meanwhile. */
  @Test
  void aJournalThatWasTakenOverIsGivenBackWhenAllIsSettled() throws IOException {
    bench.scheduler.failAfter(new ThreadDeath());
    assertThatThrownBy(this::submit).isInstanceOf(ThreadDeath.class);
    succeed();
    bench.jobs.status(List.of());
    assertThat(bench.state.resolve("journal")).isEmptyDirectory();
  }

  @Test
  void oneInWhichSomethingIsOpenIsKept() throws IOException {
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    submit();
    succeed();
    bench.scheduler.failBefore(Rejected.noRoom("still full"));
    bench.jobs.status(List.of());
    assertThat(bench.state.resolve("journal")).isNotEmptyDirectory();
    bench.pass(Reconciler.BETWEEN_ATTEMPTS);
    bench.jobs.status(List.of());
    assertThat(bench.state.resolve("journal")).isEmptyDirectory();
    assertThat(bench.record("1").id()).hasToString("c:1");
  }

  @Test
  void aClientThatDiedWithoutAScriptSubmittedNothing() throws IOException {
    bench.scheduler.failBefore(new ThreadDeath());
    assertThatThrownBy(this::submit).isInstanceOf(ThreadDeath.class);
    Files.delete(bench.state.resolve("jobs").resolve(bench.folders().get(0)).resolve("script"));
    succeed();
    bench.jobs.status(List.of());
    assertThat(bench.folders()).isEmpty();
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
  }

  @Test
  void theClaimTellsWhoRunsWhereTheSchedulerCannotLook() throws IOException {
    bench.scheduler.failBefore(new ThreadDeath());
    assertThatThrownBy(this::submit).isInstanceOf(ThreadDeath.class);
    Path job = bench.state.resolve("jobs").resolve(bench.folders().get(0));
    Files.writeString(job.resolve("claim"), "4711\n");
    succeed();
    bench.jobs.status(List.of());
    assertThat(bench.record("4711").jobFolder()).isEqualTo(job.toString());
  }

  // ---- held jobs -----------------------------------------------------------------------------

  @Test
  void whatThereIsNoRoomForIsHeldAndSubmittedInOrder() throws IOException {
    bench.scheduler.failBefore(Rejected.noRoom("job submit limit"));
    HPCProcess first = submit();
    assertThat(first.info().state()).isEqualTo(JobState.QUEUED);
    assertThat(first.info().reason()).contains("held", "job submit limit");
    bench.scheduler.failBefore(Rejected.noRoom("job submit limit"));
    bench.pass(Duration.ofSeconds(6));
    HPCProcess second = submit();
    assertThat(bench.scheduler.submitted).isEmpty();
    assertThat(second.info().reason()).contains("behind");
    JobId held = first.id();
    bench.pass(Duration.ofSeconds(6));
    bench.jobs.round();
    assertThat(bench.scheduler.submitted).hasSize(2);
    assertThat(first.id()).hasToString("c:1");
    assertThat(second.id()).hasToString("c:2");
    assertThat(bench.client.store().find(held).orElseThrow().id()).hasToString("c:1");
  }

  @Test
  void aSchedulerMayCallAJobByItsToken() throws Exception {
    bench.scheduler.idsAreTokens = true;
    HPCProcess process = submit();
    NativeId id = process.id().nativeId();
    assertThat(id).hasToString(bench.record(id.value()).token().value());
    bench.scheduler.say(id, done(0));
    bench.jobs.round();
    assertThat(process.waitFor(Duration.ofSeconds(10)).orElseThrow().state())
        .isEqualTo(JobState.COMPLETED);
  }

  private static boolean isHeld(JournalEntry entry) {
    return entry instanceof JournalEntry.Outcome outcome
        && outcome.kind() == JournalEntry.Kind.HELD;
  }

  @Test
  void aHeldJobSurvivesThatItsNextTrialCannotBeWrittenDown() throws IOException {
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    HPCProcess held = submit();
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    bench.store.refuse(BackendJobsTest::isHeld);
    bench.pass(Duration.ofSeconds(6));
    bench.jobs.round();
    bench.pass(Duration.ofMinutes(10));
    bench.jobs.round();
    assertThat(bench.scheduler.submitted).as("nobody may tell what was held").isEmpty();
    assertThat(held.info().state()).isEqualTo(JobState.QUEUED);
    bench.store.refuse(entry -> false);
    bench.pass(Duration.ofSeconds(6));
    bench.jobs.round();
    bench.pass(Duration.ofSeconds(6));
    bench.jobs.round();
    assertThat(bench.scheduler.submitted).hasSize(1);
    assertThat(held.id()).hasToString("c:1");
  }

  @Test
  void whetherAJobIsHeldIsUnknownWhereThatCannotBeWrittenDown() {
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    bench.store.refuse(BackendJobsTest::isHeld);
    assertThatThrownBy(this::submit)
        .isInstanceOf(OutcomeUnknown.class)
        .hasMessageContainingAll("'job'", "kept for later", "the store is away");
  }

  @Test
  void heldJobsOutliveTheirClient() throws IOException {
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    JobId held = submit().id();
    succeed();
    bench.jobs.status(List.of(held));
    assertThat(bench.client.store().find(held)).contains(bench.record("1"));
    succeed();
    bench.jobs.status(List.of(held));
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void aClientThatDiesWhileItSubmitsWhatWasHeldDoublesNothing() throws IOException {
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    JobId held = submit().id();
    bench.scheduler.failAfter(new ThreadDeath());
    bench.pass(Duration.ofSeconds(6));
    assertThatThrownBy(() -> bench.jobs.status(List.of(held))).isInstanceOf(ThreadDeath.class);
    succeed();
    bench.jobs.status(List.of(held));
    assertThat(bench.scheduler.submitted).hasSize(1);
    assertThat(bench.client.store().find(held)).contains(bench.record("1"));
  }

  /** It was held for hours: what counts is how long ago the scheduler was asked. */
  @Test
  void aHeldJobThatTheSchedulerDoesNotTellOfAtOnceIsNotFencedOff() throws IOException {
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    JobId held = submit().id();
    bench.pass(Duration.ofHours(3));
    bench.scheduler.failAfter(new ThreadDeath());
    assertThatThrownBy(() -> bench.jobs.status(List.of(held))).isInstanceOf(ThreadDeath.class);
    Map<Token, NativeId> listed = Map.copyOf(bench.scheduler.byToken);
    bench.scheduler.byToken.clear();
    succeed();
    bench.pass(Reconciler.DEADLINE.minusSeconds(1));
    assertThat(bench.jobs.status(List.of(held)).get(held).state()).isEqualTo(JobState.QUEUED);
    bench.scheduler.byToken.putAll(listed);
    bench.jobs.status(List.of(held));
    assertThat(bench.record("1").id()).hasToString("c:1");
    assertThat(bench.client.store().find(held)).contains(bench.record("1"));
  }

  @Test
  void soIsAPartOfAnArrayWhoseFirstPartsTookLong() throws IOException {
    bench.scheduler.largestIndex = 0;
    bench.store.refuse(entry -> {
      bench.pass(entry instanceof JournalEntry.Outcome ? Duration.ofHours(1) : Duration.ZERO);
      return false;
    });
    bench.scheduler.pass();
    bench.scheduler.failAfter(new ThreadDeath());
    JobSpec array = Bench.job().toBuilder().array(ArrayRange.of(1, 2)).build();
    assertThatThrownBy(() -> bench.jobs.submit(array)).isInstanceOf(ThreadDeath.class);
    succeed();
    bench.jobs.status(List.of());
    Path job = bench.state.resolve("jobs").resolve(bench.folders().get(0));
    assertThat(job.resolve("claim.2")).doesNotExist();
    bench.pass(Reconciler.DEADLINE);
    bench.jobs.status(List.of());
    assertThat(job.resolve("claim.2")).hasContent("-");
  }

  @Test
  void heldJobsKeepTheirOrderWhateverWasTried() {
    for (String name : List.of("first", "second")) {
      bench.scheduler.failBefore(Rejected.noRoom("full"));
      bench.jobs.submit(JobSpec.builder(name).command("true").build());
      bench.pass(Duration.ofSeconds(1));
    }
    bench.pass(Reconciler.BETWEEN_ATTEMPTS);
    bench.scheduler.failBefore(Rejected.noRoom("still full"));
    bench.jobs.status(List.of());
    bench.pass(Reconciler.BETWEEN_ATTEMPTS);
    bench.jobs.status(List.of());
    assertThat(bench.scheduler.submitted)
        .extracting(request -> request.spec().name())
        .containsExactly("first", "second");
  }

  @Test
  void aHeldJobThatIsCancelledIsNeverSubmitted() throws Exception {
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    HPCProcess held = submit();
    bench.scheduler.failBefore(Rejected.noRoom("still full"));
    held.cancel();
    bench.pass(Duration.ofSeconds(6));
    bench.jobs.round();
    assertThat(held.waitFor(Duration.ofSeconds(10)).orElseThrow().state())
        .isEqualTo(JobState.CANCELLED);
    assertThat(bench.scheduler.submitted).isEmpty();
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
  }

  @Test
  void whatWaitsForAHeldJobIsHeldToo() {
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    HPCProcess parent = submit();
    HPCProcess child = bench.jobs.submit(
        Bench.job().toBuilder().dependsOn(Dependency.afterOk(parent.id())).build());
    bench.pass(Duration.ofSeconds(6));
    bench.jobs.round();
    assertThat(bench.scheduler.submitted).hasSize(2);
    assertThat(bench.scheduler.submitted.get(1).spec().dependencies())
        .containsExactly(Dependency.afterOk(JobId.parse("c:1")));
    assertThat(child.id()).hasToString("c:2");
  }

  @Test
  void aDependencyThatNobodyKnowsIsRefused() throws IOException {
    JobSpec orphan = Bench.job().toBuilder()
        .dependsOn(Dependency.afterOk(JobId.parse("c:99")))
        .build();
    assertThatThrownBy(() -> bench.jobs.submit(orphan))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("c:99");
    assertThat(bench.folders()).isEmpty();
  }

  private JobSpec after(Dependency.Kind kind, String id) {
    return Bench.job().toBuilder()
        .dependsOn(new Dependency(kind, JobId.parse(id)))
        .build();
  }

  /** A scheduler forgets soon, and Slurm starts at once what waits for an id that it forgot. */
  @Test
  void whatHasEndedIsNotLeftToTheSchedulerToWaitFor() {
    JobId parent = submit().id();
    bench.scheduler.say(parent.nativeId(), done(0));
    for (Dependency.Kind kind : List.of(Dependency.Kind.AFTEROK, Dependency.Kind.AFTERANY)) {
      HPCProcess child = bench.jobs.submit(after(kind, "c:1"));
      assertThat(child.info().state()).isEqualTo(JobState.QUEUED);
    }
    assertThat(bench.scheduler.submitted)
        .hasSize(3)
        .allSatisfy(request -> assertThat(request.spec().dependencies()).isEmpty());
  }

  @Test
  void whatCanNeverComeTrueIsNotSubmitted() throws IOException {
    JobId parent = submit().id();
    bench.scheduler.say(parent.nativeId(), done(0));
    HPCProcess child = bench.jobs.submit(after(Dependency.Kind.AFTERNOTOK, "c:1"));
    assertThat(child.info().state()).isEqualTo(JobState.FAILED);
    assertThat(child.info().cause()).isEqualTo(Cause.DEPENDENCY);
    assertThat(child.info().reason()).contains("afternotok:c:1", "completed");
    assertThat(bench.scheduler.submitted).hasSize(1);
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
    succeed();
    assertThat(bench.jobs.status(List.of(child.id())).get(child.id()).state())
        .isEqualTo(JobState.FAILED);
  }

  @Test
  void aParentOfAnotherUserIsJudgedByWhatTheSchedulerTells() {
    NativeId theirs = NativeId.of("77");
    bench.scheduler.say(theirs, JobState.RUNNING);
    bench.jobs.submit(after(Dependency.Kind.AFTEROK, "c:77"));
    assertThat(bench.scheduler.submitted.get(0).spec().dependencies()).hasSize(1);
    bench.scheduler.say(theirs, done(1));
    HPCProcess child = bench.jobs.submit(after(Dependency.Kind.AFTEROK, "c:77"));
    assertThat(child.info().cause()).isEqualTo(Cause.DEPENDENCY);
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void aParentThatTheSchedulerDeniesIsNoCondition() throws IOException {
    JobId parent = submit().id();
    bench.scheduler.answers.clear();
    assertThatThrownBy(() -> bench.jobs.submit(after(Dependency.Kind.AFTEROK, parent.toString())))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining(parent.toString())
        .hasMessageContaining("no job 1");
    assertThat(bench.scheduler.submitted).hasSize(1);
    assertThat(bench.folders()).hasSize(1);
  }

  @Test
  void whatIsHeldBehindAFailedParentEndsUnsubmitted() throws Exception {
    JobId parent = submit().id();
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    HPCProcess child = bench.jobs.submit(after(Dependency.Kind.AFTEROK, parent.toString()));
    bench.scheduler.say(parent.nativeId(), done(1));
    bench.pass(Duration.ofSeconds(6));
    bench.jobs.round();
    assertThat(child.waitFor(Duration.ofSeconds(10)).orElseThrow().cause())
        .isEqualTo(Cause.DEPENDENCY);
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void theScriptOfAHeldJobNamesItsParentAsTheSchedulerDoes() throws IOException {
    JobId parent = submit().id();
    bench.scheduler.failBefore(Rejected.noRoom("full"));
    HPCProcess child = bench.jobs.submit(after(Dependency.Kind.AFTEROK, parent.toString()));
    bench.scheduler.say(parent.nativeId(), done(0));
    bench.pass(Duration.ofSeconds(6));
    bench.jobs.round();
    assertThat(bench.scheduler.submitted.get(1).spec().dependencies()).isEmpty();
    assertThat(child.id()).hasToString("c:2");
  }

  // ---- ids that are used again

  @Test
  void anotherJobUnderTheSameIdSaysNothing() throws IOException {
    HPCProcess process = submit();
    Token stranger = Token.random();
    bench.scheduler.answers.put(process.id().nativeId(), new Observation.Seen(done(0), stranger));
    bench.jobs.round();
    assertThat(process.info().state()).isEqualTo(JobState.UNKNOWN);
    assertThat(process.info().reason()).contains(stranger.value());
    Token own = bench.record("1").token();
    bench.scheduler.answers.put(process.id().nativeId(), new Observation.Seen(done(0), own));
    bench.jobs.round();
    assertThat(process.info().state()).isEqualTo(JobState.COMPLETED);
  }

  // ---- arrays --------------------------------------------------------------------------------

  @Test
  void anArrayThatIsTooLargeIsSplit() throws Exception {
    bench.scheduler.largestIndex = 4;
    HPCProcess array = bench.jobs.submit(
        Bench.job().toBuilder().array(ArrayRange.parse("10-21%3")).build());
    assertThat(bench.scheduler.submitted)
        .extracting(request -> String.valueOf(request.array()))
        .containsExactly("0-4%1", "0-4%1", "0-1%1");
    assertThat(array.id()).hasToString("c:1");
    assertThat(array.elements()).hasSize(12);
    bench.scheduler.answers.put(NativeId.of("1"), new Observation.SeenArray(Map.of(2, done(0))));
    bench.scheduler.answers.put(NativeId.of("3"), new Observation.SeenArray(Map.of(1, done(3))));
    bench.jobs.round();
    assertThat(array.elements().get(2).info().state()).isEqualTo(JobState.COMPLETED);
    assertThat(array.elements().get(11).info().exitCode()).isEqualTo(3);
    assertThat(array.info().state()).isEqualTo(JobState.RUNNING);
    array.elements().get(6).cancel();
    assertThat(bench.scheduler.cancelled).containsExactly(NativeId.of("2").element(1));
  }

  /** Slurm forgets an element that is cancelled while it waits, at once and without a trace. */
  @Test
  void anElementThatLeftTheArrayBeforeItBeganWasCancelled() {
    HPCProcess array =
        bench.jobs.submit(Bench.job().toBuilder().array(ArrayRange.of(1, 3)).build());
    JobInfo waits = JobInfo.builder(JobState.QUEUED).build();
    NativeId id = array.id().nativeId();
    bench.scheduler.answers.put(id, new Observation.SeenArray(Map.of(3, waits)));
    bench.pass(Duration.ofHours(1));
    bench.jobs.round();
    bench.pass(Duration.ofHours(1));
    bench.jobs.round();
    assertThat(array.elements().get(0).info().state()).isEqualTo(JobState.QUEUED);
    bench.scheduler.answers.put(id, new Observation.SeenArray(Map.of(3, waits), null, true));
    bench.jobs.round();
    assertThat(array.elements().get(0).info().state()).isEqualTo(JobState.QUEUED);
    bench.pass(Duration.ofSeconds(31));
    bench.jobs.round();
    assertThat(array.elements().get(0).info().state()).isEqualTo(JobState.CANCELLED);
    assertThat(array.elements().get(2).info().state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void anElementThatBeganAndIsGoneIsNotCancelled() throws IOException {
    HPCProcess array =
        bench.jobs.submit(Bench.job().toBuilder().array(ArrayRange.of(1, 2)).build());
    Path job = Path.of(bench.record("1").jobFolder());
    Files.writeString(job.resolve("announced.1"), "v1");
    JobInfo waits = JobInfo.builder(JobState.QUEUED).build();
    bench.scheduler.answers.put(
        array.id().nativeId(), new Observation.SeenArray(Map.of(2, waits), null, true));
    bench.jobs.round();
    bench.pass(Duration.ofMinutes(2));
    bench.jobs.round();
    assertThat(array.elements().get(0).info().state()).isEqualTo(JobState.QUEUED);
    bench.pass(Duration.ofMinutes(4));
    bench.jobs.round();
    assertThat(array.elements().get(0).info().state()).isEqualTo(JobState.LOST);
  }

  /** Some schedulers tell of what they killed at its start as of what completed. */
  @Test
  void anElementThatWasCancelledAndLeftNoRecordDidNotComplete() throws IOException {
    HPCProcess array =
        bench.jobs.submit(Bench.job().toBuilder().array(ArrayRange.of(1, 2)).build());
    array.elements().get(0).cancel();
    assertThat(Path.of(bench.record("1").jobFolder(), "cancelled.1")).exists();
    bench.scheduler.answers.put(
        array.id().nativeId(), new Observation.SeenArray(Map.of(1, done(0), 2, done(0))));
    bench.jobs.round();
    assertThat(array.elements().get(0).info().state()).isEqualTo(JobState.QUEUED);
    assertThat(array.elements().get(1).info().state()).isEqualTo(JobState.COMPLETED);
    bench.pass(Judge.GRACE);
    bench.jobs.round();
    assertThat(array.elements().get(0).info().state()).isEqualTo(JobState.CANCELLED);
    assertThat(array.info().state()).isEqualTo(JobState.CANCELLED);
  }

  private static JobInfo done(int status) {
    JobInfo.Builder info = JobInfo.builder(JobState.COMPLETED).exitCode(status);
    return status == 0 ? info.build() : info.failed(Cause.EXIT_CODE).build();
  }

  @Test
  void anArrayOfWhichAPartIsRejectedLeavesNothing() throws IOException {
    bench.scheduler.largestIndex = 4;
    bench.scheduler.pass();
    bench.scheduler.failBefore(new Rejected("not this one"));
    JobSpec spec = Bench.job().toBuilder().array(ArrayRange.of(0, 9)).build();
    assertThatThrownBy(() -> bench.jobs.submit(spec)).isInstanceOf(Rejected.class);
    assertThat(bench.scheduler.cancelled).containsExactly(NativeId.of("1"));
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
  }

  private static final int MANY = 100_000;

  private HPCProcess submitMany() {
    return bench.jobs.submit(
        Bench.job().toBuilder().array(ArrayRange.of(1, MANY)).build());
  }

  /** The first elements have ended; the others wait. */
  private void sayEnded(int ended) {
    Map<Integer, JobInfo> elements = new TreeMap<>();
    for (int i = 1; i <= MANY; i++) {
      JobInfo info = i > ended ? JobInfo.builder(JobState.QUEUED).build() : done(0);
      elements.put(i, info.toBuilder().reason(i > ended ? "Priority" : null).build());
    }
    bench.scheduler.answers.put(NativeId.of("1"), new Observation.SeenArray(elements));
  }

  private long written() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(bench.state.resolve("records"))) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(each);
      }
    }
    return bytes;
  }

  @Test
  void ofALargeArrayOnlyWhatMovesIsWritten() throws Exception {
    HPCProcess array = submitMany();
    assertThat(written()).as("of elements that nobody saw").isLessThan(1000);
    sayEnded(0);
    bench.jobs.round();
    assertThat(written()).as("of elements that wait").isLessThan(1500);
    for (int ended = 10; ended <= 100; ended += 10) {
      long before = written();
      sayEnded(ended);
      bench.pass(Duration.ofSeconds(2));
      bench.jobs.round();
      assertThat(written() - before).as("of ten that ended").isBetween(10L, 1000L);
    }
    assertThat(array.info().reason()).isEqualTo("100 of 100000 ended: 100 completed");
    assertThat(array.elements().get(99).info().state()).isEqualTo(JobState.COMPLETED);
    assertThat(array.elements().get(100).info().reason()).isEqualTo("Priority");
  }

  @Test
  void whatOneClientSawOfElementsAnotherReads() throws Exception {
    JobId id = submitMany().id();
    sayEnded(7);
    bench.jobs.status(List.of(id));
    sayEnded(9);
    bench.jobs.status(List.of(id));
    bench.scheduler.queryFails = new IllegalStateException("down");
    try (Bench next = bench.successor()) {
      KnownJob known = next.register.find(id).orElseThrow();
      assertThat(known.elements()).hasSize(MANY);
      assertThat(known.elements().get(9).state()).isEqualTo(JobState.COMPLETED);
      assertThat(next.jobs.attach(id.element(8)).info().state()).isEqualTo(JobState.COMPLETED);
      assertThat(next.jobs.attach(id.element(10)).info().state()).isEqualTo(JobState.QUEUED);
    }
  }

  @Test
  void ofAnArrayThatIsDeniedTheEvidenceCountsAndTheRestIsLost() throws Exception {
    HPCProcess array = submitMany();
    sayEnded(3);
    bench.jobs.round();
    JobRecord record = bench.record("1");
    Files.writeString(Path.of(record.jobFolder(), "exit.5"), """
        v=1
        token=%s
        native=1
        index=5
        attempt=1
        status=4
        end
        """.formatted(record.token()));
    bench.scheduler.answers.clear();
    bench.jobs.round();
    assertThat(array.info().state()).isEqualTo(JobState.UNKNOWN);
    assertThat(array.elements().get(4).info().exitCode()).isEqualTo(4);
    bench.pass(Judge.LOST_AFTER);
    bench.jobs.round();
    assertThat(array.elements().get(2).info().state()).isEqualTo(JobState.COMPLETED);
    assertThat(array.elements().get(5).info().state()).isEqualTo(JobState.LOST);
    assertThat(array.waitFor().reason())
        .isEqualTo("100000 of 100000 ended: 3 completed, 1 failed, 99996 lost");
    assertThat(written()).isLessThan(5000);
  }

  @Test
  void anElementThatIsToldAsLostIsCorrectedOnce() throws Exception {
    JobId id = submitMany().id();
    sayEnded(3);
    bench.jobs.status(List.of(id));
    bench.scheduler.answers.clear();
    bench.jobs.status(List.of(id));
    bench.pass(Judge.LOST_AFTER);
    bench.jobs.status(List.of(id));
    sayEnded(4);
    JobId fourth = id.element(4);
    assertThat(bench.jobs.status(List.of(fourth)).get(fourth).state())
        .isEqualTo(JobState.COMPLETED);
    bench.scheduler.answers.put(
        NativeId.of("1"), new Observation.SeenArray(Map.of(4, done(3), 3, done(3))));
    Map<JobId, JobInfo> later = bench.jobs.status(List.of(fourth, id.element(3)));
    assertThat(later.values()).extracting(JobInfo::state).containsOnly(JobState.COMPLETED);
  }

  // ---- the end -------------------------------------------------------------------------------

  @Test
  void theEndIsToldOnceOffTheMonitorsThread() throws Exception {
    HPCProcess process = submit();
    CompletableFuture<String> told = new CompletableFuture<>();
    CompletableFuture<Void> heard =
        process.onExit().thenAccept(info -> told.complete(Thread.currentThread().getName()));
    CompletableFuture<Void> failing = process.onExit().thenAccept(info -> {
      throw new IllegalStateException("a callback of the user's");
    });
    bench.scheduler.say(NativeId.of("1"), JobState.RUNNING);
    bench.jobs.round();
    assertThat(process.info().state()).isEqualTo(JobState.RUNNING);
    assertThat(told).isNotDone();
    bench.scheduler.say(NativeId.of("1"), done(0));
    bench.jobs.round();
    assertThat(told.get(10, TimeUnit.SECONDS)).startsWith("hpc-callback");
    heard.get(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> failing.get(10, TimeUnit.SECONDS))
        .hasRootCauseMessage("a callback of the user's");
    assertThat(bench.jobs.followed()).isZero();
    bench.scheduler.say(NativeId.of("1"), JobState.RUNNING);
    assertThat(bench.jobs.status(List.of(process.id())).get(process.id()).state())
        .as("an end stays")
        .isEqualTo(JobState.COMPLETED);
  }

  @Test
  void aQueryThatFailsSaysNothingAboutJobs() throws Exception {
    HPCProcess process = submit();
    bench.scheduler.queryFails = new IllegalStateException("bug");
    for (int i = 0; i < 20; i++) {
      bench.pass(Duration.ofMinutes(10));
      bench.jobs.round();
    }
    assertThat(process.info().state()).isEqualTo(JobState.UNKNOWN);
    assertThat(process.info().reason()).contains("bug");
    assertThat(process.onExit()).isNotDone();
    bench.scheduler.queryFails = null;
    bench.scheduler.say(NativeId.of("1"), done(0));
    bench.jobs.round();
    assertThat(process.waitFor().state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void whatNobodyKnowsIsLostAfterADeadlineAndMayBeCorrectedOnce() throws Exception {
    HPCProcess process = submit();
    bench.scheduler.answers.clear();
    bench.jobs.round();
    assertThat(process.info().state()).isEqualTo(JobState.UNKNOWN);
    bench.pass(Judge.LOST_AFTER);
    bench.jobs.round();
    assertThat(process.waitFor().state()).isEqualTo(JobState.LOST);
    assertThat(process.waitFor().reason()).contains("no job 1");
    bench.scheduler.say(NativeId.of("1"), done(0));
    assertThat(bench.jobs.status(List.of(process.id())).get(process.id()).state())
        .isEqualTo(JobState.COMPLETED);
  }

  @Test
  void whatWasForgottenAfterItsEndWasAskedForIsCancelled() throws Exception {
    HPCProcess process = submit();
    process.cancel();
    bench.scheduler.answers.clear();
    bench.jobs.round();
    assertThat(process.info().state()).isEqualTo(JobState.UNKNOWN);
    bench.pass(Judge.GRACE);
    bench.jobs.round();
    assertThat(process.waitFor().state()).isEqualTo(JobState.CANCELLED);
    assertThat(process.waitFor().reason()).contains("no job 1", "its end had been asked for");
  }

  @Test
  void anEndThatAnotherClientSawIsToldInPlaceOfADoubt() throws Exception {
    HPCProcess process = submit();
    bench.scheduler.answers.clear();
    bench.scheduler.meanwhile.add(() -> {
      try {
        JobRecord record = bench.record("c:1");
        bench.store.jobs().save(WholeJob.of(record.observe(done(0), bench.now.get())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    bench.jobs.round();
    assertThat(process.waitFor().state()).isEqualTo(JobState.COMPLETED);
    assertThat(process.info().state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void whereNotAllCouldBeAskedNothingIsLostAndARecordCounts() throws Exception {
    HPCProcess process = submit();
    bench.scheduler.answers.put(
        NativeId.of("1"), Observation.notListed("the accounts do not answer"));
    for (int i = 0; i < 3; i++) {
      bench.pass(Judge.LOST_AFTER);
      bench.jobs.round();
      assertThat(process.info().state()).isEqualTo(JobState.UNKNOWN);
      assertThat(process.info().reason()).contains("the accounts do not answer");
    }
    exit("status=0", "end\n");
    bench.jobs.round();
    assertThat(process.waitFor().state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void whatNoSchedulerTellsWasReservedAsItWasAskedFor() throws Exception {
    Resources asked =
        Resources.builder().tasks(3).cpusPerTask(2).memoryPerNode(1L << 30).build();
    HPCProcess job = bench.jobs.submit(Bench.job().toBuilder().resources(asked).build());
    HPCProcess array = bench.jobs.submit(
        Bench.job().toBuilder().resources(asked).array(ArrayRange.of(4, 5)).build());
    succeed(); // the record is all that is left of the client
    JobInfo end = JobInfo.builder(JobState.COMPLETED)
        .started(Bench.START)
        .ended(Bench.START.plusSeconds(9))
        .wallTime(Duration.ofSeconds(9))
        .build();
    bench.scheduler.say(NativeId.of("1"), end.toBuilder().allocatedCpus(8).build());
    JobInfo told = bench.jobs.status(List.of(job.id())).get(job.id());
    assertThat(told.allocatedCpus()).isEqualTo(8);
    assertThat(told.allocatedMemory()).isEqualTo(1L << 30);
    bench.scheduler.answers.put(
        NativeId.of("2"), new Observation.SeenArray(Map.of(4, end, 5, end), null, true));
    JobInfo element =
        bench.jobs.status(List.of(array.id().element(5))).get(array.id().element(5));
    assertThat(element.allocatedCpus()).isEqualTo(6);
    assertThat(element.allocatedMemory()).isEqualTo(1L << 30);
    assertThat(bench.register.find(array.id()).orElseThrow().elements().get(4).allocatedCpus())
        .isEqualTo(6);
  }

  @Test
  void theRecordTellsWhatASchedulerDidNotMeasure() throws Exception {
    HPCProcess process = submit();
    exit("status=0\ncpu_ms=1500\npeak_kb=2048", "end\n");
    JobInfo end = JobInfo.builder(JobState.COMPLETED)
        .exitCode(0)
        .started(Bench.START)
        .wallTime(Duration.ofSeconds(9))
        .build();
    bench.scheduler.say(NativeId.of("1"), end);
    bench.jobs.round();
    assertThat(process.waitFor().cpuTime()).isEqualTo(Duration.ofMillis(1500));
    assertThat(process.waitFor().peakMemory()).isEqualTo(2048L << 10);
    assertThat(process.waitFor().wallTime()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void theDeadlineOfALossRunsOnThroughShortClients() throws IOException {
    JobId id = submit().id();
    bench.scheduler.answers.clear();
    bench.jobs.status(List.of(id));
    succeed();
    bench.pass(Judge.LOST_AFTER);
    assertThat(bench.jobs.status(List.of(id)).get(id).state()).isEqualTo(JobState.LOST);
  }

  @Test
  void aCancelWaitsForEndsThatTakeAWhile() throws IOException {
    JobId id = submit().id();
    succeed();
    bench.scheduler.patience = Duration.ofMinutes(1);
    bench.scheduler.meanwhile.add(() -> {});
    bench.scheduler.meanwhile.add(() -> bench.scheduler.say(NativeId.of("1"), JobState.CANCELLED));
    bench.jobs.cancel(List.of(id));
    assertThat(bench.record("1").last().info().state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void aCancelWaitsForNoEndForEver() throws IOException {
    JobId id = submit().id();
    succeed();
    bench.scheduler.patience = Duration.ofMillis(250);
    bench.jobs.cancel(List.of(id));
    assertThat(bench.scheduler.queries).hasValueGreaterThan(1);
    assertThat(bench.record("1").isFinal()).isFalse();
  }

  @Test
  void whatASignalEndsAfterTheWishWasCancelled() throws Exception {
    HPCProcess asked = submit();
    HPCProcess other = submit();
    asked.cancel();
    JobInfo killed =
        JobInfo.builder(JobState.FAILED).failed(Cause.SIGNAL).signal(15).build();
    bench.scheduler.say(NativeId.of("1"), killed);
    bench.scheduler.say(NativeId.of("2"), killed);
    bench.jobs.round();
    assertThat(asked.waitFor().state()).isEqualTo(JobState.CANCELLED);
    assertThat(asked.waitFor().signal()).isEqualTo(15);
    assertThat(other.waitFor().state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void whatEndedByItselfBeforeTheSignalCameWasNotCancelled() throws Exception {
    HPCProcess process = submit();
    process.cancel();
    bench.scheduler.say(NativeId.of("1"), done(3));
    bench.jobs.round();
    assertThat(process.waitFor().cause()).isEqualTo(Cause.EXIT_CODE);
  }

  @Test
  void whatWasKilledBeforeItsOwnRecordDidNotComplete() throws Exception {
    HPCProcess process = submit();
    process.cancel();
    bench.scheduler.say(NativeId.of("1"), done(0));
    bench.jobs.round();
    assertThat(process.info().state()).as("the record may come late").isEqualTo(JobState.UNKNOWN);
    bench.pass(Judge.GRACE);
    bench.jobs.round();
    assertThat(process.waitFor().state()).isEqualTo(JobState.CANCELLED);
    assertThat(process.waitFor().exitCode()).isNull();
  }

  @Test
  void whatCompletedBeforeTheSignalCameWasNotCancelled() throws Exception {
    HPCProcess process = submit();
    process.cancel();
    exit("status=0", "end\n");
    bench.scheduler.say(NativeId.of("1"), done(0));
    bench.jobs.round();
    assertThat(process.waitFor().state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void theExitRecordIsEvidenceWhereTheSchedulerForgot() throws Exception {
    HPCProcess process = submit();
    bench.scheduler.answers.clear();
    exit("status=7", "");
    bench.jobs.round();
    assertThat(process.info().state()).as("half a record is none").isEqualTo(JobState.UNKNOWN);
    exit("status=7", "end\n");
    bench.jobs.round();
    assertThat(process.waitFor().exitCode()).isEqualTo(7);
    assertThat(process.waitFor().cause()).isEqualTo(Cause.EXIT_CODE);
  }

  private void exit(String status, String mark) throws IOException {
    JobRecord record = bench.record("1");
    Files.writeString(
        Path.of(record.jobFolder(), "exit"),
        "v=1\ntoken=" + record.token() + "\nnative=1\nindex=-\nattempt=1\n" + status
            + "\nsignal=-\ncause=-\n" + mark);
  }

  @Test
  void anEndThatMayBeTakenBackIsWatchedForAWhile() throws Exception {
    HPCProcess process = submit();
    JobInfo gone = JobInfo.builder(JobState.FAILED)
        .failed(Cause.NODE_FAIL)
        .ended(bench.now.get())
        .build();
    bench.scheduler.say(NativeId.of("1"), gone);
    bench.jobs.round();
    assertThat(process.onExit()).isNotDone();
    bench.scheduler.say(
        NativeId.of("1"), JobInfo.builder(JobState.RUNNING).attempt(2).build());
    bench.pass(Judge.GRACE.multipliedBy(2));
    bench.jobs.round();
    assertThat(process.info().attempt()).isEqualTo(2);
    bench.scheduler.say(
        NativeId.of("1"), gone.toBuilder().attempt(2).ended(bench.now.get()).build());
    bench.jobs.round();
    bench.pass(Judge.GRACE);
    bench.jobs.round();
    assertThat(process.waitFor().cause()).isEqualTo(Cause.NODE_FAIL);
  }

  @Test
  void oneQueryServesAllJobs() {
    for (int i = 0; i < 100; i++) {
      submit();
    }
    bench.scheduler.queries.set(0);
    bench.jobs.round();
    assertThat(bench.scheduler.queries).hasValue(1);
    assertThat(bench.jobs.followed()).isEqualTo(100);
  }

  @Test
  void aDamagedRecordHarmsNoOther() throws IOException {
    JobId good = submit().id();
    JobId bad = submit().id();
    String token = bench.record("2").token().value();
    Files.writeString(
        bench.state.resolve("records").resolve(token.substring(0, 2)).resolve(token + ".json"),
        "{");
    Map<JobId, JobInfo> told = bench.jobs.status(List.of(good, bad));
    assertThat(told.get(good).state()).isEqualTo(JobState.QUEUED);
    assertThat(told.get(bad).state()).isEqualTo(JobState.UNKNOWN);
    assertThat(told.get(bad).reason()).contains("damaged", token);
    assertThat(bench.register.active().jobs()).hasSize(1);
    assertThat(bench.register.active().damaged()).singleElement().asString().contains(token);
  }

  // ---- the scheduler's list --------------------------------------------------------------------

  private static QueueReporter.Entry listed(NativeId id, String name) {
    return new QueueReporter.Entry(
        id, name, "me", JobState.RUNNING, "R", "workq", "why", Bench.START, Bench.START, 2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void jobsOfOursAreListedByTheNamesTheyWereGiven(boolean mine) {
    JobSpec spec = Bench.job().toBuilder().name("2 names").build();
    NativeId ours = bench.jobs.submit(spec).id().nativeId();
    NativeId others = NativeId.of("77");
    List<QueueReporter.Entry> queue =
        List.of(listed(others, "theirs"), listed(ours, "j2_names"), listed(ours.element(3), "j2"));
    assertThat(bench.jobs.named(queue, mine))
        .containsExactly(
            listed(others, "theirs"), listed(ours, "2 names"), listed(ours.element(3), "2 names"));
  }

  @Test
  void anIdThatIsGivenAgainIsAnotherJob() {
    JobId id = submit().id();
    bench.scheduler.say(id.nativeId(), done(0));
    bench.jobs.status(List.of(id));
    List<QueueReporter.Entry> queue = List.of(listed(id.nativeId(), "new"));
    assertThat(bench.jobs.named(queue, true)).isEqualTo(queue);
  }

  @Test
  void aDamagedRecordLeavesTheSchedulersName() throws IOException {
    NativeId id = submit().id().nativeId();
    String token = bench.record(id.value()).token().value();
    Files.writeString(
        bench.state.resolve("records").resolve(token.substring(0, 2)).resolve(token + ".json"),
        "{");
    List<QueueReporter.Entry> queue = List.of(listed(id, "theirs"));
    assertThat(bench.jobs.named(queue, true)).isEqualTo(queue);
    assertThat(bench.jobs.named(queue, false)).isEqualTo(queue);
  }

  // ---- attaching, forgetting -------------------------------------------------------------------

  @Test
  void aJobOfOthersCanBeFollowed() throws Exception {
    bench.scheduler.say(NativeId.of("77"), JobState.RUNNING);
    HPCProcess process = bench.jobs.attach(JobId.parse("c:77"));
    assertThat(process.info().state()).isEqualTo(JobState.RUNNING);
    bench.scheduler.say(NativeId.of("77"), done(0));
    bench.jobs.round();
    assertThat(process.waitFor().state()).isEqualTo(JobState.COMPLETED);
    assertThat(bench.register.find(process.id())).isEmpty();
    assertThatThrownBy(() -> bench.jobs.attach(JobId.parse("c:78")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("no job 78");
    assertThatThrownBy(() -> bench.jobs.attach(JobId.parse("d:77"))).isInstanceOf(InvalidJob.class);
  }

  @Test
  void aJobOfOthersThatWasAskedToEndWasCancelled() throws Exception {
    bench.scheduler.say(NativeId.of("77"), JobState.RUNNING);
    HPCProcess process = bench.jobs.attach(JobId.parse("c:77"));
    process.cancel();
    assertThat(bench.scheduler.cancelled).containsExactly(NativeId.of("77"));
    bench.scheduler.say(NativeId.of("77"), JobState.FAILED);
    bench.jobs.round();
    assertThat(process.waitFor().state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void whatNobodyKnowsHasNoStatus() {
    JobId none = JobId.parse("c:5");
    assertThat(bench.jobs.status(List.of(none))).isEmpty();
    bench.scheduler.queryFails = new BackendUnavailable("down");
    assertThat(bench.jobs.status(List.of(none)).get(none).state()).isEqualTo(JobState.UNKNOWN);
  }

  @Test
  void onlyWhatHasEndedIsCleaned() throws IOException {
    JobId id = submit().id();
    assertThatThrownBy(() -> bench.jobs.clean(id)).isInstanceOf(InvalidJob.class);
    bench.scheduler.say(NativeId.of("1"), done(0));
    bench.jobs.status(List.of(id));
    bench.scheduler.forgetFails = new Rejected("it runs");
    assertThatThrownBy(() -> bench.jobs.clean(id)).hasMessage("it runs");
    bench.scheduler.forgetFails = new IllegalStateException("a bug");
    assertThatThrownBy(() -> bench.jobs.clean(id)).isInstanceOf(BackendUnavailable.class);
    assertThat(bench.folders()).hasSize(1);
    assertThat(bench.register.find(id)).isPresent();
    bench.scheduler.forgetFails = null;
    bench.jobs.clean(id);
    assertThat(bench.scheduler.forgotten).containsExactly(NativeId.of("1"));
    assertThat(bench.folders()).isEmpty();
    assertThat(bench.register.find(id)).isEmpty();
  }

  @Test
  void thoseWhoWaitAreToldThatTheRuntimeIsClosed() {
    HPCProcess process = submit();
    bench.jobs.close();
    assertThatThrownBy(process::waitFor)
        .isInstanceOf(IllegalStateException.class)
        .hasStackTraceContaining("goes on");
  }
}
