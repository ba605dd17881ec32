// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.scheduler.CarriedToken;
import io.hpclaunch.core.scheduler.JobListings;
import io.hpclaunch.core.scheduler.JobTable;
import io.hpclaunch.core.scheduler.NoAnswer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * PBS's listings. The queue has what waits and runs; elements of an array stay in it until the
 * whole array has ended. What left it is in the server's history for some days, where that is
 * switched on; Torque keeps it in the queue for some minutes, in state C.
 */
final class PbsListings implements JobListings {
  /** Each id takes a port below 1024. */
  private static final int FEW = 20;

  private final PbsCommands commands;
  private final @Nullable Boolean history;

  /**
   * Makes them.
   *
   * @param commands the way to PBS
   * @param history whether the server remembers jobs that ended, or null: it is asked
   */
  PbsListings(PbsCommands commands, @Nullable Boolean history) {
    this.commands = commands;
    this.history = history;
  }

  @Override
  public Listed queue(Collection<NativeId> asked, @Nullable String cluster, Duration maxAge)
      throws NoAnswer {
    PbsCommands.Told told = commands.queued(hasArrays(asked), maxAge);
    return new Listed(table(told.jobs()), told.asked(), false);
  }

  @Override
  public boolean keepsEnded(@Nullable String cluster) {
    if (history != null) {
      return history;
    }
    if (commands.isTorque()) {
      return false;
    }
    try {
      ServerInfo server = commands.server();
      return server == null || Boolean.TRUE.equals(server.historyEnabled());
    } catch (NoAnswer e) {
      return true;
    }
  }

  @Override
  public JobTable ended(Collection<NativeId> asked, @Nullable String cluster) throws NoAnswer {
    try {
      return table(
          asked.size() == 1
              ? commands.remembered(PbsId.of(asked.iterator().next()))
              : commands.remembered(hasArrays(asked), Duration.ZERO).jobs());
    } catch (NoAnswer e) {
      if (QstatError.refusesHistory(e.why())) {
        return new JobTable(); // nothing is kept, as it turns out
      }
      throw e;
    }
  }

  @Override
  public boolean isOneServer() {
    return true;
  }

  @Override
  public JobTable these(List<NativeId> asked, @Nullable String cluster) throws NoAnswer {
    List<PbsId> ids = asked.stream().map(PbsId::of).toList();
    return table(commands.some(ids, !commands.isTorque() && keepsEnded(cluster)));
  }

  private static boolean hasArrays(Collection<NativeId> ids) {
    return ids.stream().anyMatch(id -> PbsId.of(id).array());
  }

  @Override
  public int fewIds() {
    return FEW;
  }

  /** An end is listed with all that the job used. */
  @Override
  public Duration accountsWithin() {
    return Duration.ZERO;
  }

  @Override
  public String key(NativeId id) {
    return PbsId.of(id).key();
  }

  @Override
  public String text(NativeId id) {
    return PbsId.of(id).text();
  }

  @Override
  public String queueName() {
    return "qstat";
  }

  @Override
  public String endedName() {
    return "the server's history";
  }

  private static JobTable table(Listing listing) {
    JobTable table = new JobTable();
    for (PbsJob job : listing.jobs()) {
      JobInfo info = PbsStates.info(job);
      Token token = token(job);
      Integer index = index(job);
      if (index != null) {
        table.add(job.id().key(), index, info, token);
      } else if (job.id().array()) {
        table.add(job.id().key(), List.of(), info, token);
      } else {
        table.add(job.id().key(), info, token);
      }
    }
    return table;
  }

  /** Of an element; also of the only one of an array, which PBS runs as a plain job. */
  private static @Nullable Integer index(PbsJob job) {
    return job.id().array()
        ? job.id().index()
        : PbsValues.integer(job.variables().get(PbsDirectives.ELEMENT));
  }

  /** The token that travels with a job; null where it is none of hpc-launch's. */
  static @Nullable Token token(PbsJob job) {
    Token token = CarriedToken.token(job.variables().get(PbsDirectives.TOKEN));
    return token == null ? CarriedToken.of(job.variables().get("PBS_O_WORKDIR")) : token;
  }
}
