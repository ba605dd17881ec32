// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.sweep.Results;
import io.hpclaunch.sweep.SweepRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc sweep report}. */
@Command(
    name = "report",
    description = {
      "Write a page about a sweep, which a browser shows without a network.",
      "States over time, a timeline of tasks per node, durations, failures, and the parameters against a metric."
    })
final class ReportCommand extends SweepCommand {
  @Parameters(paramLabel = "ID", description = "The sweep: its name, or a path to its folder.")
  private String id = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to; default: report.html in the sweep's folder.")
  private @Nullable String output;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "The metric to show first; the page lets one choose among all.")
  private @Nullable String metric;

  @Option(
      names = "--file",
      paramLabel = "NAME",
      description = "A file of metrics, as of 'hpc sweep collect'; may be repeated.")
  private List<String> files = new ArrayList<>();

  ReportCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    SweepRun run = open(id);
    Path file = output == null ? run.folder().resolve("report.html") : session().file(output);
    run.report(file, files.isEmpty() ? Results.FILES : files, metric);
    out().println(file);
    return ExitStatus.OK;
  }
}
