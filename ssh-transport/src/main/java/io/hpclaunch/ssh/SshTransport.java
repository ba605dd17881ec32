// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandFailed.Fate;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.CopyProgress;
import io.hpclaunch.api.transport.FileCopy;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.sftp.common.SftpException;

/**
 * Commands and files of a host behind SSH, over one connection.
 *
 * <p>What was not sent when the connection is found lost is sent over a new one. What was sent is
 * repeated only where a second time does no harm: reading, and writing a whole file. Of all else
 * the caller is told that it is not known.
 */
final class SshTransport implements Transport {
  private static final int PERMISSIONS = 0777;
  private static final Duration REMOVING = Duration.ofHours(1);

  private final Connection connection;

  SshTransport(Connection connection) {
    this.connection = connection;
  }

  @Override
  public String host() {
    return connection.target().name();
  }

  @Override
  public CommandResult run(Command command) throws IOException {
    return opened(link -> RemoteCommand.open(link, command), command).toEnd();
  }

  @Override
  public RunningCommand start(Command command) throws IOException {
    return opened(link -> RemoteRunning.open(link, command), command).begin();
  }

  /** What opens a channel for a command. */
  @FunctionalInterface
  private interface Opening<T> {
    T open(Link link) throws IOException;
  }

  /** Opens a channel, if need be on a second connection: nothing of the command was sent. */
  private <T> T opened(Opening<T> opening, Command command) throws IOException {
    IOException first = null;
    while (true) {
      Link link = connection.link();
      try {
        return opening.open(link);
      } catch (Link.NoChannel e) {
        throw notStarted(command, e);
      } catch (IOException e) {
        if (first != null || !link.isLost()) {
          throw notStarted(command, e);
        }
        first = e;
      }
    }
  }

  private static CommandFailed notStarted(Command command, IOException cause) {
    return new CommandFailed(
        Fate.NOT_STARTED,
        "cannot start '" + command.argv().get(0) + "': " + OneLine.of(cause),
        cause);
  }

  /** What is done with files. */
  @FunctionalInterface
  private interface FileWork<T> {
    T with(SftpFiles files) throws IOException;
  }

  private <T> T files(String what, boolean repeatable, FileWork<T> work) throws IOException {
    for (boolean first = true; ; first = false) {
      Link link = connection.link();
      boolean begun = false;
      try (SftpChannels.Lease lease = link.sftp().lease()) {
        begun = true;
        return work.with(new SftpFiles(lease.client(), host()));
      } catch (FileSystemException e) {
        throw e;
      } catch (IOException e) {
        boolean alive = !link.isLost();
        if (alive && begun) {
          throw e;
        }
        if (alive) {
          throw noFiles(e);
        }
        if (!first || (begun && !repeatable)) {
          throw link.lost(begun ? what + "; whether it was done is not known" : what, e);
        }
      }
    }
  }

  /** What is done with files, and answers nothing. */
  @FunctionalInterface
  private interface FileTask {
    void with(SftpFiles files) throws IOException;
  }

  private void change(String what, boolean repeatable, FileTask task) throws IOException {
    files(what, repeatable, files -> {
      task.with(files);
      return true;
    });
  }

  BackendUnavailable noFiles(IOException cause) {
    return new BackendUnavailable(
        "no files can be reached on " + host() + ": "
            + (cause instanceof Link.NoChannel
                ? OneLine.of(cause)
                : "has its sshd a Subsystem sftp? (" + OneLine.of(cause) + ")"),
        cause);
  }

  @Override
  public void put(Path source, String target) throws IOException {
    String temporary = SftpFiles.temporaryBeside(absolute(target));
    int mode = (Integer) Files.getAttribute(source, "unix:mode") & PERMISSIONS;
    change(
        "while " + target + " was written",
        true,
        files -> files.write(
            out -> Files.copy(source, out),
            temporary,
            target,
            mode,
            Files.getLastModifiedTime(source)));
  }

  @Override
  public void write(byte[] content, String target, int mode) throws IOException {
    String temporary = SftpFiles.temporaryBeside(absolute(target));
    change(
        "while " + target + " was written",
        true,
        files -> files.write(out -> out.write(content), temporary, target, mode, null));
  }

  @Override
  public void get(String source, Path target) throws IOException {
    absolute(source);
    change("while " + source + " was read", true, files -> files.get(source, target));
  }

