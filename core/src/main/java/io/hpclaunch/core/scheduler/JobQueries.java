// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.scheduler;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Token;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks about jobs: one listing of the queue for all of them, one of ended jobs for those that ended
 * or left the queue, and for what neither of them told one question more. A scheduler remembers a
 * job in its queue for some minutes after its end, or not at all; its accounts know it for ever,
 * with what it used, and may lag some seconds behind.
 *
 * <p>Not for use by several threads.
 */
public final class JobQueries {
  /** An element that was seen waiting, and that no listing has any more, is looked for so long. */
  private static final Duration SOUGHT = Duration.ofMinutes(1);

  /** What is remembered of a job that nobody asks about any more. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final Logger log = LoggerFactory.getLogger(JobQueries.class);

  private final JobListings listings;
  private final Clock clock;
  private final Duration shared;
  private final Map<NativeId, Elements> arrays = new HashMap<>();
  private final Map<NativeId, EndSeen> endsSeen = new HashMap<>();
  private boolean accountsMissed;

  /**
   * Makes it.
   *
   * @param listings the way to the scheduler
   * @param clock the clock
   * @param shared how old another client's answer may be; less than the time between two rounds
   */
  public JobQueries(JobListings listings, Clock clock, Duration shared) {
    this.listings = listings;
    this.clock = clock;
    this.shared = shared;
  }

  /** What is known of an array's elements: ends don't change, and what was alive must be found. */
  private static final class Elements {
    final Map<Integer, JobInfo> ended = new TreeMap<>();
    final Set<Integer> alive = new HashSet<>();
    final Map<Integer, Instant> goneSince = new HashMap<>();
    Instant asked = Instant.MIN;

    void isAlive(int index) {
      alive.add(index);
      goneSince.remove(index);
    }

    void ended(int index, JobInfo info) {
      ended.put(index, info);
      alive.remove(index);
      goneSince.remove(index);
    }

    /** No listing has it: it was taken out of the array, or its accounts are late. */
    void isGone(int index, Instant now) {
      if (!now.isBefore(goneSince.computeIfAbsent(index, i -> now).plus(SOUGHT))) {
        alive.remove(index);
        goneSince.remove(index);
      }
    }
  }

  /** When the queue first told of an end, and when it was last asked about. */
  private record EndSeen(Instant first, Instant last) {}

