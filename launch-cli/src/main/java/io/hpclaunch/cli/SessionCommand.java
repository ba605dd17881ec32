// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.cli.job.Progress;
import io.hpclaunch.cli.output.OneLine;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What commands share that work with a runtime. */
public abstract class SessionCommand implements Callable<Integer> {
  private final Session session;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  /**
   * Makes a command.
   *
   * @param session what it works with
   */
  protected SessionCommand(Session session) {
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
   * Standard output.
   *
   * @return a writer
   */
  protected final PrintWriter out() {
    return spec.commandLine().getOut();
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
   * Prints one line on standard error.
   *
   * @param line the line
   */
  protected final void tell(String line) {
    PrintWriter err = err();
    err.println("hpc: " + OneLine.of(line));
    err.flush();
  }

  /**
   * A line on standard error that tells how far the command has come.
   *
   * @return nothing is shown where that is no terminal; to be closed
   */
  protected final Progress progress() {
    return new Progress(
        err(), session.installation().terminals().contains(Installation.Stream.ERR));
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
