// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All objects of one kind in a namespace as the server tells of them: listed once, then watched.
 * Whatever breaks the watch, what was missed is listed again.
 */
final class Watch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);
  private static final Duration LENGTH = Duration.ofMinutes(2);

  /** A connection that died without a word is given up this much later. */
  private static final Duration LATE = Duration.ofSeconds(20);

  /** One that told nothing and was over sooner is of no use: the next one is asked for later. */
  private static final Duration BRIEF = Duration.ofSeconds(5);

  private static final long SHORTEST_PAUSE = 250;
  private static final long LONGEST_PAUSE = 10_000;

  /** Who hears of changes. */
  interface Listener {
    /** Something is there, or is different. */
    void changed();

    /** An object is gone; this is the last that was known of it. */
    void gone(JsonObject last);
  }

  private final ApiClient api;
  private final String path;
  private final Listener listener;
  private final ScheduledExecutorService clock;
  private final Map<String, JsonObject> known = new ConcurrentHashMap<>();
  private final Thread thread;
  private boolean told;
  private final AtomicLong changes = new AtomicLong();
  private volatile boolean synced;
  private volatile boolean closed;
  private volatile @Nullable InputStream open;

  /**
   * Makes a watch, which begins with {@link #start}.
   *
   * @param path of the list, with the selector as a parameter
   * @param listener hears of changes, on the watch's own thread
   * @param clock ends what lasts too long
   */
  Watch(
      ApiClient api, String kind, String path, Listener listener, ScheduledExecutorService clock) {
    this.api = api;
    this.path = path;
    this.listener = listener;
    this.clock = clock;
    thread = new Thread(this::run, "hpc-k8s-" + kind);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Whether {@link #objects} is what the server has. */
  boolean isSynced() {
    return synced;
  }

  /** By name. */
  Map<String, JsonObject> objects() {
    return known;
  }

  /** A number that grows with each change of {@link #objects}. */
  long changes() {
    return changes.get();
  }

  private void run() {
    long pause = SHORTEST_PAUSE;
    String version = "";
    while (!closed) {
      long begun = System.nanoTime();
      told = false;
      try {
        if (version.isEmpty()) {
          version = list();
          synced = true;
          listener.changed();
        }
        version = watch(version);
      } catch (IOException | RuntimeException e) {
        version = "";
        broken(e);
      }
      boolean useful = told || System.nanoTime() - begun > BRIEF.toNanos();
      pause = useful ? SHORTEST_PAUSE : pause;
      if (!useful || version.isEmpty()) {
        rest(pause);
        pause = Math.min(LONGEST_PAUSE, pause * 2);
      }
    }
  }

  /** Until all is listed again, who asks is not answered from what was watched. */
  private void broken(Exception e) {
    if (!closed) {
      synced = false;
      log.debug("The watch of {} broke off: {}", path, e.toString());
      listener.changed();
    }
  }

  private void rest(long pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private String list() throws IOException {
    Map<String, JsonObject> now = new HashMap<>();
    String version = api.list(path, object -> now.put(Fields.name(object), object));
    Map<String, JsonObject> gone = new HashMap<>(known);
    gone.keySet().removeAll(now.keySet());
    known.putAll(now);
    known.keySet().retainAll(now.keySet());
    changes.incrementAndGet();
    gone.values().forEach(listener::gone);
    return version;
  }

  /** Until the server ends it. */
  private String watch(String from) throws IOException {
    String begun =
        path + (path.indexOf('?') < 0 ? '?' : '&') + "watch=true&allowWatchBookmarks=true"
            + "&timeoutSeconds=" + LENGTH.toSeconds() + "&resourceVersion=" + from;
    String version = from;
    ScheduledFuture<?> end =
        clock.schedule(this::drop, LENGTH.plus(LATE).toMillis(), TimeUnit.MILLISECONDS);
    try (InputStream in = api.stream(begun);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      open = in;
      for (String line = lines.readLine(); line != null && !closed; line = lines.readLine()) {
        if (!line.isBlank()) {
          version = take(line, version);
        }
      }
      return version;
    } catch (JsonParseException e) {
      throw new IOException("half an event: " + e.getMessage(), e);
    } finally {
      open = null;
      end.cancel(false);
    }
  }

  private void drop() {
    InputStream now = open;
    if (now != null) {
      try {
        now.close();
      } catch (IOException e) {
        log.debug("The connection of {} does not end", path, e);
      }
    }
  }

  private String take(String line, String version) throws IOException {
    JsonObject event = JsonParser.parseString(line).getAsJsonObject();
    if (!(event.get("object") instanceof JsonObject object)) {
      return version;
    }
    String type = Fields.textOr(event, "type", "");
    switch (type) {
      case "ERROR" ->
        throw ApiError.of(Fields.integer(object, "code").orElse(500), object.toString());
      case "ADDED", "MODIFIED" -> {
        told = true;
        known.put(Fields.name(object), ApiClient.slim(object));
        changes.incrementAndGet();
        listener.changed();
      }
      case "DELETED" -> {
        told = true;
        known.remove(Fields.name(object));
        changes.incrementAndGet();
        listener.gone(ApiClient.slim(object));
        listener.changed();
      }
      default -> { // BOOKMARK: the version alone
      }
    }
    String now = Fields.text(object, "metadata", "resourceVersion");
    return now == null ? version : now;
  }

  @Override
  public void close() {
    closed = true;
    drop();
    thread.interrupt();
  }
}
