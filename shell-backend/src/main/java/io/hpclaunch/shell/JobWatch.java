// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Observation.Seen;
import io.hpclaunch.api.Observation.SeenArray;
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
import org.jspecify.annotations.Nullable;

/**
 * Observations of jobs that are asked about again and again. Of those that were asked about the
 * last time, too, only news are asked for, so that a round costs what has changed and not what
 * there is. What is kept are the jobs of the last round that had not ended.
 */
final class JobWatch {
  private static final String ALL = "*";
  private static final int MANY = 50;

  private final Verbs verbs;
  private final Clock clock;
  private final Map<NativeId, Observation> kept = new HashMap<>();

  /** Those that were submitted since the last round. */
  private final Set<NativeId> assumed = new HashSet<>();

  /** Up to where the kept ones are known. */
  private String mark = Words.NONE;

  JobWatch(Verbs verbs, Clock clock) {
    this.verbs = verbs;
    this.clock = clock;
  }

  /** A job that was submitted just now: news of it come after the mark. */
  void submitted(NativeId id) {
    if (!mark.equals(Words.NONE)) {
      JobInfo queued =
          JobInfo.builder(JobState.QUEUED).submitted(clock.instant()).build();
      kept.put(id, Observation.seen(queued));
      assumed.add(id);
    }
  }

  /**
   * Asks about jobs.
   *
   * @param ids jobs, elements and whole arrays, each once
   * @return an observation of each
   * @throws AnswerLost when no answer came
   */
  Map<NativeId, Observation> query(Collection<NativeId> ids) throws AnswerLost {
    kept.keySet().retainAll(ids); // of the others the news up to the next mark are never told
    List<String> followed = new ArrayList<>();
    List<String> fresh = new ArrayList<>();
    for (NativeId id : ids) {
      (kept.containsKey(id) ? followed : fresh).add(JobLine.id(id));
    }
    Answers.Told told = news(followed);
    for (NativeId id : assumed) {
      if (kept.containsKey(id) && told.of(id) == null) { // submitted once more: it is older
        followed.remove(JobLine.id(id));
        fresh.add(JobLine.id(id));
      }
    }
    assumed.clear();
    String next = told.mark();
    if (!ledger(next).equals(ledger(mark))) { // some may have gone to the archive meanwhile
      kept.clear();
      fresh.addAll(followed);
      followed.clear();
      told = new Answers.Told();
    }
    ask(Words.NONE, fresh, told);
    // What came between the two answers is told once more the next time.
    mark = followed.isEmpty() ? told.mark() : next;
    Map<NativeId, Observation> observations = new LinkedHashMap<>();
    for (NativeId id : ids) {
      observations.put(id, remember(id, combine(id, told.of(id))));
    }
    return observations;
  }

  /** To name many jobs costs more than to be told of all. */
  private Answers.Told news(List<String> followed) throws AnswerLost {
    Answers.Told told = new Answers.Told();
    ask(mark, followed.size() > MANY ? List.of(ALL) : followed, told);
    return followed.isEmpty() ? told.at(mark) : told;
  }

  /** The part of a mark that names the ledger. */
  private static String ledger(String mark) {
    return mark.substring(0, Math.max(0, mark.lastIndexOf(':')));
  }

  private void ask(String since, List<String> ids, Answers.Told told) throws AnswerLost {
    if (!ids.isEmpty()) {
      told.take(verbs.call("query", List.of("--since", since), ids));
    }
  }

  /** What is known of a job: of an array the elements without news stay as they were. */
  private Observation combine(NativeId id, @Nullable Observation news) {
    Observation before = kept.get(id);
    if (news == null) {
      return before == null
          ? Observation.notAnswered("hpc-shell said nothing about " + id)
          : today(before);
    }
    if (news instanceof SeenArray now && before instanceof SeenArray then) {
      Map<Integer, JobInfo> elements = new TreeMap<>(((SeenArray) today(then)).elements());
      elements.putAll(now.elements());
      return new SeenArray(elements);
    }
    return news;
  }

  private Observation remember(NativeId id, Observation observation) {
    if (isOpen(observation)) {
      kept.put(id, observation);
    } else {
      kept.remove(id);
    }
    return observation;
  }

  private static boolean isOpen(Observation observation) {
    return (observation instanceof Seen seen && !seen.info().state().isFinal())
        || (observation instanceof SeenArray array
            && array.elements().values().stream().anyMatch(info -> !info.state().isFinal()));
  }

  /** Time goes on for what runs. */
  private Observation today(Observation observation) {
    if (observation instanceof Seen seen) {
      return Observation.seen(today(seen.info()));
    }
    if (observation instanceof SeenArray array) {
      Map<Integer, JobInfo> elements = new TreeMap<>(array.elements());
      elements.replaceAll((index, info) -> today(info));
      return new SeenArray(elements);
    }
    return observation;
  }

  private JobInfo today(JobInfo info) {
    Instant started = info.started();
    Duration told = info.wallTime();
    if (info.state() != JobState.RUNNING || started == null || told == null) {
      return info;
    }
    Duration now = Duration.between(started, clock.instant());
    return now.compareTo(told) > 0 ? info.toBuilder().wallTime(now).build() : info;
  }
}
