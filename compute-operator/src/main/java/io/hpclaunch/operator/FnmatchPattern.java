// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of Python's {@code fnmatch}, case-sensitive: {@code *} is any text, {@code ?} any one
 * character, {@code [seq]} one of the characters of {@code seq}, {@code [!seq]} one that is none of
 * them. None of these spares {@code /} or leading dots, and nothing else has a meaning: no
 * {@code **}, no braces, no backslash. A character is a Unicode code point.
 *
 * <p>What sets mean in corner cases (empty ranges, a hyphen that ends a range and begins another)
 * is what {@code fnmatch.translate} of Python 3.11 makes of them.
 *
 * @since 0.1
 */
public final class FnmatchPattern {
  /** One step of a pattern. */
  private sealed interface Part {
    /** Whether it takes a character. */
    boolean takes(int character);
  }

  /** Any text, also none. */
  private record Star() implements Part {
    @Override
    public boolean takes(int character) {
      return true;
    }
  }

  /** Any one character. */
  private record Any() implements Part {
    @Override
    public boolean takes(int character) {
      return true;
    }
  }

  /** This one character. */
  private record Literal(int character) implements Part {
    @Override
    public boolean takes(int other) {
      return character == other;
    }
  }

  /** One of these characters, or one of all others; each range is two code points, both in it. */
  private record OneOf(List<int[]> ranges, boolean others) implements Part {
    @Override
    public boolean takes(int character) {
      for (int[] range : ranges) {
        if (range[0] <= character && character <= range[1]) {
          return !others;
        }
      }
      return others;
    }
  }

  private final String text;
  private final List<Part> parts = new ArrayList<>();

  private FnmatchPattern(String text) {
    this.text = text;
  }

  /**
   * Reads a pattern. Every text is one.
   *
   * @param text the pattern
   * @return ready to match
   */
  public static FnmatchPattern of(String text) {
    FnmatchPattern pattern = new FnmatchPattern(text);
    pattern.parse(text.codePoints().toArray());
    return pattern;
  }

  private void parse(int[] pattern) {
    int at = 0;
    while (at < pattern.length) {
      int c = pattern[at];
      if (c == '[') {
        int end = endOfSet(pattern, at + 1);
        if (end < pattern.length) {
          parts.add(set(pattern, at + 1, end));
          at = end + 1;
          continue;
        }
      }
      if (c == '*') {
        boolean repeated = !parts.isEmpty() && parts.get(parts.size() - 1) instanceof Star;
        if (!repeated) {
          parts.add(new Star());
        }
      } else {
        parts.add(c == '?' ? new Any() : new Literal(c));
      }
      at++;
    }
  }

  /** Where the bracket closes; the end of the pattern where it never does. */
  private static int endOfSet(int[] pattern, int begin) {
    int at = begin;
    if (at < pattern.length && pattern[at] == '!') {
      at++;
    }
    if (at < pattern.length && pattern[at] == ']') {
      at++; // the first one is a character like others
    }
    while (at < pattern.length && pattern[at] != ']') {
      at++;
    }
    return at;
  }

  private static Part set(int[] pattern, int begin, int end) {
    List<List<Integer>> chunks = chunks(pattern, begin, end);
    dropEmptyRanges(chunks);
    List<Integer> first = chunks.get(0);
    boolean others = !first.isEmpty() && first.get(0) == '!';
    if (others) {
      first.remove(0);
    }
    List<int[]> ranges = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      List<Integer> chunk = chunks.get(i);
      int last = chunk.size() - 1;
      for (int k = 0; k <= last; k++) {
        boolean beginsRange = k == last && i + 1 < chunks.size();
        int to = beginsRange ? chunks.get(i + 1).get(0) : chunk.get(k);
        ranges.add(new int[] {chunk.get(k), to});
      }
    }
    return new OneOf(ranges, others);
  }

  /**
   * The set cut at each hyphen that stands between the two ends of a range. Such a hyphen is never
   * the set's first character, nor within two characters of another.
   */
  private static List<List<Integer>> chunks(int[] pattern, int begin, int end) {
    List<List<Integer>> chunks = new ArrayList<>();
    int from = begin;
    int look = pattern[begin] == '!' ? begin + 2 : begin + 1;
    while (look < end) {
      if (pattern[look] == '-') {
        chunks.add(slice(pattern, from, look));
        from = look + 1;
        look += 3;
      } else {
        look++;
      }
    }
    if (from < end || chunks.isEmpty()) {
      chunks.add(slice(pattern, from, end));
    } else {
      chunks.get(chunks.size() - 1).add((int) '-'); // the hyphen at the end is a character
    }
    return chunks;
  }

  private static List<Integer> slice(int[] pattern, int from, int to) {
    List<Integer> slice = new ArrayList<>();
    for (int i = from; i < to; i++) {
      slice.add(pattern[i]);
    }
    return slice;
  }

  /** A range whose end comes before its beginning holds nothing, not even its ends. */
  private static void dropEmptyRanges(List<List<Integer>> chunks) {
    for (int k = chunks.size() - 1; k > 0; k--) {
      List<Integer> before = chunks.get(k - 1);
      List<Integer> behind = chunks.get(k);
      int last = before.size() - 1;
      if (before.get(last) > behind.get(0)) {
        before.remove(last);
        before.addAll(behind.subList(1, behind.size()));
        chunks.remove(k);
      }
    }
  }

  /**
   * Whether the pattern matches a text, all of it.
   *
   * @param candidate the text
   * @return whether it does
   */
  public boolean matches(String candidate) {
    return reached(candidate).get(parts.size());
  }

  /**
   * Whether the pattern may match a text that begins so.
   *
   * @param beginning the beginning, such as a folder with its {@code /}
   * @return false where no text that begins so can match
   */
  public boolean mayMatchBelow(String beginning) {
    return !reached(beginning).isEmpty() && !neverMatches();
  }

  /**
   * Whether the pattern matches every text that begins so.
   *
   * @param beginning the beginning, such as a folder with its {@code /}
   * @return true only where it surely does
   */
  public boolean matchesAllBelow(String beginning) {
    boolean endsInStar = !parts.isEmpty() && parts.get(parts.size() - 1) instanceof Star;
    return endsInStar && reached(beginning).get(parts.size() - 1);
  }

  private boolean neverMatches() {
    for (Part part : parts) {
      if (part instanceof OneOf set && set.ranges().isEmpty() && !set.others()) {
        return true;
      }
    }
    return false;
  }

  /** Before which parts a match may stand once a text was read; the last bit is the end. */
  private BitSet reached(String read) {
    BitSet now = new BitSet(parts.size() + 1);
    reach(now, 0);
    for (int at = 0; at < read.length() && !now.isEmpty(); ) {
      int character = read.codePointAt(at);
      at += Character.charCount(character);
      BitSet next = new BitSet(parts.size() + 1);
      for (int i = now.nextSetBit(0); i >= 0 && i < parts.size(); i = now.nextSetBit(i + 1)) {
        Part part = parts.get(i);
        if (part.takes(character)) {
          reach(next, part instanceof Star ? i : i + 1);
        }
      }
      now = next;
    }
    return now;
  }

  private void reach(BitSet set, int part) {
    set.set(part);
    if (part < parts.size() && parts.get(part) instanceof Star) {
      reach(set, part + 1);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FnmatchPattern pattern && text.equals(pattern.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The pattern as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
