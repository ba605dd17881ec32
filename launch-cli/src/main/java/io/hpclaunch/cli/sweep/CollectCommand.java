// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.core.config.StateFolder;
import io.hpclaunch.sweep.Results;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc sweep collect}. */
@Command(
    name = "collect",
    description = {
      "Put what tasks measured, and their parameters, into one table.",
      "A task writes its metrics into files of its folder, HPC_TASK_DIR: an object in JSON (of a list the last counts), or CSV with heads (the last row counts)."
    })
final class CollectCommand extends SweepCommand {
  @Parameters(paramLabel = "ID", description = "The sweep: its name, or a path to its folder.")
  private String id = "";

  @Option(
      names = "--file",
      paramLabel = "NAME",
      description = "A file of the tasks' folders; may be repeated. Default: metrics.json,"
          + " results.json, metrics.csv, results.csv.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "csv",
      description = "csv or json; default: ${DEFAULT-VALUE}.")
  private String format = "csv";

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the table there.")
  private @Nullable String output;

  CollectCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    boolean asJson = json || format.equals("json");
    if (!asJson && !format.equals("csv")) {
      throw wrong("--format is csv or json, not '" + format + "'");
    }
    Results results = open(id).collect(files.isEmpty() ? Results.FILES : files);
    results.problems().forEach(this::tell);
    if (results.metrics().isEmpty() && results.problems().isEmpty()) {
      tell("no task has a file " + String.join(", ", files.isEmpty() ? Results.FILES : files)
          + " in its folder: the table has parameters only");
    }
    String file = output;
    if (file == null) {
      print(results, asJson, out());
    } else {
      try (PrintWriter to = new PrintWriter(Files.newBufferedWriter(session().file(file)))) {
        print(results, asJson, to);
        if (to.checkError()) {
          throw new InvalidConfiguration(file + " cannot be written");
        }
      } catch (IOException e) {
        throw new InvalidConfiguration(file + " cannot be written: " + StateFolder.words(e), e);
      }
    }
    return ExitStatus.OK;
  }

  private static void print(Results results, boolean json, PrintWriter to) {
    if (json) {
      results.printJson(to);
    } else {
      results.printCsv(to);
    }
  }
}
