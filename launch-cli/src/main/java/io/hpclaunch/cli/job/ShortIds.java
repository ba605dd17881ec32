// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Ids that are UUIDs, by their beginnings, as tables and sentences for people have them. */
public final class ShortIds {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final int SHORT = 8;

  private ShortIds() {}

  /** The first characters of an id that is a UUID; of another, all. */
  static String beginning(String id) {
    return UUID.matcher(id).matches() ? id.substring(0, SHORT) : id;
  }

  /**
   * A text with its ids cut short; two that begin alike stay as they are.
   *
   * @param text any text
   * @return the text
   */
  public static String in(String text) {
    Map<String, Set<String>> ids = new HashMap<>();
    UUID.matcher(text)
        .results()
        .map(MatchResult::group)
        .forEach(
            id -> ids.computeIfAbsent(beginning(id), key -> new HashSet<>()).add(id));
    return UUID.matcher(text).replaceAll(found -> {
      String beginning = beginning(found.group());
      return ids.getOrDefault(beginning, Set.of()).size() > 1 ? found.group() : beginning;
    });
  }
}
