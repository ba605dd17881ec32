// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Observation.NotAnswered;
import io.hpclaunch.api.Observation.NotKnown;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import io.hpclaunch.shell.AgentSession.Patience;
import io.hpclaunch.shell.ShellSite.Request;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way to the agent: how it is set up, kept, lost and found again. */
class ShellSessionTest {
  private static final NativeId STRANGER = NativeId.of("00000000-0000-0000-0000-000000000000");

  @TempDir
  Path folder;

  private final AtomicInteger written = new AtomicInteger();
  private ShellSite site;

  @BeforeEach
  void open() {
    site = new ShellSite(folder.resolve("state"));
  }

  @AfterEach
  void close() {
    site.close();
  }

  /** This machine; counts the requests that were written. */
  private Transport counted() throws IOException {
    LocalTransport here = new LocalTransport();
    Transport counted = mock(Transport.class, delegatesTo(here));
    doAnswer(call -> new Counted(here.start(call.getArgument(0, Command.class))))
        .when(counted)
        .start(any());
    return counted;
  }

  private final class Counted implements RunningCommand {
    private final RunningCommand real;
    private final OutputStream input;

    Counted(RunningCommand real) {
      this.real = real;
      input = new FilterOutputStream(real.input()) {
        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
          out.write(bytes, from, count);
        }

        @Override
        public void flush() throws IOException {
          out.flush();
          written.incrementAndGet();
        }
      };
    }

    @Override
    public OutputStream input() {
      return input;
    }

    @Override
    public InputStream output() {
      return real.output();
    }

    @Override
    public String errors() {
      return real.errors();
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }

  private static Observation ask(ShellBackend backend, NativeId id) {
    return backend.query(List.of(id)).get(id);
  }

  private ShellBackend session(Map<String, ?> config) {
    return site.session(config, new LocalTransport(), Patience.DEFAULT);
  }

  private ProcessHandle session() {
    List<ProcessHandle> all = site.sessions();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  /** Stops the session's process, so that what is written to it stays unread. */
  private ProcessHandle stopped() throws IOException, InterruptedException {
    ProcessHandle session = session();
    Process kill = new ProcessBuilder("kill", "-STOP", Long.toString(session.pid())).start();
    assertThat(kill.waitFor()).isZero();
    return session;
  }

  private void awaitRequest(int before) {
    AgentSpool.await(() -> written.get() > before);
  }

  @Test
  void oneProcessAnswersAndIsEndedWhenNothingIsAsked() {
    ShellBackend backend = site.session(
        Map.of(),
        new LocalTransport(),
        new Patience(Duration.ofSeconds(60), Duration.ofSeconds(2)));
    assertThat(ask(backend, STRANGER)).isInstanceOf(NotKnown.class);
    long pid = session().pid();
    ask(backend, STRANGER);
    assertThat(session().pid()).isEqualTo(pid);
    AgentSpool.await(() -> site.sessions().isEmpty());
    assertThat(ask(backend, STRANGER)).isInstanceOf(NotKnown.class);
    assertThat(session().pid()).isNotEqualTo(pid);
  }

  @Test
  void closeEndsItForGood() {
    ShellBackend backend = session(Map.of());
    ask(backend, STRANGER);
    backend.close();
    AgentSpool.await(() -> site.sessions().isEmpty());
    assertThat(ask(backend, STRANGER))
        .isInstanceOfSatisfying(NotAnswered.class, n -> assertThat(n.why()).contains("closed"));
    assertThatThrownBy(() -> site.submit(backend, "true")).isInstanceOf(BackendUnavailable.class);
    backend.close();
  }

  @Test
  void oneThatWasKilledBetweenTwoCallsIsReplaced() {
    ShellBackend backend = session(Map.of());
    ask(backend, STRANGER);
    session().destroyForcibly();
    AgentSpool.await(() -> site.sessions().isEmpty());
    NativeId id = site.submit(backend, "true");
    session().destroyForcibly();
    AgentSpool.await(() -> site.sessions().isEmpty());
    assertThat(ShellSite.end(backend, id).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void aSubmissionWhoseAnswerIsLostHasAnUnknownOutcomeAndIsNotRepeated() throws Exception {
    ShellBackend backend = site.session(Map.of(), counted(), Patience.DEFAULT);
    ask(backend, STRANGER);
    ProcessHandle session = stopped();
    Request request = site.request(JobSpec.builder("job").shell("true").build(), backend);
    int before = written.get();
    CompletableFuture<NativeId> submission =
        CompletableFuture.supplyAsync(() -> backend.submit(request));
    awaitRequest(before);
    session.destroyForcibly();
    assertThatThrownBy(() -> submission.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            OutcomeUnknown.class, e -> assertThat(e.token()).isEqualTo(request.token()));
    assertThat(written.get()).isEqualTo(before + 1);
    assertThat(backend.find(List.of(request.token()), Instant.EPOCH)).isEmpty();
    assertThat(ask(backend, NativeId.of(JobLine.id(request.token())))).isInstanceOf(NotKnown.class);
  }

  @Test
  void aQuestionWhoseAnswerIsLostIsAskedAgain() throws Exception {
    ShellBackend backend = site.session(Map.of(), counted(), Patience.DEFAULT);
    ask(backend, STRANGER);
    ProcessHandle session = stopped();
    int before = written.get();
    CompletableFuture<Observation> answer =
        CompletableFuture.supplyAsync(() -> ask(backend, STRANGER));
    awaitRequest(before);
    session.destroyForcibly();
    assertThat(answer.get(60, TimeUnit.SECONDS)).isInstanceOf(NotKnown.class);
  }

  @Test
  void oneThatIsSilentIsEndedAndReplaced() throws Exception {
    ShellBackend backend = site.session(
        Map.of(), counted(), new Patience(Duration.ofSeconds(3), Duration.ofSeconds(60)));
    ask(backend, STRANGER);
    ProcessHandle session = stopped();
    assertThat(ask(backend, STRANGER))
        .isInstanceOfSatisfying(
            NotAnswered.class, n -> assertThat(n.why()).contains("no answer within 3 s"));
    assertThat(ask(backend, STRANGER)).isInstanceOf(NotKnown.class);
    AgentSpool.await(() -> !session.isAlive());
    stopped();
    assertThatThrownBy(() -> site.submit(backend, "true")).isInstanceOf(OutcomeUnknown.class);
  }

  @Test
  void whoIsInterruptedGetsNoAnswerAndStaysInterrupted() {
    ShellBackend backend = session(Map.of());
    ask(backend, STRANGER);
    Thread.currentThread().interrupt();
    assertThat(ask(backend, STRANGER)).isInstanceOf(NotAnswered.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ask(backend, STRANGER)).isInstanceOf(NotKnown.class);
  }

  @Test
  void whatTheHostLacksIsNamed() throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("bash"), Path.of("/bin/bash"));
    ShellBackend backend = site.session(
        Map.of(), new LocalTransport(), Patience.DEFAULT, Map.of("PATH", bin.toString()));
    assertThatThrownBy(() -> site.submit(backend, "true"))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("not on PATH: flock setsid; install");
    assertThat(ask(backend, STRANGER)).isInstanceOf(NotAnswered.class);
  }

  @Test
  void aRootThatCannotBeWrittenIsNamedWithARemedy() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    ShellBackend backend = session(Map.of("root", file + "/below"));
    assertThatThrownBy(() -> backend.queue(true))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining(file + "/below")
        .hasMessageContaining("set root");
    assertThatThrownBy(() -> site.submit(backend, "true")).isInstanceOf(BackendUnavailable.class);
    assertThat(ask(backend, STRANGER)).isInstanceOf(NotAnswered.class);
  }

