// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The shared libraries that an executable names, read from the file as elf(5) describes it: unlike
 * ldd(1), which may run the program.
 */
final class SrunElf {
  private static final int IDENTIFICATION = 16;
  private static final int MAGIC = 0x7f454c46;
  private static final int SEGMENT_LOAD = 1;
  private static final int SEGMENT_DYNAMIC = 2;
  private static final int TAG_END = 0;
  private static final int TAG_NEEDED = 1;
  private static final int TAG_STRINGS = 5;

  /** More than any executable has of anything that is read here. */
  private static final int MOST_BYTES = 1 << 20;

  private static final int LONGEST_NAME = 256;

  private final FileChannel file;
  private final boolean wide;
  private final ByteOrder order;
  private final List<Segment> segments = new ArrayList<>();

  /** A part of the file, and where it stands in memory. */
  private record Segment(int type, long offset, long address, long size) {}

  private SrunElf(FileChannel file, boolean wide, ByteOrder order) {
    this.file = file;
    this.wide = wide;
    this.order = order;
  }

  /**
   * The names of the libraries, such as {@code libc.so.6}.
   *
   * @param executable any file
   * @return the names; none of a script, of a static program, or of what cannot be read
   */
  static List<String> libraries(Path executable) {
    try (FileChannel file = FileChannel.open(executable)) {
      ByteBuffer start = ByteBuffer.allocate(IDENTIFICATION);
      if (file.read(start, 0) < IDENTIFICATION || start.getInt(0) != MAGIC) {
        return List.of();
      }
      ByteOrder order = start.get(5) == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      SrunElf elf = new SrunElf(file, start.get(4) == 2, order);
      elf.readSegments();
      return elf.needed();
    } catch (IOException
        | BufferUnderflowException
        | IllegalArgumentException
        | ArithmeticException e) {
      return List.of(); // cut off, or none after all
    }
  }

  private void readSegments() throws IOException {
    ByteBuffer header = read(IDENTIFICATION, wide ? 48 : 36);
    header.position(wide ? 16 : 12);
    long table = word(header);
    header.position(wide ? 38 : 26);
    int size = header.getShort() & 0xffff;
    int count = header.getShort() & 0xffff;
    ByteBuffer entries = read(table, size * count);
    for (int i = 0; i < count; i++) {
      entries.position(i * size);
      int type = entries.getInt();
      entries.position(i * size + (wide ? 8 : 4));
      long offset = word(entries);
      long address = word(entries);
      word(entries); // the physical address
      segments.add(new Segment(type, offset, address, word(entries)));
    }
  }

  private List<String> needed() throws IOException {
    List<Long> names = new ArrayList<>();
    long strings = 0;
    for (Segment segment : segments) {
      if (segment.type() == SEGMENT_DYNAMIC) {
        ByteBuffer entries = read(segment.offset(), Math.toIntExact(segment.size()));
        long tag = word(entries);
        while (tag != TAG_END) {
          long value = word(entries);
          if (tag == TAG_NEEDED) {
            names.add(value);
          } else if (tag == TAG_STRINGS) {
            strings = offsetOf(value);
          }
          tag = word(entries);
        }
      }
    }
    List<String> libraries = new ArrayList<>();
    for (long name : names) {
      libraries.add(text(strings + name));
    }
    return libraries;
  }

  private long offsetOf(long address) {
    for (Segment segment : segments) {
      if (segment.type() == SEGMENT_LOAD
          && address >= segment.address()
          && address - segment.address() < segment.size()) {
        return address - segment.address() + segment.offset();
      }
    }
    throw new IllegalArgumentException("no segment holds " + address);
  }

  private String text(long offset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST_NAME);
    int length = Math.max(0, file.read(bytes, offset));
    int end = 0;
    while (end < length && bytes.get(end) != 0) {
      end++;
    }
    return new String(bytes.array(), 0, end, StandardCharsets.ISO_8859_1);
  }

  private ByteBuffer read(long offset, int size) throws IOException {
    if (size < 0 || size > MOST_BYTES) {
      throw new IllegalArgumentException("a table of " + size + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).order(order);
    file.read(bytes, offset);
    return bytes.flip();
  }

  private long word(ByteBuffer bytes) {
    return wide ? bytes.getLong() : bytes.getInt() & 0xffffffffL;
  }
}
