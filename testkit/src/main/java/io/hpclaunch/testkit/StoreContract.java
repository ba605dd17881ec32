// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.CancelWish;
import io.hpclaunch.core.store.Elements;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.JobStore;
import io.hpclaunch.core.store.Journal;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.JournalEntry.Kind;
import io.hpclaunch.core.store.Observations;
import io.hpclaunch.core.store.OpenIntent;
import io.hpclaunch.core.store.Reserved;
import io.hpclaunch.core.store.StateStore;
import io.hpclaunch.core.store.WholeJob;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a {@link StateStore} promises to its clients. Extend it, say how a client opens the store,
 * and inherit all tests.
 */
@Timeout(120)
public abstract class StoreContract {
  /** When everything happens, unless a test says otherwise. */
  protected static final Instant NOW = Instant.parse("2025-11-21T10:00:00Z");

  private static final int MANY = 100_000;

  private final List<StateStore> clients = new ArrayList<>();
  private JobStore store;

  /** For subclasses. */
  protected StoreContract() {}

  /**
   * Opens the store for one more client. All clients of one test see the same.
   *
   * @param clock the present
   * @return the store; the test closes it
   * @throws Exception when it cannot be opened
   */
  protected abstract StateStore open(Clock clock) throws Exception;

  @BeforeEach
  void openFirst() throws Exception {
    store = client().jobs();
  }

  @AfterEach
  void closeAll() {
    clients.forEach(StateStore::close);
  }

  private StateStore client() throws Exception {
    StateStore client = open(Clock.fixed(NOW, ZoneOffset.UTC));
    clients.add(client);
    return client;
  }

  // ---- records ---------------------------------------------------------------------------------

  @Test
  void aRecordComesBackWhole() throws Exception {
    JobRecord record = new JobRecord(
        token(1),
        JobId.parse("c:4@x"),
        "n 'ü'",
        "/f",
        "o/{id}",
        "e",
        NOW,
        new Observations(everything(), NOW, true),
        ArrayRange.parse("1-9:2%3"),
        List.of(new JobRecord.Chunk(NativeId.of("4"), ArrayRange.of(1, 5), 7)),
        NOW.minusSeconds(5),
        new CancelWish(false, Set.of(3, 5)),
        new Reserved(8, 1L << 34),
        "a place");
    assertEquals(record, store.save(record));
    assertEquals(record, client().jobs().load(record.token()).orElseThrow());
    assertEquals(
        List.of(record), client().jobs().load(List.of(token(9), token(1))).records());
  }

  private static JobInfo everything() {
    return JobInfo.builder(JobState.FAILED)
        .failed(Cause.OUT_OF_MEMORY)
        .exitCode(0)
        .signal(9)
        .nativeState("OUT_OF_ME+ by 1000")
        .reason("r ü\t\\ \n \udcff \ud83d\ude00")
        .submitted(NOW.minusNanos(1))
        .started(NOW.minusMillis(90_500))
        .ended(NOW.plusNanos(1_000))
        .attempt(3)
        .nodes(List.of("n1", "n2,x"))
        .wallTime(Duration.ofMillis(1234))
        .cpuTime(Duration.ofHours(50))
        .peakMemory(1L << 40)
        .allocatedCpus(4)
        .allocatedMemory(1L << 33)
        .build();
  }

  @Test
  void allClientsSeeOneIdentity() throws Exception {
    assertEquals(store.identity(), client().jobs().identity());
    assertEquals(store.identity(), store.identity());
  }

  @Test
  void aStoreWithoutJobsHasNone() throws Exception {
    assertEquals(List.of(), store.active());
    assertEquals(List.of(), store.ended(Instant.EPOCH, NOW));
    assertEquals(List.of(), store.backends());
    assertEquals(List.of(), store.complete("c", ""));
    assertTrue(store.load(token(1)).isEmpty());
    assertTrue(store.find(JobId.parse("c:1")).isEmpty());
    assertTrue(store.remove(token(1)));
  }

