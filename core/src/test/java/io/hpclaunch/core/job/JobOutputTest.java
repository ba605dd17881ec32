// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.JobLogs.Stream;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class JobOutputTest {
  @TempDir
  Path folder;

  private final AtomicBoolean ended = new AtomicBoolean();

  private JobOutput output() {
    return new JobOutput(
        new LocalTransport(),
        log -> folder.resolve(log.name()).toString(),
        ended::get,
        () -> false);
  }

  private void write(String text) throws IOException {
    Files.writeString(
        folder.resolve("STDOUT"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Test
  void whatIsNotThereYetIsEmpty() {
    assertThat(output().stdout()).isEmpty();
    assertThat(output().stderr()).isEmpty();
  }

  @Test
  void aFollowerReadsToTheEndOfTheJob() throws Exception {
    CompletableFuture<String> all = CompletableFuture.supplyAsync(() -> {
      try (InputStream in = output().follow(Stream.STDOUT)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    write("first\n");
    write("second\n");
    assertThat(all).isNotDone();
    write("last, without a line's end");
    ended.set(true);
    assertThat(all.get(20, TimeUnit.SECONDS))
        .isEqualTo("first\nsecond\nlast, without a line's end");
  }

  @Test
  void whatIsWrittenRightBeforeTheEndIsRead() throws Exception {
    for (int i = 0; i < 200; i++) {
      ended.set(false);
      Files.deleteIfExists(folder.resolve("STDOUT"));
      JobOutput output = new JobOutput(
          new LocalTransport(),
          log -> folder.resolve(log.name()).toString(),
          () -> writes("x"), // the last thing that a job does
          () -> false);
      try (InputStream in = output.follow(Stream.STDOUT)) {
        assertThat(in.readAllBytes()).hasSize(1);
      }
    }
  }

  private boolean writes(String text) {
    try {
      write(text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return true;
  }

  @Test
  void aFollowerReadsOnWhereALostConnectionStopped() throws IOException {
    Transport lossy = mock(Transport.class);
    InputStream beginning = breakingOff("one, ");
    when(lossy.read("log", 0)).thenReturn(beginning);
    when(lossy.read("log", 5))
        .thenThrow(new BackendUnavailable("out of reach", null))
        .thenReturn(new ByteArrayInputStream("two".getBytes(StandardCharsets.UTF_8)));
    JobOutput output = new JobOutput(lossy, log -> "log", () -> true, () -> false);
    try (InputStream in = output.follow(Stream.STDOUT)) {
      assertThat(in.readAllBytes()).asString().isEqualTo("one, two");
    }
  }

  /** A stream that ends with an error in place of its end. */
  private static InputStream breakingOff(String text) throws IOException {
    InputStream lost = mock(InputStream.class);
    when(lost.read(any(), anyInt(), anyInt()))
        .thenThrow(new IOException("the connection was lost"));
    return new SequenceInputStream(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), lost);
  }

  @Test
  void aFollowerIsToldOfAHostThatWasNeverReachedOrRefuses() throws IOException {
    Transport lossy = mock(Transport.class);
    when(lossy.read("log", 0)).thenThrow(new BackendUnavailable("out of reach", null));
    when(lossy.read("secret", 0)).thenThrow(new AccessDeniedException("secret"));
    for (String path : List.of("log", "secret")) {
      JobOutput output = new JobOutput(lossy, log -> path, ended::get, () -> false);
      assertThatThrownBy(() -> output.follow(Stream.STDOUT).read())
          .isInstanceOf(BackendUnavailable.class);
    }
  }

  @Test
  void whatTheSchedulerIsBringingIsAwaited() {
    AtomicInteger looks = new AtomicInteger();
    JobOutput output = new JobOutput(
        new LocalTransport(),
        log -> folder.resolve(log.name()).toString(),
        ended::get,
        () -> switch (looks.incrementAndGet()) {
          case 1, 2 -> writes("half, ");
          default -> !writes("whole");
        });
    assertThat(output.stdout()).isEqualTo("half, half, whole");
  }

  @Test
  void bytesThatAreNoTextAreKept() throws IOException {
    byte[] bytes = {(byte) 0xff, 0, 'x', (byte) 0xc3};
    Files.write(folder.resolve("STDERR"), bytes);
    try (InputStream in = output().open(Stream.STDERR)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(output().stderr()).isEqualTo("\uDCFF\0x\uDCC3");
  }
}
