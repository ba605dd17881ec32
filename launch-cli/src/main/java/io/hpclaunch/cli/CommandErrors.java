// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.cli.output.OneLine;
import io.hpclaunch.cli.output.OutputLost;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells errors in one line that says what to do, and turns them into exit statuses. */
final class CommandErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final GlobalOptions options;

  CommandErrors(GlobalOptions options) {
    this.options = options;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    String command = line.getCommandSpec().qualifiedName();
    err.println("hpc: " + usageError(e) + "; see '" + command + " --help'");
    trace(e, err);
    err.flush();
    return ExitStatus.WRONG_USAGE;
  }

  private static String usageError(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return OneLine.of(String.valueOf(e.getMessage()));
    }
    String word = unmatched.getUnmatched().get(0);
    boolean option = word.startsWith("-");
    boolean command = !option && !e.getCommandLine().getSubcommands().isEmpty();
    String kind = option ? "option" : command ? "command" : "argument";
    List<String> close = unmatched.getSuggestions();
    String hint =
        close.isEmpty() || kind.equals("argument") ? "" : ", did you mean '" + close.get(0) + "'?";
    return "unknown " + kind + " '" + OneLine.of(word) + "'" + hint;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult result) {
    PrintWriter err = line.getErr();
    if (e instanceof OutputLost lost) {
      return lost(lost, err);
    }
    int status = e instanceof HpcException ours ? ExitStatus.of(ours) : ExitStatus.PROBLEM;
    String message = e instanceof HpcException
        ? String.valueOf(e.getMessage())
        : e + "; please report this, with what --debug prints";
    err.println("hpc: " + OneLine.of(message));
    trace(e, err);
    err.flush();
    return status;
  }

  private int lost(OutputLost e, PrintWriter err) {
    if (e.isClosedPipe()) {
      return ExitStatus.CLOSED_PIPE;
    }
    err.println("hpc: " + OneLine.of(String.valueOf(e.getMessage())));
    trace(e, err);
    return ExitStatus.PROBLEM;
  }

  private void trace(Exception e, PrintWriter err) {
    if (options.isDebug()) {
      e.printStackTrace(err);
    }
  }
}