  @Test
  void aJobIsFoundByItsIdsAndTheirBeginnings() throws Exception {
    JobRecord plain = store.save(record(1, "abc-1", JobState.QUEUED));
    JobRecord split = store.save(record(2, "abd-2", JobState.QUEUED)
        .withChunk(new JobRecord.Chunk(NativeId.of("77[].srv"), ArrayRange.of(1, 2), 0))
        .withChunk(new JobRecord.Chunk(NativeId.of("78[].srv"), ArrayRange.of(3, 4), 2)));
    assertEquals(plain, store.find(JobId.parse("c:abc-1")).orElseThrow());
    assertEquals(split, store.find(JobId.parse("c:78[].srv/3")).orElseThrow());
    assertEquals(split, store.find(JobId.parse("c:token." + split.token())).orElseThrow());
    assertTrue(store.find(JobId.parse("d:abc-1")).isEmpty());
    assertTrue(store.find(JobId.parse("d:token." + split.token())).isEmpty());
    assertTrue(store.find(JobId.parse("c:abc-1@other")).isEmpty());
    assertEquals(List.of(plain.id(), split.id()), store.complete("c", "ab"));
    assertEquals(List.of(plain.id()), store.complete("c", "abc"));
    assertEquals(List.of(), store.complete("none", ""));
    assertEquals(List.of("c"), store.backends());
  }

  @Test
  void anIdThatTheSchedulerGivesAgainIsTheNewJobs() throws Exception {
    JobRecord old = store.save(record(1, "7", JobState.COMPLETED));
    JobRecord young = store.save(record(2, "7", JobState.QUEUED));
    assertEquals(young, store.find(JobId.parse("c:7")).orElseThrow());
    assertTrue(store.remove(old.token()));
    assertEquals(young, store.find(JobId.parse("c:7")).orElseThrow());
  }

  @Test
  void idsWithAnyCharactersAreKept() throws Exception {
    for (String id : List.of(".", "..", "a:b", "%41", "ü漢", "A", "a", "12[].srv")) {
      JobRecord record = store.save(record(id.hashCode() & 0xffff, id, JobState.QUEUED));
      assertEquals(record, store.find(record.id()).orElseThrow(), id);
      assertTrue(store.complete("c", id).contains(record.id()), id);
    }
  }

  @Test
  void aJobThatIsSubmittedLaterIsFoundByItsNewId() throws Exception {
    JobRecord held = store.save(JobRecord.of(
        token(1),
        new JobId("c", JobRecord.unsubmitted(token(1))),
        "n",
        "/f",
        info(JobState.QUEUED),
        NOW));
    JobRecord submitted = store.save(held.withNativeId(NativeId.of("5")));
    assertEquals(submitted, store.find(JobId.parse("c:5")).orElseThrow());
    assertEquals(submitted, store.find(held.id()).orElseThrow());
    assertEquals(submitted, store.save(held), "who knows less takes the id from nobody");
  }

  // ---- ends ------------------------------------------------------------------------------------

  @Test
  void endedJobsLeaveTheActiveOnesForTheirDay() throws Exception {
    JobRecord one = store.save(record(1, "1", JobState.QUEUED));
    JobRecord two = store.save(record(2, "2", JobState.QUEUED));
    assertEquals(Set.of(one.token(), two.token()), Set.copyOf(store.active()));
    store.save(one.observe(info(JobState.COMPLETED), NOW));
    assertEquals(List.of(two.token()), store.active());
    assertEquals(List.of(one.token()), store.ended(NOW.minus(Duration.ofDays(1)), NOW));
    assertEquals(
        List.of(one.token()), store.ended(Instant.EPOCH, NOW.plus(Duration.ofDays(36_500))));
    assertEquals(List.of(), store.ended(Instant.EPOCH, NOW.minus(Duration.ofDays(1))));
    assertTrue(store.remove(one.token()));
    assertEquals(List.of(), store.ended(Instant.EPOCH, NOW));
    assertTrue(store.load(one.token()).isEmpty());
    assertTrue(store.find(one.id()).isEmpty());
    assertTrue(store.remove(one.token()));
  }

  @Test
  void aLossThatIsCorrectedMayBeActiveAgain() throws Exception {
    JobRecord lost = store.save(record(1, "1", JobState.LOST));
    JobRecord found = store.save(lost.observe(info(JobState.RUNNING), NOW.plusSeconds(1)));
    assertFalse(found.isFinal());
    assertEquals(List.of(found.token()), store.active());
    store.save(lost);
    assertEquals(found, store.load(found.token()).orElseThrow());
  }

