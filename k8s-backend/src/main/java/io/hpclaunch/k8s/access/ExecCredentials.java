// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.k8s.access.Cluster.Credentials;
import io.hpclaunch.k8s.access.ExecPlugin.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a plugin gave, kept until shortly before it expires or until the server refuses it. */
final class ExecCredentials implements Credentials {
  /** A request takes its time to arrive, and clocks differ. */
  private static final Duration EARLY = Duration.ofSeconds(30);

  /** Of what lives shortly, this part of its life is left instead. */
  private static final int PART = 10;

  private final ExecPlugin plugin;
  private final InstantSource clock;
  private @Nullable Answer present;
  private Instant renewal = Instant.MAX;

  /** Outlives a refusal: a handshake cannot wait for the plugin. */
  private volatile @Nullable Identity identity;

  ExecCredentials(ExecPlugin plugin, InstantSource clock) {
    this.plugin = plugin;
    this.clock = clock;
  }

  @Override
  public synchronized Optional<String> authorization() {
    Answer answer = present;
    Instant now = clock.instant();
    if (answer == null || !now.isBefore(renewal)) {
      answer = plugin.ask();
      present = answer;
      renewal = renewal(answer.expires(), now);
      identity = answer.identity();
    }
    return Optional.ofNullable(answer.authorization());
  }

  private static Instant renewal(@Nullable Instant expires, Instant now) {
    if (expires == null) {
      return Instant.MAX;
    }
    Duration part = Duration.between(now, expires).dividedBy(PART);
    return expires.minus(part.compareTo(EARLY) < 0 ? part : EARLY);
  }

  @Override
  public synchronized void refused() {
    present = null;
  }

  /** The certificate of the last answer; null before the first, or where it has none. */
  @Nullable Identity identity() {
    return identity;
  }
}
