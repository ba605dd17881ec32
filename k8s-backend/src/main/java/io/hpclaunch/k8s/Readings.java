// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Jobs that were read, each until it or a pod of its is told anew. Safe for use by threads. */
final class Readings {
  private final Map<String, Read> all = new ConcurrentHashMap<>();

  private record Read(JsonObject job, List<JsonObject> pods, JobReading reading) {
    /** Whatever a watch tells is another object; to compare what is in them would cost more. */
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(JsonObject otherJob, List<JsonObject> otherPods) {
      if (job != otherJob || pods.size() != otherPods.size()) {
        return false;
      }
      for (int i = 0; i < pods.size(); i++) {
        if (pods.get(i) != otherPods.get(i)) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * A Job that is watched.
   *
   * @param name its name
   * @param job the newest that was told of it
   * @param pods and of its pods
   */
  JobReading of(String name, JsonObject job, List<JsonObject> pods) {
    Read known = all.get(name);
    if (known == null || !known.isOf(job, pods)) {
      known = new Read(job, pods, new JobReading(job, pods));
      all.put(name, known);
    }
    return known.reading();
  }

  /** Forgets what is not watched any more. */
  void retain(Collection<String> names) {
    all.keySet().retainAll(names);
  }
}
