// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.Token;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the verbs' lines mean. A line that means nothing is logged and harms no other. */
final class Answers {
  private static final Logger log = LoggerFactory.getLogger(Answers.class);

  private Answers() {}

  /** Answers of {@code query}, taken apart by what stands for a job or an element in lines. */
  static final class Told {
    private final Map<String, JobInfo> plain = new HashMap<>();
    private final Map<String, Map<Integer, JobInfo>> arrays = new HashMap<>();
    private final Map<String, String> unknown = new HashMap<>();
    private final Map<String, String> garbage = new HashMap<>();
    private String mark = Words.NONE;

    /** Takes all lines of an answer. */
    Told take(List<String> lines) {
      lines.forEach(this::take);
      return this;
    }

    private void take(String line) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("mark") && words.length == 2) {
        mark = words[1];
        return;
      }
      if (words[0].equals("unknown") && words.length > 2) {
        String reason = Words.decode(words[2]);
        unknown.put(words[1], reason == null ? "the shell backend has no such job" : reason);
        return;
      }
      try {
        JobReport report = JobReport.parse(line);
        ArrayRange elements = report.elements();
        if (elements == null) {
          plain.put(report.id(), report.info());
        } else {
          Map<Integer, JobInfo> array = arrays.computeIfAbsent(report.id(), id -> new TreeMap<>());
          elements.indices().forEach(index -> array.put(index, report.info()));
        }
      } catch (IllegalArgumentException e) {
        log.warn("hpc-shell answered a line that cannot be read: '{}' ({})", line, e.getMessage());
        if (words.length > 1) {
          garbage.put(words[1], line);
        }
      }
    }

    /** As if an answer up to there had come. */
    Told at(String known) {
      mark = known;
      return this;
    }

    /** Up to where the last answer goes: what {@code --since} takes. */
    String mark() {
      return mark;
    }

    /**
     * What was told about one job.
     *
     * @return an observation, or null when nothing was told
     */
    @Nullable Observation of(NativeId id) {
      String whole = Words.encode(id.value());
      String word = JobLine.id(id);
      Map<Integer, JobInfo> elements = arrays.getOrDefault(whole, Map.of());
      JobInfo info = id.index() == null ? plain.get(whole) : elements.get(id.index());
      if (info != null) {
        return Observation.seen(info);
      }
      if (unknown.containsKey(word)) {
        return Observation.notKnown(unknown.get(word));
      }
      if (garbage.containsKey(whole)) {
        return Observation.notAnswered(
            "hpc-shell's answer cannot be read: '" + garbage.get(whole) + "'");
      }
      if (id.index() == null && !elements.isEmpty()) {
        return new Observation.SeenArray(elements);
      }
      return null;
    }
  }

  /** The answer of {@code queue}, in its order. */
  static List<QueueReporter.Entry> queue(List<String> lines) {
    List<QueueReporter.Entry> entries = new ArrayList<>();
    for (String line : lines) {
      try {
        addEntries(JobReport.parse(line), entries);
      } catch (IllegalArgumentException e) {
        log.warn("hpc-shell answered a line that cannot be read: '{}' ({})", line, e.getMessage());
      }
    }
    return entries;
  }

  private static void addEntries(JobReport report, List<QueueReporter.Entry> entries) {
    NativeId id = NativeId.of(report.id());
    ArrayRange elements = report.elements();
    if (elements == null) {
      entries.add(entry(id, report));
    } else {
      elements.indices().forEach(index -> entries.add(entry(id.element(index), report)));
    }
  }

  private static QueueReporter.Entry entry(NativeId id, JobReport report) {
    JobInfo info = report.info();
    return new QueueReporter.Entry(
        id,
        report.name(),
        null,
        info.state(),
        info.nativeState(),
        null,
        info.reason(),
        info.submitted(),
        info.started(),
        1);
  }

  /** The answer of {@code find}. */
  static Map<Token, NativeId> find(Collection<Token> asked, List<String> lines) {
    Map<String, NativeId> found = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words.length > 2 && words[0].equals("found")) {
        found.put(words[1], NativeId.of(words[2]));
      } else {
        log.warn("hpc-shell answered a line that cannot be read: '{}'", line);
      }
    }
    Map<Token, NativeId> ids = new LinkedHashMap<>();
    for (Token token : asked) {
      NativeId id = found.get(token.value());
      if (id != null) {
        ids.put(token, id);
      }
    }
    return ids;
  }

  /** Of the answer of {@code cancel}: the jobs that only another host can end, with that host. */
  static List<String> elsewhere(List<String> lines) {
    List<String> others = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words.length > 2 && words[0].equals("elsewhere")) {
        others.add(Words.decode(words[1]) + " on " + Words.decode(words[2]));
      }
    }
    return others;
  }

  /** The answer of {@code clean}: what stayed, each with the reason. */
  static List<String> kept(List<String> lines) {
    List<String> kept = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("running") && words.length > 1) {
        kept.add(words[1] + " has not ended: cancel it, or wait for its end");
      } else if (words[0].equals("needed") && words.length > 2) {
        kept.add(words[2] + " waits for " + words[1] + ": cancel that, or wait for its end");
      } else if (words[0].equals("elsewhere") && words.length > 2) {
        kept.add(words[1] + " is a job of " + Words.decode(words[2]) + ": clean it there");
      }
    }
    return kept;
  }

  /**
   * The answer of {@code submit} about one job.
   *
   * @param reason why it was refused; null where it was taken
   */
  record Submitted(@Nullable String reason) {}

  /** The answer of {@code submit}; null where it does not say what became of the job. */
  static @Nullable Submitted submit(String id, List<String> lines) {
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words.length > 1 && words[0].equals("ok") && words[1].equals(id)) {
        return new Submitted(null);
      }
      if (words.length > 2 && words[0].equals("refused") && words[1].equals(id)) {
        return new Submitted(String.valueOf(Words.decode(words[2])));
      }
    }
    return null;
  }
}
