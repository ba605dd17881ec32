// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes a string of resources apart and decides whose language it is; behind
 * {@link Resources#parse}. The same short option may mean different things to PBS and to Slurm, so
 * that the whole string decides.
 */
final class ResourceWords {
  private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

  /** What to do about a wish that no field stands for. */
  static final String GIVE_NATIVE = "give it as a native option (--native)";

  private ResourceWords() {}

  /**
   * An option and its value.
   *
   * @param name such as {@code --mem} or {@code -l}; empty for a word without an option
   * @param value the value, or null where the line ends before it
   */
  record Option(String name, @Nullable String value) {
    /** The value, which must be there. */
    String needed() {
      if (value == null) {
        throw new InvalidJob(name + " needs a value");
      }
      return value;
    }

    /** The option as a user would name it. */
    String shown() {
      return name.isEmpty() ? String.valueOf(value) : name;
    }
  }

  static Resources parse(String text) {
    try {
      List<Option> options = options(ShellWords.split(text));
      return isPbs(options) ? PbsResources.read(options) : SlurmResources.read(options);
    } catch (InvalidJob e) {
      throw new InvalidJob("resources '" + text + "': " + e.getMessage(), e);
    }
  }

  private static List<Option> options(List<String> words) {
    List<Option> options = new ArrayList<>();
    Iterator<String> rest = words.iterator();
    while (rest.hasNext()) {
      String word = rest.next();
      int equals = word.indexOf('=');
      if (!word.startsWith("-")) {
        options.add(new Option("", word));
      } else if (word.startsWith("--") && equals > 0) {
        options.add(new Option(word.substring(0, equals), word.substring(equals + 1)));
      } else if (!word.startsWith("--") && word.length() > 2) {
        options.add(new Option(word.substring(0, 2), word.substring(2)));
      } else {
        boolean takesNext = !word.equals(SlurmResources.EXCLUSIVE) && rest.hasNext();
        options.add(new Option(word, takesNext ? rest.next() : null));
      }
    }
    if (options.isEmpty()) {
      throw new InvalidJob("there is none: write '--nodes=2 --mem=16G' or 'select=2:ncpus=8'");
    }
    return options;
  }

  private static boolean isPbs(List<Option> options) {
    String pbs = null;
    String slurm = null;
    boolean either = false;
    for (Option option : options) {
      switch (option.name()) {
        case "", "-l", "-P" -> pbs = option.shown();
        case "-A" -> {}
        case "-q" -> either = true;
        default -> slurm = SlurmResources.knows(option.name()) ? option.name() : slurm;
      }
    }
    if (pbs != null && slurm != null) {
      throw new InvalidJob(
          "'" + pbs + "' is PBS's and '" + slurm + "' is Slurm's: write all in one language");
    }
    if (either && pbs == null && slurm == null) {
      throw new InvalidJob(
          "'-q' is a queue to PBS and a qos to Slurm: write --partition, --qos, or add '-l …'");
    }
    return pbs != null;
  }

  static InvalidJob notKnown(Option option) {
    return new InvalidJob(
        "'" + option.shown() + "' is no resource that is known here: " + GIVE_NATIVE);
  }

  /** A whole number of at least 1. */
  static int count(String what, String value) {
    int number = countOrZero(what, value);
    if (number == 0) {
      throw new InvalidJob(what + " must be at least 1, not 0");
    }
    return number;
  }

  /** A whole number; where 0 says as much as to leave the option out. */
  static int countOrZero(String what, String value) {
    if (!COUNT.matcher(value).matches()) {
      throw new InvalidJob(what + " needs one whole number, not '" + value + "'");
    }
    return Integer.parseInt(value);
  }
}
