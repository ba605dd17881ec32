// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.transport.CopyProgress;
import io.hpclaunch.api.transport.FileCopy;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many files are on their way when the connection is lost, or who copies them ends. */
@Timeout(120)
class BulkCopyFaultsTest {
  private static final int LARGE = 24_000_000;
  private static final int SMALL = 200;

  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @TempDir
  Path folder;

  private final List<FileCopy> files = new ArrayList<>();
  private Path source;
  private Path target;
  private CutProxy proxy;
  private Transport transport;

  @BeforeEach
  void open() throws IOException {
    proxy = new CutProxy(HOST.port());
    transport = openAnother();
    transport.stat("/");
    source = Files.createDirectory(folder.resolve("source"));
    target = Files.createDirectory(folder.resolve("target"));
  }

  private Transport openAnother() {
    return HOST.open(Map.of(
        "port",
        proxy.port(),
        "known_hosts",
        folder.resolve("known").toString(),
        "accept_new",
        true));
  }

  @AfterEach
  void close() throws IOException {
    transport.close();
    proxy.close();
  }

  /** The host is this machine: which way the files go says who reads them and who writes. */
  private void make(BulkCopy.Direction way) throws IOException {
    Random random = new Random(1);
    for (int i = 0; i <= SMALL; i++) {
      byte[] bytes = new byte[i == 0 ? LARGE : i * 7];
      random.nextBytes(bytes);
      Path from = Files.write(source.resolve("f" + i), bytes);
      Path to = target.resolve("f" + i);
      boolean up = way == BulkCopy.Direction.UP;
      files.add(new FileCopy(
          up ? from : to, (up ? to : from).toString(), bytes.length, Instant.EPOCH, 0600));
    }
  }

  private void copy(Transport over, BulkCopy.Direction way, CopyProgress progress)
      throws IOException {
    if (way == BulkCopy.Direction.UP) {
      over.putAll(files, progress);
    } else {
      over.getAll(files, progress);
    }
  }

  private void assertWhole() throws IOException {
    try (Stream<Path> all = Files.list(target)) {
      assertThat(all.filter(file -> file.getFileName().toString().startsWith(".")))
          .isEmpty();
    }
    for (int i = 0; i <= SMALL; i++) {
      assertThat(Files.mismatch(source.resolve("f" + i), target.resolve("f" + i)))
          .as("f" + i)
          .isEqualTo(-1);
    }
  }

  /** Adds up what is told, and does something once half of the large file has arrived. */
  private static final class Halfway implements CopyProgress {
    private final Runnable then;
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong most = new AtomicLong();
    private final AtomicLong finished = new AtomicLong();

    Halfway(Runnable then) {
      this.then = then;
    }

    @Override
    public void copied(FileCopy file, long more) {
      bytes.addAndGet(more);
      if (file.size() == LARGE) {
        most.accumulateAndGet(more, Math::max);
      }
      if (bytes.get() > LARGE / 2 && done.compareAndSet(false, true)) {
        then.run();
      }
    }

    @Override
    public void finished(FileCopy file) {
      finished.incrementAndGet();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLostConnectionIsMadeAgainAndGoneOnWith(BulkCopy.Direction way) throws IOException {
    make(way);
    Halfway progress = new Halfway(() -> {
      proxy.cut();
      proxy.heal();
    });
    copy(transport, way, progress);
    assertWhole();
    assertThat(progress.done).isTrue();
    assertThat(progress.finished).hasValue(SMALL + 1);
    assertThat(progress.bytes).hasValue(files.stream().mapToLong(FileCopy::size).sum());
    assertThat(progress.most.get()).as("bytes found there").isGreaterThan(1_000_000);
  }

  @ParameterizedTest
  @EnumSource
  void whoComesLaterGoesOnWithWhatIsThere(BulkCopy.Direction way) throws IOException {
    make(way);
    Halfway first = new Halfway(transport::close);
    assertThatThrownBy(() -> copy(transport, way, first)).hasMessageContaining(transport.host());
    HOST.awaitNobody();
    try (Stream<Path> all = Files.list(target)) {
      assertThat(all.filter(file -> file.toString().endsWith(".part"))).hasSize(1);
    }
    assertThat(target.resolve("f0")).doesNotExist();

    Halfway second = new Halfway(() -> {});
    try (Transport later = openAnother()) {
      copy(later, way, second);
      // What the first one had on its way when it ended has nobody who removes it at once.
      try (Stream<Path> all = Files.list(target)) {
        all.filter(file -> file.toString().endsWith(".tmp"))
            .forEach(file -> file.toFile().delete());
      }
      assertWhole();
    }
    assertThat(second.most.get()).as("bytes found there").isGreaterThan(1_000_000);
  }

  @ParameterizedTest
  @EnumSource
  void whatDiffersIsBegunAnew(BulkCopy.Direction way) throws IOException {
    make(way);
    assertThatThrownBy(() -> copy(transport, way, new Halfway(transport::close)))
        .hasMessageContaining(transport.host());
    HOST.awaitNobody();
    Path part;
    try (Stream<Path> all = Files.list(target)) {
      part = all.filter(file -> file.toString().endsWith(".part")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(part);
    Arrays.fill(bytes, 100, 200, (byte) 0);
    Files.write(part, bytes);

    Halfway second = new Halfway(() -> {});
    try (Transport later = openAnother()) {
      files.subList(1, files.size()).clear();
      copy(later, way, second);
    }
    assertThat(Files.mismatch(source.resolve("f0"), target.resolve("f0"))).isEqualTo(-1);
    assertThat(second.most.get()).isLessThan(1_000_000);
  }

  @Test
  void aFileThatGrowsIsCopiedAsFarAsItWas() throws IOException {
    Path growing = Files.writeString(source.resolve("log"), "12345");
    FileCopy known =
        new FileCopy(growing, target.resolve("log").toString(), 3, Instant.EPOCH, 0600);
    transport.putAll(List.of(known), CopyProgress.NONE);
    assertThat(target.resolve("log")).hasContent("123");
    FileCopy more = new FileCopy(growing, known.there(), 9, Instant.EPOCH, 0600);
    assertThatThrownBy(() -> transport.putAll(List.of(more), CopyProgress.NONE))
        .hasMessageContaining("became shorter");
    FileCopy back = new FileCopy(source.resolve("back"), known.there(), 9, Instant.EPOCH, 0600);
    assertThatThrownBy(() -> transport.getAll(List.of(back), CopyProgress.NONE))
        .hasMessageContaining("became shorter");
    assertThat(target.resolve("log")).hasContent("123");
    assertThat(source.resolve("back")).doesNotExist();
  }
}
