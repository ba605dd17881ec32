// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transport;

import io.hpclaunch.api.InvalidJob;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command whose words and variables the JVM can hand over in any locale. Outside UTF-8 locales it
 * would turn what it has no letters for into {@code ?}; so a fixed script gets words and values
 * with such bytes written as octal numbers, and becomes the program with the true ones. Values stay
 * in the environment, for they may be secret.
 */
final class AsciiCommand {
  /** What the script says when there is no such program. */
  static final String NOT_FOUND = "hpc-launch: no such program";

  private static final boolean UTF_8_LOCALE =
      Charset.defaultCharset().equals(StandardCharsets.UTF_8)
          && "UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"));

  /**
   * Arguments: names of variables to be rewritten, {@code --}, the words. The underscore keeps
   * newlines at the end, which command substitution would take away.
   */
  private static final String SCRIPT = """
      while [ "$1" != -- ]; do
        eval "_hpc_v=\\${$1}"
        _hpc_v=$(printf '%b_' "$_hpc_v")
        export "$1=${_hpc_v%_}"
        shift
      done
      shift
      _hpc_n=$#
      while [ "$_hpc_n" -gt 0 ]; do
        _hpc_v=$(printf '%b_' "$1")
        shift
        set -- "$@" "${_hpc_v%_}"
        _hpc_n=$((_hpc_n - 1))
      done
      command -v "$1" >/dev/null 2>&1 || { echo '@NOT_FOUND@' >&2; exit 127; }
      unset _hpc_v _hpc_n
      exec "$@"
      """.replace("@NOT_FOUND@", NOT_FOUND);

  private final List<String> argv;
  private final Map<String, @Nullable String> environment;
  private final boolean rewritten;

  private AsciiCommand(
      List<String> argv, Map<String, @Nullable String> environment, boolean rewritten) {
    this.argv = argv;
    this.environment = environment;
    this.rewritten = rewritten;
  }

  /** The command as it is where the JVM can hand it over, else by way of the script. */
  static AsciiCommand of(List<String> argv, Map<String, @Nullable String> environment) {
    return UTF_8_LOCALE || isAscii(argv, environment)
        ? new AsciiCommand(argv, environment, false)
        : rewrite(argv, environment);
  }

  /** The command by way of the script, whatever the locale. */
  static AsciiCommand rewrite(List<String> argv, Map<String, @Nullable String> environment) {
    List<String> words = new ArrayList<>(List.of(shell(), "-c", SCRIPT, "sh"));
    Map<String, @Nullable String> variables = new LinkedHashMap<>();
    environment.forEach((name, value) -> {
      if (value == null || isAscii(value)) {
        variables.put(name, value);
      } else {
        variables.put(name, escape(value));
        words.add(identifier(name));
      }
    });
    words.add("--");
    for (String word : argv) {
      words.add(escape(word));
    }
    return new AsciiCommand(words, variables, true);
  }

  List<String> argv() {
    return argv;
  }

  Map<String, @Nullable String> environment() {
    return environment;
  }

  /** Whether a status of 127 with {@link #NOT_FOUND} means that nothing was started. */
  boolean rewritten() {
    return rewritten;
  }

  /** Bash, where there is one: other shells drop variables whose names they do not like. */
  private static String shell() {
    return Files.isExecutable(Path.of("/bin/bash")) ? "/bin/bash" : "/bin/sh";
  }

  private static String identifier(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        throw new InvalidJob("the value of the variable '" + name
            + "' cannot be carried in this locale: set LC_ALL=C.UTF-8");
      }
    }
    return name;
  }

  private static boolean isAscii(List<String> words, Map<String, @Nullable String> variables) {
    return words.stream().allMatch(AsciiCommand::isAscii)
        && variables.entrySet().stream()
            .allMatch(e -> isAscii(e.getKey()) && (e.getValue() == null || isAscii(e.getValue())));
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }

  /** For {@code printf %b}: plain characters as they are, all other bytes of UTF-8 in octal. */
  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    ByteBuffer bytes = utf8(text);
    while (bytes.hasRemaining()) {
      int b = bytes.get() & 0xff;
      if (b > ' ' && b < 127 && b != '\\') {
        out.append((char) b);
      } else {
        out.append("\\0").append(b >> 6).append(b >> 3 & 7).append(b & 7);
      }
    }
    return out.toString();
  }

  private static ByteBuffer utf8(String text) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new InvalidJob("half a surrogate pair in '" + text + "'", e);
    }
  }
}
