// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.core.shell.Quoting;
import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A user's script: what it holds when it is submitted is what runs, whatever becomes of the file.
 *
 * <p>Scripts for bash become the job's own lines, with the arguments set in the place of the first
 * line, so that they move no other. Any other interpreter reads the script from a file descriptor,
 * and finds its arguments behind it, as the kernel hands them to it; execve(2).
 */
final class ScriptFile {
  private static final Set<String> BASH =
      Set.of("/bin/bash", "/usr/bin/bash", "/usr/bin/env bash", "/bin/env bash");
  private static final Pattern INTERPRETER =
      Pattern.compile("#![ \\t]*(\\S+)(?:[ \\t]+(.*\\S))?\\s*");
  private static final Pattern DIRECTIVE = Pattern.compile("#(SBATCH|PBS)\\s.*");
  private static final int DESCRIPTOR = 9;

  private final String name;
  private final List<String> lines;

  private ScriptFile(String name, List<String> lines) {
    this.name = name;
    this.lines = lines;
  }

  /**
   * Reads a script.
   *
   * @param name as the user wrote it
   * @param file where it is
   * @throws InvalidJob when it cannot be read or is no script
   */
  static ScriptFile read(String name, Path file) {
    String text;
    try {
      if (Files.isDirectory(file)) {
        throw new InvalidJob("'" + name + "' is a directory: name a script, or write -- PROGRAM");
      }
      text = RawBytes.decode(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new InvalidJob("no script '" + name + "': to run a program, write -- before it", e);
    } catch (AccessDeniedException e) {
      throw new InvalidJob("script '" + name + "' may not be read", e);
    } catch (IOException e) {
      throw new InvalidJob("script '" + name + "' cannot be read: " + e.getMessage(), e);
    }
    return of(name, text);
  }

  /** Takes a script's text. */
  static ScriptFile of(String name, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new InvalidJob("'" + name + "' is no script: to run a program, write -- before it");
    }
    if (text.isBlank()) {
      throw new InvalidJob("script '" + name + "' is empty");
    }
    List<String> lines = List.of(text.split("\n", -1));
    if (lines.get(0).endsWith("\r")) {
      throw new InvalidJob("script '" + name + "' has DOS line ends: convert it, as dos2unix does");
    }
    return new ScriptFile(name, withoutLast(lines));
  }

  /** Behind the last line end there is no line. */
  private static List<String> withoutLast(List<String> lines) {
    int last = lines.size() - 1;
    return lines.get(last).isEmpty() ? lines.subList(0, last) : lines;
  }

  /** The file's own name. */
  String baseName() {
    return baseName(name);
  }

  /** The last part of a path; a text without one is left as it is. */
  static String baseName(String path) {
    int end = path.length();
    while (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    String trimmed = path.substring(0, end);
    return trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }

  /** Whether lines stand in it that sbatch or qsub would read, and we do not: which. */
  String directives() {
    for (String line : lines) {
      Matcher directive = DIRECTIVE.matcher(line);
      if (directive.matches()) {
        return "#" + directive.group(1);
      }
    }
    return "";
  }

  /** Lines of shell that run the script. */
  List<String> shell(List<String> arguments) {
    Matcher first = INTERPRETER.matcher(lines.get(0));
    boolean told = first.matches();
    String option = told && first.group(2) != null ? first.group(2) : "";
    String program = told ? first.group(1) : "";
    boolean bash = !told || BASH.contains(option.isEmpty() ? program : program + " " + option);
    return bash ? lines(told, arguments) : handedOver(program, option, arguments);
  }

  private List<String> lines(boolean told, List<String> arguments) {
    if (arguments.isEmpty()) {
      return lines;
    }
    List<String> shell = new ArrayList<>(lines);
    String set = "set -- " + Quoting.join(arguments);
    if (told) {
      shell.set(0, set);
    } else {
      shell.add(0, set);
    }
    return shell;
  }

  private List<String> handedOver(String program, String option, List<String> arguments) {
    List<String> words = new ArrayList<>(List.of(program));
    if (!option.isEmpty()) {
      words.add(option);
    }
    words.add("/dev/fd/" + DESCRIPTOR);
    words.addAll(arguments);
    String end = "END_OF_SCRIPT";
    while (lines.contains(end)) {
      end += "_";
    }
    List<String> shell = new ArrayList<>();
    shell.add("exec " + Quoting.join(words) + " " + DESCRIPTOR + "<<'" + end + "'");
    shell.addAll(lines);
    shell.add(end);
    return shell;
  }
}
