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
      if (e instanceof CommandFailed failed && failed.fate() == CommandFailed.Fate.NOT_STARTED) {
        throw new BackendUnavailable(message, e);
      }
      throw new AnswerLost(message, e);
    }
    String message = "shell backend on " + host.name() + ": " + words(result);
    if (Answer.isRefusal(result.status())) {
      throw new BackendUnavailable(message);
    }
    if (result.status() != 0) {
      throw new AnswerLost(message + " (status " + result.status() + ")", null);
    }
    return new String(result.stdoutBytes(), StandardCharsets.ISO_8859_1).lines().toList();
  }

  /** Its last words on standard error, or how its start says it. */
  private static String words(CommandResult result) {
    String[] end = result.stdout().strip().split(" ", -1);
    return end.length == 3 && end[0].equals("done")
        ? String.valueOf(Words.decode(end[2]))
        : String.join("; ", result.stderr().strip().lines().toList());
  }

  @Override
  public void close() {}
}
