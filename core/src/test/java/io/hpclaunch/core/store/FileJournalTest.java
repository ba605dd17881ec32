// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.JournalEntry.Intent;
import io.hpclaunch.core.store.JournalEntry.Kind;
import io.hpclaunch.core.store.JournalEntry.Outcome;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileJournalTest {
  private static final Instant NOW = Instant.parse("2025-11-21T10:00:00Z");

  @TempDir
  Path state;

  @Test
  void anIntentIsOpenUntilItsOutcomeIsKnown() throws Exception {
    try (FileJournal journal = journals().open()) {
      journal.append(intent(1));
      journal.append(intent(2));
      journal.append(outcome(2, Kind.UNKNOWN));
      journal.append(intent(3));
      journal.append(outcome(3, Kind.SUBMITTED));
      journal.append(intent(4));
      journal.append(outcome(4, Kind.REJECTED));
      journal.append(intent(5));
      journal.append(outcome(5, Kind.HELD));
      assertThat(journal.openIntents())
          .containsExactly(
              new OpenIntent(intent(1), null),
              new OpenIntent(intent(2), outcome(2, Kind.UNKNOWN)),
              new OpenIntent(intent(5), outcome(5, Kind.HELD)));
    }
  }

  @Test
  void whatIsTriedAgainIsKnownSinceItsFirstIntent() throws Exception {
    Intent again = intent(1).again(NOW.plusSeconds(9));
    assertThat(again.begun()).isEqualTo(NOW);
    JournalLines.Read read = JournalLines.read(JournalLines.write(again));
    assertThat(read.entries()).containsExactly(again);
  }

  @Test
  void chunksOfAnArrayAreIntentsOfTheirOwn() throws Exception {
    ArrayRange first = ArrayRange.of(1, 5);
    Intent a = new Intent(token(1), first, NOW, "b", "n", "/f");
    Intent b = new Intent(token(1), ArrayRange.of(6, 9), NOW, "b", "n", "/f");
    try (FileJournal journal = journals().open()) {
      journal.append(a);
      journal.append(b);
      journal.append(new Outcome(token(1), first, NOW, Kind.SUBMITTED, NativeId.of("4"), null));
      assertThat(journal.openIntents()).containsExactly(new OpenIntent(b, null));
    }
  }

  @Test
  void aJournalWithNothingOpenIsGoneWhenItIsClosed() throws Exception {
    FileJournal journal = journals().open();
    journal.append(intent(1));
    journal.append(outcome(1, Kind.SUBMITTED));
    assertThat(journal.file()).exists();
    journal.close();
    assertThat(journal.file()).doesNotExist();
    FileJournal other = journals().open();
    other.append(intent(1));
    other.close();
    assertThat(other.file()).exists();
    assertThatThrownBy(() -> other.append(intent(2))).isInstanceOf(IOException.class);
  }

  @Test
  void linesHaveTheFormThatTheDesignGives() throws Exception {
    try (FileJournal journal = journals().open()) {
      journal.append(intent(1));
      String name = journal.file().getFileName().toString();
      assertThat(name).startsWith(ProcessIdentity.current().toString()).endsWith(".log");
      assertThat(Files.readString(journal.file())).matches("\\{.*\\}\\t[0-9a-f]{8}\\n");
    }
  }

  @Test
  void cutAtAnyByteTheWholeLinesBeforeAreRead() throws Exception {
    byte[] whole = lines(intent(1), outcome(1, Kind.UNKNOWN), intent(2), intent(3));
    for (int length = 0; length <= whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      boolean lacksItsEnd = length < whole.length && whole[length] == '\n';
      long ends = count(cut) + (lacksItsEnd ? 1 : 0);
      assertThat(JournalLines.read(cut).entries()).hasSize((int) ends);
      ByteArrayOutputStream disk = new ByteArrayOutputStream();
      disk.writeBytes(cut);
      FileJournal journal = new FileJournal(state, cut, new Memory(disk, Integer.MAX_VALUE), false);
      journal.append(intent(9));
      JournalLines.Read again = JournalLines.read(disk.toByteArray());
      assertThat(again.entries()).hasSize((int) ends + 1).endsWith(intent(9));
      assertThat(again.damaged()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void aChangedByteCostsItsLineOnly() throws Exception {
    byte[] whole = lines(intent(1), intent(2), intent(3));
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      byte[] changed = whole.clone();
      int at = random.nextInt(changed.length);
      changed[at] ^= (byte) (1 << random.nextInt(8));
      JournalLines.Read read = JournalLines.read(changed);
      // The end of a line is part of two.
      assertThat(read.entries().size()).isBetween(whole[at] == '\n' ? 1 : 2, 2);
      assertThat(read.damaged()).isPositive();
    }
  }

  @Test
  void onAFullDiskTheAppendFailsAndTheJournalStaysWhole() throws Exception {
    byte[] one = lines(intent(1));
    for (int room = 0; room < one.length; room++) {
      ByteArrayOutputStream disk = new ByteArrayOutputStream();
      Memory output = new Memory(disk, one.length + room);
      FileJournal journal = new FileJournal(state, new byte[0], output, false);
      journal.append(intent(1));
      assertThatThrownBy(() -> journal.append(intent(2)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left")
          .hasMessageContaining("nothing was done")
          .hasMessageNotContaining("\n");
      assertThat(journal.openIntents()).containsExactly(new OpenIntent(intent(1), null));
      assertThat(disk.toByteArray()).isEqualTo(one);
      output.room = Integer.MAX_VALUE;
      journal.append(intent(3));
      assertThat(disk.toByteArray()).isEqualTo(lines(intent(1), intent(3)));
    }
  }

  @Test
  void whereEvenTheCutFailsTheNextEntryIsReadable() throws Exception {
    ByteArrayOutputStream disk = new ByteArrayOutputStream();
    Memory output = new Memory(disk, 10);
    output.truncates = false;
    FileJournal journal = new FileJournal(state, new byte[0], output, false);
    assertThatThrownBy(() -> journal.append(intent(1))).isInstanceOf(IOException.class);
    output.room = Integer.MAX_VALUE;
    journal.append(intent(2));
    assertThat(JournalLines.read(disk.toByteArray()).entries()).containsExactly(intent(2));
  }

  @Test
  void aFullDiskIsToldByARealOne() throws Exception {
    Path small = Files.createDirectory(state.resolve("small"));
    Process mount = new ProcessBuilder(
            "mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small.toString())
        .redirectErrorStream(true)
        .start();
    mount.getInputStream().readAllBytes();
    Assumptions.assumeTrue(mount.waitFor() == 0, "mount (needs root)");
    try {
      FileJournal journal = new FileJournals(small, false, clock()).open();
      int[] written = {0};
      assertThatThrownBy(() -> {
            while (true) {
              journal.append(intent(written[0] + 1));
              written[0]++;
            }
          })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");
      JournalLines.Read read = JournalLines.read(Files.readAllBytes(journal.file()));
      assertThat(read.entries()).hasSize(written[0]).hasSizeGreaterThan(10);
      assertThat(read.damaged()).isZero();
      journal.close();
    } finally {
      assertThat(new ProcessBuilder("umount", small.toString()).start().waitFor())
          .isZero();
    }
  }

  @Test
  void theJournalOfTheDeadIsTakenOverByOne() throws Exception {
    Process dead = Children.start(Owner.class, state.toString(), "1");
    awaitLine(dead);
    assertThat(journals().takeOver(any -> true)).isEmpty(); // it lives
    dead.destroyForcibly().waitFor();
    List<Journal> taken = journals().takeOver(any -> true);
    assertThat(taken).hasSize(1);
    assertThat(taken.get(0).openIntents())
        .extracting(o -> o.intent().token())
        .containsExactly(token(1));
    assertThat(journals().takeOver(any -> true)).isEmpty();
    taken.get(0).append(outcome(1, Kind.REJECTED));
    taken.get(0).close();
    assertThat(state.resolve("journal")).isEmptyDirectory();
  }

  @Test
  void whoDiesAfterATakeOverIsTakenOverHimself() throws Exception {
    Process first = Children.start(Owner.class, state.toString(), "1");
    awaitLine(first);
    first.destroyForcibly().waitFor();
    Process second = Children.start(Owner.class, state.toString(), "2");
    awaitLine(second);
    assertThat(journals().takeOver(any -> true)).isEmpty();
    second.destroyForcibly().waitFor();
    List<Token> open = new ArrayList<>();
    for (Journal each : journals().takeOver(any -> true)) {
      each.openIntents().forEach(o -> open.add(o.intent().token()));
      each.close();
    }
    assertThat(open).containsExactlyInAnyOrder(token(1), token(2));
  }

  @Test
  void whatThisProcessClosedWithSomethingOpenIsTakenOverInItToo() throws Exception {
    FileJournal closed = journals().open();
    closed.append(intent(1));
    FileJournal open = journals().open();
    open.append(intent(2));
    assertThat(journals().takeOver(any -> true)).isEmpty();
    closed.close();
    List<Journal> taken = journals().takeOver(any -> true);
    assertThat(taken)
        .flatExtracting(Journal::openIntents)
        .containsExactly(new OpenIntent(intent(1), null));
    assertThat(journals().takeOver(any -> true)).isEmpty();
    taken.get(0).close();
    assertThat(journals().takeOver(any -> true)).hasSize(1).allSatisfy(Journal::close);
    open.close();
  }

  @Test
  void anotherHostsJournalIsTakenOnlyAfterALongSilence() throws Exception {
    Path folder = Files.createDirectories(state.resolve("journal"));
    Path file = Files.write(folder.resolve("other-host-7-abc.log"), lines(intent(1)));
    Files.setLastModifiedTime(file, FileTime.from(NOW.minus(Duration.ofMinutes(59))));
    assertThat(journals().takeOver(any -> true)).isEmpty();
    Files.setLastModifiedTime(file, FileTime.from(NOW.minus(Duration.ofMinutes(61))));
    List<Journal> taken = journals().takeOver(any -> true);
    assertThat(taken).hasSize(1);
    taken.get(0).close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"README", "x.log", "a-b-c.log", ".log", "h-1-x.log.tmp"})
  void filesOfOthersAreLeftAlone(String name) throws Exception {
    Path folder = Files.createDirectories(state.resolve("journal"));
    Files.writeString(folder.resolve(name), "x");
    assertThat(journals().takeOver(any -> true)).isEmpty();
    assertThat(folder.resolve(name)).exists();
  }

  @Test
  void aNumberThatWasUsedAgainIsAnotherProcess() {
    ProcessIdentity me = ProcessIdentity.current();
    assertThat(me.life()).isEqualTo(ProcessIdentity.Life.ALIVE);
    assertThat(new ProcessIdentity(me.host(), me.pid(), "0x1").life())
        .isEqualTo(ProcessIdentity.Life.GONE);
    assertThat(new ProcessIdentity("elsewhere", me.pid(), me.start()).life())
        .isEqualTo(ProcessIdentity.Life.UNKNOWN);
    assertThat(ProcessIdentity.parse(me.toString())).isEqualTo(me);
    assertThat(ProcessIdentity.parse("a-b-c-12-0x3"))
        .isEqualTo(new ProcessIdentity("a-b-c", 12, "0x3"));
  }

  @Test
  void anOutcomeThatContradictsItselfIsRefused() {
    assertThatThrownBy(() -> new Outcome(token(1), null, NOW, Kind.SUBMITTED, null, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new Outcome(token(1), null, NOW, Kind.REJECTED, NativeId.of("1"), null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Takes over what it finds, writes an intent, says so, and waits to be killed. */
  static final class Owner {
    private Owner() {}

    /** Arguments: the state folder, and the number of the token. */
    public static void main(String[] args) throws Exception {
      FileJournals journals = new FileJournals(Path.of(args[0]), true, clock());
      List<Journal> held = journals.takeOver(any -> true);
      FileJournal journal = journals.open();
      journal.append(intent(Integer.parseInt(args[1])));
      System.out.println("ready " + held.size());
      TimeUnit.MINUTES.sleep(5);
      journal.close();
    }
  }

  /** A disk with so much room. */
  private static final class Memory implements FileJournal.Output {
    private final ByteArrayOutputStream disk;
    private int room;
    private boolean truncates = true;

    Memory(ByteArrayOutputStream disk, int room) {
      this.disk = disk;
      this.room = room;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int fits = Math.min(bytes.remaining(), room - disk.size());
      if (fits <= 0) {
        throw new IOException("No space left on device");
      }
      byte[] some = new byte[fits];
      bytes.get(some);
      disk.write(some, 0, fits);
      return fits;
    }

    @Override
    public void truncate(long size) throws IOException {
      if (!truncates) {
        throw new IOException("Input/output error");
      }
      byte[] kept = Arrays.copyOf(disk.toByteArray(), (int) size);
      disk.reset();
      disk.writeBytes(kept);
    }

    @Override
    public void force() {}

    @Override
    public void close() {}
  }

  private FileJournals journals() {
    return new FileJournals(state, false, clock());
  }

  private static Clock clock() {
    return Clock.fixed(NOW, ZoneOffset.UTC);
  }

  private static void awaitLine(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    assertThat(out.readLine()).startsWith("ready");
  }

  private static byte[] lines(JournalEntry... entries) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (JournalEntry each : entries) {
      all.writeBytes(JournalLines.write(each));
    }
    return all.toByteArray();
  }

  private static long count(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .chars()
        .filter(c -> c == '\n')
        .count();
  }

  private static Token token(int number) {
    return new Token(String.format("ho%08d", number));
  }

  private static Intent intent(int number) {
    return new Intent(token(number), null, NOW, "b", "n 'ü\n\t", "/f " + number);
  }

  private static Outcome outcome(int number, Kind kind) {
    NativeId id = kind == Kind.SUBMITTED ? NativeId.of("4") : null;
    return new Outcome(token(number), null, NOW, kind, id, "why");
  }
}
