// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.core.shell.Quoting;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * How a command goes out. The user's login shell, whichever it is, gets a fixed line that all of
 * them read in the same way; {@code /bin/sh}, which that becomes, gets the rest as the first line
 * of its input. There it is seen by nobody in a list of processes, and has no limit of length.
 *
 * <p>What the login shell says before it comes to that does not count: a mark tells on both streams
 * where the command's own output begins. On standard error it names the process group, so that it
 * can be ended.
 */
final class RemoteScript {
  /** One line, of characters that neither csh nor fish takes for anything special. */
  static final String LOGIN_LINE =
      "exec /bin/sh -c 'IFS= read -r _hpc_c && eval \"$(printf %b \"$_hpc_c\")\"'";

  /** Begins a line that no program writes by chance. */
  static final String MARK = "\036hpc-launch ";

  /** In place of the process group: there is no such program. */
  static final String NOTHING = "0";

  /** Whether there is such a program; a builtin's name has no file, and exec tells. */
  private static final String CHECK = """
      case $_hpc_p in
      */*) ;;
      *) _hpc_p=$(command -v "$_hpc_p") || _hpc_p=/ ;;
      esac
      case $_hpc_p in
      */*) [ -f "$_hpc_p" ] && [ -x "$_hpc_p" ] || {
      printf '\\036hpc-launch 0\\n'; printf '\\036hpc-launch 0\\n' >&2; exit 127; } ;;
      esac
      unset _hpc_p
      printf '\\036hpc-launch 1\\n'
      printf '\\036hpc-launch %s\\n' "$$" >&2
      """;

  private RemoteScript() {}

  /**
   * The line that /bin/sh reads.
   *
   * @throws InvalidJob when a variable's name cannot be carried, or a text is no text
   */
  static byte[] of(Command command) {
    StringBuilder script = new StringBuilder("unset _hpc_c\n");
    command.environment().forEach((name, value) -> {
      identifier(name, command);
      script
          .append(value == null ? "unset " + name : "export " + name + "=" + Quoting.quote(value))
          .append('\n');
    });
    script
        .append("_hpc_p=")
        .append(Quoting.quote(command.argv().get(0)))
        .append('\n')
        .append(CHECK)
        .append("exec ")
        .append(Quoting.join(command.argv()));
    return line(script.toString());
  }

  /** For printf's %b: one line of plain characters; all else as octal numbers. */
  private static byte[] line(String script) {
    StringBuilder out = new StringBuilder();
    ByteBuffer bytes = utf8(script);
    while (bytes.hasRemaining()) {
      int b = bytes.get() & 0xff;
      if (b >= ' ' && b < 127 && b != '\\') {
        out.append((char) b);
      } else {
        out.append("\\0").append(b >> 6).append(b >> 3 & 7).append(b & 7);
      }
    }
    return out.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static ByteBuffer utf8(String text) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new InvalidJob("half a surrogate pair in the words of a command", e);
    }
  }

  private static void identifier(String name, Command command) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        throw new InvalidJob("the variable '" + name + "' of " + command.argv().get(0)
            + " cannot be set through SSH: a name has letters, digits and underscores");
      }
    }
  }
}
