// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.NativeId;
import org.jspecify.annotations.Nullable;

/**
 * What PBS calls a job: {@code 12.server}, a whole array {@code 12[].server}, one of its elements
 * {@code 12[3].server}, each with or without the server.
 *
 * @param number the job's number, of an element the whole array's
 * @param array whether it is an array or an element of one
 * @param index PBS' index of one element, or null
 * @param server the server that took the job, or null where it is not said
 */
record PbsId(
    String number,
    boolean array,
    @Nullable Integer index,
    @Nullable String server) {
  /** PBS counts up to 999,999,999,999 (max_job_sequence_id). */
  private static final int MOST_DIGITS = 12;

  private static final int MOST_INDEX_DIGITS = 9;
  private static final int LONGEST_SERVER = 255;

  /** Reads an id; null where the text is none. */
  static @Nullable PbsId parse(String text) {
    int at = digits(text, 0);
    if (at == 0 || at > MOST_DIGITS) {
      return null;
    }
    String number = text.substring(0, at);
    boolean array = at < text.length() && text.charAt(at) == '[';
    Integer index = null;
    if (array) {
      int end = digits(text, at + 1);
      if (end >= text.length() || text.charAt(end) != ']' || end - at - 1 > MOST_INDEX_DIGITS) {
        return null;
      }
      index = end == at + 1 ? null : Integer.valueOf(text.substring(at + 1, end));
      at = end + 1;
    }
    if (at == text.length()) {
      return new PbsId(number, array, index, null);
    }
    String server = text.substring(at + 1);
    return text.charAt(at) == '.' && isServer(server)
        ? new PbsId(number, array, index, server)
        : null;
  }

  /**
   * The id behind a job of ours.
   *
   * @param id as {@link #nativeId()} made it; an index beside a job that is no array stands for an
   *     array of one element, which PBS runs as a plain job, and is left out
   * @throws IllegalArgumentException when it is no id of PBS
   */
  static PbsId of(NativeId id) {
    PbsId whole = parse(id.value());
    if (whole == null) {
      throw new IllegalArgumentException("not an id of PBS: " + id);
    }
    Integer index = id.index();
    return whole.array && index != null ? whole.element(index) : whole;
  }

  /** As PBS writes it. */
  String text() {
    StringBuilder text = new StringBuilder(number);
    if (array) {
      text.append('[').append(index == null ? "" : index.toString()).append(']');
    }
    return server == null ? text.toString() : text.append('.').append(server).toString();
  }

  /** The whole array of an element; any other job itself. */
  PbsId whole() {
    return index == null ? this : new PbsId(number, true, null, server);
  }

  /** One element of this array, by PBS' index. */
  PbsId element(int which) {
    return new PbsId(number, true, which, server);
  }

  /** The id for the API; of an element the whole array's with the index. */
  NativeId nativeId() {
    NativeId whole = NativeId.of(whole().text());
    return index == null ? whole : whole.element(index);
  }

  /** For maps: what all ways to write this job have in common, and all its elements. */
  String key() {
    return number;
  }

  /**
   * Whether both name the same job or array: the server may be left out, and be written with or
   * without its domain.
   */
  boolean isSameJob(PbsId other) {
    return number.equals(other.number)
        && (server == null
            || other.server == null
            || shortName(server).equalsIgnoreCase(shortName(other.server)));
  }

  private static String shortName(String host) {
    int dot = host.indexOf('.');
    return dot < 0 ? host : host.substring(0, dot);
  }

  /** The name of a host, which at least one letter tells from a number with a point. */
  private static boolean isServer(String text) {
    boolean letter = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean inside = i > 0 && (c == '-' || c == '.' || c == '_');
      if (!isLetter && !inside && (c < '0' || c > '9')) {
        return false;
      }
      letter |= isLetter;
    }
    return letter && text.length() <= LONGEST_SERVER;
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
