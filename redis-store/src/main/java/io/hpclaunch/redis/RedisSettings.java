// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import io.hpclaunch.core.store.StoreContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration's {@code store}.
 *
 * @param host the server's name or address
 * @param port its port
 * @param database its database
 * @param tls whether the connection is encrypted and the server's certificate checked
 * @param login who logs in, and with what
 * @param caFile certificates of those who may sign the server's, or null for Java's own
 * @param prefix what the names of all keys begin with
 * @param timeout for a connection
 */
record RedisSettings(
    String host,
    int port,
    int database,
    boolean tls,
    Login login,
    @Nullable Path caFile,
    String prefix,
    Duration timeout) {
  static final List<ConfigKey> KEYS = List.of(
      ConfigKey.of(
          "url",
          ConfigKey.Type.STRING,
          "redis://HOST:PORT/DATABASE, or rediss:// for TLS; without a password"),
      ConfigKey.of("user", ConfigKey.Type.STRING, "user of the server's ACL; default: its default"),
      ConfigKey.of("password_file", ConfigKey.Type.STRING, "file whose first line is the password"),
      ConfigKey.of(
          "password_env",
          ConfigKey.Type.STRING,
          "name of the environment variable that holds the password"),
      ConfigKey.of(
          "ca_file",
          ConfigKey.Type.STRING,
          "PEM file of certificates that may sign the server's; default: those that Java trusts"),
      ConfigKey.of(
          "key_prefix",
          ConfigKey.Type.STRING,
          "what the names of all keys begin with; clients with the same one share their jobs;"
              + " default: hpc-launch:USER"),
      ConfigKey.of(
          "connect_timeout",
          ConfigKey.Type.DURATION,
          "how long connecting may take; default: 5 s"));

  private static final int DEFAULT_PORT = 6379;
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final int LARGEST_PORT = 65535;

  /**
   * Reads the configuration.
   *
   * @throws InvalidConfiguration when a value cannot be used
   */
  static RedisSettings of(StoreContext context) {
    Settings settings = context.settings();
    String text = settings
        .string("url")
        .orElseThrow(() -> wrong(settings, "type", "redis needs store.url: redis://HOST:PORT/0"));
    URI url = url(settings, text);
    return new RedisSettings(
        url.getHost(),
        url.getPort() < 0 ? DEFAULT_PORT : url.getPort(),
        database(settings, url.getPath()),
        url.getScheme().equalsIgnoreCase("rediss"),
        login(context),
        path(context, "ca_file"),
        settings.string("key_prefix").orElse("hpc-launch:" + System.getProperty("user.name")),
        settings.duration("connect_timeout").orElse(DEFAULT_TIMEOUT));
  }

  /** What stands in it is not repeated: it may be a password. */
  private static URI url(Settings settings, String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw wrong(settings, "url", "is no URL: write redis://HOST:PORT/DATABASE");
    }
    if (url.getRawAuthority() != null && url.getRawAuthority().contains("@")) {
      throw wrong(
          settings,
          "url",
          "holds a user or a password: write user, and password_file or password_env, instead");
    }
    String scheme = String.valueOf(url.getScheme());
    if (!scheme.equalsIgnoreCase("redis") && !scheme.equalsIgnoreCase("rediss")) {
      throw wrong(settings, "url", "must begin with redis:// or rediss://");
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      throw wrong(
          settings,
          "url",
          "has something behind '?' or '#': write redis://HOST:PORT/DATABASE, and all else as keys"
              + " of store");
    }
    if (url.getHost() == null || url.getPort() == 0 || url.getPort() > LARGEST_PORT) {
      throw wrong(settings, "url", "names no host and port: write redis://HOST:PORT/DATABASE");
    }
    return url;
  }

  private static int database(Settings settings, @Nullable String path) {
    String number = path == null || path.length() < 2 ? "0" : path.substring(1);
    try {
      int database = Integer.parseInt(number);
      if (database >= 0) {
        return database;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw wrong(settings, "url", "the database is a number, from 0 on");
  }

  private static Login login(StoreContext context) {
    Settings settings = context.settings();
    String user = settings.string("user").orElse(null);
    Path file = path(context, "password_file");
    String variable = settings.string("password_env").orElse(null);
    if (file != null && variable != null) {
      throw wrong(settings, "password_env", "and password_file are set: one of them will do");
    }
    if (user != null && file == null && variable == null) {
      throw wrong(settings, "user", "needs a password: set password_file or password_env");
    }
    return new Login(user, file, variable, context.environment());
  }

  private static @Nullable Path path(StoreContext context, String key) {
    String text = context.settings().string(key).orElse(null);
    if (text == null) {
      return null;
    }
    try {
      return text.startsWith("~/")
          ? context.home().resolve(text.substring(2))
          : context.folder().resolve(text);
    } catch (InvalidPathException e) {
      throw wrong(context.settings(), key, "cannot be a path");
    }
  }

  private static InvalidConfiguration wrong(Settings settings, String key, String why) {
    return new InvalidConfiguration(
        settings.origin(key).orElse("store") + ": store." + key + " " + why);
  }

  /** The server, for messages. */
  String url() {
    String name = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    return (tls ? "rediss://" : "redis://") + name + ":" + port + "/" + database;
  }

  /** The same, but nothing of the login. */
  @Override
  public String toString() {
    return url() + " below " + prefix;
  }
}
