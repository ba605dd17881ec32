// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.launch;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.launch.Word;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@code hpc-launch}. Its own options stand in front of the first word that is
 * none of them; from there on everything belongs to the launcher or the program.
 */
final class LaunchArguments {
  private @Nullable String backend;
  private @Nullable String configFile;
  private @Nullable String profile;
  private final List<String> sets = new ArrayList<>();
  private boolean dryRun;
  private boolean debug;
  private boolean help;
  private boolean version;
  private final List<Word.User> words = new ArrayList<>();

  private LaunchArguments() {}

  /**
   * Reads a command line.
   *
   * @param args the words, as the shell gave them
   * @return what they say
   * @throws InvalidJob when an option of our own lacks its value
   */
  static LaunchArguments parse(String[] args) {
    LaunchArguments result = new LaunchArguments();
    int i = 0;
    while (i < args.length) {
      int used = result.option(args, i);
      if (used == 0) {
        break;
      }
      i += used;
    }
    for (; i < args.length; i++) {
      result.words.add(new Word.User(i + 1, args[i]));
    }
    return result;
  }

  /** Reads one option of our own, and returns how many words it took; 0 when it is none. */
  private int option(String[] args, int at) {
    String word = args[at];
    switch (word) {
      case "--dry-run" -> dryRun = true;
      case "--debug" -> debug = true;
      case "--help", "-h" -> help = true;
      case "--version" -> version = true;
      default -> {
        return optionWithValue(args, at);
      }
    }
    return 1;
  }

  private int optionWithValue(String[] args, int at) {
    String word = args[at];
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    switch (name) {
      case "--backend", "--config-file", "--profile", "--set" -> {}
      default -> {
        return 0;
      }
    }
    if (equals < 0 && at + 1 == args.length) {
      throw new InvalidJob(name + " needs a value; see hpc-launch --help");
    }
    String value = equals < 0 ? args[at + 1] : word.substring(equals + 1);
    if (value.isEmpty()) {
      throw new InvalidJob(name + " has an empty value; see hpc-launch --help");
    }
    switch (name) {
      case "--backend" -> backend = value;
      case "--config-file" -> configFile = value;
      case "--profile" -> profile = value;
      default -> sets.add(value);
    }
    return equals < 0 ? 2 : 1;
  }

  @Nullable String backend() {
    return backend;
  }

  @Nullable String configFile() {
    return configFile;
  }

  @Nullable String profile() {
    return profile;
  }

  List<String> sets() {
    return sets;
  }

  boolean dryRun() {
    return dryRun;
  }

  boolean debug() {
    return debug;
  }

  boolean help() {
    return help;
  }

  boolean version() {
    return version;
  }

  List<Word.User> words() {
    return words;
  }
}
