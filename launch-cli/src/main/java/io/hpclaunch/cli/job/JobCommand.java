// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.OneLine;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands about jobs share. */
public abstract class JobCommand implements Callable<Integer> {
  private final Session session;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-b", "--backend"},
      paramLabel = "NAME",
      description =
          "A configured backend or a type; default: the configured one, else the detected.")
  private @Nullable String backend;

  /**
   * Makes a command.
   *
   * @param session what it works with
   */
  protected JobCommand(Session session) {
    this.session = session;
  }

  /**
   * Does the work.
   *
   * @return the exit status
   * @throws InterruptedException when the waiting thread is interrupted
   */
  protected abstract int run() throws InterruptedException;

  /** A plugin that lacks a class fails with an Error, which nobody would tell in one line. */
  @Override
  public final Integer call() {
    try {
      return run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitStatus.INTERRUPTED;
    } catch (LinkageError e) {
      throw new BackendUnavailable("a plugin cannot be used: " + e, e);
    }
  }

  /**
   * What the command works with.
   *
   * @return the session
   */
  protected final Session session() {
    return session;
  }

  /**
   * The runtime of the session.
   *
   * @return the runtime
   */
  protected final HpcRuntime runtime() {
    return session.runtime();
  }

  /**
   * What {@code -b} said.
   *
   * @return a name, or null
   */
  protected final @Nullable String backendName() {
    return backend;
  }

  /**
   * The backend that {@code -b} names, else the default.
   *
   * @return the backend
   */
  protected final Backend backend() {
    String name = backend;
    return name == null ? runtime().backend() : runtime().backend(name);
  }

  final JobFinder finder() {
    return new JobFinder(runtime().jobs(), () -> backend().name(), runtime());
  }

  /**
   * Standard output.
   *
   * @return a writer
   */
  protected final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /**
   * Prints one line on standard error.
   *
   * @param line the line
   */
  protected final void tell(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("hpc: " + OneLine.of(line));
    err.flush();
  }

  /**
   * Standard error.
   *
   * @return a writer
   */
  protected final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /**
   * The error of a command line that is wrong.
   *
   * @param message what is wrong
   * @return the error, to be thrown
   */
  protected final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
