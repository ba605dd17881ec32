// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Time is virtual: who sleeps sets the clock. */
@Timeout(60)
class SharedBudgetTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");
  private static final Command COMMAND = Command.of("qstat");
  private static final String HOST = "login.cluster.edu";

  @TempDir
  Path state;

  private final AtomicReference<Instant> now = new AtomicReference<>(BEGIN);
  private final List<Duration> sleeps = new ArrayList<>();
  private final Logger log = mock(Logger.class);

  private SharedBudget budget(int perMinute) {
    return budget(HOST, perMinute);
  }

  private SharedBudget budget(String host, int perMinute) {
    return new SharedBudget(folder(), host, perMinute, clock(), this::sleep, log);
  }

  private Clock clock() {
    InstantSource source = now::get;
    return source.withZone(ZoneOffset.UTC);
  }

  private Path folder() {
    return state.resolve("budgets");
  }

  private void sleep(Duration time) {
    sleeps.add(time);
    now.updateAndGet(at -> at.plus(time));
  }

  private void forward(Duration time) {
    now.updateAndGet(at -> at.plus(time));
  }

  /** When that many commands began, one after the other. */
  private List<Instant> begin(CommandBudget budget, int commands) throws IOException {
    List<Instant> begun = new ArrayList<>();
    for (int i = 0; i < commands; i++) {
      budget.await(COMMAND);
      begun.add(now.get());
    }
    return begun;
  }

  /** The most that began within any minute. */
  private static int mostInAMinute(List<Instant> begun) {
    List<Instant> sorted = new ArrayList<>(begun);
    Collections.sort(sorted);
    int most = 0;
    int first = 0;
    for (int last = 0; last < sorted.size(); last++) {
      while (!sorted.get(last).isBefore(sorted.get(first).plus(MINUTE))) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  // ---- the number is kept

  @Test
  void aQuarterComesAtOnceAndTheRestEvenlySpaced() throws IOException {
    List<Instant> begun = begin(budget(40), 40);
    assertThat(begun.subList(0, 10)).containsOnly(BEGIN);
    Duration step = Duration.ofNanos(60_000_000_000L / 31 + 1);
    for (int i = 10; i < 40; i++) {
      assertThat(begun.get(i)).isEqualTo(BEGIN.plus(step.multipliedBy(i - 9)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 40, 400, 1_000_003})
  void noMinuteHasMoreAndAFullOneHasAll(int perMinute) throws IOException {
    int commands = Math.min(3 * perMinute, 1_000);
    List<Instant> begun = begin(budget(perMinute), commands);
    int burst = Math.max(1, perMinute / 4);
    assertThat(mostInAMinute(begun)).isEqualTo(Math.min(commands, perMinute));
    assertThat(begun.stream().filter(BEGIN::equals)).hasSize(Math.min(commands, burst));
  }

  @Test
  void howeverCallersComeNoMinuteHasMore() throws IOException {
    Random random = new Random(35);
    SharedBudget budget = budget(40);
    List<Instant> begun = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      if (random.nextInt(10) == 0) {
        forward(Duration.ofMillis(random.nextInt(20_000)));
      }
      begun.addAll(begin(budget, 1));
    }
    assertThat(mostInAMinute(begun)).isBetween(35, 40);
  }

  @Test
  void whatWasNotUsedIsThereAgainUpToABurst() throws IOException {
    SharedBudget budget = budget(40);
    begin(budget, 10);
    forward(Duration.ofHours(1));
    assertThat(begin(budget, 10)).containsOnly(now.get());
    budget.await(COMMAND);
    assertThat(sleeps).hasSize(1);
  }

  @Test
  void clientsOfOneHostShareItAndOtherHostsHaveTheirOwn() throws IOException {
    begin(budget(40), 5);
    begin(budget(40), 5);
    begin(budget("me@" + HOST, 40), 10);
    assertThat(sleeps).isEmpty();
    begin(budget(40), 1);
    assertThat(sleeps).hasSize(1);
  }

  @Test
  void clientsWithOtherNumbersFillTheSameBucket() throws IOException {
    begin(budget(400), 100);
    begin(budget(4), 1);
    assertThat(sleeps).hasSize(1);
  }

  @Test
  void thisMachineIsKnownByItsOwnName() throws IOException {
    new SharedBudget(folder(), new LocalTransport(), 40, clock()).await(COMMAND);
    Transport other = mock(Transport.class);
    when(other.host()).thenReturn("me@a/b:22");
    new SharedBudget(folder(), other, 40, clock()).await(COMMAND);
    assertThat(StateFiles.names(folder()))
        .containsExactlyInAnyOrder(
            FileNames.encode(ProcessIdentity.current().host()), "me@a%2fb%3a22");
  }

  @Test
  void theFileIsItsOwnersOnlyAndLittle() throws IOException {
    begin(budget(40), 11);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
        .isEqualTo("rwx------");
    assertThat(Instant.parse(Files.readString(file()).strip())).isAfter(now.get());
  }

  private Path file() {
    return folder().resolve(HOST);
  }

  // ---- those that come too early

  @Test
  void theLockIsNotHeldWhileSomebodyWaits() throws IOException {
    SharedBudget waiting = new SharedBudget(
        folder(),
        HOST,
        4,
        clock(),
        time -> {
          assertThat(isLocked()).isFalse();
          sleep(time);
        },
        log);
    begin(waiting, 2);
    assertThat(sleeps).hasSize(1);
  }

  private boolean isLocked() {
    try (FileChannel lock = FileChannel.open(folder().resolve(".lock"), StandardOpenOption.WRITE)) {
      return lock.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another one is quicker; who lost waits for the next turn. */
  @Test
  void whoFindsNoRoomAfterTheWaitWaitsAgain() throws IOException {
    SharedBudget other = budget(4);
    SharedBudget unlucky = new SharedBudget(
        folder(),
        HOST,
        4,
        clock(),
        time -> {
          sleep(time);
          if (sleeps.size() < 3) {
            uncheckedBegin(other);
          }
        },
        log);
    begin(unlucky, 2);
    assertThat(sleeps).hasSize(3);
    assertThat(now.get()).isEqualTo(BEGIN.plusSeconds(45));
  }

  private void uncheckedBegin(CommandBudget budget) {
    try {
      budget.await(COMMAND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anInterruptEndsTheWaitAndTakesNoTurn() throws IOException {
    begin(budget(4), 1);
    SharedBudget interrupted = new SharedBudget(
        folder(),
        HOST,
        4,
        clock(),
        time -> {
          throw new InterruptedException();
        },
        log);
    expectInterrupted(interrupted);
    forward(Duration.ofSeconds(15));
    begin(budget(4), 1);
    assertThat(sleeps).isEmpty();
  }

  @Test
  void whoIsInterruptedBeforeBeginsNothing() throws IOException {
    SharedBudget budget = budget(4);
    Thread.currentThread().interrupt();
    expectInterrupted(budget);
    begin(budget, 1);
    assertThat(sleeps).isEmpty();
    verify(log, never()).warn(anyString(), any(), any());
  }

  private static void expectInterrupted(CommandBudget budget) {
    assertThatThrownBy(() -> budget.await(COMMAND))
        .isInstanceOfSatisfying(
            CommandFailed.class,
            e -> assertThat(e.fate()).isEqualTo(CommandFailed.Fate.NOT_STARTED))
        .hasMessage("interrupted while 'qstat' waited for its turn");
    assertThat(Thread.interrupted()).isTrue();
  }

  /** The real sleeper. */
  @Test
  void aThreadThatWaitsCanBeInterrupted() throws Exception {
    Transport way = mock(Transport.class);
    when(way.host()).thenReturn(HOST);
    begin(new SharedBudget(folder(), way, 1, Clock.systemUTC()), 1);
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread waiting = new Thread(() -> {
      try {
        new SharedBudget(folder(), way, 1, Clock.systemUTC()).await(COMMAND);
      } catch (IOException e) {
        failure.set(e);
      }
    });
    waiting.start();
    while (waiting.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    waiting.interrupt();
    waiting.join();
    assertThat(failure.get()).isInstanceOf(CommandFailed.class);
  }

  @Test
  void aLongWaitIsToldOnce() throws IOException {
    SharedBudget quick = budget(400);
    begin(quick, 400);
    verify(log, never()).info(anyString(), any(Object.class), any(Object.class));
    SharedBudget slow = budget("other", 4);
    begin(slow, 5);
    verify(log, times(1)).info(contains("commands_per_minute"), eq((Object) "other"), eq(4));
    verify(log, never()).warn(anyString(), any(), any());
  }

  // ---- what is wrong does not stop the work

  @ParameterizedTest
  @ValueSource(
      strings = {"", "rubbish", "\0\0\0\0", "2026-01-02", "\u00ff\u00fe", "2026-13-45T00:00:00Z"})
  void aDamagedFileIsBegunAnewAndToldOnce(String rubbish) throws IOException {
    SharedBudget budget = budget(40);
    begin(budget, 10);
    for (int i = 0; i < 2; i++) {
      Files.write(file(), rubbish.getBytes(StandardCharsets.ISO_8859_1));
      begin(budget, 1);
    }
    assertThat(sleeps).isEmpty();
    assertThat(Instant.parse(Files.readString(file()).strip())).isAfter(now.get());
    verify(log, times(1)).warn(contains("damaged"), eq((Object) file()), any());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1000000000-01-01T00:00:00Z", "+1000000000-12-31T23:59:59Z"})
  void theEndsOfTimeAreNoObstacle(String time) throws IOException {
    begin(budget(40), 1);
    Files.writeString(file(), time);
    assertThat(begin(budget(40), 10)).containsOnly(BEGIN);
  }

  @Test
  void aClockThatWasSetBackIsToldOnceAndWaitsForNobody() throws IOException {
    SharedBudget budget = budget(40);
    begin(budget, 10);
    for (int i = 1; i <= 2; i++) {
      forward(Duration.ofHours(-1));
      begin(budget, 10);
      assertThat(sleeps).isEmpty();
    }
    begin(budget, 1);
    assertThat(sleeps).hasSize(1);
    verify(log, times(1)).warn(contains("set back"), eq((Object) HOST), any());
  }

  @Test
  void aClockThatWasSetBackALittleCostsLessThanThat() throws IOException {
    SharedBudget budget = budget(40);
    begin(budget, 10);
    forward(Duration.ofSeconds(-30));
    begin(budget, 1);
    assertThat(sleeps)
        .singleElement()
        .isEqualTo(Duration.ofNanos(60_000_000_000L / 31 + 1).plusSeconds(30));
  }

  @Test
  void aClockThatStandsStopsNobody() throws IOException {
    SharedBudget budget =
        new SharedBudget(folder(), HOST, 4, Clock.fixed(BEGIN, ZoneOffset.UTC), sleeps::add, log);
    begin(budget, 5);
    assertThat(sleeps).hasSize(4);
  }

  /** A folder that root cannot write to, either. */
  @Test
  void whereNothingCanBeKeptTheProcessKeepsTheNumberItself() throws IOException {
    Files.writeString(folder(), "a file");
    SharedBudget budget = budget(40);
    assertThat(mostInAMinute(begin(budget, 100))).isEqualTo(40);
    verify(log, times(1)).warn(contains("not counted"), eq((Object) HOST), any());
    forward(Duration.ofHours(-1));
    begin(budget, 1);
    assertThat(sleeps).hasSize(90);
  }

  @Test
  void aFolderInTheFilesPlaceStopsNobody() throws IOException {
    Files.createDirectories(file());
    assertThat(mostInAMinute(begin(budget(40), 50))).isEqualTo(40);
  }

  // ---- many at once

  /** Time runs so many times as fast as the machine's, for all processes alike, or stands. */
  private static final class FastClock extends Clock {
    private final Instant begin;
    private final int factor;
    private Instant last = Instant.MIN;

    FastClock(Instant begin, int factor) {
      this.begin = begin;
      this.factor = factor;
    }

    @Override
    public Instant instant() {
      last = begin.plus(Duration.between(begin, Instant.now()).multipliedBy(factor));
      return last;
    }

    /** What the last caller was told: the time that decided. */
    Instant last() {
      return last;
    }

    void sleep(Duration time) throws InterruptedException {
      TimeUnit.NANOSECONDS.sleep(time.toNanos() / factor);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** Begins commands as soon as they may, and tells when each began. */
  record Client(String folder, Instant begin, int factor, int perMinute, int commands) {
    static final String READY = "ready";

    /** Begins when its input ends. */
    public static void main(String[] args) throws IOException {
      System.out.println(READY);
      System.in.readAllBytes();
      Client client = new Client(
          args[0],
          Instant.parse(args[1]),
          Integer.parseInt(args[2]),
          Integer.parseInt(args[3]),
          Integer.parseInt(args[4]));
      client.run().forEach(System.out::println);
    }

    Process start() throws IOException {
      return Children.start(
          Client.class, folder, begin.toString(), "" + factor, "" + perMinute, "" + commands);
    }

    List<Instant> run() throws IOException {
      FastClock clock = new FastClock(begin, factor);
      SharedBudget budget = new SharedBudget(
          Path.of(folder), HOST, perMinute, clock, clock::sleep, LoggerFactory.getLogger("none"));
      List<Instant> begun = new ArrayList<>();
      for (int i = 0; i < commands; i++) {
        budget.await(COMMAND);
        begun.add(clock.last());
      }
      return begun;
    }
  }

  /** Two processes and two threads of this one, at once: when all their commands began. */
  private static List<Instant> runFour(Client client) throws Exception {
    List<Process> processes = List.of(client.start(), client.start());
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<BufferedReader> told = new ArrayList<>();
      for (Process each : processes) {
        told.add(each.inputReader(StandardCharsets.UTF_8));
      }
      for (BufferedReader each : told) {
        assertThat(each.readLine()).isEqualTo(Client.READY);
      }
      List<Future<List<Instant>>> clients = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        processes.get(i).getOutputStream().close();
        BufferedReader lines = told.get(i);
        clients.add(threads.submit(() -> lines.lines().map(Instant::parse).toList()));
        clients.add(threads.submit(client::run));
      }
      List<Instant> begun = new ArrayList<>();
      for (Future<List<Instant>> each : clients) {
        begun.addAll(each.get());
      }
      assertThat(begun).hasSize(4 * client.commands());
      return begun;
    } finally {
      threads.shutdownNow();
      processes.forEach(Process::destroyForcibly);
    }
  }

  @Test
  void processesAndThreadsTogetherKeepTheNumber() throws Exception {
    List<Instant> begun = runFour(new Client(folder().toString(), Instant.now(), 60, 40, 25));
    assertThat(mostInAMinute(begun)).isLessThanOrEqualTo(40);
  }

  /** Time stands, so that the file says how many there were. */
  @Test
  void ofManyAtOnceAllAreCounted() throws Exception {
    int perMinute = 1_000_000;
    runFour(new Client(folder().toString(), BEGIN, 0, perMinute, 250));
    Bucket bucket = new Bucket(perMinute);
    Instant empty = BEGIN;
    for (int i = 0; i < 1_000; i++) {
      empty = bucket.filled(empty, BEGIN);
    }
    assertThat(file()).hasContent(empty.toString());
  }
}
