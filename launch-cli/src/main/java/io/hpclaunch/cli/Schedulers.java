// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.Detectable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.core.plugin.Found;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.transport.LocalTransport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks the plugins which schedulers are here. Needs no configuration, which may be what is wrong.
 */
public final class Schedulers {
  private Schedulers() {}

  /**
   * What one plugin answered.
   *
   * @param type the type of backend
   * @param present whether its scheduler can be used
   * @param explanation what was looked for and found
   * @param remedy what can be done about its absence, or null
   */
  public record Detected(
      String type,
      boolean present,
      String explanation,
      @Nullable String remedy) {}

  private record Asked(String type, Detectable plugin, int order) {}

  /**
   * Asks all that can tell.
   *
   * @param plugins where they are found
   * @return the answers, in the order in which the first present one is taken
   */
  public static List<Detected> detect(Plugins plugins) {
    List<Asked> asked = new ArrayList<>();
    List<Detected> answers = new ArrayList<>();
    for (Found<HPCBackend> found : plugins.backends()) {
      try {
        if (found.newInstance() instanceof Detectable plugin) {
          asked.add(new Asked(found.name(), plugin, plugin.detectionOrder()));
        }
      } catch (RuntimeException | LinkageError e) {
        answers.add(failed(found.name(), e));
      }
    }
    asked.sort(Comparator.comparingInt(Asked::order));
    for (Asked one : asked) {
      answers.add(ask(one));
    }
    return answers;
  }

  /**
   * The type that is taken where none is configured.
   *
   * @param answers what {@link #detect} returned
   * @return the first that is present, or null
   */
  static @Nullable String first(List<Detected> answers) {
    for (Detected answer : answers) {
      if (answer.present()) {
        return answer.type();
      }
    }
    return null;
  }

  private static Detected ask(Asked asked) {
    try {
      Detectable.Finding finding = asked.plugin().detect(new LocalTransport());
      return new Detected(asked.type(), finding.present(), finding.explanation(), finding.remedy());
    } catch (RuntimeException | LinkageError e) {
      return failed(asked.type(), e);
    }
  }

  private static Detected failed(String type, Throwable e) {
    return new Detected(type, false, "the plugin failed: " + e, "report it to the plugin's author");
  }
}
