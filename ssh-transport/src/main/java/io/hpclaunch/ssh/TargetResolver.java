// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.InvalidConfiguration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Target} of what an entry says and, where it says nothing, of OpenSSH's
 * configuration. A host to go through is looked up like any other; what the entry says of keys and
 * of known hosts holds for it too.
 */
final class TargetResolver {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration KEEPALIVE = Duration.ofSeconds(30);
  private static final int KEEPALIVE_MOST = 3;
  private static final int MOST_JUMPS = 8;
  private static final List<String> DEFAULT_IDENTITIES =
      List.of("id_rsa", "id_ecdsa", "id_ed25519");

  private final Surroundings surroundings;

  TargetResolver(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Resolves.
   *
   * @throws InvalidConfiguration when a key that was named is not there, or a value makes no sense
   */
  Target resolve(SshSettings settings) {
    return resolve(settings, 0);
  }

  private Target resolve(SshSettings settings, int depth) {
    SshConfig config = SshConfig.read(surroundings, settings.host(), settings.user());
    String hostName = config
        .word("hostname")
        .map(name -> name.replace("%h", settings.host()).replace("%%", "%"))
        .orElse(settings.host());
    String user =
        settings.user() != null ? settings.user() : config.word("user").orElse(surroundings.user());
    int port = settings.port() != null ? settings.port() : port(settings, config);
    Words words = new Words(settings.host(), hostName, user, port, config);
    // A host to go through may have a key of its own.
    boolean hasOwn = depth > 0 && !config.words("identityfile").isEmpty();
    String key = hasOwn ? null : settings.keyPath();
    List<Path> identities = key != null
        ? List.of(existing(words.path(key), settings.origin("key_path") + "key_path"))
        : identities(settings, config, words);
    return new Target(
        settings.host(),
        hostName,
        port,
        user,
        config.word("hostkeyalias").orElse(null),
        identities,
        key != null || !config.words("identityfile").isEmpty(),
        key != null || isYes(config, "identitiesonly"),
        agent(config, words),
        knownHosts(settings, config, words),
        settings.connectTimeout() != null
            ? positive(settings)
            : seconds(settings, config, "connecttimeout").orElse(CONNECT_TIMEOUT),
        settings.keepalive() != null
            ? settings.keepalive()
            : seconds(settings, config, "serveraliveinterval").orElse(KEEPALIVE),
        number(settings, config, "serveralivecountmax").orElse(KEEPALIVE_MOST),
        settings.acceptNew() != null
            ? settings.acceptNew()
            : config.word("stricthostkeychecking").filter("accept-new"::equals).isPresent(),
        jumps(settings, config, words, depth));
  }

  private static Duration positive(SshSettings settings) {
    Duration timeout = settings.connectTimeout();
    if (timeout == null || timeout.isZero() || timeout.isNegative()) {
      throw new InvalidConfiguration(settings.origin("connect_timeout")
          + "transport ssh: connect_timeout must be more than zero");
    }
    return timeout;
  }

  private static int port(SshSettings settings, SshConfig config) {
    return number(settings, config, "port").orElse(Target.DEFAULT_PORT);
  }

  private static Optional<Integer> number(SshSettings settings, SshConfig config, String keyword) {
    return config.word(keyword).map(text -> {
      try {
        return Integer.valueOf(text);
      } catch (NumberFormatException e) {
        throw new InvalidConfiguration("~/.ssh/config: " + keyword + " of " + settings.host()
            + " must be a number, and is '" + text + "'");
      }
    });
  }

  /** Zero is OpenSSH's word for the default. */
  private static Optional<Duration> seconds(
      SshSettings settings, SshConfig config, String keyword) {
    return number(settings, config, keyword).filter(n -> n > 0).map(Duration::ofSeconds);
  }

  private static boolean isYes(SshConfig config, String keyword) {
    return config.word(keyword).filter("yes"::equalsIgnoreCase).isPresent();
  }

  private List<Path> identities(SshSettings settings, SshConfig config, Words words) {
    List<String> named = config.words("identityfile");
    List<Path> found = new ArrayList<>();
    for (String text : named) {
      if (!text.equalsIgnoreCase("none")) {
        // A public key alone says which of the agent's keys is meant.
        Path path = words.path(text);
        if (!Files.exists(path) && !Files.exists(KeyFile.publicKeyOf(path))) {
          existing(path, "~/.ssh/config: IdentityFile of " + settings.host());
        }
        found.add(path);
      }
    }
    if (named.isEmpty()) {
      for (String name : DEFAULT_IDENTITIES) {
        Path path = surroundings.folder().resolve(name);
        if (Files.exists(path)) {
          found.add(path);
        }
      }
    }
    return found;
  }

  private static Path existing(Path path, String who) {
    if (!Files.isRegularFile(path)) {
      throw new InvalidConfiguration(who + ": there is no key " + path
          + ": name an existing one, or make one with ssh-keygen");
    }
    return path;
  }

  private @Nullable Path agent(SshConfig config, Words words) {
    String configured = config.word("identityagent").orElse("SSH_AUTH_SOCK");
    if (configured.equalsIgnoreCase("none")) {
      return null;
    }
    String variable = configured.equals("SSH_AUTH_SOCK")
        ? configured
        : configured.startsWith("$") ? configured.replaceAll("[${}]", "") : null;
    if (variable == null) {
      return words.path(configured);
    }
    String socket = surroundings.environment().getOrDefault(variable, "");
    return socket.isEmpty() ? null : Path.of(socket);
  }

  private List<Path> knownHosts(SshSettings settings, SshConfig config, Words words) {
    List<Path> files = new ArrayList<>();
    if (settings.knownHosts() != null) {
      files.add(words.path(settings.knownHosts()));
    } else if (!config.words("userknownhostsfile").isEmpty()) {
      config.words("userknownhostsfile").forEach(text -> files.add(words.path(text)));
    } else {
      files.add(surroundings.folder().resolve("known_hosts"));
      files.add(surroundings.folder().resolve("known_hosts2"));
    }
    if (config.words("globalknownhostsfile").isEmpty()) {
      files.add(surroundings.systemKnownHosts());
    } else {
      config.words("globalknownhostsfile").forEach(text -> files.add(words.path(text)));
    }
    return files;
  }

  /** The way to the first of them is its own; the others are reached through those before. */
  private List<Target> jumps(SshSettings settings, SshConfig config, Words words, int depth) {
    String text = settings.proxyJump();
    if (text == null) {
      text = config.word("proxyjump").map(words::expand).orElse("none");
      String command = String.join(" ", config.words("proxycommand"));
      if (text.equalsIgnoreCase("none")
          && !command.isEmpty()
          && !command.equalsIgnoreCase("none")) {
        throw new InvalidConfiguration("~/.ssh/config: ProxyCommand of " + settings.host()
            + " is not supported: use ProxyJump, or proxy_jump in the entry's transport");
      }
    }
    if (text.isBlank() || text.equalsIgnoreCase("none")) {
      return List.of();
    }
    List<Target> all = new ArrayList<>();
    for (String hop : text.split(",", -1)) {
      if (depth >= MOST_JUMPS) {
        throw new InvalidConfiguration(settings.origin("host") + "the way to " + settings.host()
            + " leads through more than " + MOST_JUMPS + " hosts: does a ProxyJump lead back?");
      }
      Target target = resolve(jump(hop.strip(), settings, all.isEmpty()), depth + 1);
      all.addAll(target.jumps());
      all.add(target);
    }
    return all;
  }

  /** {@code [user@]host[:port]}, or the same as {@code ssh://}. */
  private static SshSettings jump(String text, SshSettings of, boolean first) {
    String rest = text.toLowerCase(Locale.ROOT).startsWith("ssh://") ? text.substring(6) : text;
    int at = rest.lastIndexOf('@');
    String user = at < 0 ? null : rest.substring(0, at);
    String host = rest.substring(at + 1);
    Integer port = null;
    int colon = host.lastIndexOf(':');
    boolean address = host.indexOf(':') != colon && !host.startsWith("[");
    if (colon > host.lastIndexOf(']') && !address) {
      port = portOf(host.substring(colon + 1), text, of);
      host = host.substring(0, colon);
    }
    host = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    if (host.isEmpty() || (user != null && user.isEmpty())) {
      throw badJump(text, of);
    }
    return new SshSettings(
        host,
        user,
        port,
        of.keyPath(),
        first ? null : "none",
        of.knownHosts(),
        of.connectTimeout(),
        of.keepalive(),
        of.acceptNew(),
        of.origins());
  }

  private static Integer portOf(String digits, String text, SshSettings of) {
    try {
      int port = Integer.parseInt(digits);
      if (port > 0 && port < 1 << 16) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw badJump(text, of);
  }

  private static InvalidConfiguration badJump(String text, SshSettings of) {
    return new InvalidConfiguration(
        of.origin("proxy_jump") + "transport ssh: the host to go through must be"
            + " [user@]host[:port], and is '" + text + "'");
  }

  /** Percent signs, {@code ~} and {@code ${VARIABLE}} in paths: ssh_config(5), TOKENS. */
  private final class Words {
    private final Map<Character, String> tokens;

    Words(String host, String hostName, String user, int port, SshConfig config) {
      tokens = Map.of(
          '%',
          "%",
          'd',
          surroundings.home().toString(),
          'h',
          hostName,
          'k',
          config.word("hostkeyalias").orElse(host),
          'n',
          host,
          'p',
          String.valueOf(port),
          'r',
          user,
          'u',
          surroundings.user());
    }

    private @Nullable String token(char letter) {
      return switch (letter) {
        case 'l' -> localHost();
        case 'L' -> localHost().replaceFirst("\\..*", "");
        default -> tokens.get(letter);
      };
    }

    Path path(String text) {
      String expanded = expand(text);
      if (expanded.equals("~")) {
        return surroundings.home();
      }
      return expanded.startsWith("~/")
          ? surroundings.home().resolve(expanded.substring(2))
          : surroundings.home().resolve(expanded);
    }

    String expand(String text) {
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '%' && i + 1 < text.length()) {
          String value = token(text.charAt(++i));
          if (value == null) {
            throw new InvalidConfiguration(
                "~/.ssh/config: %" + text.charAt(i) + " in '" + text + "' is not supported");
          }
          out.append(value);
        } else if (text.startsWith("${", i) && text.indexOf('}', i) > 0) {
          int end = text.indexOf('}', i);
          out.append(variable(text.substring(i + 2, end), text));
          i = end;
        } else {
          out.append(c);
        }
      }
      return out.toString();
    }

    private String variable(String name, String text) {
      String value = surroundings.environment().get(name);
      if (value == null) {
        throw new InvalidConfiguration(
            "~/.ssh/config: the variable " + name + " in '" + text + "' is not set");
      }
      return value;
    }
  }

  private static String localHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
