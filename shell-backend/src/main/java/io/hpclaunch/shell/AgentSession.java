// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.BackendUnavailable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The verbs, asked of one {@code hpc-shell} that stays for as long as there are questions: a
 * process for each would cost more than most answers. It is started when it is first needed, ended
 * when nothing was asked for a while, and replaced when it breaks or is silent.
 *
 * <p>There is one daemon thread, which alone talks to that process.
 */
final class AgentSession implements Verbs {
  private static final String SUBMIT = "submit";

  /**
   * How long things may take.
   *
   * @param answer from a question to its answer, with all that is needed to ask it
   * @param idle without a question until the process is ended
   */
  record Patience(Duration answer, Duration idle) {
    static final Patience DEFAULT = new Patience(Duration.ofSeconds(60), Duration.ofSeconds(10));
  }

  private final AgentHost host;
  private final Patience patience;
  private Worker worker = new Worker();
  private boolean closed;

  AgentSession(AgentHost host, Patience patience) {
    this.host = host;
    this.patience = patience;
  }

  @Override
  public List<String> call(String verb, List<String> options, List<String> lines)
      throws AnswerLost {
    Request request = new Request(verb, options, lines);
    Worker talker = worker();
    try {
      Future<Answer> answer = talker.thread.submit(() -> talker.carryOut(request));
      return told(answer.get(patience.answer().toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      replace(talker);
      throw request.failed(host, "no answer within " + patience.answer().toSeconds() + " s", e);
    } catch (InterruptedException e) {
      replace(talker);
      Thread.currentThread().interrupt();
      throw request.failed(host, "interrupted", e);
    } catch (RejectedExecutionException | CancellationException e) {
      throw request.failed(host, "the backend was closed", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackendUnavailable unavailable) {
        throw unavailable;
      }
      throw request.failed(host, reason(e.getCause()), e);
    }
  }

  private List<String> told(Answer answer) throws AnswerLost {
    String message = "shell backend on " + host.name() + ": " + answer.message();
    if (answer.isRefusal()) {
      throw new BackendUnavailable(message);
    }
    if (answer.status() != 0) {
      throw new AnswerLost(message + " (status " + answer.status() + ")", null);
    }
    return answer.lines();
  }

  private static String reason(@Nullable Throwable cause) {
    String message = cause == null ? null : cause.getMessage();
    return message == null ? String.valueOf(cause) : message;
  }

  private synchronized Worker worker() {
    if (closed) {
      throw new BackendUnavailable("the backend was closed");
    }
    return worker;
  }

  private synchronized void replace(Worker silent) {
    silent.end();
    if (!closed && worker == silent) {
      worker = new Worker();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    worker.end();
  }

  /** A question, and whether it may have reached hpc-shell. */
  private static final class Request {
    private final String verb;
    private final List<String> options;
    private final List<String> lines;
    private volatile boolean asked;

    Request(String verb, List<String> options, List<String> lines) {
      this.verb = verb;
      this.options = options;
      this.lines = lines;
    }

    /** Unwritten, or written in part to a program that has ended: nobody carries it out. */
    void ask(Conversation conversation) throws IOException {
      asked = true;
      try {
        conversation.ask(verb, options, lines);
      } catch (IOException e) {
        asked = false;
        throw e;
      }
    }

    /** All but a submission do no harm when they are asked twice. */
    boolean isRepeatable() {
      return !verb.equals(SUBMIT);
    }

    AnswerLost failed(AgentHost host, String why, Throwable cause) {
      String message = "shell backend on " + host.name() + ": " + verb + ": " + why;
      if (!asked) {
        throw new BackendUnavailable(message, cause);
      }
      return new AnswerLost(message, cause);
    }
  }

  /** The thread, and the process that it talks to. */
  private final class Worker {
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
      Thread daemon = new Thread(task, "hpc-shell on " + host.name());
      daemon.setDaemon(true);
      return daemon;
    });
    private volatile @Nullable Conversation conversation;
    private @Nullable Future<?> idle;

    Answer carryOut(Request request) throws IOException {
      if (idle != null) {
        idle.cancel(false);
      }
      try {
        return exchange(request);
      } finally {
        idle = thread.isShutdown()
            ? null
            : thread.schedule(this::drop, patience.idle().toNanos(), TimeUnit.NANOSECONDS);
      }
    }

    /** A process that broke is replaced at once where that can do no harm. */
    private Answer exchange(Request request) throws IOException {
      Conversation present = conversation;
      if (present != null) {
        try {
          return exchange(request, present);
        } catch (IOException e) {
          drop();
          if (thread.isShutdown() || (request.asked && !request.isRepeatable())) {
            throw e;
          }
        }
      }
      Conversation fresh = open();
      try {
        return exchange(request, fresh);
      } catch (IOException e) {
        drop();
        throw e;
      }
    }

    private Answer exchange(Request request, Conversation with) throws IOException {
      request.ask(with);
      return with.answer();
    }

    /** Begins with an empty question, so that what is wrong shows before anything is at stake. */
    private Conversation open() throws IOException {
      Conversation fresh = new Conversation(host.start());
      conversation = fresh;
      try {
        if (thread.isShutdown()) {
          throw new IOException("the backend was closed");
        }
        greet(fresh);
        return fresh;
      } catch (IOException e) {
        drop();
        throw new BackendUnavailable("shell backend on " + host.name() + ": " + e.getMessage(), e);
      } catch (BackendUnavailable e) {
        drop();
        throw e;
      }
    }

    /** One that has ended already cannot be asked; its last words say why. */
    private void greet(Conversation fresh) throws IOException {
      try {
        fresh.ask("query", List.of(), List.of());
      } catch (IOException e) {
        told(fresh.answer());
        throw e;
      }
      told(fresh.answer());
    }

    private void drop() {
      Conversation old = conversation;
      conversation = null;
      if (old != null) {
        old.close();
      }
    }

    /** From another thread. What hangs in a write would hold up whoever closes its stream. */
    void end() {
      for (Runnable waiting : thread.shutdownNow()) {
        if (waiting instanceof Future<?> question) {
          question.cancel(false);
        }
      }
      Thread closer = new Thread(this::drop, "end of hpc-shell on " + host.name());
      closer.setDaemon(true);
      closer.start();
    }
  }
}
