// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.LogReader;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What a job has written, as its scheduler keeps it. */
record NativeLogs(PluginGate gate, NativeId whole, @Nullable Integer index) implements JobLogs {
  @Override
  public InputStream open(Stream log) {
    return gate.ask(plugin -> reader(plugin).logs(id(), log, false));
  }

  @Override
  public InputStream follow(Stream log) {
    return gate.ask(plugin -> reader(plugin).logs(id(), log, true));
  }

  @Override
  public String stdout() {
    return text(Stream.STDOUT);
  }

  @Override
  public String stderr() {
    return text(Stream.STDERR);
  }

  private NativeId id() {
    return index == null ? whole : whole.element(index);
  }

  private static LogReader reader(HPCBackend plugin) {
    return (LogReader) plugin;
  }

  private String text(Stream log) {
    try (InputStream in = open(log)) {
      return RawBytes.decode(in.readAllBytes());
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the logs of " + whole + " cannot be read: " + e.getMessage(), e);
    }
  }
}
