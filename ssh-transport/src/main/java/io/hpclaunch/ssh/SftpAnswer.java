// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request of SFTP.
 *
 * @param type its type, such as {@code SSH_FXP_STATUS}
 * @param body what stands behind its number
 */
record SftpAnswer(int type, ByteBuffer body) {

  /** The answer of an open: the handle. */
  byte[] handle() throws SftpException, StreamCorruptedException {
    check(SftpConstants.SSH_FXP_HANDLE);
    return bytes();
  }

  /** The answer of a read: the bytes, or null at the file's end. */
  @Nullable ByteBuffer data() throws SftpException, StreamCorruptedException {
    if (type == SftpConstants.SSH_FXP_STATUS
        && body.getInt(body.position()) == SftpConstants.SSH_FX_EOF) {
      return null;
    }
    check(SftpConstants.SSH_FXP_DATA);
    int length = body.getInt();
    return body.slice(body.position(), length);
  }

  /** The answer of what is only done. */
  void ok() throws SftpException, StreamCorruptedException {
    check(SftpConstants.SSH_FXP_STATUS);
  }

  /** The answer of an extension, or null where it is refused. */
  @Nullable ByteBuffer extended() {
    return type == SftpConstants.SSH_FXP_EXTENDED_REPLY ? body : null;
  }

  private void check(int expected) throws SftpException, StreamCorruptedException {
    if (type == SftpConstants.SSH_FXP_STATUS) {
      int status = body.getInt();
      if (status != SftpConstants.SSH_FX_OK) {
        String text = body.hasRemaining() ? new String(bytes(), StandardCharsets.UTF_8) : "";
        throw new SftpException(status, text);
      }
    }
    if (type != expected) {
      throw new StreamCorruptedException("the host's sftp answers with type " + type);
    }
  }

  private byte[] bytes() {
    byte[] bytes = new byte[body.getInt()];
    body.get(bytes);
    return bytes;
  }
}
