// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks about jobs: one squeue for all that the user has, one sacct for those that ended or left the
 * queue, and for what neither of them told one question more. slurmctld remembers a job for some
 * minutes after its end and knows the whole exit status; accounting knows it for ever, with what it
 * used, and lags some seconds behind.
 */
final class JobQueries {
  /** How long the accounts of a job are awaited after its end. */
  static final Duration ACCOUNTS_WITHIN = Duration.ofSeconds(10);

  /**
   * Before there was any job. When a job was submitted the plugin is not told; by their ids sacct
   * finds them as fast. It refuses times near 1970 (seen on 22.05).
   */
  private static final Instant EVER = Instant.parse("2000-01-01T00:00:00Z");

  private static final int FEW = 500;
  private static final Duration CONFIG_HOLDS = Duration.ofHours(1);
  private static final Logger log = LoggerFactory.getLogger(JobQueries.class);

  private final SlurmCommands commands;
  private final Clock clock;
  private final @Nullable Boolean accounting;
  private final Duration shared;
  private final Map<NativeId, Elements> arrays = new HashMap<>();
  private boolean accountsMissed;
  private final Map<NativeId, Instant> endSeen = new HashMap<>();

  /**
   * Makes it.
   *
   * @param commands the way to Slurm
   * @param clock the clock
   * @param accounting whether sacct answers, or null: the cluster is asked
   * @param shared how old squeue's answer to another client may be
   */
  JobQueries(SlurmCommands commands, Clock clock, @Nullable Boolean accounting, Duration shared) {
    this.commands = commands;
    this.clock = clock;
    this.accounting = accounting;
    this.shared = shared;
  }

  /** What is known of an array's elements: ends don't change, and what was alive must be found. */
  private static final class Elements {
    final Map<Integer, JobInfo> ended = new TreeMap<>();
    final Set<Integer> alive = new LinkedHashSet<>();
  }

