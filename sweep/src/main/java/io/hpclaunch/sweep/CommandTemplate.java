// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.shell.Quoting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a sweep runs, with places for values: {@code {name}}, {@code {args}}, {@code {index}},
 * {@code {sweep_id}}, {@code {task_dir}}. {@code {{name}}} is a word that only looks like one.
 * Other braces are what they are.
 */
final class CommandTemplate {
  private static final Pattern PLACE =
      Pattern.compile("\\{\\{([A-Za-z_][\\w.-]*)}}|\\{([A-Za-z_][\\w.-]*)}");
  private static final Set<String> OWN = Set.of("args", "index", "sweep_id", "task_dir");
  private static final Pattern VARIABLE = Pattern.compile("[^A-Za-z0-9_]");

  private final List<String> words;
  private final boolean shell;

  /** An argument vector (a list), or a line of shell (a text). */
  CommandTemplate(Object command) {
    shell = command instanceof String;
    words = new ArrayList<>();
    if (command instanceof List<?> list) {
      list.forEach(word -> words.add((String) word));
    } else {
      words.add((String) command);
    }
  }

  /** The variable that a parameter's value is in. */
  static String variable(String name) {
    return "HPC_PARAM_" + VARIABLE.matcher(name).replaceAll("_");
  }

  /**
   * Checks that each place has something to put in, and each variable one meaning.
   *
   * @throws InvalidConfiguration when there is none; the message lists what there is
   */
  void check(List<String> names, String source) {
    for (String word : words) {
      Matcher place = PLACE.matcher(word);
      while (place.find()) {
        String name = place.group(2);
        if (name != null && shell && isQuoted(word, place.start())) {
          throw new InvalidConfiguration(source + ": command: {" + name + "} stands within quotes,"
              + " and each value is quoted as it is put in: write it outside of them, or $"
              + variable(name) + " within double quotes");
        }
        if (name != null && !OWN.contains(name) && !names.contains(name)) {
          throw new InvalidConfiguration(source + ": command: there is no parameter {" + name
              + "}; there are: " + String.join(", ", names)
              + (names.isEmpty() ? "" : ", ") + "args, index, sweep_id, task_dir; write {{" + name
              + "}} for the word itself");
        }
      }
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (String name : names) {
      String other = variables.put(variable(name), name);
      if (other != null) {
        throw new InvalidConfiguration(source + ": parameters " + other + " and " + name
            + " would share the variable " + variable(name) + ": rename one of them");
      }
    }
  }

  /** Whether a place of a line is within quotes. */
  private static boolean isQuoted(String line, int place) {
    char open = 0;
    for (int i = 0; i < place; i++) {
      char c = line.charAt(i);
      if (c == '\\' && open != '\'') {
        i++;
      } else if (open == 0 && (c == '\'' || c == '"')) {
        open = c;
      } else if (c == open) {
        open = 0;
      }
    }
    return open != 0;
  }

  /** The words of one task. */
  List<String> words(Combination combination, String sweepId, String taskFolder) {
    if (shell) {
      String line = filled(words.get(0), combination, sweepId, taskFolder);
      return List.of("/bin/sh", "-c", line);
    }
    List<String> argv = new ArrayList<>();
    for (String word : words) {
      if (word.equals("{args}")) {
        argv.addAll(combination.words());
      } else {
        argv.add(filled(word, combination, sweepId, taskFolder));
      }
    }
    return argv;
  }

  private String filled(String word, Combination combination, String sweepId, String folder) {
    Matcher place = PLACE.matcher(word);
    StringBuilder text = new StringBuilder();
    while (place.find()) {
      String name = place.group(2);
      String with =
          name == null ? "{" + place.group(1) + "}" : value(name, combination, sweepId, folder);
      place.appendReplacement(text, Matcher.quoteReplacement(with));
    }
    return place.appendTail(text).toString();
  }

  /** In a line of shell each value is a quoted word of its own. */
  private String value(String name, Combination combination, String sweepId, String folder) {
    Value own = combination.params().get(name);
    if (own != null) {
      return shell ? Quoting.quote(own.text()) : own.text();
    }
    return switch (name) {
      case "args" ->
        shell ? Quoting.join(combination.words()) : String.join(" ", combination.words());
      case "index" -> Integer.toString(combination.index());
      case "sweep_id" -> sweepId;
      default -> shell ? Quoting.quote(folder) : folder;
    };
  }
}
