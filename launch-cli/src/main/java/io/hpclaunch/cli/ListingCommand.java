// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.cli.output.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A command that finds something out and prints it, as tables or as JSON.
 *
 * @param <T> what it finds out: a record, or a list of records, whose names become keys
 */
public abstract class ListingCommand<T> implements Callable<Integer> {
  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /** Made by the subclasses. */
  protected ListingCommand() {}

  /**
   * Finds out.
   *
   * @return what is to be printed
   */
  protected abstract T find();

  /**
   * Prints for people.
   *
   * @param found what was found out
   * @param out where to
   */
  protected abstract void print(T found, PrintWriter out);

  /**
   * The exit status.
   *
   * @param found what was found out
   * @return 0 by default
   */
  protected int status(T found) {
    return ExitStatus.OK;
  }

  /** A plugin that lacks a class fails with an Error, which nobody would tell in one line. */
  private T foundByPlugins() {
    try {
      return find();
    } catch (LinkageError e) {
      throw new BackendUnavailable("a plugin cannot be used: " + e, e);
    }
  }

  @Override
  public final Integer call() {
    T found = foundByPlugins();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(found, out);
    } else {
      print(found, out);
    }
    out.flush();
    return status(found);
  }
}