  @Test
  void theScriptsAreTheOwnersAndComplete() throws Exception {
    ask(session(Map.of()), STRANGER);
    assertThat(permissions(site.root())).isEqualTo("rwx------");
    assertThat(permissions(site.scripts())).isEqualTo("rwx------");
    for (String name : names(site.scripts())) {
      assertThat(permissions(site.scripts().resolve(name))).isEqualTo("rw-------");
    }
    Path resources =
        Path.of(ShellBackend.class.getResource("hpc-shell").toURI()).getParent();
    assertThat(names(site.scripts()))
        .containsExactlyInAnyOrderElementsOf(
            names(resources).stream().filter(name -> !name.endsWith(".class")).toList());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void scriptsThatAreMissingOrHalfWrittenAreMended() throws IOException {
    Files.createDirectories(site.scripts());
    Files.writeString(site.scripts().resolve("hpc-shell"), "#!/bin/bash\nexi");
    ShellBackend first = session(Map.of());
    assertThat(ask(first, STRANGER)).isInstanceOf(NotKnown.class);
    first.close();
    Files.delete(site.scripts().resolve("agent.bash"));
    Files.writeString(site.scripts().resolve("ledger.bash"), "");
    ShellBackend second = session(Map.of());
    NativeId id = site.submit(second, "true");
    assertThat(ShellSite.end(second, id).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void severalClientsMaySetUpAtOnce() {
    List<CompletableFuture<Observation>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ShellBackend backend = session(Map.of());
      answers.add(CompletableFuture.supplyAsync(() -> ask(backend, STRANGER)));
    }
    assertThat(answers).allSatisfy(a -> assertThat(a.join()).isInstanceOf(NotKnown.class));
  }

  @Test
  void aSpoolThatWasDeletedHasNoJobsAndTakesNewOnes() throws IOException {
    ShellBackend backend = session(Map.of());
    NativeId old = site.submit(backend, "sleep 0.1");
    ShellSite.end(backend, old);
    NativeId running = site.submit(backend, "sleep 1");
    AgentSpool.await(() -> ShellSite.seen(backend, running).state() == JobState.RUNNING);
    AgentSpool.await(() -> Files.exists(site.spool().resolve("agent")));
    site.rememberAgent();
    new LocalTransport().remove(site.root().toString());
    assertThat(ask(backend, running)).isNotInstanceOf(Observation.Seen.class);
    assertThat(ask(backend, old)).isNotInstanceOf(Observation.Seen.class);
    backend.close();
    ShellBackend next = session(Map.of());
    NativeId id = site.submit(next, "true");
    assertThat(ShellSite.end(next, id).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void anotherHostTellsWhereItsUsersStateIs() throws IOException {
    Transport remote = mock(Transport.class, delegatesTo(new LocalTransport()));
    doReturn("me@cluster").when(remote).host();
    ShellBackend backend = site.session(
        Map.of(),
        remote,
        Patience.DEFAULT,
        Map.of("XDG_STATE_HOME", folder.resolve("there").toString()));
    ask(backend, STRANGER);
    assertThat(folder.resolve("there/hpc-launch/shell/agent-" + AgentScripts.version()))
        .isDirectory();
    assertThat(site.root()).doesNotExist();
  }

  @Test
  void aHostThatCannotBeReachedAnswersNothing() throws IOException {
    Transport down = mock(Transport.class, call -> {
      throw new BackendUnavailable("me@cluster: connection refused");
    });
    doReturn("me@cluster").when(down).host();
    ShellBackend backend = site.session(Map.of(), down, Patience.DEFAULT);
    assertThat(ask(backend, STRANGER)).isEqualTo(new NotAnswered("me@cluster: connection refused"));
    assertThatThrownBy(() -> backend.cancel(List.of(STRANGER)))
        .isInstanceOf(BackendUnavailable.class);
  }
}
