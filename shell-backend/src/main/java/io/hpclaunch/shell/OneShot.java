// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The verbs, each asked of an {@code hpc-shell} of its own. */
final class OneShot implements Verbs {
  private final AgentHost host;

  OneShot(AgentHost host) {
    this.host = host;
  }

  @Override
  public List<String> call(String verb, List<String> options, List<String> lines)
      throws AnswerLost {
    CommandResult result;
    try {
      result = host.run(verb, options, lines);
    } catch (IOException e) {
      String message = "shell backend on " + host.name() + ": " + e.getMessage();
      if (e instanceof CommandFailed failed && failed.fate() != CommandFailed.Fate.NOT_STARTED) {
        throw new AnswerLost(message, e);
      }
      throw new BackendUnavailable(message, e);
    }
    if (result.status() != 0) {
      throw new BackendUnavailable(
          "shell backend on " + host.name() + ": " + result.stderr().strip());
    }
    return new String(result.stdoutBytes(), StandardCharsets.ISO_8859_1).lines().toList();
  }

  @Override
  public void close() {}
}
