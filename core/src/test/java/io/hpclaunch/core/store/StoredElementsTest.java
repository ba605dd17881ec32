// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of the elements of arrays, as the store keeps it in files. */
class StoredElementsTest {
  private static final Instant NOW = Instant.parse("2025-11-21T10:00:00Z");
  private static final int MANY = 100_000;

  @TempDir
  Path state;

  private FileJobStore store;

  @BeforeEach
  void open() {
    store = open(state);
  }

  @Test
  void aPlainJobHasNoElementsAndNoFile() throws Exception {
    JobRecord plain =
        JobRecord.of(token(), JobId.parse("c:1"), "n", "/f", info(JobState.QUEUED), NOW);
    store.save(plain);
    assertThat(store.elements(plain).isEmpty()).isTrue();
    store.save(array(9));
    assertThat(store.elements(array(9)).isEmpty()).isTrue();
    assertThat(file()).doesNotExist();
  }

  @Test
  void whatOnlyGoesOnWithTimeIsNotWritten() throws Exception {
    JobInfo running = info(JobState.RUNNING).toBuilder().started(NOW).build();
    save(store, 0, Map.of(1, running, 2, running));
    long size = Files.size(file());
    JobInfo later = running.toBuilder()
        .wallTime(Duration.ofMinutes(5))
        .cpuTime(Duration.ofMinutes(4))
        .peakMemory(1L << 30)
        .build();
    WholeJob now = save(store, 300, Map.of(1, later, 2, running));
    assertThat(Files.size(file())).isEqualTo(size);
    assertThat(now.elements().get(1).info()).as("it is known all the same").isEqualTo(later);
    save(store, 301, Map.of(1, info(JobState.COMPLETED)));
    assertThat(Files.size(file())).isGreaterThan(size);
  }

  @Test
  void elementsNotYetKnownAndThoseThatAreAlikeCostNothing() throws Exception {
    Elements queued = none(MANY).observe(all(JobState.QUEUED), NOW);
    assertThat(queued.size()).isEqualTo(MANY);
    assertThat(queued.get(1)).isSameAs(queued.get(MANY));
    store.save(new WholeJob(array(MANY), queued));
    assertThat(Files.size(file())).isLessThan(200);
    Elements read = open(state).elements(array(MANY));
    assertThat(read).isEqualTo(queued);
    assertThat(read.get(1)).isSameAs(read.get(MANY));
  }

  /** Bytes and not seconds: a machine may be slow. */
  @Test
  void anArrayOf100000CostsWhatMoves() throws Exception {
    long written = 0;
    Elements known = none(MANY).observe(all(JobState.QUEUED), NOW);
    known = store.save(new WholeJob(array(MANY), known)).elements();
    for (int first = 1; first < MANY; first += 1000) {
      long before = Files.size(file());
      Map<Integer, JobInfo> seen = all(JobState.QUEUED); // the scheduler tells of all each time
      for (int i = 1; i < first + 1000; i++) {
        seen.put(i, ended(i));
      }
      Elements now = known.observe(seen, NOW.plusSeconds(first));
      known = store.save(new WholeJob(array(MANY), now)).elements();
      long grown = Files.size(file()) - before;
      assertThat(grown).as("of 1000 that ended").isBetween(1000L, 70_000L);
      written += grown;
    }
    assertThat(written).isLessThan(7_000_000);
    assertThat(open(state).elements(array(MANY))).isEqualTo(known);
    assertThat(Files.size(state.resolve("records/ho").resolve(token() + ".json")))
        .as("the record holds nothing of its elements")
        .isLessThan(1000);
  }

  @Test
  void aFileThatHasGrownIsWrittenAnewWhileOthersReadIt() throws Exception {
    FileJobStore reader = open(state);
    long largest = 0;
    for (int round = 1; round <= 3000; round++) {
      save(store, round, Map.of(7, attempt(JobState.RUNNING, round)));
      largest = Math.max(largest, Files.size(file()));
      if (round % 97 == 0) {
        assertThat(reader.elements(array(MANY)).get(7).info().attempt()).isEqualTo(round);
      }
    }
    assertThat(largest).isLessThan(40_000);
    save(reader, 4000, Map.of(8, info(JobState.RUNNING)));
    assertThat(store.elements(array(MANY)).size()).isEqualTo(2);
    assertThat(open(state).elements(array(MANY))).isEqualTo(store.elements(array(MANY)));
  }

  @Test
  void aLineThatWasCutShortIsNoLine() throws Exception {
    save(store, 0, Map.of(1, info(JobState.COMPLETED)));
    byte[] before = Files.readAllBytes(file());
    save(store, 1, Map.of(2, info(JobState.COMPLETED), 5, info(JobState.FAILED)));
    byte[] whole = Files.readAllBytes(file());
    for (int length = before.length; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      FileJobStore next = open(state);
      Elements left = next.elements(array(MANY));
      assertThat(state(left, 1)).isEqualTo(JobState.COMPLETED);
      assertThat(left.get(5)).isNull();
      save(next, 2, Map.of(3, info(JobState.RUNNING)));
      Elements now = open(state).elements(array(MANY));
      assertThat(now.size()).as("cut at %s", length).isEqualTo(left.size() + 1);
      assertThat(state(now, 3)).isEqualTo(JobState.RUNNING);
    }
  }

