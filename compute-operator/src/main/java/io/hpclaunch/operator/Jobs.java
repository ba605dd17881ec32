// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.JobSpec;

/** The job that an attempt at a task is. */
final class Jobs {
  private Jobs() {}

  /**
   * Describes the job.
   *
   * @param task the task
   * @param attempt what this attempt asks for
   * @param directory the task's directory on the backend's host
   */
  static JobSpec spec(Task task, Attempt attempt, String directory) {
    JobSpec.Builder job = JobSpec.builder(task.id())
        .environment(task.env())
        .workingDirectory(directory)
        .stdout(directory + "/" + Task.STDOUT)
        .stderr(directory + "/" + Task.STDERR)
        .resources(r -> r.cpus(task.cores())
            .memoryPerNode(attempt.memory())
            .gpusPerNode(task.gpus())
            .walltime(attempt.timeLimit()));
    if (task.program() instanceof JobSpec.Command command) {
      job.command(command.argv());
    } else if (task.program() instanceof JobSpec.Shell shell) {
      job.shell(shell.lines().toArray(new String[0]));
    }
    String image = task.image();
    if (image != null) {
      job.container(ContainerSpec.image(image)
          .bind(new ContainerSpec.Bind(directory, directory, false))
          .workingDirectory(directory)
          .gpu(task.gpus() != null)
          .build());
    }
    return job.build();
  }
}
