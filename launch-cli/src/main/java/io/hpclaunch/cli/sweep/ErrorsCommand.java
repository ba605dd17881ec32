// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.sweep.FailureGroup;
import io.hpclaunch.sweep.SweepRun;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc sweep errors}. */
@Command(
    name = "errors",
    description = {
      "Tell which tasks failed, grouped by how their logs end, or by why they have none."
    })
final class ErrorsCommand extends SweepCommand {
  @Parameters(paramLabel = "ID", description = "The sweep: its name, or a path to its folder.")
  private String id = "";

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /** A group; the names become keys. */
  record Group(
      String how,
      int count,
      String tasks,
      List<String> lastLines,
      @Nullable String log) {}

  ErrorsCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    SweepRun run = open(id);
    List<FailureGroup> groups = run.errors();
    if (json) {
      Json.print(groups.stream().map(ErrorsCommand::group).toList(), out());
      return ExitStatus.OK;
    }
    for (FailureGroup group : groups) {
      int count = group.tasks().size();
      out()
          .println(
              group.how() + ", " + count + (count == 1 ? " task: " : " tasks: ") + group.tasks());
      group.lastLines().forEach(line -> out().println("    " + line));
      if (group.log() != null) {
        out().println("    in " + group.log());
      }
    }
    if (groups.isEmpty()) {
      out().println("no task of " + run.id() + " failed");
    }
    return ExitStatus.OK;
  }

  private static Group group(FailureGroup group) {
    return new Group(
        group.how(),
        group.tasks().size(),
        group.tasks().toString(),
        group.lastLines(),
        group.log() == null ? null : group.log().toString());
  }
}
