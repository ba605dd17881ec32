// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One process, told apart from any other that has had, or will have, its number:
 * {@code HOST-PID-START}.
 *
 * @param host the host's name, without {@code /}
 * @param pid its number there
 * @param start when it started: letters and digits that only this class understands
 */
public record ProcessIdentity(String host, long pid, String start) {
  private static final Pattern FORM = Pattern.compile("([^/]+)-(\\d{1,18})-([0-9a-z]{1,40})");
  private static final Path PROC = Path.of("/proc");
  private static final String HOST = hostName();
  private static final ProcessIdentity CURRENT = of(ProcessHandle.current().pid());

  /** Whether a process runs. */
  public enum Life {
    /** It runs. */
    ALIVE,
    /** It has ended. */
    GONE,
    /** It is one of another host: this one cannot tell. */
    UNKNOWN
  }

  /**
   * This process.
   *
   * @return its identity
   */
  public static ProcessIdentity current() {
    return CURRENT;
  }

  /**
   * Reads an identity.
   *
   * @param text {@code HOST-PID-START}
   * @return the identity, or null when the text is none
   */
  public static @Nullable ProcessIdentity parse(String text) {
    Matcher m = FORM.matcher(text);
    return m.matches()
        ? new ProcessIdentity(m.group(1), Long.parseLong(m.group(2)), m.group(3))
        : null;
  }

  /**
   * Whether that very process runs. A zombie does not.
   *
   * @return what this host can tell
   */
  public Life life() {
    if (!host.equals(HOST)) {
      return Life.UNKNOWN;
    }
    return start.equals(startOf(pid)) ? Life.ALIVE : Life.GONE;
  }

  private static ProcessIdentity of(long pid) {
    return new ProcessIdentity(HOST, pid, startOf(pid));
  }

  /** When the process with a number started; empty for none, and for a zombie. */
  private static String startOf(long pid) {
    return Files.isDirectory(PROC.resolve("self"))
        ? startInProc(pid)
        : ProcessHandle.of(pid)
            .flatMap(handle -> handle.info().startInstant())
            .map(instant -> Long.toString(instant.toEpochMilli(), Character.MAX_RADIX))
            .orElse("");
  }

  /** The boot and field 22, ticks since then; proc(5). A wall clock may be set, these may not. */
  private static String startInProc(long pid) {
    String stat = read(PROC.resolve(pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length < 20 || fields[0].equals("Z") || fields[0].equals("X")) {
      return "";
    }
    String boot = read(PROC.resolve("sys/kernel/random/boot_id"));
    return (boot.length() < 8 ? "0" : boot.substring(0, 8)) + "x" + fields[19];
  }

  private static String hostName() {
    String name = read(PROC.resolve("sys/kernel/hostname")).strip();
    if (name.isEmpty()) {
      try {
        name = InetAddress.getLocalHost().getHostName();
      } catch (IOException e) {
        name = "localhost";
      }
    }
    return name.replace('/', '_');
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  /** {@code HOST-PID-START}. */
  @Override
  public String toString() {
    return host + "-" + pid + "-" + start;
  }
}
