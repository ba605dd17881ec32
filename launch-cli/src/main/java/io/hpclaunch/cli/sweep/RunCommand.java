// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.api.Backend;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.Progress;
import io.hpclaunch.cli.job.ResourceOptions;
import io.hpclaunch.sweep.Combination;
import io.hpclaunch.sweep.Mode;
import io.hpclaunch.sweep.Sweep;
import io.hpclaunch.sweep.SweepOptions;
import io.hpclaunch.sweep.SweepRun;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc sweep run}: begins a sweep. */
@Command(
    name = "run",
    description = {
      "Submit a job for each combination of a sweep, or an array of all, and print the sweep's name.",
      "FILE defines parameters, their values, and the command; docs/sweep.md tells how.",
      "What a task asks for comes from the options, else from HPC_WALLTIME and HPC_RESOURCES, else"
          + " from the configuration; for PBS and Slurm else 4 cpus, 16 GiB and 4 hours."
    })
final class RunCommand extends SweepCommand {
  @Parameters(paramLabel = "FILE", description = "The definition, in YAML.")
  private String file = "";

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "auto",
      description = "individual: a job for each combination; array: one array job; auto: an array"
          + " where the backend has them and there are more than five combinations.")
  private String mode = "auto";

  @Option(names = "--sweep-id", paramLabel = "ID", description = "The sweep's name.")
  private @Nullable String sweepId;

  @Option(
      names = "--max-runs",
      paramLabel = "N",
      description = "Take the first N combinations; 0 takes all. Beats max_runs of the file.")
  private @Nullable Integer maxRuns;

  @Option(names = "--max-parallel", paramLabel = "N", description = "At most N tasks at once.")
  private @Nullable Integer maxParallel;

  @Mixin
  private final ResourceOptions resources = new ResourceOptions();

  @Option(names = "--count-only", description = "Print how many combinations there are.")
  private boolean countOnly;

  @Option(names = "--dry-run", description = "Print the combinations in order, and submit nothing.")
  private boolean dryRun;

  @Option(
      names = "--wait",
      description = "Wait for the end: exit status 0 if all completed, else 1.")
  private boolean wait;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  RunCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    Mode how = Mode.parse(mode);
    Path path = session().file(file);
    Sweep sweep = maxRuns == null ? Sweep.load(path) : Sweep.load(path).maxRuns(maxRuns);
    if (countOnly) {
      out().println(sweep.combinations().size());
      return ExitStatus.OK;
    }
    if (dryRun) {
      print(sweep);
      return ExitStatus.OK;
    }
    Backend backend = sharing(scheduler());
    SweepRun run = submit(sweep, backend, how);
    if (wait) {
      return Waiting.of(this, run, json);
    }
    if (json) {
      SweepJson.print(run, run.status(), out());
    } else {
      out().println(run.id());
    }
    return ExitStatus.OK;
  }

  private SweepRun submit(Sweep sweep, Backend backend, Mode how) {
    SweepOptions options = SweepOptions.builder()
        .mode(how)
        .id(sweepId)
        .folder(sweeps())
        .workingDirectory(Path.of(session().callersDirectory()))
        .maxParallel(maxParallel)
        .resources(TaskResources.of(resources.read(), session(), backend))
        .build();
    boolean terminal = session().installation().terminals().contains(Installation.Stream.ERR);
    int count = sweep.combinations().size();
    try (Progress progress = new Progress(err(), terminal)) {
      progress.show("writing " + count + " combinations");
      return SweepRun.start(
          sweep,
          runtime(),
          backend,
          options,
          done -> progress.show("submitted " + done + (done == 1 ? " job" : " jobs")));
    }
  }

  private void print(Sweep sweep) {
    if (!json) {
      for (Combination each : sweep.combinations()) {
        out().println(each.task() + "  " + String.join(" ", each.words()));
      }
      return;
    }
    out().print("[");
    String joint = "\n";
    for (Combination each : sweep.combinations()) {
      out().print(joint + "{\"index\": " + each.index() + ", \"params\": " + each.json() + "}");
      joint = ",\n";
    }
    out().println("\n]");
  }
}