  @Override
  public void putAll(List<FileCopy> files, CopyProgress progress) throws IOException {
    copy(BulkCopy.Direction.UP, files, progress);
  }

  @Override
  public void getAll(List<FileCopy> files, CopyProgress progress) throws IOException {
    copy(BulkCopy.Direction.DOWN, files, progress);
  }

  private void copy(BulkCopy.Direction direction, List<FileCopy> files, CopyProgress progress)
      throws IOException {
    for (FileCopy file : files) {
      absolute(file.there());
    }
    new BulkCopy(this, connection, direction, files, progress).run();
  }

  /** The host's refusal to write, with the reason that SFTP has no word for. */
  IOException refusedWriting(SftpException refused, String path) throws IOException {
    return files(
        "while " + path + " was written", true, files -> files.refusedWriting(refused, path));
  }

  @Override
  public InputStream read(String path, long offset) throws IOException {
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset);
    }
    absolute(path);
    for (boolean first = true; ; first = false) {
      Link link = connection.link();
      SftpChannels.Lease lease = null;
      try {
        lease = link.sftp().lease();
        InputStream in = new SftpFiles(lease.client(), host()).read(path, offset);
        return new Leased(in, lease, link, path);
      } catch (IOException e) {
        if (lease != null) {
          lease.close();
        }
        boolean alive = e instanceof FileSystemException || !link.isLost();
        if (alive && lease != null) {
          throw e;
        }
        if (alive) {
          throw noFiles(e);
        }
        if (!first) {
          throw link.lost("while " + path + " was read", e);
        }
      }
    }
  }

  @Override
  public List<FileStat> list(String path) throws IOException {
    absolute(path);
    return files("while " + path + " was listed", true, files -> files.list(path));
  }

  @Override
  public Optional<FileStat> stat(String path) throws IOException {
    absolute(path);
    return files("while " + path + " was looked at", true, files -> files.stat(path));
  }

  @Override
  public void rename(String source, String target) throws IOException {
    absolute(source);
    absolute(target);
    change("while " + source + " was renamed", false, files -> files.rename(source, target));
  }

  @Override
  public boolean mkdir(String path, int mode) throws IOException {
    absolute(path);
    return files("while " + path + " was made", false, files -> files.mkdir(path, mode));
  }

  @Override
  public void setAttributes(String path, int mode, Instant modified) throws IOException {
    absolute(path);
    change(
        "while the permissions of " + path + " were set",
        true,
        files -> files.setAttributes(path, mode, FileTime.from(modified)));
  }

  @Override
  public String readLink(String path) throws IOException {
    absolute(path);
    return files("while " + path + " was looked at", true, files -> files.readLink(path));
  }

  @Override
  public void makeLink(String text, String path) throws IOException {
    absolute(path);
    change("while " + path + " was made", false, files -> files.makeLink(text, path));
  }

  /** By rm, where there is much: SFTP would ask for each file. */
  @Override
  public void remove(String path) throws IOException {
    absolute(path);
    if (files("while " + path + " was removed", true, files -> files.removeOne(path))) {
      return;
    }
    CommandResult rm = run(Command.of("rm", "-rf", "--", path).withTimeout(REMOVING));
    if (rm.status() != 0) {
      throw new FileSystemException(path, null, host() + " says: " + OneLine.of(rm.stderr()));
    }
  }

  @Override
  public void close() {
    connection.close();
  }

  private static String absolute(String path) throws IOException {
    if (path.indexOf('\0') >= 0) {
      throw new IOException(
          "cannot use the path '" + path.replace('\0', '?') + "': it holds a NUL");
    }
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("not an absolute path: '" + path + "'");
    }
    return path;
  }

  /** A stream that gives back its channel. */
  private static final class Leased extends FilterInputStream {
    private final SftpChannels.Lease lease;
    private final Link link;
    private final String path;

    Leased(InputStream in, SftpChannels.Lease lease, Link link, String path) {
      super(in);
      this.lease = lease;
      this.link = link;
      this.path = path;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return super.read(bytes, offset, length);
      } catch (IOException e) {
        throw !link.isLost()
            ? e
            : new IOException(link.lost("while " + path + " was read", e).getMessage(), e);
      }
    }

    @Override
    public void close() throws IOException {
      try (lease) {
        if (link.isAlive()) {
          super.close();
        }
      }
    }
  }
}
