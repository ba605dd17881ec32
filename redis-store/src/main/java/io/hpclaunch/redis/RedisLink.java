// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisCredentials;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * The way to the server: a few connections, made when they are needed. All that is asked may be
 * asked twice, since an answer that was lost is asked for again. Safe for use by several threads.
 */
final class RedisLink implements AutoCloseable {
  /** What this program writes; docs/redis.md describes it. */
  private static final String VERSION = "1";

  private static final int MOST_CONNECTIONS = 8;
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** Many jobs are not to wait for a server that is away one after the other. */
  private static final Duration AWAY = Duration.ofMillis(500);

  private static final Duration FRESH = Duration.ofSeconds(1);

  private final RedisSettings settings;
  private final Keys keys;
  private @Nullable ConnectionPool pool;
  private boolean closed;
  private volatile boolean known;
  private volatile @Nullable Outage outage;
  private volatile long lastAnswer = System.nanoTime() - FRESH.toNanos();

  private record Outage(RedisFault fault, long since) {}

  RedisLink(RedisSettings settings) {
    this.settings = settings;
    this.keys = new Keys(settings.prefix());
  }

  RedisSettings settings() {
    return settings;
  }

  Keys keys() {
    return keys;
  }

  /**
   * Looks whether the server is there, also where it was away a moment ago.
   *
   * @throws RedisFault when it is not
   */
  void check() throws RedisFault {
    if (outage != null || System.nanoTime() - lastAnswer > FRESH.toNanos()) {
      outage = null;
      ask(Command.PING);
    }
  }

  /**
   * Asks the server.
   *
   * @param command what
   * @param arguments texts, numbers or bytes
   * @return bytes, a number, a list of them, or null
   * @throws RedisFault when it is not there, or refuses
   */
  @Nullable Object ask(Command command, Object... arguments) throws RedisFault {
    CommandArguments all = new CommandArguments(command);
    for (Object each : arguments) {
      all.add(bytes(each));
    }
    return asked(connection -> connection.executeCommand(all));
  }

  /**
   * Has the server do several things in one step.
   *
   * @param script what
   * @param keys the keys that it works on
   * @param arguments texts, numbers or bytes
   * @return as {@link #ask}
   * @throws RedisFault when the server is not there, or refuses
   */
  @Nullable Object run(Script script, List<String> keys, List<?> arguments) throws RedisFault {
    List<byte[]> words = new ArrayList<>();
    words.add(bytes(keys.size()));
    keys.forEach(key -> words.add(bytes(key)));
    arguments.forEach(each -> words.add(bytes(each)));
    return asked(connection -> {
      try {
        return connection.executeCommand(command(Command.EVALSHA, script.digest(), words));
      } catch (JedisNoScriptException e) {
        return connection.executeCommand(command(Command.EVAL, script.text(), words));
      }
    });
  }

  private static CommandArguments command(Command command, String first, List<byte[]> rest) {
    CommandArguments all = new CommandArguments(command).add(bytes(first));
    rest.forEach(all::add);
    return all;
  }

  private static byte[] bytes(Object value) {
    return value instanceof byte[] raw ? raw : RawBytes.encode(value.toString());
  }

  /** A text of the server's. */
  static String text(@Nullable Object bytes) {
    return bytes instanceof byte[] raw ? RawBytes.decode(raw) : String.valueOf(bytes);
  }

  /** Texts of the server's. */
  static List<String> texts(@Nullable Object list) {
    List<String> texts = new ArrayList<>();
    if (list instanceof List<?> all) {
      all.forEach(each -> texts.add(text(each)));
    }
    return texts;
  }

  private interface Question {
    @Nullable Object ask(Connection connection);
  }

  private @Nullable Object asked(Question question) throws RedisFault {
    Outage before = outage;
    if (before != null && System.nanoTime() - before.since() < AWAY.toNanos()) {
      throw before.fault();
    }
    try {
      Object answer = twice(question);
      outage = null;
      lastAnswer = System.nanoTime();
      return answer;
    } catch (JedisException | IllegalStateException e) {
      RedisFault fault = RedisFault.of(settings, e);
      if (!fault.isMisconfigured()) {
        outage = new Outage(fault, System.nanoTime());
      }
      throw fault;
    }
  }

  /** A connection that was kept may be one to a server that was started anew since. */
  private @Nullable Object twice(Question question) throws RedisFault {
    ConnectionPool connections = pool();
    try {
      return once(connections, question);
    } catch (JedisConnectionException e) {
      connections.clear();
      if (RedisFault.isTimeout(e)) {
        throw e;
      }
      return once(connections, question);
    }
  }

  private @Nullable Object once(ConnectionPool connections, Question question) throws RedisFault {
    try (Connection connection = connections.getResource()) {
      if (!known) {
        checkVersion(connection);
        known = true;
      }
      return question.ask(connection);
    }
  }

  private void checkVersion(Connection connection) throws RedisFault {
    byte[] key = bytes(keys.version());
    Object stored = connection.executeCommand(new CommandArguments(Command.GET).add(key));
    if (stored == null) {
      connection.executeCommand(new CommandArguments(Command.SETNX).add(key).add(bytes(VERSION)));
    } else if (!text(stored).equals(VERSION)) {
      throw RedisFault.misconfigured("the job store " + settings + " is of version "
          + text(stored) + ", and this program knows version " + VERSION
          + ": take a newer program, or another store.key_prefix");
    }
  }

  private synchronized ConnectionPool pool() throws RedisFault {
    if (closed) {
      throw RedisFault.passing("the job store " + settings.url() + " was closed");
    }
    ConnectionPool connections = pool;
    if (connections == null) {
      GenericObjectPoolConfig<Connection> few = new GenericObjectPoolConfig<>();
      few.setMaxTotal(MOST_CONNECTIONS);
      few.setMaxIdle(MOST_CONNECTIONS);
      few.setMaxWait(ANSWER);
      few.setJmxEnabled(false);
      connections =
          new ConnectionPool(new HostAndPort(settings.host(), settings.port()), client(), few);
      pool = connections;
    }
    return connections;
  }

  private DefaultJedisClientConfig client() throws RedisFault {
    DefaultJedisClientConfig.Builder client = DefaultJedisClientConfig.builder()
        .resp2()
        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
        .connectionTimeoutMillis((int) settings.timeout().toMillis())
        .socketTimeoutMillis((int) ANSWER.toMillis())
        .database(settings.database());
    if (settings.login().hasPassword()) {
      client.credentialsProvider(this::credentials);
    }
    if (settings.tls()) {
      client.sslOptions(Tls.options(settings.caFile()));
    }
    return client.build();
  }

  private RedisCredentials credentials() {
    try {
      return new DefaultRedisCredentials(
          settings.login().user(), settings.login().password());
    } catch (IOException e) {
      throw new JedisException(e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (pool != null) {
      pool.close();
      pool = null;
    }
  }
}
