// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonSerializer;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Records as JSON, for programs: keys and the names of enums in lower case with underscores, what
 * is not known is null.
 */
public final class Json {
  private static final Gson GSON = new GsonBuilder()
      .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
      .registerTypeHierarchyAdapter(Enum.class, (JsonSerializer<Enum<?>>)
          (value, type, context) -> context.serialize(value.name().toLowerCase(Locale.ROOT)))
      .serializeNulls()
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
    out.println(GSON.toJson(value));
  }
}
