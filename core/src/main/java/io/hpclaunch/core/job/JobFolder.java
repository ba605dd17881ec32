// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.script.JobScript;
import io.hpclaunch.core.shell.RawBytes;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** A job's folder, on the host that the transport reaches; docs/jobs.md says what is in it. */
final class JobFolder {
  static final String SPEC = "spec.json";
  static final String SECRETS = "secrets";
  static final String CANCELLED = "cancelled";
  static final String ANNOUNCED = "announced";
  static final int PRIVATE_FOLDER = 0700;
  static final int PRIVATE_FILE = 0600;
  private static final int PRIVATE_SCRIPT = 0700;

  private final Transport transport;
  private final String path;

  JobFolder(Transport transport, String path) {
    this.transport = transport;
    this.path = path;
  }

  String path() {
    return path;
  }

  /** Makes the folder; the ones above it too. */
  void create() throws IOException {
    try {
      make();
    } catch (IOException e) {
      makeFolders(transport, parent(path));
      make();
    }
  }

  private void make() throws IOException {
    if (!transport.mkdir(path, PRIVATE_FOLDER)) {
      throw new FileAlreadyExistsException(path, null, "is there already");
    }
  }

  /** Makes a folder and those above it that are missing. */
  static void makeFolders(Transport transport, String folder) throws IOException {
    if (folder.equals("/") || folder.isEmpty() || transport.stat(folder).isPresent()) {
      return;
    }
    makeFolders(transport, parent(folder));
    transport.mkdir(folder, PRIVATE_FOLDER);
  }

  static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  void write(String name, String text) throws IOException {
    transport.write(RawBytes.encode(text), path + "/" + name, PRIVATE_FILE);
  }

  void writeScript(String name, String text) throws IOException {
    transport.write(RawBytes.encode(text), path + "/" + name, PRIVATE_SCRIPT);
  }

  boolean has(String name) throws IOException {
    return transport.stat(path + "/" + name).isPresent();
  }

  /** A file's text; empty where it is not there. */
  Optional<String> read(String name) throws IOException {
    try (InputStream in = transport.read(path + "/" + name, 0)) {
      return Optional.of(RawBytes.decode(in.readAllBytes()));
    } catch (NoSuchFileException | FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Makes a network file system look again. */
  void refresh() throws IOException {
    transport.list(path);
  }

  void remove() throws IOException {
    transport.remove(path);
  }

  boolean exists() throws IOException {
    return transport
        .stat(path)
        .filter(stat -> stat.kind() == FileStat.Kind.FOLDER)
        .isPresent();
  }

  /**
   * Takes a claim for nobody, so that the job may not run any more.
   *
   * @return the native id that has it, {@code -} where nobody may have it any more, or nothing
   *     where its owner has not written his id yet
   */
  String takeClaim(String claim) throws IOException {
    CommandResult result = transport.run(Command.of(JobScript.takeClaim(path, claim)));
    return result.stdout().strip();
  }
}
