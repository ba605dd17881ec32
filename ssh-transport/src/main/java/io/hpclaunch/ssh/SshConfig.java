// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What OpenSSH's client configuration says of one host: ssh_config(5). Of each keyword the first
 * value counts, but for {@code IdentityFile} and {@code CertificateFile}, which add up.
 */
final class SshConfig {
  private static final Logger log = LoggerFactory.getLogger(SshConfig.class);
  private static final int DEEPEST = 16;
  private static final Set<String> ADDING = Set.of("identityfile", "certificatefile");

  private final Surroundings surroundings;
  private final String host;
  private final @Nullable String user;
  private final Map<String, List<String>> values = new HashMap<>();

  private SshConfig(Surroundings surroundings, String host, @Nullable String user) {
    this.surroundings = surroundings;
    this.host = host;
    this.user = user;
  }

  /**
   * Reads the user's file and the system's; there need not be any.
   *
   * @param host as the user calls it
   * @param user as the user has said, or null
   * @throws InvalidConfiguration for what cannot be read or understood; it names file and line
   */
  static SshConfig read(Surroundings surroundings, String host, @Nullable String user) {
    SshConfig config = new SshConfig(surroundings, host, user);
    config.file(surroundings.folder().resolve("config"), true, 0);
    config.file(surroundings.systemConfig(), true, 0);
    return config;
  }

  /** The value of a keyword, in lower case, that takes one word. */
  Optional<String> word(String keyword) {
    return words(keyword).stream().findFirst();
  }

  /** All words of a keyword in lower case. */
  List<String> words(String keyword) {
    return values.getOrDefault(keyword, List.of());
  }

  private void file(Path file, boolean active, int depth) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    if (depth > DEEPEST) {
      throw new InvalidConfiguration(file + ": Include more than " + DEEPEST + " levels deep");
    }
    List<String> lines;
    try {
      lines =
          new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new InvalidConfiguration(file + " cannot be read: " + e.getMessage(), e);
    }
    boolean applies = active;
    for (int i = 0; i < lines.size(); i++) {
      List<String> words = split(lines.get(i), file, i + 1);
      if (words.isEmpty()) {
        continue;
      }
      String keyword = words.get(0).toLowerCase(Locale.ROOT);
      List<String> rest = words.subList(1, words.size());
      switch (keyword) {
        case "host" -> applies = active && matches(rest, host);
        case "match" -> applies = active && matchBlock(rest, file, i + 1);
        case "include" -> include(rest, applies, file, depth);
        default -> {
          if (applies) {
            set(keyword, rest);
          }
        }
      }
    }
  }

  private void set(String keyword, List<String> words) {
    if (ADDING.contains(keyword)) {
      values.computeIfAbsent(keyword, key -> new ArrayList<>()).addAll(words);
    } else {
      values.putIfAbsent(keyword, List.copyOf(words));
    }
  }

  /** Relative to the user's or the system's folder; patterns in the last part of a path. */
  private void include(List<String> paths, boolean active, Path from, int depth) {
    for (String text : paths) {
      Path base = from.startsWith(surroundings.home())
          ? surroundings.folder()
          : surroundings.systemConfig().toAbsolutePath().getParent();
      Path path = text.startsWith("~/")
          ? surroundings.home().resolve(text.substring(2))
          : base == null ? Path.of(text) : base.resolve(text);
      for (Path file : glob(path)) {
        file(file, active, depth + 1);
      }
    }
  }

  private static Iterable<Path> glob(Path path) {
    Path folder = path.getParent();
    Path name = path.getFileName();
    if (folder == null || name == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, name.toString())) {
      Set<Path> sorted = new TreeSet<>();
      found.forEach(sorted::add);
      return sorted;
    } catch (IOException e) {
      throw new InvalidConfiguration(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** What cannot be decided here does not match; the log tells. */
  private boolean matchBlock(List<String> words, Path file, int line) {
    for (int i = 0; i < words.size(); i++) {
      String criterion = words.get(i).toLowerCase(Locale.ROOT);
      boolean negated = criterion.startsWith("!");
      String name = negated ? criterion.substring(1) : criterion;
      if (name.equals("all")) {
        continue;
      }
      if (name.equals("final") || name.equals("canonical")) {
        return false;
      }
      String argument = i + 1 < words.size() ? words.get(++i) : "";
      String subject = subject(name);
      if (subject == null) {
        log.warn("{}:{}: Match {} is not supported: its lines are passed over", file, line, name);
        return false;
      }
      if (matches(List.of(argument), subject) == negated) {
        return false;
      }
    }
    return !words.isEmpty();
  }

  private @Nullable String subject(String criterion) {
    return switch (criterion) {
      case "host" -> word("hostname").map(name -> name.replace("%h", host)).orElse(host);
      case "originalhost" -> host;
      case "user" -> user != null ? user : word("user").orElse(surroundings.user());
      case "localuser" -> surroundings.user();
      default -> null;
    };
  }

  /** Patterns match when one does and none with an exclamation mark in front does. */
  private static boolean matches(List<String> patterns, String text) {
    boolean found = false;
    for (String word : patterns) {
      for (String pattern : word.split(",", -1)) {
        boolean negated = pattern.startsWith("!");
        if (wildcard(negated ? pattern.substring(1) : pattern, text)) {
          if (negated) {
            return false;
          }
          found = true;
        }
      }
    }
    return found;
  }

  /** {@code *} for any characters, {@code ?} for one. Names of hosts have no case. */
  private static boolean wildcard(String pattern, String text) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE)
        .matcher(text)
        .matches();
  }

  /** Keyword and words: {@code Keyword word "two words"}, or {@code Keyword=word}. */
  private static List<String> split(String line, Path file, int number) {
    List<String> words = new ArrayList<>();
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i);
      boolean separator = Character.isWhitespace(c) || (c == '=' && words.size() == 1);
      if (separator) {
        i++;
      } else if (c == '#') {
        break;
      } else if (c == '"') {
        int end = line.indexOf('"', i + 1);
        if (end < 0) {
          throw new InvalidConfiguration(file + ":" + number + ": a quote is not closed: " + line);
        }
        words.add(line.substring(i + 1, end));
        i = end + 1;
      } else {
        int end = i;
        while (end < line.length()
            && !Character.isWhitespace(line.charAt(end))
            && (line.charAt(end) != '=' || !words.isEmpty())) {
          end++;
        }
        words.add(line.substring(i, end));
        i = end;
      }
    }
    return words;
  }
}
