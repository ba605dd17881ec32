// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Resources;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.Progress;
import io.hpclaunch.cli.job.ResourceOptions;
import io.hpclaunch.core.config.StateFolder;
import io.hpclaunch.sweep.Mode;
import io.hpclaunch.sweep.SweepRun;
import io.hpclaunch.sweep.TaskSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc sweep resume}. */
@Command(
    name = "resume",
    description = {
      "Run again, under their own numbers, the tasks that are missing, failed, cancelled or lost.",
      "Completed ones never run again; those that wait or run are left alone. What a client left unfinished when it died is submitted first."
    })
final class ResumeCommand extends SweepCommand {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** By then it is settled. */
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  @Parameters(paramLabel = "ID", description = "The sweep: its name, or a path to its folder.")
  private String id = "";

  @Option(
      names = "--task-ids",
      paramLabel = "LIST",
      description = "Only these tasks: numbers and ranges such as 1,3-5, or @FILE that has them,"
          + " with commas, blanks and line ends between them and # before comments.")
  private @Nullable String taskIds;

  @Option(
      names = "--retry-failed",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether failed and lost tasks run again, too; they do by default.")
  private boolean retryFailed = true;

  @Option(
      names = "--retry-unknown",
      description = "Run again, too, what only another state folder remembers. Say so only when"
          + " nothing of it runs any more: it would run twice.")
  private boolean retryUnknown;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "individual, array or auto; default: as they were submitted before.")
  private @Nullable String mode;

  @Option(names = "--max-parallel", paramLabel = "N", description = "At most N tasks at once.")
  private @Nullable Integer maxParallel;

  @Mixin
  private final ResourceOptions resources = new ResourceOptions();

  @Option(
      names = "--wait",
      description = "Wait for the end: exit status 0 if all completed, else 1.")
  private boolean wait;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ResumeCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    SweepRun run = open(id);
    run.backends().forEach(name -> sharing(runtime().backend(name)));
    Resources wanted = resources.read();
    SweepRun.Resumption how = new SweepRun.Resumption(
        tasks(run),
        retryFailed,
        retryUnknown,
        mode == null ? null : Mode.parse(mode),
        wanted.equals(Resources.none()) ? null : wanted,
        maxParallel);
    TaskSet again = patiently(run, how);
    if (wait) {
      return Waiting.of(this, run, json);
    }
    if (json) {
      SweepJson.print(run, run.status(), out());
    } else {
      out().println(again.isEmpty() ? "nothing to run again" : "submitted tasks " + again);
    }
    return ExitStatus.OK;
  }

  /** A job of a client that died is not known for some minutes: others go on meanwhile. */
  private TaskSet patiently(SweepRun run, SweepRun.Resumption how) throws InterruptedException {
    Instant until = session().time().now().plus(PATIENCE);
    boolean terminal = session().installation().terminals().contains(Installation.Stream.ERR);
    try (Progress progress = new Progress(err(), terminal)) {
      return run.resume(how, done -> {}, doubt -> {
        progress.show("waiting until it is known whether a job was submitted when the last client"
            + " ended (token " + doubt.token() + ")");
        session().time().pause(INTERVAL);
        return session().time().now().isBefore(until);
      });
    }
  }

  private @Nullable TaskSet tasks(SweepRun run) {
    String given = taskIds;
    if (given == null) {
      return null;
    }
    Path file = given.startsWith("@") ? session().file(given.substring(1)) : null;
    String source = file == null ? "--task-ids" : file.toString();
    try {
      TaskSet tasks =
          TaskSet.parse(file == null ? given : Files.readString(file), source, run.count());
      if (tasks.isEmpty()) {
        throw new InvalidConfiguration(source + " names no task");
      }
      return tasks;
    } catch (IOException e) {
      throw new InvalidConfiguration("--task-ids: " + StateFolder.words(e), e);
    }
  }
}
