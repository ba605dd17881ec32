// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Elements as lines of text, as docs/jobs.md lays them out: a line for each run of neighbours of
 * which the same is known. Words stand between tabs, what is not known is left out, and times are
 * seconds since the one that the file's first line names.
 */
final class ElementLines {
  private static final int NANO_DIGITS = 9;
  private static final char CORRECTED = '!';

  private final ArrayRange array;
  private final Instant base;

  /** Texts and hosts are the same in many lines. */
  private final Map<String, String> texts = new HashMap<>();

  private final Map<List<String>, List<String>> hosts = new HashMap<>();

  ElementLines(ArrayRange array, Instant base) {
    this.array = array;
    this.base = base;
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** Collects lines; neighbours that are given one after the other and are equal share one. */
  final class Writer {
    private final StringBuilder out;
    private @Nullable Observations known;
    private int first;
    private int last;
    private int lines;

    Writer(StringBuilder out) {
      this.out = out;
    }

    void take(int index, Observations next) {
      Observations run = known;
      if (run != null && index == last + array.step() && run.equals(next)) {
        last = index;
        return;
      }
      finish();
      known = next;
      first = index;
      last = index;
    }

    /** Ends the last line, and tells how many there are. */
    int finish() {
      if (known != null) {
        out.append(first);
        if (last > first) {
          out.append('-').append(last);
        }
        line(out, known);
        lines++;
        known = null;
      }
      return lines;
    }
  }

  private void line(StringBuilder out, Observations known) {
    JobInfo info = known.info();
    out.append('\t').append(info.state());
    if (known.corrected()) {
      out.append(CORRECTED);
    }
    time(out, 't', known.observed());
    number(out, 'a', info.attempt() == 1 ? null : info.attempt());
    number(out, 'x', info.exitCode());
    number(out, 'k', info.signal());
    text(out, 'c', info.cause() == null ? null : info.cause().name());
    time(out, 'q', info.submitted());
    time(out, 's', info.started());
    time(out, 'e', info.ended());
    seconds(out, 'w', info.wallTime());
    seconds(out, 'u', info.cpuTime());
    number(out, 'm', info.peakMemory());
    number(out, 'p', info.allocatedCpus());
    number(out, 'g', info.allocatedMemory());
    if (info.nodes() != null) {
      number(out, 'h', info.nodes().size());
      info.nodes().forEach(node -> text(out, 'n', node));
    }
    text(out, 'v', info.nativeState());
    text(out, 'r', info.reason());
    out.append('\n');
  }

  private static void number(StringBuilder out, char key, @Nullable Number value) {
    if (value != null) {
      out.append('\t').append(key).append(value);
    }
  }

  private void time(StringBuilder out, char key, @Nullable Instant value) {
    seconds(out, key, value == null ? null : Duration.between(base, value));
  }

  private static void seconds(StringBuilder out, char key, @Nullable Duration value) {
    if (value == null) {
      return;
    }
    Duration time = value.isNegative() ? value.negated() : value;
    long whole = time.getSeconds();
    int nanos = time.getNano();
    out.append('\t').append(key).append(value.isNegative() ? "-" : "").append(whole);
    if (nanos > 0) {
      String digits = Integer.toString(nanos);
      out.append('.').append("0".repeat(NANO_DIGITS - digits.length())).append(digits);
      while (out.charAt(out.length() - 1) == '0') {
        out.setLength(out.length() - 1);
      }
    }
  }

  /** Control characters, and halves of surrogate pairs, which UTF-8 cannot carry, are escaped. */
  private static void text(StringBuilder out, char key, @Nullable String value) {
    if (value == null) {
      return;
    }
    out.append('\t').append(key);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '\\' || Character.isSurrogate(c)) {
        out.append("\\").append(String.format("%04x", (int) c));
      } else {
        out.append(c);
      }
    }
  }

  // ---- reading ---------------------------------------------------------------------------------

  /**
   * Takes a line in.
   *
   * @param line the line, without its end
   * @param into takes the elements
   * @throws IllegalArgumentException when it is none; nothing was taken
   */
  void read(String line, Elements.Builder into) {
    try {
      List<String> words = words(line);
      if (words.size() < 2) {
        throw new IllegalArgumentException("there are fewer than two words");
      }
      int dash = words.get(0).indexOf('-');
      String from = dash < 0 ? words.get(0) : words.get(0).substring(0, dash);
      int first = Integer.parseInt(from);
      int last = dash < 0 ? first : Integer.parseInt(words.get(0).substring(dash + 1));
      if (!array.contains(first) || !array.contains(last) || last < first) {
        throw new IllegalArgumentException("array " + array + " has no " + words.get(0));
      }
      Observations known = observations(words);
      for (long index = first; index <= last; index += array.step()) {
        into.merge((int) index, known);
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>(12);
    int from = 0;
    int tab = line.indexOf('\t');
    while (tab >= 0) {
      words.add(line.substring(from, tab));
      from = tab + 1;
      tab = line.indexOf('\t', from);
    }
    words.add(line.substring(from));
    return words;
  }

  private Observations observations(List<String> words) {
    String state = words.get(1);
    boolean corrected = !state.isEmpty() && state.charAt(state.length() - 1) == CORRECTED;
    JobInfo.Builder info = JobInfo.builder(
        JobState.valueOf(corrected ? state.substring(0, state.length() - 1) : state));
    Instant observed = null;
    int count = -1;
    List<String> nodes = new ArrayList<>();
    for (String word : words.subList(2, words.size())) {
      String value = word.isEmpty() ? "" : word.substring(1);
      switch (word.isEmpty() ? ' ' : word.charAt(0)) {
        case 't' -> observed = time(value);
        case 'h' -> count = Integer.parseInt(value);
        case 'n' -> nodes.add(text(value));
        default -> put(info, word, value);
      }
    }
    if (observed == null || (count >= 0 && count != nodes.size())) {
      throw new IllegalArgumentException("words are missing");
    }
    if (count >= 0) {
      info.nodes(hosts.computeIfAbsent(nodes, List::copyOf));
    }
    return new Observations(info.build(), observed, corrected);
  }

  private void put(JobInfo.Builder info, String word, String value) {
    switch (word.isEmpty() ? ' ' : word.charAt(0)) {
      case 'a' -> info.attempt(Integer.parseInt(value));
      case 'x' -> info.exitCode(Integer.valueOf(value));
      case 'k' -> info.signal(Integer.valueOf(value));
      case 'c' -> info.failed(Cause.valueOf(value));
      case 'q' -> info.submitted(time(value));
      case 's' -> info.started(time(value));
      case 'e' -> info.ended(time(value));
      case 'w' -> info.wallTime(seconds(value));
      case 'u' -> info.cpuTime(seconds(value));
      case 'm' -> info.peakMemory(Long.valueOf(value));
      case 'p' -> info.allocatedCpus(Integer.valueOf(value));
      case 'g' -> info.allocatedMemory(Long.valueOf(value));
      case 'v' -> info.nativeState(text(value));
      case 'r' -> info.reason(text(value));
      default -> throw new IllegalArgumentException("'" + word + "' means nothing");
    }
  }

  private Instant time(String text) {
    return base.plus(seconds(text));
  }

  private static Duration seconds(String text) {
    boolean negative = text.startsWith("-");
    String digits = negative ? text.substring(1) : text;
    int point = digits.indexOf('.');
    long whole = Long.parseLong(point < 0 ? digits : digits.substring(0, point));
    String fraction = point < 0 ? "" : digits.substring(point + 1);
    if (fraction.length() > NANO_DIGITS) {
      throw new IllegalArgumentException("'" + text + "' is no time");
    }
    int nanos = fraction.isEmpty() ? 0 : Integer.parseInt(fraction);
    for (int i = fraction.length(); i < NANO_DIGITS; i++) {
      nanos *= 10;
    }
    Duration time = Duration.ofSeconds(whole, nanos);
    return negative ? time.negated() : time;
  }

  private String text(String word) {
    if (word.indexOf('\\') < 0) {
      return texts.computeIfAbsent(word, same -> same);
    }
    StringBuilder text = new StringBuilder(word.length());
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '\\') {
        if (i + 4 >= word.length()) {
          throw new IllegalArgumentException("'" + word + "' was cut short");
        }
        text.append((char) Integer.parseInt(word.substring(i + 1, i + 5), 16));
        i += 4;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
