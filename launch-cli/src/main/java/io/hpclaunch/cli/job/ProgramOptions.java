// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.cli.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a job runs: a program, a script, or a line of shell. */
final class ProgramOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-N", "--name"},
      paramLabel = "JOBNAME",
      description = "The job's name; default: that of the program or script, without its folder.")
  private @Nullable String name;

  @Option(
      names = {"-c", "--command"},
      paramLabel = "LINE",
      description = "A line of shell, in place of a program or a script.")
  private @Nullable String line;

  @Parameters(
      arity = "0..*",
      paramLabel = "-- PROGRAM [ARG...] | SCRIPT [ARG...]",
      hideParamSyntax = true,
      description = "The program behind --, or the script, and its arguments.")
  private List<String> words = new ArrayList<>();

  /** Refuses two kinds, and none. */
  void check() {
    if (line == null && words.isEmpty()) {
      throw wrong("nothing to run: give -- PROGRAM, a SCRIPT, or -c 'LINE'");
    }
    if (line != null && !words.isEmpty()) {
      throw wrong("-c and " + (isProgram() ? "a program" : "a script") + ": give one of them");
    }
  }

  /** Sets the name and what is run. */
  void addTo(JobSpec.Builder job, Session session, Consumer<String> tell) {
    String ofItself = "shell";
    if (line != null) {
      job.shell(line);
    } else if (isProgram()) {
      ofItself = ScriptFile.baseName(words.get(0));
      job.command(words);
    } else {
      ScriptFile script = ScriptFile.read(words.get(0), session.file(words.get(0)));
      ofItself = script.baseName();
      List<String> lines = script.shell(words.subList(1, words.size()));
      job.shell(lines.toArray(String[]::new));
      if (!script.directives().isEmpty()) {
        tell.accept("note: lines with " + script.directives() + " in '" + words.get(0)
            + "' are comments to hpc: give what they ask for as options");
      }
    }
    String chosen = name;
    job.name(chosen != null ? chosen : ofItself.isEmpty() ? "job" : ofItself);
  }

  /** Whether -- stands right before the words, all of which come last. */
  private boolean isProgram() {
    List<String> all = spec.commandLine().getParseResult().originalArgs();
    int before = all.size() - words.size() - 1;
    return before >= 0 && all.get(before).equals("--");
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
