// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder for what has to outlive a process: jobs, journal, caches. It is for its owner only.
 *
 * @since 0.1
 */
public final class StateFolder {
  private static final String IS_FILE = " is a file, and must be a folder";

  /** Those below it without which nothing can be told of jobs; see docs/jobs.md. */
  private static final String[] FOLDERS = {
    "records", "journal", "index", "index/active", "index/ids", "index/ended"
  };

  private StateFolder() {}

  /**
   * Where the folder is; it need not exist.
   *
   * @param environment the environment
   * @param home the user's home directory
   * @return {@code $HPC_STATE_DIR}, else {@code $XDG_STATE_HOME/hpc-launch} (where that is an
   *     absolute path), else {@code ~/.local/state/hpc-launch}
   * @throws InvalidConfiguration when {@code HPC_STATE_DIR} holds no path
   */
  public static Path locate(Map<String, String> environment, Path home) {
    Path own = path(environment, "HPC_STATE_DIR");
    if (own != null) {
      return own.toAbsolutePath();
    }
    Path xdg = path(environment, "XDG_STATE_HOME");
    Path base = xdg != null && xdg.isAbsolute() ? xdg : home.resolve(".local").resolve("state");
    return base.resolve("hpc-launch");
  }

  /**
   * Makes a folder that only its owner may enter, with its parents; one that is there stays as it
   * is.
   *
   * @param folder the state folder or one below it
   * @return the folder
   * @throws IOException when it cannot be made, or when a file has its name
   */
  public static Path create(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      create(parent);
    }
    try {
      return Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(folder)) {
        return folder; // another process was faster
      }
      throw e;
    }
  }

  /**
   * What keeps a state folder from being used: where a folder should be there is something else, or
   * its owner may not enter it.
   *
   * @param folder the state folder; it need not exist
   * @return what is wrong, with the path, or null when nothing was seen
   */
  public static @Nullable String fault(Path folder) {
    String fault = faultOf(folder);
    for (String name : FOLDERS) {
      fault = fault == null ? faultOf(folder.resolve(name)) : fault;
    }
    return fault;
  }

  private static @Nullable String faultOf(Path folder) {
    if (!Files.exists(folder)) {
      return null;
    }
    if (!Files.isDirectory(folder)) {
      return folder + IS_FILE;
    }
    boolean open = Files.isReadable(folder) && Files.isExecutable(folder);
    return open ? null : folder + ": permission denied";
  }

  /**
   * What went wrong with a file, in words.
   *
   * @param fault what the system said
   * @return the path and what is wrong with it
   */
  public static String words(IOException fault) {
    if (!(fault instanceof FileSystemException told) || told.getFile() == null) {
      return String.valueOf(fault.getMessage());
    }
    if (told instanceof NotDirectoryException || told instanceof FileAlreadyExistsException) {
      return told.getFile() + IS_FILE;
    }
    if (told instanceof NoSuchFileException) {
      return told.getFile() + ": no such file or folder";
    }
    if (told instanceof AccessDeniedException) {
      return told.getFile() + ": permission denied";
    }
    return told.getFile() + ": " + (told.getReason() == null ? "it failed" : told.getReason());
  }

  /**
   * The user's home directory.
   *
   * @param environment the environment
   * @return {@code HOME} where that is an absolute path, else what the system says
   */
  public static Path home(Map<String, String> environment) {
    Path home = path(environment, "HOME");
    return home != null && home.isAbsolute() ? home : Path.of(System.getProperty("user.home"));
  }

  /** A variable that holds a path; null when it is unset or empty. */
  static @Nullable Path path(Map<String, String> environment, String variable) {
    String text = environment.get(variable);
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new InvalidConfiguration(
          "environment " + variable + ": '" + text + "' cannot be a path: " + e.getReason(), e);
    }
  }
}
