// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.scheduler.CarriedToken;
import io.hpclaunch.core.scheduler.JobListings;
import io.hpclaunch.core.scheduler.JobTable;
import io.hpclaunch.core.scheduler.NoAnswer;
import io.hpclaunch.core.scheduler.SchedulerCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slurm's listings: squeue for all that the user has, sacct for what left the queue. slurmctld
 * remembers a job for some minutes after its end and knows the whole exit status; accounting knows
 * it for ever, with what it used, and lags some seconds behind.
 */
final class SlurmListings implements JobListings {
  /** How long the accounts of a job are awaited after its end. */
  private static final Duration ACCOUNTS_WITHIN = Duration.ofSeconds(10);

  /**
   * Before there was any job. When a job was submitted the plugin is not told; by their ids sacct
   * finds them as fast. It refuses times near 1970 (seen on 22.05).
   */
  private static final Instant EVER = Instant.parse("2000-01-01T00:00:00Z");

  private static final int FEW = 500;
  private static final Duration CONFIG_HOLDS = Duration.ofHours(1);
  private static final Logger log = LoggerFactory.getLogger(SlurmListings.class);

  private final SchedulerCommands commands;
  private final @Nullable Boolean accounting;

  /**
   * Makes them.
   *
   * @param commands the way to Slurm
   * @param accounting whether sacct answers, or null: the cluster is asked
   */
  SlurmListings(SchedulerCommands commands, @Nullable Boolean accounting) {
    this.commands = commands;
    this.accounting = accounting;
  }

  @Override
  public Listed queue(Collection<NativeId> asked, @Nullable String cluster, Duration maxAge)
      throws NoAnswer {
    SchedulerCommands.Told told = commands.ask(Squeue.mine(cluster), maxAge);
    Squeue.Listing listing = Squeue.parse(told.text());
    if (listing.rejected() > 0) {
      log.warn(
          "squeue wrote {} lines that are no rows of the format asked for", listing.rejected());
      if (listing.rows().isEmpty()) {
        throw new NoAnswer("squeue answered in another format than was asked for", null);
      }
    }
    return new Listed(table(listing), told.asked(), listing.rejected() == 0);
  }

  @Override
  public JobTable ended(Collection<NativeId> asked, @Nullable String cluster) throws NoAnswer {
    JobTable table = new JobTable();
    for (List<String> argv : Sacct.argvs(numbers(asked), EVER, cluster)) {
      Sacct.Records records = Sacct.parse(commands.ask(argv));
      if (records.rejected() > 0) {
        log.warn(
            "sacct wrote {} lines that are no rows of the format asked for", records.rejected());
      }
      table.addAll(table(records));
    }
    return table;
  }

  @Override
  public JobTable these(List<NativeId> asked, @Nullable String cluster) throws NoAnswer {
    return table(Squeue.parse(commands.ask(Squeue.these(numbers(asked), cluster))));
  }

  private static List<String> numbers(Collection<NativeId> ids) {
    return ids.stream().map(NativeId::value).toList();
  }

  @Override
  public int fewIds() {
    return FEW;
  }

  @Override
  public Duration accountsWithin() {
    return ACCOUNTS_WITHIN;
  }

  @Override
  public String text(NativeId id) {
    return id.index() == null ? id.value() : id.value() + "_" + id.index();
  }

  @Override
  public String queueName() {
    return "squeue";
  }

  @Override
  public String endedName() {
    return "sacct";
  }

  /** Whether sacct can be asked; where that is not known it is tried. */
  @Override
  public boolean keepsEnded(@Nullable String cluster) {
    if (accounting != null) {
      return accounting;
    }
    try {
      Scontrol.Config config = config(cluster);
      return config.values().isEmpty() || config.hasAccounting();
    } catch (NoAnswer e) {
      return true;
    }
  }

  /** The cluster's configuration, which does not change from one call to the next. */
  Scontrol.Config config(@Nullable String cluster) throws NoAnswer {
    return Scontrol.config(
        commands.ask(Scontrol.showConfig(cluster), CONFIG_HOLDS).text());
  }

  private static JobTable table(Squeue.Listing listing) {
    JobTable table = new JobTable();
    for (Squeue.Row row : listing.rows()) {
      Token token = CarriedToken.of(row.workDir(), row.command());
      add(table, row.id(), row.rawId(), row.info(), token);
    }
    return table;
  }

  private static JobTable table(Sacct.Records records) {
    JobTable table = new JobTable();
    for (Sacct.Job job : records.jobs()) {
      add(table, job.id(), job.rawId(), job.info(), CarriedToken.of(job.workDir()));
    }
    return table;
  }

  private static void add(
      JobTable table, SlurmId id, String rawId, JobInfo info, @Nullable Token token) {
    Integer task = id.task();
    if (task != null) {
      table.add(id.job(), task, info, token);
      if (!rawId.equals(id.job())) { // the element that starts last has the array's own number
        table.add(rawId, info, null);
      }
    } else if (id.tasks() != null) {
      table.add(id.job(), id.tasks().ranges(), info, token);
    } else if (id.component() == null || Objects.equals(id.component(), 0) || !has(table, id)) {
      table.add(id.job(), info, token);
    }
  }

  private static boolean has(JobTable table, SlurmId id) {
    JobTable.Entry entry = table.get(id.job());
    return entry != null && entry.plain() != null;
  }
}
