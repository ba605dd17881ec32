// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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

  private static final Set<String> TELLING =
      Set.of("FailedCreate", "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox");

  private final ApiClient api;
  private final String path;
  private @Nullable Map<Subject, Told> known;
  private long listed;

  /** What an event is about. */
  record Subject(String kind, String name) {}

  private record Told(Instant when, String words) {}

  /**
   * Asks for nothing yet.
   *
   * @param path of the namespace's events
   */
  Events(ApiClient api, String path) {
    this.api = api;
    this.path = path;
  }

  /** The server's newest words about something; null where it has none. */
  @Nullable String about(Subject subject) {
    Told told = told().get(subject);
    return told == null ? null : told.words();
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
      api.list(path, event -> {
        if (TELLING.contains(Fields.textOr(event, "reason", ""))) {
          all.merge(
              subject(event),
              new Told(when(event), PodReading.told(event)),
              (one, other) -> one.when().isAfter(other.when()) ? one : other);
        }
      });
    } catch (IOException e) {
      log.debug("Why jobs do not start cannot be asked", e);
    }
    return all;
  }

  private static Subject subject(JsonObject event) {
    return new Subject(
        String.valueOf(Fields.text(event, "involvedObject", "kind")),
        String.valueOf(Fields.text(event, "involvedObject", "name")));
  }

  private static Instant when(JsonObject event) {
    Instant last = Fields.time(event, "lastTimestamp");
    return last == null ? Instant.EPOCH : last;
  }
}
