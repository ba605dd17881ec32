// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.k8s.access.Cluster.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A token in a file that others renew: it is read for each request, which costs microseconds. */
final class FileToken implements Credentials {
  private final Path file;
  private volatile @Nullable String last;

  /**
   * Makes credentials.
   *
   * @param file the token
   * @param instead a token for as long as the file could not be read, or null
   */
  FileToken(Path file, @Nullable String instead) {
    this.file = file;
    this.last = instead;
  }

  @Override
  public Optional<String> authorization() {
    String token = last;
    try {
      String text = Files.readString(file).strip();
      if (!text.isEmpty()) {
        token = text;
        last = text;
      }
    } catch (IOException e) {
      if (token == null) {
        throw new BackendUnavailable(
            "token " + file + " cannot be read: " + Contents.reason(file, e), e);
      }
    }
    if (token == null) {
      throw new BackendUnavailable("token " + file + " is empty");
    }
    return Optional.of(Bearer.of(token, file.toString()));
  }

  @Override
  public void refused() {
    // The next request reads the file anyway.
  }
}
