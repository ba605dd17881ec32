// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import io.hpclaunch.api.Detectable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcRuntime.Detection;
import io.hpclaunch.core.transport.LocalTransport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks the backends that can tell whether their scheduler is here. It needs no configuration, which
 * may be what is wrong.
 */
public final class Detector {
  private final Plugins plugins;

  /**
   * Asks nothing yet.
   *
   * @param plugins where the backends are found
   */
  public Detector(Plugins plugins) {
    this.plugins = plugins;
  }

  private record Candidate(String type, int order, Detectable backend) {}

  /**
   * Asks until one is present.
   *
   * @return the first that is present, and what those before it answered
   */
  public Detection first() {
    return ask(true);
  }

  /**
   * Asks all.
   *
   * @return the first that is present, and what each answered, in the order of asking
   */
  public Detection all() {
    return ask(false);
  }

  /**
   * What was answered, in one line.
   *
   * @param detection the answers
   * @return such as {@code pbs: no qsub on PATH; slurm: …}
   */
  public static String explain(Detection detection) {
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
    for (Candidate candidate : candidates(findings)) {
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
      return failed(e);
    }
  }

  private static Detectable.Finding failed(Throwable e) {
    return Detectable.Finding.absent("the plugin failed: " + e, "report it to the plugin's author");
  }

  /** A plugin that cannot say where it stands is not asked. */
  private List<Candidate> candidates(Map<String, Detectable.Finding> findings) {
    List<Candidate> all = new ArrayList<>();
    for (Found<HPCBackend> found : plugins.backends()) {
      try {
        if (found.newInstance() instanceof Detectable backend) {
          all.add(new Candidate(found.name(), backend.detectionOrder(), backend));
        }
      } catch (RuntimeException | LinkageError e) {
        findings.put(found.name(), failed(e));
      }
    }
    all.sort(Comparator.comparingInt(Candidate::order).thenComparing(Candidate::type));
    return all;
  }
}