  Map<NativeId, Observation> query(Collection<NativeId> ids) {
    Map<String, List<NativeId>> clusters = new LinkedHashMap<>();
    for (NativeId id : ids) {
      String cluster = id.cluster() == null ? "" : id.cluster();
      clusters.computeIfAbsent(cluster, c -> new ArrayList<>()).add(id);
    }
    Map<NativeId, Observation> told = new HashMap<>(ids.size() * 2);
    clusters.forEach((cluster, some) ->
        told.putAll(new Round(cluster.isEmpty() ? null : cluster, some).observe()));
    return told;
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

    private Set<String> numbers(Predicate<NativeId> which) {
      Set<String> numbers = new LinkedHashSet<>();
      ids.stream().filter(which).forEach(id -> numbers.add(id.value()));
      return numbers;
    }

    /** An answer that others got may be older than a job. */
    private void askQueue() {
      try {
        SlurmCommands.Told told = commands.ask(Squeue.mine(cluster), shared);
        queue = listed(told.text());
        if (told.asked().isBefore(now) && !numbers(this::isMissing).isEmpty()) {
          queue = listed(commands.ask(Squeue.mine(cluster), Duration.ZERO).text());
        }
      } catch (NoAnswer e) {
        queueFailed = e.why();
      }
    }

    private JobTable listed(String text) throws NoAnswer {
      Squeue.Listing listing = Squeue.parse(text);
      if (listing.rejected() > 0) {
        log.warn(
            "squeue wrote {} lines that are no rows of the format asked for", listing.rejected());
        if (listing.rows().isEmpty()) {
          throw new NoAnswer("squeue answered in another format than was asked for", null);
        }
      }
      return JobTable.of(listing);
    }

    private boolean isMissing(NativeId id) {
      JobTable.Entry entry = queue.get(id.value());
      return entry == null || (id.index() != null && entry.info(id.index()) == null);
    }

    /** What left the queue, what ended, and arrays of which elements did. */
    private boolean needsAccounts(NativeId id) {
      JobTable.Entry entry = queue.get(id.value());
      if (entry == null) {
        return true;
      }
      if (id.index() != null || entry.elements().isEmpty()) {
        JobInfo info = entry.info(id.index());
        return info == null || info.state().isFinal();
      }
      Elements known = arrays.get(id);
      if (known == null) {
        return true;
      }
      boolean vanished = known.alive.stream().anyMatch(i -> !entry.elements().containsKey(i));
      return vanished
          || entry.elements().entrySet().stream()
              .anyMatch(
                  e -> e.getValue().state().isFinal() && !known.ended.containsKey(e.getKey()));
    }

    private void askAccounts() {
      Set<String> jobs = numbers(this::needsAccounts);
      if (jobs.isEmpty()) {
        return;
      }
      accountsAsked = hasAccounting(cluster);
      if (!accountsAsked) {
        return;
      }
      try {
        for (List<String> argv : Sacct.argvs(jobs, EVER, cluster)) {
          Sacct.Records records = Sacct.parse(commands.ask(argv));
          if (records.rejected() > 0) {
            log.warn(
                "sacct wrote {} lines that are no rows of the format asked for",
                records.rejected());
          }
          accounts.addAll(JobTable.of(records));
        }
      } catch (NoAnswer e) {
        accountsFailed = e.why();
        if (!accountsMissed) { // once, and not in each round
          log.warn("What jobs used is not known while accounting cannot be asked: {}", e.why());
        }
      }
      accountsMissed = accountsFailed != null;
    }

    /** Jobs of other users, and where there are no accounts what slurmctld alone knows. */
    private void askElsewhere() {
      Set<String> jobs = numbers(id -> isMissing(id) && !isAccounted(id));
      if (jobs.isEmpty() || queueFailed != null) {
        return;
      }
      List<String> some = List.copyOf(jobs).subList(0, Math.min(FEW, jobs.size()));
      try {
        queue.addAll(JobTable.of(Squeue.parse(commands.ask(Squeue.these(some, cluster)))));
      } catch (NoAnswer e) {
        log.debug("{}", e.why()); // of jobs that it does not know squeue says so by an error
      }
    }

    private boolean isAccounted(NativeId id) {
      JobTable.Entry entry = accounts.get(id.value());
      JobInfo info = entry == null ? null : entry.info(id.index());
      return entry != null
          && (!entry.elements().isEmpty() || (info != null && info.state().isFinal()));
    }

    private Observation observation(NativeId id) {
      JobTable.Entry queued = queue.get(id.value());
      JobTable.Entry accounted = accounts.get(id.value());
      boolean isArray = id.index() == null
          && ((queued != null && !queued.elements().isEmpty())
              || (accounted != null && !accounted.elements().isEmpty() && accounted.plain() == null)
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
      Map<Integer, JobInfo> elements = new TreeMap<>(known.ended);
      Set<Integer> indices = new LinkedHashSet<>(known.alive);
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
        if (info != null) {
          elements.put(index, info);
        }
        if (info != null && info.state().isFinal()) {
          known.ended.put(index, info);
          known.alive.remove(index);
        } else {
          known.alive.add(index);
        }
      }
      if (queueFailed != null && !known.alive.isEmpty()) {
        return Observation.notAnswered(queueFailed);
      }
      return elements.isEmpty()
          ? none(id)
          : new Observation.SeenArray(elements, token(queued, accounted), queueFailed == null);
    }

    /** Null where nobody tells anything that can be concluded from. */
    private @Nullable JobInfo combined(
        NativeId id, @Nullable JobInfo queued, @Nullable JobInfo accounted) {
      JobInfo over = accounted != null && isClosed(accounted) ? accounted : null;
      if (queued == null) { // accounts that say it runs are behind, or nobody closed them
        return over == null ? null : ended(id, over);
      }
      if (!queued.state().isFinal()) {
        endSeen.remove(id);
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
      endSeen.remove(id);
      return info;
    }

    private boolean isAwaited(NativeId id, JobInfo queued) {
      if (!accountsAsked || accountsFailed != null) {
        return false;
      }
      Instant seen = endSeen.computeIfAbsent(id, i -> now);
      Instant ended = queued.ended();
      Instant since = ended != null && ended.isBefore(seen) ? ended : seen;
      return now.isBefore(since.plus(ACCOUNTS_WITHIN));
    }

    private Observation none(NativeId id) {
      if (queueFailed != null) {
        return Observation.notAnswered(queueFailed);
      }
      JobTable.Entry entry = accounts.get(id.value());
      JobInfo info = entry == null ? null : entry.info(id.index());
      if (info != null) {
        return Observation.notKnown("squeue has no job " + slurm(id)
            + ", and its accounts still say " + info.nativeState());
      }
      return Observation.notKnown("squeue has no job " + slurm(id) + ", and "
          + (accountsFailed != null
              ? accountsFailed
              : accountsAsked ? "sacct neither" : "this cluster keeps no accounts"));
    }
  }

  /**
   * slurmdbd that was away writes down an end in pieces: for a moment there is a job that FAILED
   * with 0:0 and has no time of its end (seen on 22.05).
   */
  private static boolean isClosed(JobInfo accounted) {
    return accounted.state().isFinal() && accounted.ended() != null;
  }

  /** The controller knows state and status, accounting what the job used. */
  private static JobInfo withAccounts(JobInfo queued, JobInfo accounted) {
    return queued.toBuilder()
        .started(accounted.started() == null ? queued.started() : accounted.started())
        .ended(accounted.ended() == null ? queued.ended() : accounted.ended())
        .wallTime(accounted.wallTime() == null ? queued.wallTime() : accounted.wallTime())
        .cpuTime(accounted.cpuTime())
        .peakMemory(accounted.peakMemory())
        .allocatedMemory(accounted.allocatedMemory())
        .nodes(accounted.nodes() == null ? queued.nodes() : accounted.nodes())
        .build();
  }

  /** As Slurm writes it. */
  static String slurm(NativeId id) {
    return id.index() == null ? id.value() : id.value() + "_" + id.index();
  }

  /** Whether sacct can be asked; where that is not known it is tried. */
  boolean hasAccounting(@Nullable String cluster) {
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
}
