// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import io.hpclaunch.api.PluginProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Plugins that stand in each other's way. */
final class Clashes {
  private Clashes() {}

  /**
   * Tells of plugins that another one of the same class or the same name hides, or makes ambiguous.
   *
   * @param all plugins of one kind, in the order in which they count
   */
  static List<PluginProblem> among(List<Found<?>> all) {
    List<PluginProblem> problems = new ArrayList<>();
    Map<String, Found<?>> byClass = new LinkedHashMap<>();
    Map<String, Found<?>> byName = new LinkedHashMap<>();
    for (Found<?> found : all) {
      Found<?> sameClass = byClass.putIfAbsent(found.className(), found);
      if (sameClass != null) {
        addIfOtherVersion(sameClass, found, problems);
        continue;
      }
      Found<?> sameName = byName.putIfAbsent(found.name(), found);
      if (sameName != null) {
        problems.add(problem(found, "it has the same name as " + sameName + "; remove one"));
      }
    }
    return problems;
  }

  /** A second copy of the same version does no harm. */
  private static void addIfOtherVersion(
      Found<?> first, Found<?> second, List<PluginProblem> problems) {
    @Nullable String version = second.info().version();
    if (!Objects.equals(first.info().version(), version)) {
      problems.add(problem(
          second,
          "version %s of it is hidden by version %s in %s, which comes first; remove one"
              .formatted(version, first.info().version(), first.location())));
    }
  }

  private static PluginProblem problem(Found<?> found, String why) {
    return new PluginProblem(found.className(), found.location(), why);
  }
}