  @Test
  void aLineThatSaysNothingIsPassedOver() throws Exception {
    save(store, 0, Map.of(1, info(JobState.COMPLETED)));
    String good = Files.readString(file());
    String lines = """

        7
        7 RUNNING
        7 NONE t1
        7 RUNNING t1 x
        7 RUNNING t1 z5
        7 RUNNING t99999999999999999999
        7 RUNNING t9223372036854775807
        7 RUNNING t0.1234567891
        x RUNNING t1
        7-5 RUNNING t1
        0 RUNNING t1
        7-999999999 RUNNING t1
        7 RUNNING t1 h2 none
        7 RUNNING t1 cTIME
        7 RUNNING t1 a0
        7 RUNNING t1 r\\00
        7 RUNNING t1 r\\00zz
        8 RUNNING t1
        """;
    Files.writeString(file(), lines.replace(' ', '\t'), StandardOpenOption.APPEND);
    Elements known = open(state).elements(array(MANY));
    assertThat(known.size()).isEqualTo(2);
    assertThat(state(known, 8)).isEqualTo(JobState.RUNNING);
    Files.writeString(file(), good.replace("elements 1", "elements 2"));
    assertThatThrownBy(() -> open(state).elements(array(MANY)))
        .isInstanceOf(DamagedRecord.class)
        .hasMessageContaining(file().toString());
  }

  @Test
  void bytesThatWereChangedHarmNoOtherLine() throws Exception {
    for (int i = 1; i <= 40; i++) {
      save(store, i, Map.of(i, ended(i)));
    }
    byte[] whole = Files.readAllBytes(file());
    int header = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      byte[] changed = whole.clone();
      changed[header + random.nextInt(changed.length - header)] = (byte) random.nextInt();
      Files.write(file(), changed);
      assertThat(open(state).elements(array(40)).size()).isGreaterThanOrEqualTo(37);
    }
  }

  @Test
  void anArrayThatIsForgottenLeavesNoElements() throws Exception {
    store.save(new WholeJob(
        array(9).observe(info(JobState.COMPLETED), NOW.plusSeconds(1)),
        none(9).observe(Map.of(1, info(JobState.COMPLETED)), NOW)));
    assertThat(file()).exists();
    assertThat(store.remove(token())).isTrue();
    assertThat(file()).doesNotExist();
    assertThat(store.elements(array(9)).isEmpty()).isTrue();
  }

  @Test
  void threadsThatWriteAtOnceLoseNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int who = 0; who < 4; who++) {
        int first = who;
        FileJobStore own = who % 2 == 0 ? store : open(state);
        ends.add(threads.submit(() -> {
          Writer.write(own, first, 4);
          return null;
        }));
      }
      for (Future<?> end : ends) {
        end.get(120, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    checkWritten(4);
  }

  @Test
  void processesThatWriteAtOnceLoseNothing() throws Exception {
    List<Process> writers = new ArrayList<>();
    for (int who = 0; who < 3; who++) {
      writers.add(Children.start(Writer.class, state.toString(), "" + who, "3"));
    }
    for (Process each : writers) {
      assertThat(each.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(each.exitValue()).isZero();
    }
    checkWritten(3);
  }

  private void checkWritten(int writers) throws IOException {
    Elements known = open(state).elements(array(MANY));
    assertThat(known.size()).isEqualTo(writers * Writer.ELEMENTS);
    known.forEach((index, seen) -> assertThat(seen.info().attempt()).isEqualTo(Writer.ATTEMPTS));
    assertThat(store.elements(array(MANY))).isEqualTo(known);
  }

  /** Moves elements of its own, often enough for the file to be written anew meanwhile. */
  static final class Writer {
    static final int ELEMENTS = 10;
    static final int ATTEMPTS = 60;

    private Writer() {}

    /** Arguments: the state folder, which of the writers this is, and how many there are. */
    public static void main(String[] args) throws IOException {
      write(open(Path.of(args[0])), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    }

    static void write(FileJobStore store, int who, int writers) throws IOException {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        for (int i = 0; i < ELEMENTS; i++) {
          save(store, attempt, Map.of(1 + i * writers + who, attempt(JobState.RUNNING, attempt)));
        }
      }
    }
  }

  private static WholeJob save(FileJobStore store, int second, Map<Integer, JobInfo> seen)
      throws IOException {
    return store.save(WholeJob.of(array(MANY)).observeElements(seen, NOW.plusSeconds(second)));
  }

  private static Map<Integer, JobInfo> all(JobState state) {
    Map<Integer, JobInfo> all = new TreeMap<>();
    IntStream.rangeClosed(1, MANY).forEach(i -> all.put(i, info(state)));
    return all;
  }

  private static JobInfo ended(int index) {
    Instant start = NOW.plusMillis(37L * index);
    return JobInfo.builder(JobState.COMPLETED)
        .exitCode(0)
        .submitted(NOW)
        .started(start)
        .ended(start.plusMillis(index % 100))
        .wallTime(Duration.ofMillis(index % 100))
        .nodes(List.of("node" + index % 7))
        .build();
  }

  private static JobInfo info(JobState state) {
    return JobInfo.builder(state).build();
  }

  private static JobInfo attempt(JobState state, int attempt) {
    return JobInfo.builder(state).attempt(attempt).build();
  }

  private static JobState state(Elements known, int index) {
    return known.get(index).info().state();
  }

  private static Elements none(int size) {
    return Elements.none(ArrayRange.of(1, size));
  }

  private static JobRecord array(int size) {
    Observations first = Observations.first(info(JobState.RUNNING), NOW);
    return new JobRecord(
        token(),
        JobId.parse("c:1"),
        "n",
        "/f",
        null,
        null,
        NOW,
        first,
        ArrayRange.of(1, size),
        List.of(),
        null,
        CancelWish.NONE);
  }

  private Path file() {
    return state.resolve("records/ho").resolve(token() + ".elements");
  }

  private static Token token() {
    return new Token("ho00000001");
  }

  private static FileJobStore open(Path folder) {
    return new FileJobStore(folder, false, Clock.fixed(NOW, ZoneOffset.UTC));
  }
}
