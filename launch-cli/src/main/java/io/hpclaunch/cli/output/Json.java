// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * Records as JSON, for programs: keys in lower case with underscores, enums in lower case, times in
 * ISO 8601, durations in seconds; what is not known is null.
 */
public final class Json {
  private static final Gson GSON = new GsonBuilder()
      .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
      .serializeNulls()
      .registerTypeHierarchyAdapter(Enum.class, (JsonSerializer<Enum<?>>)
          (value, type, context) -> new JsonPrimitive(value.name().toLowerCase(Locale.ROOT)))
      .registerTypeAdapter(Instant.class, (JsonSerializer<Instant>)
          (value, type, context) -> new JsonPrimitive(value.toString()))
      .registerTypeAdapter(Duration.class, (JsonSerializer<Duration>)
          (value, type, context) -> new JsonPrimitive(value.toMillis() / 1000.0))
      .disableHtmlEscaping()
      .setPrettyPrinting()
      .create();

  private Json() {}

  /**
   * Prints a value.
   *
   * @param value records, lists, maps, texts, numbers, booleans
   * @param out where to
   */
  public static void print(Object value, PrintWriter out) {
    out.println(text(value));
  }

  /**
   * Renders a value. A byte that was no UTF-8 is written as the escape of half a character, such as
   * {@code \\udcff}, which Python's {@code os.fsencode} turns into the byte again.
   *
   * @param value records, lists, maps, texts, numbers, booleans
   * @return JSON
   */
  public static String text(Object value) {
    String json = GSON.toJson(value);
    StringBuilder text = new StringBuilder(json.length());
    json.codePoints().forEach(c -> {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) { // half of a pair only
        text.append(String.format("\\u%04x", c));
      } else {
        text.appendCodePoint(c);
      }
    });
    return text.toString();
  }
}
