// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.FileCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Objects;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/** Copies a file of the client to the host. */
final class Upload extends FileMove {
  private static final int OWNER_ONLY = 0600;
  private static final int PERMISSIONS = 0777;
  private static final long LAST_SECOND = 0xffff_ffffL;

  private final String temporary;
  private @Nullable FileChannel source;
  private byte[] handle = new byte[0];
  private long position;
  private int pending;
  private boolean closing;

  Upload(FileCopy file, SftpStream stream, BulkCopy bulk) {
    super(file, stream, bulk);
    String folder = SftpErrors.parent(file.there());
    temporary = (folder.equals("/") ? "" : folder) + "/" + unfinishedName();
  }

  @Override
  protected String subject() {
    return file.there();
  }

  /** Where an unfinished copy stands, the host says that it cannot be made. */
  @Override
  void begin() throws IOException {
    attempt(() -> {
      source = FileChannel.open(file.here(), StandardOpenOption.READ);
      open(SftpConstants.SSH_FXF_CREAT | SftpConstants.SSH_FXF_EXCL, then(this::opened));
    });
  }

  private void open(int how, SftpStream.Handler handler) throws IOException {
    SftpStream.Body body = new SftpStream.Body()
        .text(temporary)
        .number(SftpConstants.SSH_FXF_WRITE | how)
        .number(SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS)
        .number(OWNER_ONLY);
    stream.send(SftpConstants.SSH_FXP_OPEN, body, handler);
  }

  private void opened(SftpAnswer answer) throws IOException {
    try {
      begun(answer);
    } catch (SftpException e) {
      if (!isResumable() || e.getStatus() != SftpConstants.SSH_FX_FAILURE) {
        throw e;
      }
      resume(e);
    }
  }

  private void begun(SftpAnswer answer) throws IOException {
    handle = answer.handle();
    pump();
  }

  private void resume(SftpException refused) throws IOException {
    long same = sameBytes(file.here(), temporary, file.size());
    if (same < 0) {
      throw refused; // it is not there either
    }
    position = same;
    count(same);
    open(same == 0 ? SftpConstants.SSH_FXF_TRUNC : 0, then(this::begun));
  }

  /** Sends as much as there is room for; one piece at least is always under way. */
  private void pump() throws IOException {
    while (position < file.size() && !isStopped() && (pending == 0 || stream.hasRoom())) {
      int length = (int) Math.min(stream.chunk(), file.size() - position);
      long at = position;
      stream.write(handle, at, length, piece -> read(at, piece), then(answer -> {
        answer.ok();
        pending--;
        count(length);
        pump();
      }));
      position += length;
      pending++;
    }
    if (position == file.size() && !closing) {
      close();
    } else if (isStopped() && pending == 0 && !closing) {
      givenUp();
    }
  }

  private void read(long offset, ByteBuffer piece) throws IOException {
    FileChannel from = Objects.requireNonNull(source);
    while (piece.hasRemaining()) {
      int read;
      try {
        read = from.read(piece, offset + piece.position());
      } catch (IOException e) {
        throw UnfinishedFile.failed(file.here(), e);
      }
      if (read < 0) {
        throw new FileSystemException(
            file.here().toString(), null, "it became shorter while it was copied");
      }
    }
  }

  /** Behind the last piece, without waiting for it: what is asked of one file is done in order. */
  private void close() throws IOException {
    closing = true;
    SftpStream.Body attributes = new SftpStream.Body()
        .bytes(handle)
        .number(
            SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS | SftpConstants.SSH_FILEXFER_ATTR_ACMODTIME)
        .number(file.mode() & PERMISSIONS)
        .number((int) Instant.now().getEpochSecond())
        .number((int) Math.max(0, Math.min(LAST_SECOND, file.modified().getEpochSecond())));
    stream.send(SftpConstants.SSH_FXP_FSETSTAT, attributes, then(SftpAnswer::ok));
    stream.send(SftpConstants.SSH_FXP_CLOSE, new SftpStream.Body().bytes(handle), then(answer -> {
      answer.ok();
      stream.rename(temporary, file.there(), then(this::renamed));
    }));
  }

  private void renamed(SftpAnswer answer) throws IOException {
    answer.ok();
    finished();
  }

  @Override
  void letGo() throws IOException {
    if (source != null) {
      source.close();
    }
  }

  @Override
  protected void undo() throws IOException {
    keep();
    stream.remove(temporary);
  }

  @Override
  protected void keep() throws IOException {
    if (handle.length > 0 && !closing) {
      closing = true;
      stream.send(SftpConstants.SSH_FXP_CLOSE, new SftpStream.Body().bytes(handle), answer -> {});
    }
  }

  @Override
  @Nullable String leftBehind() {
    return isResumable() ? null : temporary;
  }
}
