// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only events tell: why Jobs get no pods, such as that a quota is used up, and why pods get no
 * containers, such as that a volume is not there. One list of them is for all Jobs of a namespace,
 * and for all who ask within a few seconds.
 */
final class Events {
  private static final Logger log = LoggerFactory.getLogger(Events.class);
  private static final Duration HOLDS = Duration.ofSeconds(5);

  /** Who tries again tells again: the kubelet after two minutes, with images after five. */
  private static final Duration REPEATED = Duration.ofMinutes(6);

  private static final Set<String> TELLING =
      Set.of("FailedCreate", "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox");

  /** A status keeps the words only until the next attempt is waited for. */
  private static final String PULL = "Failed to pull image";

  private final ApiClient api;
  private final Function<String, String> path;
  private final Clock clock;
  private @Nullable Map<Subject, Told> known;
  private long listed;

  /** What an event is about. */
  record Subject(String kind, String name) {}

  private record Told(Instant when, String words) {}

  /**
   * Asks for nothing yet.
   *
   * @param path of the namespace's events that a field selector chooses
   */
  Events(ApiClient api, Function<String, String> path, Clock clock) {
    this.api = api;
    this.path = path;
    this.clock = clock;
  }

  /** The server's newest words about something; null where it has none. */
  @Nullable String about(Subject subject) {
    Told told = told().get(subject);
    if (told == null) {
      return null;
    }
    boolean isOver =
        subject.kind().equals("Pod") && told.when().plus(REPEATED).isBefore(clock.instant());
    return isOver ? null : told.words();
  }

  /** Whether nothing was told of it since that what failed has gone on. */
  boolean isLast(Subject subject) {
    List<Instant> failed = new ArrayList<>();
    List<Instant> others = new ArrayList<>();
    try {
      api.list(
          path.apply("involvedObject.name=" + subject.name()),
          event -> (words(event) == null ? others : failed).add(when(event)));
    } catch (IOException e) {
      log.debug("Why {} does not start cannot be asked", subject.name(), e);
      return false;
    }
    return !failed.isEmpty()
        && (others.isEmpty() || Collections.max(failed).isAfter(Collections.max(others)));
  }

  private synchronized Map<Subject, Told> told() {
    Map<Subject, Told> told = known;
    if (told == null || System.nanoTime() - listed >= HOLDS.toNanos()) {
      told = list();
      known = told;
      listed = System.nanoTime();
    }
    return told;
  }

  private Map<Subject, Told> list() {
    Map<Subject, Told> all = new HashMap<>();
    try {
      api.list(path.apply("type!=Normal"), event -> {
        String words = words(event);
        if (words != null) {
          all.merge(
              subject(event),
              new Told(when(event), words),
              (one, other) -> one.when().isAfter(other.when()) ? one : other);
        }
      });
    } catch (IOException e) {
      log.debug("Why jobs do not start cannot be asked", e);
    }
    return all;
  }

  private static @Nullable String words(JsonObject event) {
    String message = Fields.textOr(event, "message", "").strip();
    if (message.startsWith(PULL)) {
      return "ErrImagePull: " + message;
    }
    return TELLING.contains(Fields.textOr(event, "reason", "")) ? PodReading.told(event) : null;
  }

  private static Subject subject(JsonObject event) {
    return new Subject(
        String.valueOf(Fields.text(event, "involvedObject", "kind")),
        String.valueOf(Fields.text(event, "involvedObject", "name")));
  }

  private static Instant when(JsonObject event) {
    Instant last = Fields.time(event, "series", "lastObservedTime");
    last = last == null ? Fields.time(event, "lastTimestamp") : last;
    last = last == null ? Fields.time(event, "eventTime") : last;
    return last == null ? Instant.EPOCH : last;
  }
}
