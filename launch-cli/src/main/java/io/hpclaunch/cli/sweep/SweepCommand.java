// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.JobCommand;
import io.hpclaunch.sweep.SweepRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands about sweeps share. */
abstract class SweepCommand extends JobCommand {
  @Option(
      names = "--sweep-dir",
      paramLabel = "DIR",
      defaultValue = "sweeps",
      description = "Where sweeps have their folders; default: ${DEFAULT-VALUE}.")
  private String sweepDir = "sweeps";

  SweepCommand(Session session) {
    super(session);
  }

  final PrintWriter stdout() {
    return out();
  }

  final PrintWriter stderr() {
    return err();
  }

  final void say(String line) {
    tell(line);
  }

  final Session given() {
    return session();
  }

  final Path sweeps() {
    return session().file(sweepDir);
  }

  /** A sweep by its name, or by a path to its folder. */
  final SweepRun open(String id) {
    return SweepRun.open(id.contains("/") ? session().file(id) : sweeps().resolve(id), runtime());
  }

  /** What another state folder remembers looks unknown from here. */
  final void tellRegister(SweepRun run) {
    run.remembered()
        .ifPresent(where -> tell("sweep " + run.id() + ": " + where
            + ": what its tasks have not written themselves is unknown here; HPC_STATE_DIR names"
            + " another one"));
  }

  /** The named sweep, or the youngest. */
  final SweepRun openOrLast(@Nullable String id) {
    if (id != null) {
      return open(id);
    }
    List<SweepRun> all = SweepRun.all(sweeps(), runtime());
    if (all.isEmpty()) {
      throw new InvalidConfiguration("there is no sweep in " + sweeps()
          + ": 'hpc sweep run FILE' begins one, --sweep-dir names another folder");
    }
    return all.get(all.size() - 1);
  }

  /** {@code auto} is the scheduler that is found here, whatever is configured. */
  final Backend scheduler() {
    if (!"auto".equals(backendName())) {
      return backend();
    }
    HpcRuntime.Detection detected = runtime().detect();
    String type = detected.type();
    if (type == null) {
      throw new InvalidConfiguration("no scheduler was found here: name one by --backend");
    }
    return runtime().backend(type);
  }

  /** Files of a sweep are read by its tasks, under the same paths. */
  final Backend sharing(Backend backend) {
    if (!session().isLocal(backend.name())) {
      throw new InvalidConfiguration("backend " + backend.name() + " is reached through another"
          + " host, which does not see the sweep's folder: run 'hpc sweep' there");
    }
    return backend;
  }
}
