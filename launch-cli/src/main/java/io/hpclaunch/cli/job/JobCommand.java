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
abstract class JobCommand implements Callable<Integer> {
  private final Session session;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-b", "--backend"},
      paramLabel = "NAME",
      description =
          "A configured backend or a type; default: the configured one, else the detected.")
  private @Nullable String backend;

  JobCommand(Session session) {
    this.session = session;
  }

  /** Does the work; gives the exit status. */
  abstract int run() throws InterruptedException;

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

  final Session session() {
    return session;
  }

  final HpcRuntime runtime() {
    return session.runtime();
  }

  /** What {@code -b} said. */
  final @Nullable String backendName() {
    return backend;
  }

  /** The backend that {@code -b} names, else the default. */
  final Backend backend() {
    String name = backend;
    return name == null ? runtime().backend() : runtime().backend(name);
  }

  final JobFinder finder() {
    return new JobFinder(runtime().jobs(), () -> backend().name(), runtime());
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** One line on standard error. */
  final void tell(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("hpc: " + OneLine.of(line));
    err.flush();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** The command line is wrong. */
  final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
