// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.FileStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.CloseableHandle;
import org.apache.sshd.sftp.client.SftpClient.DirEntry;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.apache.sshd.sftp.client.impl.SftpInputStreamAsync;
import org.apache.sshd.sftp.client.impl.SftpOutputStreamAsync;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * Files of the host by SFTP, version 3: draft-ietf-secsh-filexfer-02, which is what sshd speaks.
 * Each operation may be repeated after a loss of the connection, but for those that say otherwise.
 */
final class SftpFiles {
  private static final int PERMISSIONS = 07777;

  /** What is cleared when a file is written to. */
  private static final int SPECIAL = 07000;

  /** What every server answers in one piece. */
  private static final int READ_SIZE = 32 * 1024;

  private final AbstractSftpClient client;
  private final String host;

  SftpFiles(AbstractSftpClient client, String host) {
    this.client = client;
    this.host = host;
  }

  /** A short name: the target's own may be as long as a name can be. */
  static String temporaryBeside(String target) {
    return join(SftpErrors.parent(target), ".hpc-" + UUID.randomUUID() + ".tmp");
  }

  private static String join(String folder, String name) {
    return folder.endsWith("/") ? folder + name : folder + "/" + name;
  }

  /** What gives the bytes of a file that is to be written. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes under the temporary name, then renames; changed at that time, or now where it is null.
   */
  void write(
      Content content, String temporary, String target, int mode, @Nullable FileTime modified)
      throws IOException {
    try {
      try (CloseableHandle handle =
          client.open(temporary, EnumSet.of(OpenMode.Write, OpenMode.Create, OpenMode.Truncate))) {
        // Before there is anything to read.
        chmod(handle, mode & ~SPECIAL);
        try (OutputStream out = new SftpOutputStreamAsync(client, 0, temporary, handle, false)) {
          content.writeTo(out);
        }
        if ((mode & SPECIAL) != 0) {
          chmod(handle, mode);
        }
        if (modified != null) {
          client.setStat(handle, times(modified, new Attributes()));
        }
      }
      move(temporary, target);
    } catch (SftpException e) {
      IOException error = SftpErrors.ofWriting(e, target, host, client);
      removeQuietly(temporary, error);
      throw error;
    } catch (IOException e) {
      if (client.isOpen()) {
        removeQuietly(temporary, e);
      }
      throw e;
    }
  }

  private void chmod(SftpClient.Handle handle, int mode) throws IOException {
    client.setStat(handle, new Attributes().perms(mode & PERMISSIONS));
  }

  /** SFTP sets both times or none; what was just copied was not read long ago. */
  private static Attributes times(FileTime modified, Attributes attributes) {
    return attributes.accessTime(FileTime.from(Instant.now())).modifyTime(modified);
  }

