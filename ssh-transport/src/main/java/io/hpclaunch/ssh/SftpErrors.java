// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHStatExtensionInfo;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHStatPathExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/** What the host said of a path, as Java says it of files here. */
final class SftpErrors {
  private SftpErrors() {}

  static IOException of(SftpException error, String path, String host) {
    return switch (error.getStatus()) {
      case SftpConstants.SSH_FX_NO_SUCH_FILE ->
        new NoSuchFileException(path, null, "no such file or folder on " + host);
      case SftpConstants.SSH_FX_PERMISSION_DENIED ->
        new AccessDeniedException(path, null, "no permission on " + host);
      default -> new FileSystemException(path, null, host + " says: " + OneLine.of(error));
    };
  }

  /** The same for what writes: SFTP has no word for a full disk. */
  static IOException ofWriting(SftpException error, String path, String host, SftpClient client) {
    if (error.getStatus() != SftpConstants.SSH_FX_FAILURE) {
      return of(error, path, host);
    }
    return new FileSystemException(
        path,
        null,
        isFull(client, path)
            ? "no space is left on " + host
            : host + " says: " + OneLine.of(error) + " (is a quota used up, or a folder in its"
                + " place?)");
  }

  private static boolean isFull(SftpClient client, String path) {
    try {
      OpenSSHStatPathExtension statvfs = client.getExtension(OpenSSHStatPathExtension.class);
      if (statvfs == null || !statvfs.isSupported()) {
        return false;
      }
      OpenSSHStatExtensionInfo info = statvfs.stat(parent(path));
      return info.f_bavail == 0 || (info.f_files > 0 && info.f_favail == 0);
    } catch (IOException e) {
      return false;
    }
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
