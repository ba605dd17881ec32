// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is the files' own; what all stores promise is tested by testkit's StoreContract. */
class FileJobStoreTest {
  private static final Instant NOW = Instant.parse("2025-11-21T10:00:00Z");

  @TempDir
  Path state;

  private FileJobStore store;

  @BeforeEach
  void open() {
    store = open(state);
  }

  @Test
  void eachStateFolderHasItsOwnIdentityForGood() throws Exception {
    JobRegister.Identity first = store.identity();
    assertThat(first.place()).isEqualTo(state.toString());
    assertThat(open(state).identity()).isEqualTo(first);
    assertThat(open(state.resolve("another")).identity().id()).isNotEqualTo(first.id());
    try (Stream<Path> files = Files.list(state)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .as("nothing half made is left")
          .containsExactlyInAnyOrder("register", "another");
    }
  }

  @Test
  void clientsThatComeTogetherAgreeOnTheIdentity() {
    List<String> ids = IntStream.range(0, 32)
        .parallel()
        .mapToObj(i -> {
          try {
            return open(state).identity().id();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .distinct()
        .toList();
    assertThat(ids).hasSize(1);
  }

  @Test
  void aDamagedRecordIsToldAndHarmsNoOther() throws Exception {
    JobRecord good = store.save(record(1, "1", JobState.QUEUED));
    JobRecord bad = store.save(record(2, "2", JobState.QUEUED));
    byte[] whole = Files.readAllBytes(file(bad.token()));
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
      Files.write(file(bad.token()), damaged);
      JobStore.Loaded loaded = store.load(store.active());
      assertThat(loaded.records()).containsExactly(good);
      assertThat(loaded.damaged()).singleElement().satisfies(damage -> {
        assertThat(damage.token()).isEqualTo(bad.token());
        assertThat(damage.why()).contains("damaged").contains(bad.token().value());
        assertThat(damage.why()).doesNotContain("Exception");
      });
    }
    assertThatThrownBy(() -> store.find(bad.id())).isInstanceOf(DamagedRecord.class);
    assertThatThrownBy(() -> store.save(bad)).isInstanceOf(DamagedRecord.class);
    store.remove(bad.token());
    assertThat(store.load(bad.token())).isEmpty();
  }

  @Test
  void bytesThatWereChangedNeverGiveAnotherError() throws Exception {
    JobRecord record = store.save(record(1, "1", JobState.QUEUED));
    byte[] whole = Files.readAllBytes(file(record.token()));
    Random random = new Random(4);
    int told = 0;
    for (int round = 0; round < 500; round++) {
      byte[] changed = whole.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      Files.write(file(record.token()), changed);
      JobStore.Loaded loaded = store.load(List.of(record.token()));
      assertThat(loaded.records().size() + loaded.damaged().size()).isEqualTo(1);
      told += loaded.damaged().size();
    }
    assertThat(told).isPositive();
  }

  @Test
  void lookupsAndListingsReadNoOtherRecord() throws Exception {
    for (int i = 0; i < 200; i++) {
      store.save(record(i, "id" + i, i < 100 ? JobState.QUEUED : JobState.COMPLETED));
    }
    JobRecord wanted = store.load(token(7)).orElseThrow();
    for (int i = 0; i < 200; i++) {
      if (i != 7) {
        Files.writeString(file(token(i)), "damaged");
      }
    }
    assertThat(store.find(wanted.id())).contains(wanted);
    assertThat(store.complete("c", "id7")).hasSize(11);
    assertThat(store.active()).hasSize(100);
    assertThat(store.ended(NOW, NOW)).hasSize(100);
  }

  @Test
  void aRecordUnderAnotherNameIsDamaged() throws Exception {
    store.save(record(1, "1", JobState.QUEUED));
    Files.copy(file(token(1)), file(token(2)));
    assertThatThrownBy(() -> store.load(token(2))).isInstanceOf(DamagedRecord.class);
  }

  @Test
  void anIndexThatWasCutShortIsPutRight() throws Exception {
    store.save(record(2, "2", JobState.QUEUED));
    JobRecord record = store.save(record(1, "1", JobState.QUEUED));
    Path index = state.resolve("index/ids/c/1");
    String whole = Files.readString(index);
    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(index, whole.substring(0, length));
      assertThat(store.find(record.id())).contains(record);
      assertThat(index).hasContent(whole);
    }
    Files.writeString(state.resolve("index/active/not a token"), "");
    assertThat(store.active()).contains(record.token()).hasSize(2);
  }

  @Test
  void ofSeveralJobsTheYoungestGetsADamagedIndexBack() throws Exception {
    store.save(record(1, "7", JobState.COMPLETED));
    JobRecord later = JobRecord.of(
        token(2), JobId.parse("c:7"), "n", "/f", info(JobState.QUEUED), NOW.plusSeconds(1));
    JobRecord young = store.save(later);
    Files.writeString(state.resolve("index/ids/c/7"), "");
    assertThat(store.find(young.id())).contains(young);
  }

  @Test
  void aDamagedIndexThatNoRecordExplainsIsTold() throws Exception {
    store.save(record(1, "1", JobState.QUEUED));
    Files.writeString(state.resolve("index/ids/c/9"), "not a token\n");
    assertThatThrownBy(() -> store.find(JobId.parse("c:9")))
        .isInstanceOf(DamagedRecord.class)
        .hasMessageContaining("index/ids/c/9")
        .hasMessageContaining("remove it");
  }

  @Test
  void anIdIsFoundWhileItsIndexIsWritten() throws Exception {
    List<JobRecord> jobs = List.of(
        store.save(record(1, "7", JobState.QUEUED)), store.save(record(2, "7", JobState.QUEUED)));
    IdIndex index = new IdIndex(state.resolve("index/ids"), false);
    Thread writer = new Thread(() -> {
      for (int i = 0; i < 1000; i++) {
        try {
          index.put(jobs.get(i % 2));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    });
    writer.start();
    while (writer.isAlive()) {
      assertThat(jobs).contains(store.find(JobId.parse("c:7")).orElseThrow());
    }
    writer.join();
    assertThat(store.find(JobId.parse("c:7"))).contains(jobs.get(1));
  }

  @Test
  void jsonOfAnotherKindIsDamage() throws Exception {
    JobRecord record = store.save(record(1, "1", JobState.QUEUED));
    Path file = file(record.token());
    Files.writeString(file, "[".repeat(1 << 20));
    assertThatThrownBy(() -> store.load(record.token())).isInstanceOf(DamagedRecord.class);
    for (String json : List.of("[]", "null", "{}", "{\"version\":[1]}", "{\"version\":{}}")) {
      Files.writeString(file, json);
      assertThatThrownBy(() -> store.load(record.token()))
          .as(json)
          .isInstanceOf(DamagedRecord.class);
    }
  }

  @Test
  void whereNothingCanBeWrittenOneLineSaysSo() throws Exception {
    Files.writeString(state.resolve("records"), "in the way");
    assertThatThrownBy(() -> store.save(record(1, "1", JobState.QUEUED)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the record of c:1")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anEmptyStateFolderHasNoJobs() throws Exception {
    FileJobStore none = open(state.resolve("none"));
    assertThat(none.active()).isEmpty();
    assertThat(none.ended(Instant.EPOCH, NOW)).isEmpty();
    assertThat(none.load(token(1))).isEmpty();
    assertThat(none.find(JobId.parse("c:1"))).isEmpty();
    assertThat(state.resolve("none")).doesNotExist();
  }

  @Test
  void everythingIsForItsOwnerOnly() throws Exception {
    store.save(record(1, "1", JobState.COMPLETED));
    store.save(record(2, "2", JobState.QUEUED));
    try (var all = Files.walk(state)) {
      for (Path each : all.filter(p -> !p.equals(state)).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
            .as("%s", each)
            .isEqualTo(Files.isDirectory(each) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void processesThatWriteAtOnceLoseNothing() throws Exception {
    store.save(array(JobInfo.builder(JobState.RUNNING).build()));
    List<Process> writers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      writers.add(Children.start(Writer.class, state.toString(), "" + i));
    }
    for (Process each : writers) {
      assertThat(each.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(each.exitValue()).isZero();
    }
    JobRecord record = store.load(token(1)).orElseThrow();
    assertThat(store.elements(record).size()).isEqualTo(3 * Writer.COUNT);
    assertThat(record.last().info().attempt()).isEqualTo(Writer.COUNT);
  }

  @Test
  void aWriterThatIsKilledLeavesAWholeRecord() throws Exception {
    store.save(array(JobInfo.builder(JobState.RUNNING).build()));
    for (int round = 0; round < 4; round++) {
      int before = store.elements(store.load(token(1)).orElseThrow()).size();
      Process writer = Children.start(Writer.class, state.toString(), "" + round);
      while (writer.isAlive()
          && store.elements(store.load(token(1)).orElseThrow()).size() < before + 5 + round) {
        Thread.onSpinWait();
      }
      writer.destroyForcibly().waitFor();
      JobRecord record = store.load(token(1)).orElseThrow();
      store.save(record.observe(record.last().info(), NOW.plusSeconds(1000 + round)));
    }
    assertThat(store.active()).containsExactly(token(1));
  }

  /** Writes what it sees of its own elements, beside others that do the same. */
  static final class Writer {
    static final int COUNT = 60;

    private Writer() {}

    /** Arguments: the state folder, and which of the writers this is. */
    public static void main(String[] args) throws IOException {
      FileJobStore store = open(Path.of(args[0]));
      int who = Integer.parseInt(args[1]);
      for (int i = 0; i < COUNT; i++) {
        JobInfo info = JobInfo.builder(JobState.RUNNING).attempt(i + 1).build();
        store.save(WholeJob.of(array(info)).observeElements(Map.of(i * 3 + who, info), NOW));
      }
    }
  }

  private static JobRecord array(JobInfo info) {
    return new JobRecord(
        token(1),
        JobId.parse("c:1"),
        "n",
        "/f",
        null,
        null,
        NOW,
        Observations.first(info, NOW),
        ArrayRange.of(0, 999),
        List.of(),
        null,
        CancelWish.NONE);
  }

  private Path file(Token token) {
    return state.resolve("records/ho").resolve(token + ".json");
  }

  private static FileJobStore open(Path folder) {
    return new FileJobStore(folder, false, Clock.fixed(NOW, ZoneOffset.UTC));
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
}