  @Test
  void whoKnowsLessTakesNothingBack() throws Exception {
    JobRecord queued = store.save(record(1, "1", JobState.QUEUED));
    JobRecord ended = store.save(queued.observe(info(JobState.COMPLETED), NOW));
    assertEquals(
        ended, client().jobs().save(queued.observe(info(JobState.RUNNING), NOW.plusSeconds(9))));
    assertEquals(List.of(), store.active());
  }

  @Test
  void aWishToCancelIsSeenByAll() throws Exception {
    JobRecord queued = store.save(record(1, "1", JobState.QUEUED));
    client().jobs().save(queued.withWish(CancelWish.of(null)));
    assertTrue(store.save(queued.observe(info(JobState.RUNNING), NOW)).wish().whole());
  }

  @Test
  void aJobThatHasNotEndedIsNotForgotten() throws Exception {
    JobRecord lost = store.save(record(1, "1", JobState.LOST));
    JobRecord seen = store.save(lost.observe(info(JobState.RUNNING), NOW.plusSeconds(1)));
    assertFalse(store.remove(lost.token(), () -> {
      throw new IOException("its folder is needed");
    }));
    assertEquals(seen, store.find(lost.id()).orElseThrow());
    assertEquals(List.of(lost.token()), store.active());
  }

  @Test
  void whatCannotBeRemovedWithItKeepsAJob() throws Exception {
    JobRecord ended = store.save(record(1, "1", JobState.FAILED));
    IOException told = assertThrows(
        IOException.class,
        () -> store.remove(ended.token(), () -> {
          throw new IOException("no room to remove it");
        }));
    assertEquals("no room to remove it", told.getMessage());
    assertEquals(ended, store.find(ended.id()).orElseThrow());
    assertEquals(ended, store.save(ended), "it may be written again at once");
  }

  @Test
  void ofTwoWhoForgetAJobAtOnceOneRemovesWhatBelongsToIt() throws Exception {
    JobStore other = client().jobs();
    for (int i = 0; i < 50; i++) {
      JobRecord ended = store.save(record(i, "1", JobState.FAILED));
      AtomicInteger removals = new AtomicInteger();
      List<Boolean> gone = atOnce(List.of(
          () -> store.remove(ended.token(), removals::incrementAndGet),
          () -> other.remove(ended.token(), removals::incrementAndGet)));
      assertEquals(List.of(true, true), gone);
      assertEquals(1, removals.get());
      assertTrue(store.find(ended.id()).isEmpty());
    }
  }

  @Test
  void aJobThatWasForgottenIsNotUpdated() throws Exception {
    JobRecord queued = store.save(record(1, "1", JobState.QUEUED));
    WholeJob ended = WholeJob.of(queued.observe(info(JobState.COMPLETED), NOW));
    assertEquals(ended, client().jobs().update(ended).orElseThrow());
    assertEquals(ended.record(), store.load(queued.token()).orElseThrow());
    assertTrue(store.remove(queued.token()));
    assertTrue(client().jobs().update(ended).isEmpty());
    assertTrue(store.load(queued.token()).isEmpty());
    assertTrue(store.find(queued.id()).isEmpty());
    assertEquals(List.of(), store.active());
    assertEquals(List.of(), store.ended(Instant.EPOCH, NOW));
  }

