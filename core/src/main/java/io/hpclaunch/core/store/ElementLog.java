// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.core.shell.RawBytes;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of an array's elements as text, of which only news are written, as docs/jobs.md
 * lays it out: a first line that no other text has, and lines that are appended. A text that has
 * grown to several lines an element is written anew. A line that was cut short by a death, or that
 * says nothing, is passed over: its elements are observed again. Immutable: this is what was read
 * up to some byte; where the bytes are is the store's business.
 */
public final class ElementLog {
  private static final Logger log = LoggerFactory.getLogger(ElementLog.class);

  /** No first line is longer. */
  public static final int LONGEST_HEADER = 256;

  private static final String MAGIC = "elements 1 ";

  /** Lines an element, and some more, that are not worth writing a text anew. */
  private static final int LINES_PER_ELEMENT = 2;

  private static final int FEW_LINES = 1000;

  private final String header;
  private final Instant base;
  private final ArrayRange array;
  private final long end;
  private final int lines;
  private final Elements elements;

  private ElementLog(
      String header, Instant base, ArrayRange array, long end, int lines, Elements elements) {
    this.header = header;
    this.base = base;
    this.array = array;
    this.end = end;
    this.lines = lines;
    this.elements = elements;
  }

  /**
   * Begins to read.
   *
   * @param beginning the text's first bytes: {@link #LONGEST_HEADER} of them, or all
   * @param record the array's record
   * @param array its range
   * @return what stands behind the first line: nothing yet
   * @throws IllegalArgumentException when this is no such text; the message says why
   */
  public static ElementLog begin(byte[] beginning, JobRecord record, ArrayRange array) {
    String text = new String(beginning, StandardCharsets.ISO_8859_1);
    String header = text.substring(0, text.indexOf('\n') + 1);
    String[] words = header.strip().split(" ", -1);
    if (words.length != 5 || !header.startsWith(MAGIC + record.token() + " ")) {
      throw new IllegalArgumentException("its first line is '" + header.strip() + "'");
    }
    return new ElementLog(header, base(words[4]), array, header.length(), 0, Elements.none(array));
  }

  private static Instant base(String second) {
    try {
      return Instant.ofEpochSecond(Long.parseLong(second));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Takes in what was appended.
   *
   * @param bytes what follows {@link #end}; whole lines are taken
   * @param name of the text, for messages
   * @return what stands up to the last whole line
   */
  public ElementLog read(byte[] bytes, Object name) {
    int whole = bytes.length;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    if (whole == 0) {
      return this;
    }
    Elements.Builder all = new Elements.Builder(elements);
    int count = take(RawBytes.decode(Arrays.copyOf(bytes, whole)), all, name);
    return new ElementLog(header, base, array, end + whole, lines + count, all.build());
  }

  private int take(String text, Elements.Builder into, Object name) {
    ElementLines reader = new ElementLines(array, base);
    int count = 0;
    int from = 0;
    int lineEnd = text.indexOf('\n');
    while (lineEnd >= 0) {
      try {
        reader.read(text.substring(from, lineEnd), into);
      } catch (IllegalArgumentException e) {
        log.warn("A line of {} is passed over: {}", name, e.getMessage());
      }
      count++;
      from = lineEnd + 1;
      lineEnd = text.indexOf('\n', from);
    }
    return count;
  }

  /** What is to be written. */
  public static final class Change {
    private final byte[] bytes;
    private final boolean anew;
    private final ElementLog after;

    private Change(byte[] bytes, boolean anew, ElementLog after) {
      this.bytes = bytes;
      this.anew = anew;
      this.after = after;
    }

    /**
     * The bytes.
     *
     * @return those to be written, which the caller leaves as they are; none where nothing is new
     */
    public byte[] bytes() {
      return bytes;
    }

    /**
     * Whether the bytes take the place of the text.
     *
     * @return false where they are appended at the end of what was read
     */
    public boolean isAnew() {
      return anew;
    }

    /**
     * What is known then.
     *
     * @return what would be read
     */
    public ElementLog after() {
      return after;
    }
  }

  /**
   * Brings what a caller knows together with what stands.
   *
   * @param stood what stands, or null where there is no text yet
   * @param record the array's record
   * @param array its range
   * @param more what the caller knows
   * @return what is to be written
   */
  public static Change change(
      @Nullable ElementLog stood, JobRecord record, ArrayRange array, Elements more) {
    if (stood == null) {
      return anew(record, array, more);
    }
    Elements now = stood.elements.merge(more);
    StringBuilder news = new StringBuilder();
    ElementLines.Writer writer = new ElementLines(array, stood.base).new Writer(news);
    now.news(stood.elements, writer::take);
    int added = writer.finish();
    if (added > 0 && stood.lines + added > FEW_LINES + LINES_PER_ELEMENT * now.size()) {
      return anew(record, array, now);
    }
    byte[] bytes = RawBytes.encode(news.toString());
    return new Change(
        bytes,
        false,
        new ElementLog(
            stood.header, stood.base, array, stood.end + bytes.length, stood.lines + added, now));
  }

  /** A text of which no two have the same first line, not even two of one array. */
  private static Change anew(JobRecord record, ArrayRange array, Elements now) {
    long second = record.submitted().getEpochSecond();
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    String header = MAGIC + record.token() + " " + unique + " " + second + "\n";
    Instant base = Instant.ofEpochSecond(second);
    StringBuilder text = new StringBuilder(header);
    ElementLines.Writer writer = new ElementLines(array, base).new Writer(text);
    now.forEach(writer::take);
    int lines = writer.finish();
    byte[] bytes = RawBytes.encode(text.toString());
    return new Change(bytes, true, new ElementLog(header, base, array, bytes.length, lines, now));
  }

  /**
   * The first line.
   *
   * @return it, with its end
   */
  public String header() {
    return header;
  }

  /**
   * Up to where it was read.
   *
   * @return bytes from the beginning
   */
  public long end() {
    return end;
  }

  /**
   * What is known.
   *
   * @return the elements
   */
  public Elements elements() {
    return elements;
  }
}
