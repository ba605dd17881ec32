// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of elements, one an array, beside its record. News are appended; a file that has grown
 * to several lines an element is written anew and renamed. What was read once is kept while there
 * is memory, and only what came since is read. A line that was cut short by a death, or that says
 * nothing, is passed over: its elements are observed again.
 */
final class ElementFiles {
  private static final Logger log = LoggerFactory.getLogger(ElementFiles.class);

  private static final String MAGIC = "elements 1 ";
  private static final int LONGEST_HEADER = 256;
  private static final int BLOCK = 1 << 20;

  /** Lines an element, and some more, that are not worth writing a file anew. */
  private static final int LINES_PER_ELEMENT = 2;

  private static final int FEW_LINES = 1000;

  private final boolean durable;
  private final Map<Path, SoftReference<Read>> kept = new ConcurrentHashMap<>();

  ElementFiles(boolean durable) {
    this.durable = durable;
  }

  /** A file's first line: no two files have the same, not even two of one array. */
  private record Header(String line, Instant base) {
    static Header of(JobRecord record) {
      long second = record.submitted().getEpochSecond();
      String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
      return new Header(
          MAGIC + record.token() + " " + unique + " " + second + "\n",
          Instant.ofEpochSecond(second));
    }

    static Header parse(String line, JobRecord record) {
      String[] words = line.strip().split(" ", -1);
      if (!line.endsWith("\n")
          || words.length != 5
          || !line.startsWith(MAGIC + record.token() + " ")) {
        throw new IllegalArgumentException("its first line is '" + line.strip() + "'");
      }
      return new Header(line, Instant.ofEpochSecond(Long.parseLong(words[4])));
    }

    int length() {
      return line.length();
    }
  }

  /**
   * What a file held.
   *
   * @param end behind its last whole line
   * @param lines how many there were
   */
  private record Read(Header header, long end, int lines, Elements elements) {}

  /** What is known of an array's elements. */
  Elements load(Path file, JobRecord record) throws IOException {
    ArrayRange array = record.array();
    Read read = array == null ? null : read(file, record, array);
    return read == null ? Elements.none(array) : read.elements();
  }

  /**
   * Brings what the caller knows together with what stands. Nobody else may write meanwhile.
   *
   * @return what stands now
   */
  Elements save(Path file, JobRecord record, Elements elements) throws IOException {
    ArrayRange array = record.array();
    if (array == null || elements.isEmpty()) {
      return load(file, record);
    }
    Read stood = read(file, record, array);
    Elements before = stood == null ? Elements.none(array) : stood.elements();
    Elements now = before.merge(elements);
    Header header = stood == null ? Header.of(record) : stood.header();
    StringBuilder news = new StringBuilder();
    ElementLines.Writer writer = new ElementLines(array, header.base()).new Writer(news);
    now.news(before, writer::take);
    int lines = writer.finish();
    if (lines == 0) {
      return now;
    }
    boolean grown =
        stood != null && stood.lines() + lines > FEW_LINES + LINES_PER_ELEMENT * now.size();
    kept.put(
        file,
        new SoftReference<>(
            stood == null || grown
                ? anew(file, record, array, now)
                : append(file, stood, now, news, lines)));
    return now;
  }

  private Read anew(Path file, JobRecord record, ArrayRange array, Elements now)
      throws IOException {
    Header header = Header.of(record);
    StringBuilder text = new StringBuilder(header.line());
    ElementLines.Writer writer = new ElementLines(array, header.base()).new Writer(text);
    now.forEach(writer::take);
    int lines = writer.finish();
    byte[] bytes = RawBytes.encode(text.toString());
    StateFiles.replace(file, bytes, durable);
    return new Read(header, bytes.length, lines, now);
  }

  /** What was cut short by a death goes first. */
  private Read append(Path file, Read stood, Elements now, CharSequence news, int lines)
      throws IOException {
    byte[] bytes = RawBytes.encode(news.toString());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(stood.end());
      channel.position(stood.end());
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      if (durable) {
        channel.force(true);
      }
    }
    return new Read(stood.header(), stood.end() + bytes.length, stood.lines() + lines, now);
  }

  /** Null where there is no file. */
  private @Nullable Read read(Path file, JobRecord record, ArrayRange array) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Header header = Header.parse(firstLine(channel), record);
      SoftReference<Read> reference = kept.get(file);
      Read before = reference == null ? null : reference.get();
      if (before == null || !before.header().equals(header)) {
        before = new Read(header, header.length(), 0, Elements.none(array));
      }
      if (channel.size() == before.end()) {
        return before;
      }
      Read now = rest(channel, file, array, before);
      kept.put(file, new SoftReference<>(now));
      return now;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new DamagedRecord("the file of elements " + file + " is damaged: " + e.getMessage(), e);
    }
  }

  private static String firstLine(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST_HEADER);
    int count = 0;
    while (count >= 0 && bytes.hasRemaining()) {
      count = channel.read(bytes, bytes.position());
    }
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    return text.substring(0, text.indexOf('\n') + 1);
  }

  /** Takes in what was appended: whole lines, block by block. */
  private static Read rest(FileChannel channel, Path file, ArrayRange array, Read before)
      throws IOException {
    ElementLines lines = new ElementLines(array, before.header().base());
    Elements.Builder all = new Elements.Builder(before.elements());
    long end = before.end();
    int count = before.lines();
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    while (channel.read(block, end + block.position()) >= 0) {
      int whole = lastLineEnd(block);
      if (whole > 0) {
        count += lines(RawBytes.decode(Arrays.copyOf(block.array(), whole)), lines, all, file);
        end += whole;
        block.clear();
      } else if (!block.hasRemaining()) {
        block = ByteBuffer.allocate(block.capacity() * 2).put(block.flip());
      }
    }
    return new Read(before.header(), end, count, all.build());
  }

  private static int lastLineEnd(ByteBuffer block) {
    int end = block.position();
    while (end > 0 && block.get(end - 1) != '\n') {
      end--;
    }
    return end;
  }

  private static int lines(String text, ElementLines lines, Elements.Builder into, Path file) {
    int count = 0;
    int from = 0;
    int end = text.indexOf('\n');
    while (end >= 0) {
      try {
        lines.read(text.substring(from, end), into);
      } catch (IllegalArgumentException e) {
        log.warn("A line of {} is passed over: {}", file, e.getMessage());
      }
      count++;
      from = end + 1;
      end = text.indexOf('\n', from);
    }
    return count;
  }

  /** Forgets what was kept of a file that is removed. */
  void forget(Path file) {
    kept.remove(file);
  }
}
