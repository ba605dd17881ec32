// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who logs in, and where the password is. It is read for each connection, and kept nowhere. */
final class Login {
  private static final Set<PosixFilePermission> OPEN =
      EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

  private final @Nullable String user;
  private final @Nullable Path file;
  private final @Nullable String variable;
  private final Map<String, String> environment;

  Login(
      @Nullable String user,
      @Nullable Path file,
      @Nullable String variable,
      Map<String, String> environment) {
    this.user = user;
    this.file = file;
    this.variable = variable;
    this.environment = environment;
  }

  @Nullable String user() {
    return user;
  }

  /** Whether there is anything to log in with. */
  boolean hasPassword() {
    return file != null || variable != null;
  }

  /**
   * Reads the password.
   *
   * @throws RedisFault when it is not there
   */
  char[] password() throws RedisFault {
    String password = file != null ? fromFile(file) : environment.getOrDefault("" + variable, "");
    if (password.isEmpty()) {
      throw RedisFault.misconfigured(
          file != null
              ? "the password file " + file + " is empty"
              : "the environment variable " + variable
                  + " that store.password_env names is not set");
    }
    return password.toCharArray();
  }

  private static String fromFile(Path file) throws RedisFault {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      int end = text.indexOf('\n');
      String line = end < 0 ? text : text.substring(0, end);
      return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    } catch (NoSuchFileException e) {
      throw RedisFault.misconfigured("there is no password file " + file);
    } catch (AccessDeniedException e) {
      throw RedisFault.misconfigured("the password file " + file + " may not be read");
    } catch (IOException e) {
      throw RedisFault.misconfigured("the password file " + file + " cannot be read");
    }
  }

  /** The password's file where others may read it, too. */
  @Nullable Path openFile() {
    try {
      return file != null && Files.getPosixFilePermissions(file).stream().anyMatch(OPEN::contains)
          ? file
          : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null; // whoever reads it tells
    }
  }
}
