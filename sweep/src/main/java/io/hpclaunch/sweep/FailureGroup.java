// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that failed in the same way.
 *
 * @param how the state and cause, such as {@code failed: exit status 1}
 * @param lastLines how the log of the first of them ends; where it has none, since its command was
 *     never started, what is known of the reason; else empty
 * @param tasks which
 * @param log the log of the first of them, or null where it has none
 * @since 0.1
 */
public record FailureGroup(
    String how,
    List<String> lastLines,
    TaskSet tasks,
    @Nullable Path log) {
  private static final int LINES = 3;
  private static final int TAIL = 4096;
  private static final int LONGEST = 300;

  /** What differs from task to task, though the failure is the same. */
  private static final Pattern VARYING =
      Pattern.compile("0x[0-9a-fA-F]+|task_\\d+|\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?");

  /** Copies the list. */
  public FailureGroup {
    lastLines = List.copyOf(lastLines);
  }

  private record Key(String how, List<String> lines) {}

  static List<FailureGroup> of(SweepStatus status, IntFunction<Path> log) {
    Map<Key, List<Integer>> tasks = new LinkedHashMap<>();
    Map<Key, List<String>> examples = new LinkedHashMap<>();
    status.tasks(TaskState.FAILED, TaskState.LOST, TaskState.CANCELLED).forEach(task -> {
      List<String> lines = lastLines(status.info(task), log.apply(task));
      String how = how(status, task);
      Key key = new Key(
          how, lines.stream().map(line -> VARYING.matcher(line).replaceAll("#")).toList());
      tasks.computeIfAbsent(key, each -> new ArrayList<>()).add(task);
      examples.putIfAbsent(key, lines);
    });
    List<FailureGroup> groups = new ArrayList<>();
    tasks.forEach((key, numbers) -> {
      int first = numbers.get(0);
      Path file = log.apply(first);
      groups.add(new FailureGroup(
          key.how(),
          examples.getOrDefault(key, List.of()),
          TaskSet.of(numbers),
          hasLog(status.info(first), file) ? file : null));
    });
    groups.sort(Comparator.comparingInt((FailureGroup group) -> -group.tasks().size()));
    return groups;
  }

  private static String how(SweepStatus status, int task) {
    JobInfo info = status.info(task);
    String state = status.state(task).toString();
    if (info == null) {
      return state;
    }
    if (info.cause() == Cause.LAUNCH) {
      return state + ": launch";
    }
    if (info.signal() != null) {
      return state + ": signal " + info.signal();
    }
    if (info.exitCode() != null && info.exitCode() != 0) {
      return state + ": exit status " + info.exitCode();
    }
    return info.cause() == null
        ? state
        : state + ": " + info.cause().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** A log of a task whose command was not started is one of an attempt before. */
  private static boolean hasLog(@Nullable JobInfo info, Path log) {
    return Files.exists(log) && (info == null || info.cause() != Cause.LAUNCH);
  }

  /** How a task's log ends, or why it has none. */
  static List<String> lastLines(@Nullable JobInfo info, Path log) {
    if (hasLog(info, log)) {
      return tail(log);
    }
    String reason = info == null ? null : info.reason();
    return reason == null ? List.of() : List.of(shortened(reason.strip()));
  }

  private static String shortened(String line) {
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }

  /** The last lines of a file that are not blank. */
  private static List<String> tail(Path file) {
    byte[] bytes;
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long from = Math.max(0, in.length() - TAIL);
      in.seek(from);
      bytes = new byte[(int) Math.min(TAIL, in.length() - from)];
      in.readFully(bytes);
    } catch (IOException e) {
      return List.of();
    }
    List<String> lines = new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .map(FailureGroup::shortened)
        .toList();
    return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
  }
}
