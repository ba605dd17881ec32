// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import io.hpclaunch.api.BackendUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Commands and files on one host. Paths are absolute, with {@code /}. Safe for use by several
 * threads.
 *
 * <p>An {@link IOException} tells what the host said (no such file, no permission, no space);
 * {@link BackendUnavailable} tells that the host could not be reached.
 *
 * @since 0.1
 */
public interface Transport extends AutoCloseable {
  /**
   * The host, for messages.
   *
   * @return such as {@code localhost} or {@code me@login.cluster.edu}
   */
  String host();

  /**
   * Whether the host is this machine, so that its files are at hand.
   *
   * @return false by default
   */
  default boolean isLocal() {
    return false;
  }

  /**
   * The user's home folder there, which {@code ~} and relative paths of the configuration begin at.
   * It connects to the host.
   *
   * @return an absolute path; by default what the variable HOME says there
   * @throws IOException when the host does not tell
   */
  default String home() throws IOException {
    Command command = Command.of("sh", "-c", "printf %s \"$HOME\"");
    String home = run(command).stdout();
    if (!home.startsWith("/")) {
      throw new IOException("HOME on " + host() + " is no absolute path: '" + home + "'");
    }
    return home;
  }

  /**
   * Runs a command to its end. Each argument reaches it byte for byte.
   *
   * @param command what to run
   * @return how it ended and what it wrote
   * @throws IOException when it could not be started, or its fate is not known: see
   *     {@link CommandFailed}
   */
  CommandResult run(Command command) throws IOException;

  /**
   * Starts a command that is talked to while it runs. The command's input and time limit are not
   * used.
   *
   * @param command what to run
   * @return the command; it ends when its input does, and is ended when it is closed
   * @throws IOException when it could not be started
   */
  RunningCommand start(Command command) throws IOException;

  /**
   * Copies a file of the client to the host: under a temporary name, then renamed. Permissions are
   * kept, and the time when its content was changed.
   *
   * @param source the file here
   * @param target the path there; its folder exists
   * @throws IOException when the host refused, or reading failed
   */
  void put(Path source, String target) throws IOException;

  /**
   * Writes a file on the host: under a temporary name, then renamed.
   *
   * @param content the bytes
   * @param target the path there; its folder exists
   * @param mode the permissions, such as {@code 0600}
   * @throws IOException when the host refused
   */
  void write(byte[] content, String target, int mode) throws IOException;

  /**
   * Copies a file of the host to the client: under a temporary name, then renamed. Permissions are
   * kept, and the time when its content was changed.
   *
   * @param source the path there
   * @param target the file here; its folder exists
   * @throws IOException when the host refused, or writing failed
   */
  void get(String source, Path target) throws IOException;

  /**
   * Copies many files of the client to the host, each as {@link #put} does: several at once where
   * the way to the host is long, and what an earlier call has left unfinished is gone on with where
   * that is worth it.
   *
   * @param files what to copy; nothing stands in it twice
   * @param progress told of what has arrived
   * @throws IOException when a file could not be copied; others may be missing then, and those that
   *     have their names are whole
   */
  default void putAll(List<FileCopy> files, CopyProgress progress) throws IOException {
    for (FileCopy file : files) {
      put(file.here(), file.there());
      progress.copied(file, file.size());
      progress.finished(file);
    }
  }

  /**
   * Copies many files of the host to the client, each as {@link #get} does; otherwise like
   * {@link #putAll}.
   *
   * @param files what to copy; nothing stands in it twice
   * @param progress told of what has arrived
   * @throws IOException when a file could not be copied; others may be missing then, and those that
   *     have their names are whole
   */
  default void getAll(List<FileCopy> files, CopyProgress progress) throws IOException {
    for (FileCopy file : files) {
      get(file.there(), file.here());
      progress.copied(file, file.size());
      progress.finished(file);
    }
  }

  /**
   * Opens a file of the host.
   *
   * @param path the path there
   * @param offset the first byte to read
   * @return the bytes from there to the end that the file has now; to be closed by the caller
   * @throws IOException when the host refused
   */
  InputStream read(String path, long offset) throws IOException;

  /**
   * Lists a folder, which also makes a network file system look again.
   *
   * @param path the folder
   * @return its entries, without {@code .} and {@code ..}, by name
   * @throws IOException when the host refused
   */
  List<FileStat> list(String path) throws IOException;

  /**
   * Looks at one path, without following a link.
   *
   * @param path the path
   * @return what is there, or empty when nothing is
   * @throws IOException when the host refused
   */
  Optional<FileStat> stat(String path) throws IOException;

  /**
   * Renames, in place of what stood there.
   *
   * @param source the old path
   * @param target the new path, on the same file system
   * @throws IOException when the host refused
   */
  void rename(String source, String target) throws IOException;

  /**
   * Makes a folder, and tells whether it was this call that made it.
   *
   * @param path the folder; its parent exists
   * @param mode the permissions, such as {@code 0700}
   * @return false when something stood there before
   * @throws IOException when the host refused
   */
  boolean mkdir(String path, int mode) throws IOException;

  /**
   * Sets the permissions of a file or folder and the time when it was changed.
   *
   * @param path the file or folder; a link is followed
   * @param mode the permissions, such as {@code 0755}
   * @param modified the time, kept to the second at least
   * @throws IOException when the host refused
   */
  default void setAttributes(String path, int mode, Instant modified) throws IOException {
    // The time last: a folder that may no longer be written to still takes one from its owner.
    Commands.check(this, "chmod", "--", Integer.toOctalString(mode), path);
    Commands.check(
        this, "touch", "-d", modified.truncatedTo(ChronoUnit.SECONDS).toString(), "--", path);
  }

  /**
   * Reads where a symbolic link leads.
   *
   * @param path the link
   * @return its text as it was made, relative or absolute
   * @throws IOException when there is no link, or the host refused
   */
  default String readLink(String path) throws IOException {
    return Commands.check(this, "readlink", "-n", "--", path);
  }

  /**
   * Makes a symbolic link.
   *
   * @param text where it leads, relative to its folder or absolute
   * @param path the link; nothing stands there
   * @throws IOException when the host refused
   */
  default void makeLink(String text, String path) throws IOException {
    Commands.check(this, "ln", "-s", "--", text, path);
  }

  /**
   * Removes a file, or a folder with all that is in it; links are removed, not followed.
   *
   * @param path what to remove; nothing is done when nothing is there
   * @throws IOException when the host refused
   */
  void remove(String path) throws IOException;

  /** Gives back connections. */
  @Override
  void close();
}
