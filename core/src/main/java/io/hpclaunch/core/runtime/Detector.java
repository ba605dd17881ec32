// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.Detectable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcRuntime.Detection;
import io.hpclaunch.core.plugin.ContextLoader;
import io.hpclaunch.core.plugin.Found;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.transport.LocalTransport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the backends that can tell whether their scheduler is here. */
final class Detector {
  private final Plugins plugins;

  Detector(Plugins plugins) {
    this.plugins = plugins;
  }

  private record Candidate(String type, int order, Detectable backend) {}

  /** Asks until one is present. */
  Detection first() {
    return ask(true);
  }

  /** Asks all. */
  Detection all() {
    return ask(false);
  }

  /** What was answered, in one line. */
  static String explain(Detection detection) {
    List<String> answers = new ArrayList<>();
    detection.findings().forEach((type, finding) -> answers.add(explain(type, finding)));
    return answers.isEmpty() ? "no plugin can tell" : String.join("; ", answers);
  }

  private static String explain(String type, Detectable.Finding finding) {
    String text = type + ": " + finding.explanation();
    return finding.remedy() == null ? text : text + " (" + finding.remedy() + ")";
  }

  private Detection ask(boolean untilPresent) {
    Map<String, Detectable.Finding> findings = new LinkedHashMap<>();
    String present = null;
    for (Candidate candidate : candidates()) {
      if (findings.containsKey(candidate.type())) {
        continue;
      }
      Detectable.Finding finding = ask(candidate.backend());
      findings.put(candidate.type(), finding);
      if (present == null && finding.present()) {
        present = candidate.type();
      }
      if (present != null && untilPresent) {
        break;
      }
    }
    return new Detection(present, Collections.unmodifiableMap(findings));
  }

  private static Detectable.Finding ask(Detectable backend) {
    try {
      return ContextLoader.within(backend, () -> backend.detect(new LocalTransport()));
    } catch (RuntimeException | LinkageError e) {
      return Detectable.Finding.absent("the plugin failed: " + e, null);
    }
  }

  private List<Candidate> candidates() {
    List<Candidate> all = new ArrayList<>();
    for (Found<HPCBackend> found : plugins.backends()) {
      Candidate candidate = candidate(found);
      if (candidate != null) {
        all.add(candidate);
      }
    }
    all.sort(Comparator.comparingInt(Candidate::order).thenComparing(Candidate::type));
    return all;
  }

  /** A plugin that cannot say where it stands is not asked. */
  private static @Nullable Candidate candidate(Found<HPCBackend> found) {
    try {
      return found.newInstance() instanceof Detectable backend
          ? new Candidate(found.name(), backend.detectionOrder(), backend)
          : null;
    } catch (RuntimeException | LinkageError e) {
      return null;
    }
  }
}