  /**
   * Asks about jobs.
   *
   * @param ids jobs, elements of arrays, and whole arrays
   * @return an observation for each of them
   */
  public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    Map<String, List<NativeId>> clusters = new LinkedHashMap<>();
    for (NativeId id : ids) {
      String cluster = id.cluster() == null ? "" : id.cluster();
      clusters.computeIfAbsent(cluster, c -> new ArrayList<>()).add(id);
    }
    Map<NativeId, Observation> told = new HashMap<>(ids.size() * 2);
    clusters.forEach((cluster, some) ->
        told.putAll(new Round(cluster.isEmpty() ? null : cluster, some).observe()));
    forget();
    return told;
  }

  private void forget() {
    Instant since = clock.instant().minus(REMEMBERED);
    arrays.values().removeIf(elements -> elements.asked.isBefore(since));
    endsSeen.values().removeIf(seen -> seen.last().isBefore(since));
  }

  /** One round of questions to one cluster. */
  private final class Round {
    private final @Nullable String cluster;
    private final List<NativeId> ids;
    private final Instant now = clock.instant();
    private JobTable queue = new JobTable();
    private JobTable accounts = new JobTable();
    private @Nullable String queueFailed;
    private @Nullable String accountsFailed;
    private boolean accountsAsked;
    private boolean exhaustive;

    Round(@Nullable String cluster, List<NativeId> ids) {
      this.cluster = cluster;
      this.ids = ids;
    }

    Map<NativeId, Observation> observe() {
      askQueue();
      askAccounts();
      askElsewhere();
      Map<NativeId, Observation> told = new HashMap<>(ids.size() * 2);
      for (NativeId id : ids) {
        told.put(id, observation(id));
      }
      return told;
    }

    private List<NativeId> jobs(Predicate<NativeId> which) {
      Map<String, NativeId> jobs = new LinkedHashMap<>();
      for (NativeId id : ids) {
        if (which.test(id)) {
          jobs.putIfAbsent(listings.key(id), id.whole());
        }
      }
      return List.copyOf(jobs.values());
    }

    private JobTable.@Nullable Entry queued(NativeId id) {
      return queue.get(listings.key(id));
    }

    private JobTable.@Nullable Entry accounted(NativeId id) {
      return accounts.get(listings.key(id));
    }

    /** An answer that others got may be older than a job. */
    private void askQueue() {
      try {
        JobListings.Listed listed = listings.queue(ids, cluster, shared);
        queue = listed.table();
        if (listed.asked().isBefore(now) && !jobs(this::isMissing).isEmpty()) {
          listed = listings.queue(ids, cluster, Duration.ZERO);
          queue = listed.table();
        }
        exhaustive = listed.exhaustive();
      } catch (NoAnswer e) {
        queueFailed = e.why();
      }
    }

    private boolean isMissing(NativeId id) {
      JobTable.Entry entry = queued(id);
      return entry == null || (id.index() != null && entry.info(id.index()) == null);
    }

    /** What left the queue, what ended, and arrays of which elements did. */
    private boolean needsAccounts(NativeId id) {
      JobTable.Entry entry = queued(id);
      if (entry == null) {
        return true;
      }
      if (id.index() != null || !entry.isArray()) {
        JobInfo info = entry.info(id.index());
        return info == null || isOpenEnd(info);
      }
      Elements known = arrays.get(id);
      if (known == null) {
        return !listings.accountsWithin().isZero();
      }
      return known.alive.stream().anyMatch(i -> !entry.elements().containsKey(i))
          || entry.elements().entrySet().stream()
              .anyMatch(e -> isOpenEnd(e.getValue()) && !known.ended.containsKey(e.getKey()));
    }

    private boolean isOpenEnd(JobInfo queued) {
      return queued.state().isFinal() && !listings.accountsWithin().isZero();
    }

    private void askAccounts() {
      List<NativeId> jobs = jobs(this::needsAccounts);
      if (jobs.isEmpty()) {
        return;
      }
      if (queueFailed != null && listings.isOneServer()) {
        return; // it would have to be waited for once more
      }
      accountsAsked = listings.keepsEnded(cluster);
      if (!accountsAsked) {
        return;
      }
      try {
        accounts = listings.ended(jobs, cluster);
      } catch (NoAnswer e) {
        accountsFailed = e.why();
        if (!accountsMissed) { // once, and not in each round
          log.warn("What jobs used is not known while accounting cannot be asked: {}", e.why());
        }
      }
      accountsMissed = accountsFailed != null;
    }

    /** Jobs of other users, and where there are no accounts what the scheduler alone knows. */
    private void askElsewhere() {
      List<NativeId> jobs = jobs(id -> isMissing(id) && !isAccounted(id));
      if (jobs.isEmpty() || queueFailed != null) {
        return;
      }
      try {
        queue.addAll(
            listings.these(jobs.subList(0, Math.min(listings.fewIds(), jobs.size())), cluster));
      } catch (NoAnswer e) {
        log.debug("{}", e.why()); // of jobs that are not known it may be said so by an error
      }
    }

    private boolean isAccounted(NativeId id) {
      JobTable.Entry entry = accounted(id);
      JobInfo info = entry == null ? null : entry.info(id.index());
      return entry != null && (entry.isArray() || (info != null && info.state().isFinal()));
    }

    private Observation observation(NativeId id) {
      JobTable.Entry queued = queued(id);
      JobTable.Entry accounted = accounted(id);
      boolean isArray = id.index() == null
          && ((queued != null && queued.isArray())
              || (accounted != null && accounted.isArray() && accounted.plain() == null)
              || arrays.containsKey(id));
      if (isArray) {
        return array(id, queued, accounted);
      }
      JobInfo info = combined(
          id,
          queued == null ? null : queued.info(id.index()),
          accounted == null ? null : accounted.info(id.index()));
      return info == null ? none(id) : new Observation.Seen(info, token(queued, accounted));
    }

    private @Nullable Token token(
        JobTable.@Nullable Entry queued, JobTable.@Nullable Entry accounted) {
      return queued != null && queued.token() != null
          ? queued.token()
          : accounted == null ? null : accounted.token();
    }

    private Observation array(
        NativeId id, JobTable.@Nullable Entry queued, JobTable.@Nullable Entry accounted) {
      Elements known = arrays.computeIfAbsent(id, i -> new Elements());
      known.asked = now;
      Map<Integer, JobInfo> elements = new TreeMap<>(known.ended);
      Set<Integer> indices = new HashSet<>(known.alive);
      if (queued != null) {
        indices.addAll(queued.elements().keySet());
      }
      if (accounted != null) {
        indices.addAll(accounted.elements().keySet());
      }
      indices.removeAll(known.ended.keySet());
      for (int index : indices) {
        JobInfo info = combined(
            id.element(index),
            queued == null ? null : queued.info(index),
            accounted == null ? null : accounted.info(index));
        note(known, index, info);
        if (info != null) {
          elements.put(index, info);
        }
      }
      if (queueFailed != null && !known.alive.isEmpty()) {
        return Observation.notAnswered(queueFailed);
      }
      if (elements.isEmpty() && queued != null) {
        return Observation.notAnswered(
            listings.queueName() + " told nothing of the elements of " + listings.text(id));
      }
      return elements.isEmpty()
          ? none(id)
          : new Observation.SeenArray(elements, token(queued, accounted), exhaustive);
    }

    private void note(Elements known, int index, @Nullable JobInfo info) {
      if (info == null && queueFailed == null && accountsFailed == null) {
        known.isGone(index, now);
      } else if (info == null) {
        known.alive.add(index);
      } else if (info.state().isFinal()) {
        known.ended(index, info);
      } else {
        known.isAlive(index);
      }
    }

    /** Null where nobody tells anything that can be concluded from. */
    private @Nullable JobInfo combined(
        NativeId id, @Nullable JobInfo queued, @Nullable JobInfo accounted) {
      JobInfo over = accounted != null && isClosed(accounted) ? accounted : null;
      if (queued == null) { // accounts that say it runs are behind, or nobody closed them
        return over == null ? null : ended(id, over);
      }
      if (!queued.state().isFinal()) {
        endsSeen.remove(id);
        return queued;
      }
      if (over != null && over.attempt() >= queued.attempt()) {
        return ended(id, withAccounts(queued, over));
      }
      return isAwaited(id, queued)
          ? queued.toBuilder()
              .state(JobState.RUNNING)
              .reason("it ended; its accounts are awaited")
              .build()
          : ended(id, queued);
    }

    private JobInfo ended(NativeId id, JobInfo info) {
      endsSeen.remove(id);
      return info;
    }

    private boolean isAwaited(NativeId id, JobInfo queued) {
      if (!accountsAsked || accountsFailed != null) {
        return false;
      }
      EndSeen seen = endsSeen.get(id);
      Instant first = seen == null ? now : seen.first();
      endsSeen.put(id, new EndSeen(first, now));
      Instant ended = queued.ended();
      Instant since = ended != null && ended.isBefore(first) ? ended : first;
      return now.isBefore(since.plus(listings.accountsWithin()));
    }

    private Observation none(NativeId id) {
      if (queueFailed != null) {
        return Observation.notAnswered(queueFailed);
      }
      String denied = listings.queueName() + " has no job " + listings.text(id) + ", and ";
      JobTable.Entry entry = accounted(id);
      JobInfo info = entry == null ? null : entry.info(id.index());
      if (info != null) {
        return Observation.notKnown(denied + "its accounts still say " + info.nativeState());
      }
      if (accountsFailed != null) {
        return Observation.notListed(denied + accountsFailed);
      }
      return Observation.notKnown(denied
          + (accountsAsked
              ? listings.endedName() + " neither"
              : "nothing is kept of jobs that ended"));
    }
  }

  /**
   * Accounts that were away are written down in pieces: for a moment there is a job that FAILED
   * with 0:0 and has no time of its end (seen on Slurm 22.05).
   */
  private static boolean isClosed(JobInfo accounted) {
    return accounted.state().isFinal() && accounted.ended() != null;
  }

  /** The scheduler knows state and status, accounting what the job used. */
  private static JobInfo withAccounts(JobInfo queued, JobInfo accounted) {
    return queued.toBuilder()
        .started(accounted.started() == null ? queued.started() : accounted.started())
        .ended(accounted.ended() == null ? queued.ended() : accounted.ended())
        .wallTime(accounted.wallTime() == null ? queued.wallTime() : accounted.wallTime())
        .cpuTime(accounted.cpuTime())
        .peakMemory(accounted.peakMemory())
        .allocatedCpus(
            queued.allocatedCpus() == null ? accounted.allocatedCpus() : queued.allocatedCpus())
        .allocatedMemory(
            accounted.allocatedMemory() == null
                ? queued.allocatedMemory()
                : accounted.allocatedMemory())
        .nodes(accounted.nodes() == null ? queued.nodes() : accounted.nodes())
        .build();
  }
}
