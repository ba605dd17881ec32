// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hpc submit}: hands a job to a scheduler. */
@Command(
    name = "submit",
    description = {
      "Submit a job, and print its id.",
      "A job is a program with its arguments behind --, each of which reaches it byte for byte; or"
          + " a script with its arguments; or, with -c, a line of shell. Options of hpc stand"
          + " before them.",
      "What a script holds when it is submitted is what runs, by the interpreter that its first"
          + " line names, bash where it names none. It may read itself from a file descriptor, so"
          + " its own path tells it nothing. Lines that begin with #SBATCH or #PBS are comments.",
      "What is not asked for here comes from the configuration."
    })
final class SubmitCommand extends JobCommand {
  @Mixin
  private final ProgramOptions program = new ProgramOptions();

  @Mixin
  private final ResourceOptions resources = new ResourceOptions();

  @Mixin
  private final JobOptions job = new JobOptions();

  @Option(names = "--json", description = "Print the job's object as JSON in place of the id.")
  private boolean json;

  @Option(
      names = "--wait",
      description = "Wait for the end, print nothing, and exit as 'hpc wait' does. With --json,"
          + " print the job's object at its end.")
  private boolean wait;

  @Option(
      names = "--dry-run",
      description = "Print what would be handed to the scheduler, and submit nothing.")
  private boolean dryRun;

  SubmitCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    program.check();
    boolean terminal = session().installation().terminals().contains(Installation.Stream.ERR);
    session().copyListener(new CopyMeter(new Progress(err(), terminal), System::nanoTime));
    Backend to = backend();
    JobSpec spec = spec(to);
    if (dryRun) {
      Scripts.print(to.script(spec), out());
      return ExitStatus.OK;
    }
    HPCProcess submitted = to.submit(spec);
    if (submitted.id().token().isPresent()) { // the scheduler does not have it yet
      tell(submitted.id() + " is " + submitted.info().reason());
    }
    return wait ? waitFor(submitted) : told(submitted);
  }

  private JobSpec spec(Backend to) {
    JobSpec.Builder spec = JobSpec.builder("job");
    program.addTo(spec, session(), this::tell);
    spec.resources(resources.read());
    job.addTo(spec, session(), finder(to));
    if (!job.hasDirectory() && sharesFiles(to)) {
      spec.workingDirectory(session().callersDirectory());
    }
    return spec.build();
  }

  /** Whether a path of this machine means the same to a job. */
  private boolean sharesFiles(Backend to) {
    return session().isLocal(to.name()) && to.capabilities().has(Capability.SHARED_FILES);
  }

  private JobFinder finder(Backend to) {
    return new JobFinder(runtime().jobs(), to::name, runtime());
  }

  private int told(HPCProcess submitted) {
    if (json) {
      Json.print(JobObject.of(report(submitted, submitted.info())), out());
    } else {
      out().println(submitted.id());
    }
    if (out().checkError()) {
      tell("standard output could not be written; the job is " + submitted.id());
      return ExitStatus.PROBLEM;
    }
    return ExitStatus.OK;
  }

  private JobReport report(HPCProcess submitted, JobInfo info) {
    return new JobReport(submitted.id(), runtime().jobs().find(submitted.id()).orElse(null), info);
  }

  private static String goesOn(JobId job) {
    return job + " goes on; 'hpc wait " + job + "' waits for it";
  }

  private int waitFor(HPCProcess submitted) throws InterruptedException {
    return Interruption.tells(err(), goesOn(submitted.id()), () -> {
      JobReport end = report(submitted, submitted.waitFor());
      int status = JobEnd.status(end);
      if (status != ExitStatus.OK) {
        tell(JobEnd.sentence(end));
      }
      if (json) {
        Json.print(JobObject.of(end), out());
        out().flush();
      }
      return status;
    });
  }
}
