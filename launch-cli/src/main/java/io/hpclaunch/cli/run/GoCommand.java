// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.Interruption;
import io.hpclaunch.operator.ComputeOperator;
import io.hpclaunch.operator.RunStatus;
import io.hpclaunch.operator.TaskState;
import io.hpclaunch.operator.TaskStatus;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hpc run go}: everything until the end. */
@Command(
    name = "go",
    description = {
      "Prepare, submit, poll and collect until a run is over.",
      "It can be interrupted at any time, and called again: jobs go on in the meantime. The exit"
          + " status is 0 when all tasks have completed, save for those that are allowed to fail,"
          + " else 1. Standard error tells of each task that failed; standard output, at the end,"
          + " how all stand."
    })
final class GoCommand extends RunCommand {
  @Parameters(
      paramLabel = "FILE|RUN",
      description = "A YAML file of tasks: a word that ends in .yaml or .yml, or has a slash; or"
          + " the id of a run that was prepared.")
  private String word = "";

  @Mixin
  private final FileOptions options = new FileOptions();

  GoCommand(Session session) {
    super(session);
  }

  @Override
  int run(ComputeOperator operator) throws InterruptedException {
    String id = isFile(word) ? operator.prepare(read(word, options)).run() : known(word);
    String comeBack = "the jobs of run " + id + " go on; 'hpc run go " + id + directoryWords()
        + "' takes it up again";
    return Interruption.tells(err(), comeBack, () -> {
      RunStatus end = operator.go(id);
      print(end);
      return end.isWell() ? ExitStatus.OK : ExitStatus.PROBLEM;
    });
  }

  private String known(String id) {
    @Nullable String pointless = options.run != null ? "--run" : options.backend != null ? "-b" : null;
    if (pointless != null) {
      throw wrong(pointless + " is for a run that is prepared from a file: leave it out");
    }
    return id;
  }

  @Override
  void changedTask(TaskStatus task) {
    if (task.state() == TaskState.FAILED || task.state() == TaskState.CANCELLED) {
      tell("task " + task.task() + " " + task.words() + ", attempt "
          + task.attempt().number());
    }
  }
}
