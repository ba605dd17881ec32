// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.api.Rejected;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.Interruption;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.pool.PoolStatus;
import io.hpclaunch.pool.WorkerPool;
import io.hpclaunch.pool.WorkerPools;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc pool deploy}: a pool's workers, before there are tasks for them. */
@Command(
    name = "deploy",
    description = {
      "Submit a pool's batch job, and wait for the workers.",
      "Where workers have jobs already, one is submitted for those that are missing. After three"
          + " jobs in a row that ended before a worker came, no more is submitted, and the error"
          + " names the last."
    })
final class DeployCommand extends NamedPoolCommand {
  private static final Duration LOOK = Duration.ofSeconds(1);

  @Option(names = "--no-wait", description = "Do not wait for the workers.")
  private boolean noWait;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  DeployCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    if (noWait) {
      return print(pools().deploy(name()));
    }
    Optional<WorkerPool> own = pools().tryOpen(name());
    String goesOn = "the pool's jobs go on; 'hpc pool status " + name() + "' tells where they are";
    return Interruption.tells(
        err(), goesOn, () -> own.isPresent() ? awaitOwn(own.get()) : awaitOthers());
  }

  private int awaitOwn(WorkerPool opened) throws InterruptedException {
    try (WorkerPool pool = opened;
        ColdStart line = new ColdStart(progress())) {
      while (!pool.awaitWorkers(pool.wanted(), LOOK)) {
        PoolStatus status = pool.status();
        if (status.refusal() != null) {
          throw new Rejected("pool " + status.name() + " has not all of its " + status.wanted()
              + " workers, and no job was submitted for the others: " + status.refusal());
        }
        line.show(status);
      }
      line.clear();
      return print(pool.status());
    }
  }

  /** Another process has the pool, and hears its workers. */
  private int awaitOthers() throws InterruptedException {
    WorkerPools pools = pools();
    pools.deploy(name());
    try (ColdStart line = new ColdStart(progress())) {
      PoolStatus status = pools.status(name());
      while (status.count(PoolStatus.State.READY) < status.wanted()) {
        line.show(status);
        session().time().pause(LOOK);
        status = pools.status(name());
      }
      line.clear();
      return print(status);
    }
  }

  private int print(PoolStatus status) {
    if (json) {
      Json.print(PoolView.told(status), out());
    } else {
      PoolView.printAsTold(status, out());
    }
    out().flush();
    return ExitStatus.OK;
  }
}
