// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.transport.Answer;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.store.SharedAnswers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/** What a plugin gets to work with. */
record CoreBackendContext(
    String name,
    Settings config,
    Settings submit,
    Transport transport,
    Supplier<String> jobsFolder,
    Path stateDirectory,
    SharedAnswers answers,
    Clock clock)
    implements BackendContext {
  @Override
  public String workspace() {
    return jobsFolder.get();
  }

  @Override
  public Answer ask(Command question, Duration maxAge) throws IOException {
    return answers.ask(question, maxAge);
  }
}