  @Test
  void nobodyTakesAnythingInWhileAJobIsForgotten() throws Exception {
    JobRecord lost = store.save(record(1, "1", JobState.LOST));
    JobStore other = client().jobs();
    CountDownLatch removing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Boolean> removal = threads.submit(() -> store.remove(lost.token(), () -> {
        removing.countDown();
        await(go);
      }));
      await(removing);
      Future<JobRecord> news = threads.submit(
          () -> other.save(lost.observe(info(JobState.RUNNING), NOW.plusSeconds(1))));
      assertThrows(
          java.util.concurrent.TimeoutException.class, () -> news.get(200, TimeUnit.MILLISECONDS));
      go.countDown();
      assertTrue(removal.get(30, TimeUnit.SECONDS));
      assertEquals(
          JobState.RUNNING, news.get(30, TimeUnit.SECONDS).last().info().state());
      assertEquals(List.of(lost.token()), store.active());
    } finally {
      go.countDown();
      threads.shutdownNow();
    }
  }

  // ---- elements --------------------------------------------------------------------------------

  @Test
  void allThatIsKnownOfElementsComesBack() throws Exception {
    JobInfo empty = info(JobState.QUEUED).toBuilder()
        .reason("")
        .nativeState("")
        .nodes(List.of())
        .build();
    Elements all = Elements.none(ArrayRange.of(1, 9))
        .observe(Map.of(1, everything(), 3, empty, 9, info(JobState.LOST)), NOW)
        .observe(Map.of(9, everything()), NOW.plusSeconds(1));
    store.save(new WholeJob(array(9), all));
    assertEquals(all, client().jobs().elements(array(9)));
    assertEquals(all, store.elements(array(9)));
  }

  @Test
  void whatTwoClientsSawOfElementsIsBroughtTogether() throws Exception {
    JobStore other = client().jobs();
    save(store, 0, Map.of(1, info(JobState.COMPLETED), 2, info(JobState.LOST)));
    save(other, 1, Map.of(1, info(JobState.FAILED), 3, info(JobState.RUNNING)));
    save(store, 2, Map.of(2, info(JobState.COMPLETED), 3, attempt(JobState.QUEUED, 2)));
    save(other, 3, Map.of(2, info(JobState.LOST), 3, attempt(JobState.RUNNING, 1)));
    for (JobStore each : List.of(store, other, client().jobs())) {
      Elements known = each.elements(array(MANY));
      assertEquals(3, known.size());
      assertEquals(JobState.COMPLETED, state(known, 1), "an end stays");
      assertEquals(JobState.COMPLETED, state(known, 2), "a loss is corrected once");
      assertEquals(JobState.QUEUED, state(known, 3), "a later attempt wins");
    }
  }

  @Test
  void anArrayThatEndsElementByElementStaysWhole() throws Exception {
    JobStore reader = client().jobs();
    Map<Integer, JobInfo> queued = new TreeMap<>();
    for (int i = 1; i <= 300; i++) {
      queued.put(i, info(JobState.QUEUED));
    }
    save(store, 0, queued);
    for (int i = 1; i <= 300; i++) { // each with three lines: the text is written anew in between
      save(store, i, Map.of(i, attempt(JobState.RUNNING, 1)));
      save(store, i, Map.of(i, attempt(JobState.QUEUED, 2)));
      save(store, i, Map.of(i, attempt(JobState.RUNNING, 2)));
      save(store, i, Map.of(i, attempt(JobState.COMPLETED, 2)));
      if (i % 50 == 0) {
        assertEquals(JobState.COMPLETED, state(reader.elements(array(MANY)), i));
      }
    }
    Elements fresh = client().jobs().elements(array(MANY));
    assertEquals(300, fresh.size());
    assertEquals(fresh, reader.elements(array(MANY)));
    fresh.forEach(
        (index, known) -> assertEquals(JobState.COMPLETED, known.info().state()));
    store.save(array(MANY).observe(info(JobState.COMPLETED), NOW.plusSeconds(999)));
    assertTrue(store.remove(token(1)));
    assertTrue(store.elements(array(MANY)).isEmpty());
    assertTrue(reader.elements(array(MANY)).isEmpty());
  }

  @Test
  void clientsThatWriteAtOnceLoseNothing() throws Exception {
    int writers = 4;
    int count = 40;
    store.save(array(1000));
    List<Callable<Integer>> all = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      int who = i;
      JobStore own = i % 2 == 0 ? client().jobs() : store;
      all.add(() -> write(own, who, writers, count));
    }
    atOnce(all);
    JobRecord record = store.load(token(1)).orElseThrow();
    assertEquals(writers * count, store.elements(record).size());
    assertEquals(count, record.last().info().attempt());
  }

  private static int write(JobStore store, int who, int writers, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      JobInfo info = attempt(JobState.RUNNING, i + 1);
      JobRecord record = array(1000).observe(info, NOW.plusSeconds(i + 1));
      Map<Integer, JobInfo> seen = Map.of(1 + i * writers + who, info);
      store.save(WholeJob.of(record).observeElements(seen, NOW));
    }
    return count;
  }

  // ---- journals --------------------------------------------------------------------------------

  @Test
  void whatIsOpenIsLeftToOneWhoComesNext() throws Exception {
    StateStore first = client();
    Journal journal = first.journals().open();
    journal.append(intent(1, NOW));
    journal.append(intent(2, NOW.plusSeconds(1)));
    journal.append(outcome(1, Kind.SUBMITTED));
    journal.append(intent(3, NOW.plusSeconds(2)));
    journal.append(outcome(3, Kind.UNKNOWN));
    List<OpenIntent> open = List.of(
        new OpenIntent(intent(2, NOW.plusSeconds(1)), null),
        new OpenIntent(intent(3, NOW.plusSeconds(2)), outcome(3, Kind.UNKNOWN)));
    assertEquals(open, journal.openIntents());
    StateStore next = client();
    assertEquals(List.of(), next.journals().takeOver(any -> true), "its owner lives");
    assertEquals(List.of(), next.journals().abandoned(), "its owner lives");
    journal.close();
    first.close();
    List<Journal> taken = next.journals().takeOver(any -> true);
    assertEquals(1, taken.size());
    assertEquals(open, taken.get(0).openIntents());
    assertEquals(List.of(), client().journals().takeOver(any -> true), "one has it");
    taken.get(0).append(outcome(2, Kind.REJECTED));
    taken.get(0).append(outcome(3, Kind.HELD));
    taken.get(0).append(intent(3, NOW.plusSeconds(3)));
    taken.get(0).close();
    List<Journal> again = client().journals().takeOver(any -> true);
    assertEquals(
        List.of(new OpenIntent(intent(3, NOW.plusSeconds(3)), null)),
        again.get(0).openIntents());
    again.get(0).append(outcome(3, Kind.SUBMITTED));
    again.get(0).close();
    assertEquals(List.of(), client().journals().takeOver(any -> true));
  }

  @Test
  void ofSeveralWhoTakeOverOneGetsEach() throws Exception {
    int intents = 40;
    StateStore first = client();
    Journal journal = first.journals().open();
    for (int i = 0; i < intents; i++) {
      journal.append(intent(i, NOW));
    }
    journal.close();
    first.close();
    List<Callable<List<Journal>>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      StateStore each = client();
      all.add(() -> each.journals().takeOver(any -> true));
    }
    List<Token> tokens = new ArrayList<>();
    for (List<Journal> taken : atOnce(all)) {
      for (Journal each : taken) {
        each.openIntents().forEach(open -> tokens.add(open.intent().token()));
        each.close();
      }
    }
    assertEquals(intents, tokens.size());
    assertEquals(intents, Set.copyOf(tokens).size());
  }

  // ---- helpers ---------------------------------------------------------------------------------

  private static <T> List<T> atOnce(List<? extends Callable<T>> all) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(all.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(all)) {
        results.add(each.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IOException("the test goes on no more");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void save(JobStore store, int second, Map<Integer, JobInfo> seen)
      throws IOException {
    store.save(WholeJob.of(array(MANY)).observeElements(seen, NOW.plusSeconds(second)));
  }

  private static JobState state(Elements elements, int index) {
    Observations known = elements.get(index);
    return known == null ? JobState.UNKNOWN : known.info().state();
  }

  private static JournalEntry.Intent intent(int number, Instant at) {
    return new JournalEntry.Intent(
        token(number), null, at, "c", "n 'ü\n\t", "/f " + number, "a place");
  }

  private static JournalEntry.Outcome outcome(int number, Kind kind) {
    NativeId id = kind == Kind.SUBMITTED ? NativeId.of("4") : null;
    return new JournalEntry.Outcome(token(number), null, NOW, kind, id, "wörds");
  }

  private static JobRecord array(int size) {
    return new JobRecord(
        token(1),
        JobId.parse("c:1"),
        "n",
        "/f",
        null,
        null,
        NOW,
        Observations.first(info(JobState.QUEUED), NOW),
        ArrayRange.of(1, size),
        List.of(),
        null,
        CancelWish.NONE);
  }

  private static Token token(int number) {
    return new Token(String.format("ho%08d", number));
  }

  private static JobRecord record(int number, String id, JobState state) {
    JobId job = new JobId("c", NativeId.of(id));
    return JobRecord.of(token(number), job, "n", "/f", info(state), NOW);
  }

  private static JobInfo info(JobState state) {
    return JobInfo.builder(state).build();
  }

  private static JobInfo attempt(JobState state, int attempt) {
    return JobInfo.builder(state).attempt(attempt).build();
  }
}