  private void removeQuietly(String path, IOException because) {
    try {
      client.remove(path);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /** Copies to a file here: under a temporary name, then renamed. */
  void get(String source, Path target) throws IOException {
    Path temporary = target.resolveSibling(".hpc-" + UUID.randomUUID() + ".tmp");
    try {
      try (CloseableHandle handle = client.open(source, EnumSet.of(OpenMode.Read))) {
        Attributes facts = client.stat(handle);
        try (InputStream in = stream(handle, source, 0, facts.getSize());
            OutputStream out = create(temporary, facts.getPermissions())) {
          in.transferTo(out);
        }
        Files.setLastModifiedTime(temporary, facts.getModifyTime());
      } catch (SftpException e) {
        throw SftpErrors.of(e, source, host);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static OutputStream create(Path file, int mode) throws IOException {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values(); // from the owner's r to others' x
    for (int i = 0; i < all.length; i++) {
      if ((mode >> (all.length - 1 - i) & 1) != 0) {
        permissions.add(all[i]);
      }
    }
    return Channels.newOutputStream(Files.newByteChannel(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(permissions)));
  }

  /** The bytes from there to the end that the file has now, asked for ahead. */
  InputStream read(String path, long offset) throws IOException {
    try {
      CloseableHandle handle = client.open(path, EnumSet.of(OpenMode.Read));
      try {
        Attributes facts = client.stat(handle);
        if (facts.isDirectory()) {
          throw new FileSystemException(path, null, "it is a folder on " + host);
        }
        return stream(handle, path, offset, facts.getSize());
      } catch (IOException | RuntimeException e) {
        handle.close();
        throw e;
      }
    } catch (SftpException e) {
      throw SftpErrors.of(e, path, host);
    }
  }

  private InputStream stream(CloseableHandle handle, String path, long offset, long size) {
    long length = Math.max(0, size - offset);
    // A size of zero would mean to it that it is not known.
    return new LimitedInput(
        new SftpInputStreamAsync(
            client, READ_SIZE, Math.min(offset, size), Math.max(1, size), path, handle),
        length);
  }

  List<FileStat> list(String path) throws IOException {
    List<FileStat> found = new ArrayList<>();
    try (CloseableHandle folder = client.openDir(path)) {
      for (List<DirEntry> some = client.readDir(folder);
          some != null;
          some = client.readDir(folder)) {
        for (DirEntry entry : some) {
          String name = entry.getFilename();
          if (!name.equals(".") && !name.equals("..")) {
            found.add(fact(join(path, name), entry.getAttributes()));
          }
        }
      }
    } catch (SftpException e) {
      if (stat(path).filter(facts -> facts.kind() == FileStat.Kind.FILE).isPresent()) {
        throw new NotDirectoryException(path);
      }
      throw SftpErrors.of(e, path, host);
    }
    found.sort(Comparator.comparing(FileStat::path));
    return List.copyOf(found);
  }

  Optional<FileStat> stat(String path) throws IOException {
    try {
      return Optional.of(fact(path, client.lstat(path)));
    } catch (SftpException e) {
      if (e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE) {
        return Optional.empty();
      }
      throw SftpErrors.of(e, path, host);
    }
  }

  private static FileStat fact(String path, Attributes facts) {
    FileStat.Kind kind = facts.isSymbolicLink()
        ? FileStat.Kind.LINK
        : facts.isDirectory()
            ? FileStat.Kind.FOLDER
            : facts.isRegularFile() ? FileStat.Kind.FILE : FileStat.Kind.OTHER;
    Instant modified =
        facts.getModifyTime() == null ? Instant.EPOCH : facts.getModifyTime().toInstant();
    return new FileStat(
        path, kind, facts.getSize(), modified, facts.getPermissions() & PERMISSIONS);
  }

  /** In place of what stood there. Not to be repeated: the second time nothing is there. */
  void rename(String source, String target) throws IOException {
    try {
      move(source, target);
    } catch (SftpException e) {
      throw SftpErrors.ofWriting(e, source, host, client);
    }
  }

  private void move(String source, String target) throws IOException {
    OpenSSHPosixRenameExtension rename = client.getExtension(OpenSSHPosixRenameExtension.class);
    if (rename != null && rename.isSupported()) {
      rename.posixRename(source, target);
      return;
    }
    try {
      client.rename(source, target);
    } catch (SftpException e) {
      // Version 3 does not replace: for a moment nothing is there.
      if (stat(target).filter(facts -> facts.kind() != FileStat.Kind.FOLDER).isEmpty()) {
        throw e;
      }
      client.remove(target);
      client.rename(source, target);
    }
  }

  /** Whether this call made it. Not to be repeated: the second time it is there. */
  boolean mkdir(String path, int mode) throws IOException {
    try {
      client.mkdir(path);
    } catch (SftpException e) {
      if (stat(path).isPresent()) {
        return false;
      }
      throw SftpErrors.ofWriting(e, path, host, client);
    }
    try {
      client.setStat(path, new Attributes().perms(mode & PERMISSIONS));
      return true;
    } catch (SftpException e) {
      throw SftpErrors.of(e, path, host);
    }
  }

  IOException refusedWriting(SftpException refused, String path) {
    return SftpErrors.ofWriting(refused, path, host, client);
  }

  void setAttributes(String path, int mode, FileTime modified) throws IOException {
    try {
      client.setStat(path, times(modified, new Attributes().perms(mode & PERMISSIONS)));
    } catch (SftpException e) {
      throw SftpErrors.of(e, path, host);
    }
  }

  String readLink(String path) throws IOException {
    try {
      return client.readLink(path);
    } catch (SftpException e) {
      throw SftpErrors.of(e, path, host);
    }
  }

  /** Not to be repeated: the second time it is there. */
  void makeLink(String text, String path) throws IOException {
    try {
      client.symLink(path, text);
    } catch (SftpException e) {
      throw SftpErrors.ofWriting(e, path, host, client);
    }
  }

  /** Removes a file, a link or an empty folder; false where it is a folder with something in it. */
  boolean removeOne(String path) throws IOException {
    Optional<FileStat> facts = stat(path);
    if (facts.isEmpty()) {
      return true;
    }
    boolean folder = facts.get().kind() == FileStat.Kind.FOLDER;
    try {
      if (folder) {
        client.rmdir(path);
      } else {
        client.remove(path);
      }
      return true;
    } catch (SftpException e) {
      if (e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE) {
        return true;
      }
      if (folder) {
        return false;
      }
      throw SftpErrors.of(e, path, host);
    }
  }
}
