// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.FileCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * The copying of one file over a stream of requests: what is done when each answer comes. It ends
 * whole, or failed, or given up for now.
 */
abstract class FileMove {
  /** From here on it is worth to go on where an earlier copying has stopped. */
  private static final long WORTH_RESUMING = 1024 * 1024;

  protected final FileCopy file;
  protected final SftpStream stream;
  private final BulkCopy bulk;
  private long counted;
  private boolean over;

  FileMove(FileCopy file, SftpStream stream, BulkCopy bulk) {
    this.file = file;
    this.stream = stream;
    this.bulk = bulk;
  }

  /** Sends the first request. */
  abstract void begin() throws IOException;

  /** Gives back what it holds here; what it has done so far stays for the next time. */
  abstract void letGo() throws IOException;

  /** Clears away what cannot be used any more. */
  protected abstract void undo() throws IOException;

  /** Lets go of the host's file, and keeps what stands in it. */
  protected abstract void keep() throws IOException;

  /** What stands on the host and nobody will come back to, now that the connection is lost. */
  abstract @Nullable String leftBehind();

  /** The path that an error is about. */
  protected abstract String subject();

  final FileCopy file() {
    return file;
  }

  final boolean isOver() {
    return over;
  }

  protected final boolean isStopped() {
    return bulk.isStopped();
  }

  protected final boolean isResumable() {
    return file.size() >= WORTH_RESUMING;
  }

  /**
   * A name for the unfinished copy. That of a large file is found again by whoever copies the same
   * state of the same file to the same place.
   */
  protected final String unfinishedName() {
    if (!isResumable()) {
      return ".hpc-" + UUID.randomUUID() + ".tmp";
    }
    String key = String.join(
        "\0",
        bulk.host(),
        file.there(),
        file.here().toAbsolutePath().toString(),
        Long.toString(file.size()),
        Long.toString(file.modified().getEpochSecond()));
    return ".hpc-" + UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)) + ".part";
  }

  /** How many bytes both begin with, where they differ 0; -1 where nothing is there. */
  protected final long sameBytes(Path here, String there, long length) throws IOException {
    return bulk.sameBytes(here, there, length);
  }

  /** A step that may fail for reasons of this file; all else is the connection's. */
  @FunctionalInterface
  protected interface Step {
    void take(SftpAnswer answer) throws IOException;
  }

  /** Answers that come when it is over are nobody's. */
  protected final SftpStream.Handler then(Step step) {
    return answer -> {
      if (!over) {
        attempt(() -> step.take(answer));
      }
    };
  }

  /** What is attempted. */
  @FunctionalInterface
  protected interface Attempt {
    void go() throws IOException;
  }

  protected final void attempt(Attempt attempt) throws IOException {
    try {
      attempt.go();
    } catch (SftpException | FileSystemException e) {
      over = true;
      bulk.failed(subject(), e);
      letGo();
      undo();
    }
  }

  protected final void count(long bytes) {
    counted += bytes;
    bulk.count(file, bytes);
  }

  /** What was counted arrives once more. */
  final void uncount() {
    bulk.count(file, -counted);
    counted = 0;
  }

  protected final void finished() throws IOException {
    over = true;
    letGo();
    bulk.finished(file);
  }

  /** It is gone on with another time, where that is worth it. */
  protected final void givenUp() throws IOException {
    over = true;
    letGo();
    if (isResumable()) {
      keep();
    } else {
      undo();
    }
  }
}
