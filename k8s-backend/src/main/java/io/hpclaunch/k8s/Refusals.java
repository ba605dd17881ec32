// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why Jobs get no pods: only events say so, such as that a quota is used up. One list of them is
 * for all Jobs of a namespace, and for all who ask within a few seconds.
 */
final class Refusals {
  private static final Logger log = LoggerFactory.getLogger(Refusals.class);
  private static final Duration HOLDS = Duration.ofSeconds(5);

  private final ApiClient api;
  private final String path;
  private @Nullable Map<String, String> known;
  private long listed;

  /**
   * Asks for nothing yet.
   *
   * @param path of the namespace's events
   */
  Refusals(ApiClient api, String path) {
    this.api = api;
    this.path = path;
  }

  /** The server's words, by the Job's name. */
  synchronized Map<String, String> told() {
    Map<String, String> told = known;
    if (told == null || System.nanoTime() - listed >= HOLDS.toNanos()) {
      told = list();
      known = told;
      listed = System.nanoTime();
    }
    return told;
  }

  private Map<String, String> list() {
    Map<String, String> all = new HashMap<>();
    try {
      api.list(
          path,
          event -> all.put(
              String.valueOf(Fields.text(event, "involvedObject", "name")),
              PodReading.told(event)));
    } catch (IOException e) {
      log.debug("Why jobs have no pods cannot be asked", e);
    }
    return all;
  }
}
