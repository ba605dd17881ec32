// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A page about many tasks, which a browser shows without a network: states over time, a timeline by
 * node, durations, failures, and the tasks themselves. One file, with its data as columns of small
 * numbers, and a script that draws them.
 */
public final class TaskPage {
  /** The largest page that browsers are at ease with, in bytes. */
  public static final int LARGEST = 20_000_000;

  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
  private static final String DATA = "@DATA@";

  private final JsonObject data = new JsonObject();
  private final Instant begun;

  /**
   * Begins a page.
   *
   * @param kind what the tasks are together, such as {@code Sweep}
   * @param id its name
   * @param where where it ran
   * @param begun when it began; times are told from then on
   */
  public TaskPage(String kind, String id, String where, Instant begun) {
    this.begun = begun;
    data.addProperty("kind", kind);
    data.addProperty("id", id);
    data.addProperty("backends", where);
    data.addProperty("created", begun.toEpochMilli() / 1000.0);
    data.addProperty("written", Instant.now().getEpochSecond());
    data.addProperty("left", "");
    data.add("params", new JsonArray());
    data.add("metrics", new JsonArray());
  }

  /**
   * A task; what is not known is null.
   *
   * @param state one of the page's states
   * @param started when it began
   * @param ended when it ended
   * @param code its exit status
   * @param node where it ran
   */
  public record Task(
      String state,
      @Nullable Instant started,
      @Nullable Instant ended,
      @Nullable Integer code,
      @Nullable String node) {}

  /**
   * Tasks that failed in the same way.
   *
   * @param how the way
   * @param count how many
   * @param tasks which
   * @param lines the last lines of what one of them wrote
   */
  public record Failure(String how, int count, String tasks, List<String> lines) {
    /** Copies the list. */
    public Failure {
      lines = List.copyOf(lines);
    }
  }

  /**
   * Takes the tasks.
   *
   * @param states the names of all states there are, of which the page knows the colours of
   *     {@code missing}, {@code pending}, {@code running}, {@code completed}, {@code failed},
   *     {@code cancelled}, {@code lost} and {@code unknown}; ten at most
   * @param tasks the tasks, in the order of their numbers
   * @param decimals how exact times are told, in digits of a second behind the point
   * @return this
   */
  public TaskPage tasks(List<String> states, List<Task> tasks, int decimals) {
    JsonArray starts = new JsonArray();
    JsonArray ends = new JsonArray();
    JsonArray nodes = new JsonArray();
    JsonArray codes = new JsonArray();
    StringBuilder places = new StringBuilder();
    Map<String, Integer> known = new LinkedHashMap<>();
    for (Task task : tasks) {
      places.append(states.indexOf(task.state()));
      add(starts, seconds(task.started(), decimals));
      add(ends, seconds(task.ended(), decimals));
      add(codes, task.code());
      String node = task.node();
      add(nodes, node == null ? null : known.computeIfAbsent(node, name -> known.size()));
    }
    data.add("stateNames", GSON.toJsonTree(states));
    data.addProperty("states", places.toString());
    data.add("starts", starts);
    data.add("ends", ends);
    data.add("codes", codes);
    data.add("nodes", nodes);
    data.add("nodeNames", GSON.toJsonTree(List.copyOf(known.keySet())));
    return this;
  }

  private static void add(JsonArray to, @Nullable Number number) {
    if (number == null) {
      to.add(JsonNull.INSTANCE);
    } else {
      to.add(number);
    }
  }

  /** Since the beginning. */
  private @Nullable BigDecimal seconds(@Nullable Instant time, int decimals) {
    if (time == null) {
      return null;
    }
    BigDecimal seconds = BigDecimal.valueOf(Duration.between(begun, time).toMillis(), 3)
        .setScale(decimals, java.math.RoundingMode.HALF_UP)
        .stripTrailingZeros();
    return new BigDecimal(seconds.toPlainString());
  }

  /**
   * Takes the failures.
   *
   * @param failures groups of tasks
   * @return this
   */
  public TaskPage failures(List<Failure> failures) {
    return with("failures", failures);
  }

  /**
   * Says that something is left out, for the size of the page.
   *
   * @return this
   */
  public TaskPage isShortened() {
    data.addProperty("left", "yes");
    return this;
  }

  /**
   * Takes something else that the page's script knows: {@code params}, a list of objects with a
   * {@code name}, their {@code texts} and, for each task, the {@code places} in these; and
   * {@code metrics}, a list of objects with a {@code name} and a number for each task.
   *
   * @param key its name
   * @param data texts, numbers, lists, maps, records, or the JSON of these
   * @return this
   */
  public TaskPage with(String key, Object data) {
    this.data.add(key, GSON.toJsonTree(data));
    return this;
  }

  /**
   * The page.
   *
   * @return HTML, in UTF-8
   * @throws IOException when the jar is not whole
   */
  public byte[] render() throws IOException {
    String json = data.toString().replace("<", "\\u003c"); // none ends the script
    return template().replace(DATA, json).getBytes(StandardCharsets.UTF_8);
  }

  private static String template() throws IOException {
    try (InputStream in = TaskPage.class.getResourceAsStream("tasks.html")) {
      if (in == null) {
        throw new IOException("tasks.html is missing in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
