// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An entry's {@code transport}. What is null is left to {@code ~/.ssh/config}.
 *
 * @param host a name, an address, or a {@code Host} of {@code ~/.ssh/config}
 * @param keyPath a private key, as written
 * @param proxyJump hosts to go through, as {@code ProxyJump} has them
 * @param knownHosts a file, as written
 * @param origins where a key stands, for messages; empty or followed by a colon
 */
record SshSettings(
    String host,
    @Nullable String user,
    @Nullable Integer port,
    @Nullable String keyPath,
    @Nullable String proxyJump,
    @Nullable String knownHosts,
    @Nullable Duration connectTimeout,
    @Nullable Duration keepalive,
    @Nullable Boolean acceptNew,
    UnaryOperator<String> origins) {
  private static final int LAST_PORT = 65535;

  static final List<ConfigKey> KEYS = List.of(
      ConfigKey.of(
          "host",
          ConfigKey.Type.STRING,
          "name or address of the host, or a Host of ~/.ssh/config; required"),
      ConfigKey.of(
          "user", ConfigKey.Type.STRING, "user there; default: ~/.ssh/config, else the user here"),
      ConfigKey.of(
          "port", ConfigKey.Type.INTEGER, "port of its sshd; default: ~/.ssh/config, else 22"),
      ConfigKey.of(
          "key_path",
          ConfigKey.Type.STRING,
          "private key, the only one that is tried; default: ~/.ssh/config, an agent's keys,"
              + " ~/.ssh/id_*"),
      ConfigKey.of(
          "proxy_jump",
          ConfigKey.Type.STRING,
          "hosts to go through, as [user@]host[:port], separated by commas; none for no host;"
              + " default: ~/.ssh/config"),
      ConfigKey.of(
          "known_hosts",
          ConfigKey.Type.STRING,
          "file with the hosts' public keys; default: ~/.ssh/config, else ~/.ssh/known_hosts"),
      ConfigKey.of(
          "connect_timeout",
          ConfigKey.Type.DURATION,
          "how long connecting to a host may take, login included; default: ~/.ssh/config, else"
              + " 30 seconds"),
      ConfigKey.of(
          "keepalive",
          ConfigKey.Type.NUMBER,
          "every how many seconds the host is asked whether it is still there, three times"
              + " unanswered being the end; 0 for never; default: ~/.ssh/config, else 30"),
      ConfigKey.of(
          "accept_new",
          ConfigKey.Type.BOOLEAN,
          "believe a host that is not in known_hosts, and write it down there; default: false"));

  static SshSettings of(Settings settings) {
    String host = settings
        .string("host")
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> new InvalidConfiguration(
            origin(settings, "type") + "transport ssh: host is missing: set it to the name of the"
                + " host, or to a Host of ~/.ssh/config"));
    if (host.indexOf('@') >= 0 || host.startsWith("-")) {
      throw new InvalidConfiguration(origin(settings, "host") + "transport ssh: '" + host
          + "' is no host: the user's name goes into user");
    }
    Integer port = settings.integer("port").orElse(null);
    if (port != null && (port < 1 || port > LAST_PORT)) {
      throw new InvalidConfiguration(
          origin(settings, "port") + "transport ssh: port is 1 to 65535, and is " + port);
    }
    return new SshSettings(
        host,
        settings.string("user").orElse(null),
        port,
        settings.string("key_path").orElse(null),
        settings.string("proxy_jump").orElse(null),
        settings.string("known_hosts").orElse(null),
        settings.duration("connect_timeout").orElse(null),
        keepalive(settings),
        settings.bool("accept_new").orElse(null),
        key -> origin(settings, key));
  }

  /** Where a key stands, as the beginning of a message. */
  String origin(String key) {
    return origins.apply(key);
  }

  private static @Nullable Duration keepalive(Settings settings) {
    Double seconds = settings.number("keepalive").orElse(null);
    if (seconds == null) {
      return null;
    }
    if (seconds < 0 || seconds > Duration.ofDays(1).toSeconds()) {
      throw new InvalidConfiguration(origin(settings, "keepalive")
          + "transport ssh: keepalive is seconds, at most a day's, and is " + seconds);
    }
    return Duration.ofMillis((long) (seconds * 1000));
  }

  private static String origin(Settings settings, String key) {
    return settings.origin(key).map(text -> text + ": ").orElse("");
  }
}
