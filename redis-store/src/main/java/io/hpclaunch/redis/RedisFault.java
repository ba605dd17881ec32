// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** What went wrong with the server, in one line. */
final class RedisFault extends IOException {
  private static final long serialVersionUID = 1L;

  /** The server's words for what another moment may mend. */
  private static final Set<String> PASSING = Set.of(
      "LOADING", "MISCONF", "OOM", "BUSY", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN");

  private final boolean misconfigured;

  private RedisFault(String message, @Nullable Throwable cause, boolean misconfigured) {
    super(message, cause);
    this.misconfigured = misconfigured;
  }

  /** What only the user can put right, and no waiting. */
  static RedisFault misconfigured(String why) {
    return new RedisFault(why, null, true);
  }

  /** What may pass. */
  static RedisFault passing(String why) {
    return new RedisFault(why, null, false);
  }

  /** The same, with what it means for the caller. */
  RedisFault with(String consequence) {
    return new RedisFault(getMessage() + "; " + consequence, this, misconfigured);
  }

  /** The same, after what it keeps from being done. */
  RedisFault before(String failure) {
    return new RedisFault(failure + ": " + getMessage(), this, misconfigured);
  }

  /** Whether trying again later is of no use. */
  boolean isMisconfigured() {
    return misconfigured;
  }

  /**
   * Says what a fault of the client means.
   *
   * @param server where it happened
   * @param thrown what Jedis threw
   */
  static RedisFault of(RedisSettings server, Throwable thrown) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (each instanceof RedisFault told) {
        return told;
      }
    }
    JedisDataException answer = cause(thrown, JedisDataException.class);
    if (answer != null) {
      return answered(server, String.valueOf(answer.getMessage()), thrown);
    }
    SSLException tls = cause(thrown, SSLException.class);
    if (tls != null && server.tls()) {
      return untrusted(server, tls, thrown);
    }
    return unreached(server, thrown);
  }

  /** The server's own words; their first one says which it is. */
  private static RedisFault answered(RedisSettings server, String words, Throwable thrown) {
    int blank = words.indexOf(' ');
    String code = blank < 0 ? words : words.substring(0, blank);
    String remedy = switch (code) {
      case "NOAUTH" -> "it asks for a password: set store.password_file or store.password_env";
      case "WRONGPASS" ->
        "it refuses the user or the password: correct store.user, and the"
            + " password that store.password_file or store.password_env leads to";
      case "NOPERM" -> "its ACL does not let this user do that: docs/redis.md lists what is needed";
      case "READONLY" -> "it is a replica: name the primary in store.url";
      case "MISCONF", "OOM" -> "it takes nothing more in: " + words;
      case "LOADING" -> "it is still reading its data: try again in a moment";
      default -> null;
    };
    boolean passing = PASSING.contains(code) || words.contains("max number of clients");
    if (remedy == null && words.toLowerCase(Locale.ROOT).contains("db index")) {
      remedy = "it has no database " + server.database() + ": correct the number in store.url";
    }
    if (remedy == null && words.contains("AUTH")) {
      remedy = "it has no password, and one is configured: " + words;
    }
    return new RedisFault(
        "the job store " + server.url() + " refuses: " + (remedy == null ? words : remedy),
        thrown,
        !passing);
  }

  private static RedisFault untrusted(RedisSettings server, SSLException tls, Throwable thrown) {
    String words = String.valueOf(tls.getMessage());
    String why;
    if (cause(tls, CertificateExpiredException.class) != null) {
      why = "its certificate has expired";
    } else if (cause(tls, CertPathBuilderException.class) != null) {
      why = "nobody whom we trust has signed its certificate: name its CA in store.ca_file";
    } else if (words.contains("No subject alternative") || words.contains("No name matching")) {
      why = "its certificate is not for " + server.host() + " (" + oneLine(words) + ")";
    } else if (cause(tls, CertificateException.class) != null) {
      why = "its certificate is not accepted: " + oneLine(words);
    } else if (words.contains("Unsupported or unrecognized SSL message")) {
      why = "what listens there speaks no TLS: write redis://, or the port of rediss://";
    } else {
      why = "TLS cannot be agreed on: " + oneLine(words);
    }
    return new RedisFault("the job store " + server.url() + ": " + why, thrown, true);
  }

  private static RedisFault unreached(RedisSettings server, Throwable thrown) {
    String words = deepest(thrown);
    String store = "the job store " + server.url() + " ";
    if (words.contains("Unknown reply")) {
      return new RedisFault(
          store + "is no Redis: what listens there answers otherwise; correct store.url",
          thrown,
          true);
    }
    if (cause(thrown, UnknownHostException.class) != null) {
      return new RedisFault(
          store + "cannot be reached: nobody knows the host " + server.host(), thrown, false);
    }
    if (isTimeout(thrown)) {
      return new RedisFault(
          store + "does not answer in time: see that it runs, and that a Redis listens there"
              + (server.tls() ? " with TLS; a port without wants redis:// in store.url" : ""),
          thrown,
          false);
    }
    String hint = words.contains("Unexpected end of stream") || words.contains("Connection reset")
        ? "it ends the connection; one with TLS wants rediss:// in store.url"
        : oneLine(words);
    return new RedisFault(store + "cannot be reached: " + hint, thrown, false);
  }

  /** Whether nothing was heard: to ask again at once is of no use. */
  static boolean isTimeout(Throwable thrown) {
    return cause(thrown, SocketTimeoutException.class) != null;
  }

  private static String deepest(Throwable thrown) {
    Throwable at = thrown;
    while (at.getCause() != null && at.getCause() != at) {
      at = at.getCause();
    }
    if (at instanceof JedisConnectionException && at.getSuppressed().length > 0) {
      at = deepestOf(at.getSuppressed()[0]); // one for each address that was tried
    }
    return String.valueOf(at.getMessage());
  }

  private static Throwable deepestOf(Throwable thrown) {
    return thrown.getCause() == null ? thrown : thrown.getCause();
  }

  private static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> type) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return type.cast(each);
      }
      for (Throwable other : each.getSuppressed()) {
        if (type.isInstance(other)) {
          return type.cast(other);
        }
      }
    }
    return null;
  }

  private static String oneLine(String text) {
    return text.replace('\n', ' ').replace('\r', ' ').strip();
  }
}
