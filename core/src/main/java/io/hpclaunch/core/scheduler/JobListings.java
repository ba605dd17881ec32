// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.scheduler;

import io.hpclaunch.api.NativeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The listings in which a scheduler's commands tell of jobs, as {@link JobQueries} reads them. */
public interface JobListings {
  /**
   * What a listing told.
   *
   * @param table the jobs
   * @param asked when it was asked for
   * @param exhaustive whether each element of an array that waits is listed: one that is missing
   *     was taken out of the array
   */
  record Listed(JobTable table, Instant asked, boolean exhaustive) {}

  /**
   * Lists what is in the queue, by one command: all jobs of the user, or everybody's. Jobs that
   * have ended, and are still remembered there, may be among them.
   *
   * @param asked the jobs that are of interest
   * @param cluster which cluster, or null for the only one
   * @param maxAge how old another client's answer may be
   * @return the listing
   * @throws NoAnswer when there is none
   */
  Listed queue(Collection<NativeId> asked, @Nullable String cluster, Duration maxAge)
      throws NoAnswer;

  /**
   * Whether jobs can be asked about that have left the queue: by accounting, or in the scheduler's
   * history.
   *
   * @param cluster which cluster, or null for the only one
   * @return true if they can, or if that is not known
   */
  boolean keepsEnded(@Nullable String cluster);

  /**
   * Lists jobs that left the queue, by as few commands as their number allows. Jobs that have not
   * ended may be among them, and count for nothing there: accounts are behind.
   *
   * @param asked whole jobs
   * @param cluster which cluster, or null for the only one
   * @return what is known of them
   * @throws NoAnswer when nothing can be asked
   */
  JobTable ended(Collection<NativeId> asked, @Nullable String cluster) throws NoAnswer;

  /**
   * Lists jobs that neither listing told of, one by one or in another format.
   *
   * @param asked whole jobs
   * @param cluster which cluster, or null for the only one
   * @return what is known of them
   * @throws NoAnswer when nothing can be asked
   */
  JobTable these(List<NativeId> asked, @Nullable String cluster) throws NoAnswer;

  /**
   * How many jobs {@link #these} takes at once.
   *
   * @return a number
   */
  int fewIds();

  /**
   * How long what a job used may follow the end that {@link #queue} tells.
   *
   * @return zero where the queue tells all
   */
  Duration accountsWithin();

  /**
   * The name of a job in the tables.
   *
   * @param id a job, an array, or an element
   * @return the name of the job or of the whole array
   */
  default String key(NativeId id) {
    return id.value();
  }

  /**
   * A job as the scheduler's users write it.
   *
   * @param id a job, an array, or an element
   * @return such as {@code 12_3} or {@code 12[3].server}
   */
  String text(NativeId id);

  /**
   * The commands, for messages.
   *
   * @return such as {@code squeue}
   */
  String queueName();

  /**
   * The command or listing of ended jobs, for messages.
   *
   * @return such as {@code sacct}
   */
  String endedName();

  /**
   * Whether one server answers for what is queued and for what has ended: where it was silent about
   * the one it is not asked about the other.
   *
   * @return false by default
   */
  default boolean isOneServer() {
    return false;
  }
}
