// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.pool.store.FolderStore;
import io.hpclaunch.pool.store.ObjectStore;
import io.hpclaunch.pool.wire.Outcome;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.ResultMessage;
import io.hpclaunch.pool.wire.TaskResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class BatchJournalTest {
  private static final Instant BEGUN = Instant.ofEpochMilli(1_800_000_000_000L);
  private static final Duration WEEK = Duration.ofDays(7);

  private static final List<BatchEntry> ENTRIES = List.of(
      new BatchEntry.Allowed(List.of("org.example.Point")),
      new BatchEntry.HandedOver(List.of(0, 1, 2)),
      results(1),
      new BatchEntry.GivenUp(List.of(2)),
      new BatchEntry.Whole(4),
      results(3, 0));

  @TempDir
  Path folder;

  private final String id = UUID.randomUUID().toString();
  private ObjectStore store;
  private BatchJournals journals;

  @BeforeEach
  void name() {
    store = new FolderStore(folder.resolve("store"));
    journals = new BatchJournals(folder.resolve("batches"), store, WEEK);
  }

  private Path file() {
    return folder.resolve("batches").resolve(id + ".journal");
  }

  private static BatchEntry.Arrived results(int... indexes) {
    List<TaskResult> results = Arrays.stream(indexes)
        .mapToObj(index -> new TaskResult(
            index,
            Outcome.DONE,
            0,
            0,
            BEGUN,
            Duration.ZERO,
            new Payload.Inline(new byte[] {1}),
            false))
        .toList();
    return new BatchEntry.Arrived(new ResultMessage("b", "w", results).encode());
  }

  private void write(List<BatchEntry> entries) {
    try (BatchJournal journal =
        journals.create(id, new BatchEntry.Opened(BEGUN, BatchEntry.Kind.FUNCTIONS, false))) {
      entries.forEach(journal::append);
    }
  }

  @Test
  void whatWasWrittenIsRead() throws Exception {
    write(ENTRIES);
    BatchJournals.Taken taken = journals.take(id);
    try (BatchJournal journal = taken.journal()) {
      assertThat(journal).isNotNull();
      BatchContent content = taken.content();
      assertThat(content.opened())
          .isEqualTo(new BatchEntry.Opened(BEGUN, BatchEntry.Kind.FUNCTIONS, false));
      assertThat(content.allowed()).containsExactly("org.example.Point");
      assertThat(content.known().stream()).containsExactly(0, 1, 2, 3);
      assertThat(content.givenUp().stream()).containsExactly(2);
      assertThat(content.ended()).isEqualTo(4);
      assertThat(content.whole()).hasValue(4);
      assertThat(content.isComplete()).isTrue();
      List<Integer> order = new ArrayList<>();
      taken.replay(message ->
          ResultMessage.decode(message).results().forEach(result -> order.add(result.index())));
      assertThat(order).containsExactly(1, 3, 0);
    }
  }

  /** The client may die at any byte: what stood before it stands, and the next one goes on. */
  @Test
  void aTornTailIsCutOff() throws Exception {
    write(ENTRIES);
    byte[] all = Files.readAllBytes(file());
    int entriesBefore = 0;
    for (int length = all.length; length > 0; length--) {
      Files.write(file(), Arrays.copyOf(all, length));
      List<BatchEntry> read = new ArrayList<>();
      long end = BatchJournal.read(file(), read::add);
      assertThat(end).isLessThanOrEqualTo(length);
      if (read.isEmpty()) {
        assertThatThrownBy(() -> journals.take(id)).isInstanceOf(IllegalArgumentException.class);
        continue;
      }
      try (BatchJournal journal = journals.take(id).journal()) {
        journal.append(new BatchEntry.Whole(77));
      }
      assertThat(journals.list().get(id).whole()).as("%d bytes", length).hasValue(77);
      assertThat(Files.size(file())).isGreaterThan(end);
      entriesBefore = Math.max(entriesBefore, read.size());
    }
    assertThat(entriesBefore).isEqualTo(ENTRIES.size() + 1);
  }

  @Test
  void damageIsNoEntry() throws Exception {
    write(ENTRIES);
    byte[] all = Files.readAllBytes(file());
    all[all.length - 1] ^= 1;
    Files.write(file(), all);
    assertThat(journals.list().get(id).ended()).isEqualTo(2); // without the last message
    Files.write(file(), new byte[] {127, 0, 0, 0, 0, 0, 0, 0, 1}); // a length of 2 GiB
    assertThat(journals.list()).isEmpty();
  }

  @Test
  void whatMayBeMissingIsSaid() {
    write(List.of(new BatchEntry.HandedOver(List.of(0, 2)), new BatchEntry.Whole(3)));
    assertThat(journals.list().get(id).isComplete()).isFalse();
  }

  @Test
  void aBatchInUseIsNobodyElses() {
    try (BatchJournal journal =
        journals.create(id, new BatchEntry.Opened(BEGUN, BatchEntry.Kind.COMMANDS, false))) {
      journal.append(new BatchEntry.Whole(1));
      assertThatThrownBy(() -> journals.take(id))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining(id)
          .hasMessageContaining("in use");
      journals.prune(Instant.now().plus(WEEK).plusSeconds(60));
      assertThat(journals.ids()).containsExactly(id);
    }
  }

  @Test
  void whatNobodyHasHadForAWeekGoes() throws Exception {
    write(ENTRIES);
    store.put("batches/" + id + "/0.result", new byte[1]);
    journals.prune(Instant.now().plus(WEEK).minusSeconds(60));
    assertThat(journals.ids()).containsExactly(id);
    journals.prune(Instant.now().plus(WEEK).plusSeconds(60));
    assertThat(journals.ids()).isEmpty();
    assertThat(store.has("batches/" + id + "/0.result")).isFalse();
    try (var left = Files.list(folder.resolve("batches"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void anIdIsNoPath() throws Exception {
    Files.createFile(folder.resolve("x.journal"));
    assertThatThrownBy(() -> journals.take("../x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'../x'");
  }

  @Test
  void filesAreTheOwnersOnly() throws Exception {
    write(ENTRIES);
    try (var files = Files.walk(folder.resolve("batches"))) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .endsWith("------");
      }
    }
  }

  @Test
  void aJournalThatCannotBeWrittenIsGivenUp() throws Exception {
    Path inTheWay = folder.resolve("file");
    Files.createFile(inTheWay);
    BatchJournals nowhere = new BatchJournals(inTheWay, store, WEEK);
    assertThat(nowhere.create(id, new BatchEntry.Opened(BEGUN, BatchEntry.Kind.COMMANDS, false)))
        .isNull();
  }

  /** POSIX takes all locks of a file away when any of its descriptors is closed. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void whoAsksForALockThatItsOwnProcessHoldsDoesNotGiveItBack() throws Exception {
    Path file = folder.resolve("lock");
    try (ProcessLock lock = ProcessLock.tryTake(file).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(ProcessLock.tryTake(file)).isEmpty();
      assertThat(isLocked(file)).isTrue();
    }
    assertThat(isLocked(file)).isFalse();
    ProcessLock.tryTake(file).orElseThrow().close();
  }

  private static boolean isLocked(Path file) throws IOException {
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .anyMatch(line -> line.contains(inode));
  }

  @Test
  void manyTasksAreManyNumbers() {
    List<Integer> many = IntStream.range(0, 100_000).boxed().toList();
    write(List.of(new BatchEntry.HandedOver(many), new BatchEntry.Whole(100_000)));
    assertThat(journals.list().get(id).tasks()).isEqualTo(100_000);
  }
}
