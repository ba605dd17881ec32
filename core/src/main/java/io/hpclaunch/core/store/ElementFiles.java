// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.ArrayRange;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of elements, one an array, beside its record: an {@link ElementLog} each. News are
 * appended; a file that is written anew is renamed. What was read once is kept while there is
 * memory, and only what came since is read.
 */
final class ElementFiles {
  private static final int BLOCK = 1 << 20;

  private final boolean durable;
  private final Map<Path, SoftReference<ElementLog>> kept = new ConcurrentHashMap<>();

  ElementFiles(boolean durable) {
    this.durable = durable;
  }

  /** What is known of an array's elements. */
  Elements load(Path file, JobRecord record) throws IOException {
    ArrayRange array = record.array();
    ElementLog read = array == null ? null : read(file, record, array);
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
    ElementLog stood = read(file, record, array);
    ElementLog.Change change = ElementLog.change(stood, record, array, elements);
    if (change.bytes().length > 0) {
      if (stood == null || change.isAnew()) {
        StateFiles.replace(file, change.bytes(), durable);
      } else {
        append(file, stood.end(), change.bytes());
      }
      kept.put(file, new SoftReference<>(change.after()));
    }
    return change.after().elements();
  }

  /** What was cut short by a death goes first. */
  private void append(Path file, long end, byte[] news) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(news);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(end);
      channel.position(end);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (durable) {
        channel.force(true);
      }
    }
  }

  /** Null where there is no file. */
  private @Nullable ElementLog read(Path file, JobRecord record, ArrayRange array)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ElementLog begun = ElementLog.begin(beginning(channel), record, array);
      SoftReference<ElementLog> reference = kept.get(file);
      ElementLog before = reference == null ? null : reference.get();
      if (before == null || !before.header().equals(begun.header())) {
        before = begun;
      }
      if (channel.size() == before.end()) {
        return before;
      }
      ElementLog now = rest(channel, file, before);
      kept.put(file, new SoftReference<>(now));
      return now;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IllegalArgumentException e) {
      throw new DamagedRecord("the file of elements " + file + " is damaged: " + e.getMessage(), e);
    }
  }

  private static byte[] beginning(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(ElementLog.LONGEST_HEADER);
    int count = 0;
    while (count >= 0 && bytes.hasRemaining()) {
      count = channel.read(bytes, bytes.position());
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Takes in what was appended: whole lines, block by block. */
  private static ElementLog rest(FileChannel channel, Path file, ElementLog before)
      throws IOException {
    ElementLog now = before;
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    while (channel.read(block, now.end() + block.position()) >= 0) {
      ElementLog more = now.read(Arrays.copyOf(block.array(), block.position()), file);
      if (more != now) {
        now = more;
        block.clear();
      } else if (!block.hasRemaining()) {
        block = ByteBuffer.allocate(block.capacity() * 2).put(block.flip());
      }
    }
    return now;
  }

  /** Forgets what was kept of a file that is removed. */
  void forget(Path file) {
    kept.remove(file);
  }
}
