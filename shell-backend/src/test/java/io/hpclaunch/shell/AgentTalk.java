// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A conversation with {@code hpc-shell ROOT serve}. */
final class AgentTalk implements AutoCloseable {
  private final Process process;
  private final OutputStream to;
  private final BufferedReader from;

  AgentTalk(Process process) {
    this.process = process;
    to = process.getOutputStream();
    from = process.inputReader(StandardCharsets.UTF_8);
  }

  /** An answer: the verb's lines, and its last line. */
  record Answer(List<String> lines, String done) {}

  /** Sends a request and reads its answer. */
  Answer ask(String verb, List<String> lines, String... options) throws IOException {
    StringBuilder request = new StringBuilder(verb + " " + lines.size());
    for (String option : options) {
      request.append(' ').append(option);
    }
    lines.forEach(line -> request.append('\n').append(line));
    send(request.append('\n').toString());
    return answer();
  }

  void send(String text) throws IOException {
    to.write(text.getBytes(StandardCharsets.UTF_8));
    to.flush();
  }

  Answer answer() throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      String line = from.readLine();
      if (line == null) {
        throw new IOException("the session ended after " + lines);
      }
      if (line.startsWith("done ")) {
        return new Answer(List.copyOf(lines), line);
      }
      lines.add(line);
    }
  }

  /** Submits one job alone; whether it was taken. */
  boolean submit(AgentSpool.Job job) throws IOException {
    Answer answer = ask("submit", List.of(job.toString()), "--slots", "2");
    return answer.lines().equals(List.of("ok " + job.id()));
  }

  /** Ends the input, and tells the exit status. */
  int end() {
    try {
      to.close();
      if (!process.waitFor(AgentSpool.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the session does not end with its input");
      }
      return process.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
