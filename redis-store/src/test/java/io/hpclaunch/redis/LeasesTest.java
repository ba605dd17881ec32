// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.Journal;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.JournalEntry.Kind;
import io.hpclaunch.core.store.StateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Who counts as gone, and what becomes of one that was not. */
@Timeout(120)
class LeasesTest {
  private static final Instant NOW = Instant.parse("2025-11-21T10:00:00Z");
  private static final Duration SHORT = Duration.ofSeconds(5);
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir
  static Path folder;

  private static RedisServer server;
  private final String prefix = "test:" + UUID.randomUUID();
  private final StateStore first = open(LONG);
  private final StateStore second = open(LONG);

  @BeforeAll
  static void start() throws Exception {
    server = RedisServer.start(folder);
  }

  @AfterAll
  static void end() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private StateStore open(Duration lease) {
    return open(server.port(), lease);
  }

  private StateStore open(int port, Duration lease) {
    Map<String, Object> store = server.store(prefix);
    store.put("url", "redis://127.0.0.1:" + port + "/0");
    return new RedisStateStore(
        RedisServer.settings(store, Map.of()), false, Clock.systemUTC(), lease);
  }

  @Test
  void aClientThatLivesKeepsItsJournalLongerThanALease() throws Exception {
    try (StateStore lively = open(SHORT)) {
      Journal journal = lively.journals().open();
      journal.append(intent(1));
      Instant later = Instant.now().plus(SHORT.multipliedBy(3).dividedBy(2));
      while (Instant.now().isBefore(later)) {
        assertThat(second.journals().abandoned()).isEmpty();
      }
      assertThat(second.journals().takeOver(any -> true)).isEmpty();
    }
  }

  /** A renewal that is lost is waited for ten seconds long. */
  @Test
  void oneRenewalThatIsLostCostsNoLease() throws Exception {
    try (Relay relay = Relay.to(server.port());
        StateStore lively = open(relay.port(), Duration.ofSeconds(15));
        Jedis jedis = server.jedis()) {
      lively.journals().open().append(intent(1));
      relay.lose();
      await()
          .during(Duration.ofSeconds(18))
          .atMost(Duration.ofSeconds(19))
          .until(() -> !jedis.keys(prefix + ":lease:*").isEmpty());
    }
  }

  @Test
  void whatWasTakenOverASilentClientItCanDoNothingAboutAnyMore() throws Exception {
    Journal journal = first.journals().open();
    journal.append(intent(1));
    journal.append(intent(2));
    journal.append(outcome(2, Kind.HELD));
    silence();
    List<Journal> taken = second.journals().takeOver(any -> true);
    assertThat(taken).hasSize(1);
    assertThat(taken.get(0).openIntents()).hasSize(2);
    assertThatThrownBy(() -> journal.append(intent(2)))
        .as("it must not submit what it held")
        .isInstanceOf(IOException.class)
        .hasMessageContaining("taken over by another client");
    assertThatThrownBy(() -> journal.append(outcome(1, Kind.UNKNOWN)))
        .isInstanceOf(IOException.class);
    assertThat(journal.openIntents()).isEmpty();
    journal.append(intent(3));
    assertThat(second.journals().takeOver(any -> true)).as("it lives again").isEmpty();
    taken.get(0).append(outcome(2, Kind.REJECTED));
  }

  @Test
  void eachTakesOverWhatItCanSettle() throws Exception {
    Journal journal = first.journals().open();
    journal.append(intent(1));
    journal.append(intent(2));
    silence();
    List<Journal> taken = second.journals().takeOver(intent -> intent.token().equals(token(2)));
    assertThat(taken.get(0).openIntents())
        .extracting(open -> open.intent().token())
        .containsExactly(token(2));
    assertThat(second.journals().abandoned())
        .extracting(JournalEntry.Intent::token)
        .containsExactly(token(1));
  }

  /** As after a pause of the whole client: its lease is gone, and its timer has not rung. */
  private void silence() {
    try (Jedis jedis = server.jedis()) {
      jedis.keys(prefix + ":lease:*").forEach(jedis::del);
    }
  }

  private static Token token(int number) {
    return new Token(String.format("ho%08d", number));
  }

  private static JournalEntry.Intent intent(int number) {
    return new JournalEntry.Intent(token(number), null, NOW, "c", "n", "/f", null);
  }

  private static JournalEntry.Outcome outcome(int number, Kind kind) {
    return new JournalEntry.Outcome(token(number), null, NOW, kind, null, "words");
  }
}
