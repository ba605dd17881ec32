// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** What a transport can do by the programs that each host has. */
final class Commands {
  private Commands() {}

  /** Runs a program on a path, the last word; what it says when it fails is the error. */
  static String check(Transport transport, String... words) throws IOException {
    CommandResult result = transport.run(Command.of(words));
    if (result.status() != 0) {
      throw new FileSystemException(
          words[words.length - 1],
          null,
          transport.host() + " says: " + result.stderr().strip());
    }
    return result.stdout();
  }
}
