// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.FileCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.util.Objects;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/** Copies a file of the host to the client. */
final class Download extends FileMove {
  private @Nullable UnfinishedFile target;
  private byte[] handle = new byte[0];
  private long asked;
  private long arrived;
  private int pending;

  Download(FileCopy file, SftpStream stream, BulkCopy bulk) {
    super(file, stream, bulk);
  }

  @Override
  protected String subject() {
    return file.there();
  }

  @Override
  void begin() throws IOException {
    attempt(() -> {
      UnfinishedFile unfinished = UnfinishedFile.open(
          file.here().resolveSibling(unfinishedName()), file.here(), isResumable());
      target = unfinished;
      long there = Math.min(unfinished.size(), file.size());
      if (there > 0) {
        arrived = Math.max(0, sameBytes(unfinished.path(), file.there(), there));
        unfinished.truncate(arrived);
        asked = arrived;
        count(arrived);
      }
      SftpStream.Body body = new SftpStream.Body()
          .text(file.there())
          .number(SftpConstants.SSH_FXF_READ)
          .number(0);
      stream.send(SftpConstants.SSH_FXP_OPEN, body, then(this::opened));
    });
  }

  private void opened(SftpAnswer answer) throws IOException {
    handle = answer.handle();
    pump();
  }

  /** Asks for as much as there is room for; one piece at least is always under way. */
  private void pump() throws IOException {
    while (asked < file.size() && !isStopped() && (pending == 0 || stream.hasRoom())) {
      int length = (int) Math.min(stream.chunk(), file.size() - asked);
      ask(asked, length);
      asked += length;
    }
    if (arrived == file.size()) {
      keep();
      unfinished().finish(file.mode(), file.modified());
      finished();
    } else if (isStopped() && pending == 0) {
      givenUp();
    }
  }

  private void ask(long offset, int length) throws IOException {
    pending++;
    stream.read(handle, offset, length, then(answer -> {
      ByteBuffer data = answer.data();
      pending--;
      if (data == null) {
        throw new FileSystemException(file.there(), null, "it became shorter while it was copied");
      }
      int got = data.remaining();
      unfinished().write(data, offset);
      arrived += got;
      count(got);
      if (got < length) {
        ask(offset + got, length - got);
      }
      pump();
    }));
  }

  private UnfinishedFile unfinished() {
    return Objects.requireNonNull(target);
  }

  @Override
  protected void keep() throws IOException {
    if (handle.length > 0) {
      stream.send(SftpConstants.SSH_FXP_CLOSE, new SftpStream.Body().bytes(handle), answer -> {});
      handle = new byte[0];
    }
  }

  @Override
  void letGo() throws IOException {
    if (target != null) {
      target.close(isResumable());
    }
  }

  @Override
  protected void undo() throws IOException {
    keep();
    if (target != null) {
      target.remove();
    }
  }

  @Override
  @Nullable String leftBehind() {
    return null;
  }
}
