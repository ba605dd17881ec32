// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Resources;
import io.hpclaunch.core.scheduler.NoAnswer;
import io.hpclaunch.core.scheduler.SchedulerCommands;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses jobs that can never run, where the limits of the cluster's partitions are known. */
final class LimitCheck {
  private static final Duration HOLDS = Duration.ofHours(1);

  /** A controller that does not answer lets each question wait for many seconds. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(LimitCheck.class);

  private final SchedulerCommands commands;
  private final SlurmListings listings;
  private final Clock clock;
  private final @Nullable String cluster;
  private @Nullable PartitionLimits limits;
  private Instant until = Instant.MIN;

  LimitCheck(
      SchedulerCommands commands, SlurmListings listings, Clock clock, @Nullable String cluster) {
    this.commands = commands;
    this.listings = listings;
    this.clock = clock;
    this.cluster = cluster;
  }

  /**
   * Checks a job.
   *
   * @param r what it asks for
   * @throws Rejected when it could never run
   */
  void check(Resources r) {
    if (refusal(known(), r) == null) {
      return;
    }
    ask(Duration.ZERO); // what was told an hour ago may have been changed since
    String why = refusal(limits, r);
    if (why != null && isOurs(r)) {
      throw new Rejected("Slurm would let this job wait for ever: " + why
          + ": ask for less, or for another partition (check_limits: false in the backend's config"
          + " submits it all the same)");
    }
  }

  private static @Nullable String refusal(@Nullable PartitionLimits limits, Resources r) {
    return limits == null ? null : limits.refusal(r);
  }

  /** Slurm's own words are better; and a site may send jobs to where they fit. */
  private boolean isOurs(Resources r) {
    try {
      Scontrol.Config config = listings.config(cluster);
      return !config.enforcesPartLimits() && (r.queue() != null || !config.changesSubmissions());
    } catch (NoAnswer e) {
      return false;
    }
  }

  private @Nullable PartitionLimits known() {
    if (!clock.instant().isBefore(until)) {
      ask(HOLDS);
    }
    return limits;
  }

  private void ask(Duration maxAge) {
    try {
      SchedulerCommands.Told told = commands.ask(Scontrol.showPartitions(cluster), maxAge);
      limits = new PartitionLimits(Scontrol.partitions(told.text()));
      until = told.asked().plus(HOLDS);
    } catch (NoAnswer e) {
      log.debug("The partitions' limits are not known: {}", e.why());
      limits = null;
      until = clock.instant().plus(SILENCE);
    }
  }
}
