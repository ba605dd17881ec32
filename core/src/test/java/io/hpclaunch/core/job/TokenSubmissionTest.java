// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Submissions under a token of the caller's: repeated, interrupted, and by two clients. */
class TokenSubmissionTest {
  @TempDir
  private Path folder;

  private final Token token = Token.random();
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
    return bench.jobs.submit(Bench.job(), token);
  }

  private void succeed() throws IOException {
    bench = bench.successor();
  }

  @Test
  void theTokenIsTheJobs() throws IOException {
    assertThat(submit().id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted.get(0).token()).isEqualTo(token);
    assertThat(bench.record("1").token()).isEqualTo(token);
    assertThat(bench.folders()).containsExactly(token.value());
  }

  @Test
  void aSecondSubmissionIsTheSameJobWhateverBecameOfIt() throws Exception {
    HPCProcess first = submit();
    assertThat(submit().id()).isEqualTo(first.id());
    succeed();
    assertThat(submit().id()).isEqualTo(first.id());
    bench.scheduler.say(first.id().nativeId(), JobState.COMPLETED);
    bench.jobs.round();
    assertThat(submit().info().state()).isEqualTo(JobState.COMPLETED);
    succeed();
    assertThat(submit().info().state()).isEqualTo(JobState.COMPLETED);
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void whatWasRejectedMayBeSubmittedAgain() {
    bench.scheduler.failBefore(new Rejected("no such account"));
    assertThatThrownBy(this::submit).isInstanceOf(Rejected.class);
    assertThat(bench.jobs.find(token)).isEmpty();
    assertThat(submit().id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void aClientThatDiedAfterTheSubmissionIsFollowedByOneThatFindsTheJob() throws IOException {
    bench.scheduler.failAfter(new ThreadDeath());
    assertThatThrownBy(this::submit).isInstanceOf(ThreadDeath.class);
    succeed();
    assertThat(bench.jobs.find(token)).map(HPCProcess::id).hasToString("Optional[c:1]");
    assertThat(submit().id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void aClientThatDiedBeforeTheSubmissionIsFollowedByOneThatWaitsAndThenSubmits()
      throws IOException {
    bench.scheduler.failBefore(new ThreadDeath());
    assertThatThrownBy(this::submit).isInstanceOf(ThreadDeath.class);
    succeed();
    assertThat(bench.jobs.find(token)).isEmpty();
    assertThatThrownBy(this::submit)
        .as("it may still come")
        .isInstanceOfSatisfying(OutcomeUnknown.class, e -> assertThat(e.token()).isEqualTo(token))
        .hasMessageContaining("never submitted twice");
    assertThat(bench.scheduler.submitted).isEmpty();
    bench.pass(Reconciler.DEADLINE);
    assertThat(submit().id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void aClientThatDiedBeforeItHadAScriptIsFollowedByOneThatSubmitsAtOnce() throws IOException {
    bench.scheduler.failBefore(new ThreadDeath());
    assertThatThrownBy(this::submit).isInstanceOf(ThreadDeath.class);
    Files.delete(bench.state.resolve("jobs").resolve(token.value()).resolve("script"));
    succeed();
    assertThat(submit().id()).hasToString("c:1");
  }

  @Test
  void anUnknownOutcomeIsFoundByTheNextCall() {
    bench.scheduler.findFails = new BackendUnavailable("down");
    bench.scheduler.failAfter(new OutcomeUnknown(Token.random(), "timeout", null));
    assertThatThrownBy(this::submit).isInstanceOf(OutcomeUnknown.class);
    assertThatThrownBy(this::submit).isInstanceOf(OutcomeUnknown.class);
    assertThat(bench.jobs.find(token)).isEmpty();
    bench.scheduler.findFails = null;
    assertThat(submit().id()).hasToString("c:1");
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void anUnknownOutcomeThatCameToNothingEndsTheJobAndIsNotSubmittedAgain() {
    bench.scheduler.failBefore(new OutcomeUnknown(Token.random(), "timeout", null));
    assertThatThrownBy(this::submit).isInstanceOf(OutcomeUnknown.class);
    bench.pass(Reconciler.DEADLINE);
    JobInfo end = submit().info();
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.reason()).contains("never reached the scheduler");
    assertThat(bench.scheduler.submitted).isEmpty();
  }

  @Test
  void whatIsHeldIsKnownByItsToken() {
    bench.scheduler.failBefore(Rejected.noRoom("queue limit"));
    HPCProcess held = submit();
    assertThat(held.id()).hasToString("c:token." + token);
    assertThat(submit().id()).isEqualTo(held.id());
    bench.pass(Duration.ofMinutes(1));
    bench.jobs.round();
    assertThat(bench.jobs.find(token)).map(HPCProcess::id).hasToString("Optional[c:1]");
    assertThat(bench.scheduler.submitted).hasSize(1);
  }

  @Test
  void theJobOfAClientWithAnotherStateFolderIsTakenOverAndItsFolderIsLeftAlone()
      throws IOException {
    submit();
    Path job = bench.state.resolve("jobs").resolve(token.value());
    try (Bench other = bench.stranger()) {
      assertThat(other.jobs.submit(Bench.job(), token).id()).hasToString("c:1");
      assertThat(other.register.resolve(token.value(), "c")).hasToString("c:1");
    }
    assertThat(bench.scheduler.submitted).hasSize(1);
    assertThat(job.resolve("script")).exists();
  }

  @Test
  void whatAnotherClientHasJustBegunIsNeitherSubmittedNorRemoved() throws IOException {
    Path job = Files.createDirectories(bench.state.resolve("jobs").resolve(token.value()));
    assertThatThrownBy(this::submit)
        .isInstanceOf(OutcomeUnknown.class)
        .hasMessageContaining("another client has begun");
    assertThat(job).exists();
    assertThat(bench.client.openIntents("c", any -> true)).isEmpty();
    assertThat(bench.scheduler.submitted).isEmpty();
  }
}
