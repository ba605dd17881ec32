// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import io.hpclaunch.api.NativeId;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends Jobs. Without a policy a server leaves the pods of a deleted Job running (seen on 1.20 and
 * 1.36); with {@code Foreground} the Job is gone when its pods are.
 */
final class Deletion {
  private static final int TRIES = 5;

  private final ApiClient api;
  private final Jobs jobs;

  Deletion(ApiClient api, Jobs jobs) {
    this.api = api;
    this.jobs = jobs;
  }

  /**
   * Asks for the end of a job, an element or an array. One that has ended stays, with its log.
   *
   * @return why it cannot be ended, or empty
   */
  Optional<String> end(NativeId id) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      JobReading reading = jobs.fresh(id.value());
      if (reading == null || reading.isFinal()) {
        return Optional.empty();
      }
      try {
        if (id.index() != null) {
          return element(reading, id.index());
        }
        jobs.ending(id.value(), reading);
        delete(id.value(), reading.version());
        return Optional.empty();
      } catch (ApiError e) {
        if (e.isNotFound()) {
          return Optional.empty();
        }
        if (!e.isConflict()) {
          throw e;
        } // it has changed meanwhile, and may have ended
      }
    }
    delete(id.value(), null);
    return Optional.empty();
  }

  /** An element ends with its pod: with no attempts left it has failed. */
  private Optional<String> element(JobReading reading, int index) throws IOException {
    PodReading pod = reading.newest(reading.index(index));
    if (pod == null) {
      return reading.hasEnded(index)
          ? Optional.empty()
          : Optional.of("element " + index + " has no pod yet, and Kubernetes cannot take it out of"
              + " its array: end it when it runs, or end the whole array");
    }
    if (!pod.hasEnded()) {
      api.delete(jobs.podsPath() + "/" + pod.name(), new JsonObject());
    }
    return Optional.empty();
  }

  /** Removes a Job that has ended, with its pods. */
  void remove(String name) throws IOException {
    try {
      delete(name, null);
    } catch (ApiError e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private void delete(String name, @Nullable String version) throws IOException {
    JsonObject options = new JsonObject();
    options.addProperty("propagationPolicy", "Foreground");
    if (version != null) {
      JsonObject unchanged = new JsonObject();
      unchanged.addProperty("resourceVersion", version);
      options.add("preconditions", unchanged);
    }
    api.delete(jobs.jobPath(name), options);
  }
}
