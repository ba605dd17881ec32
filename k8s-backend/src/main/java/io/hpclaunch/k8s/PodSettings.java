// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an entry's {@code config} says of each pod's spec: {@code pod}, and the shorter keys that
 * stand for fields of it. What every pod is given by hpc-launch cannot be said there.
 */
final class PodSettings {
  /** Where the container's pull policy is kept: a pod's spec has no such field. */
  static final String PULL_POLICY = "imagePullPolicy";

  /** Fields that each pod is given, and what says them. */
  private static final Map<String, String> OURS = Map.of(
      "restartPolicy",
      "it is Never for every job, so that none runs twice",
      "activeDeadlineSeconds",
      "it is the job's walltime: --walltime, or walltime in the configuration",
      "terminationGracePeriodSeconds",
      "set grace beside pod",
      PULL_POLICY,
      "a pod has no such field: set image_pull_policy beside pod");

  /** What labels and annotations of hpc-launch and of Kubernetes' own Jobs begin with. */
  private static final List<String> RESERVED =
      List.of("hpc-launch/", "batch.kubernetes.io/", Names.MANAGED_BY);

  private static final Set<String> OF_JOBS = Set.of("job-name", "controller-uid");

  private final Settings config;
  private final JsonObject pod;

  private PodSettings(Settings config) {
    this.config = config;
    this.pod =
        tree(config.asMap().get("pod")) instanceof JsonObject given ? given : new JsonObject();
  }

  /**
   * Reads.
   *
   * @param config the entry's
   * @param volumes what its {@code volumes} say, whose names are taken
   * @return the spec, without what each job adds
   * @throws InvalidConfiguration for what hpc-launch sets itself, and for what is said twice
   */
  static JsonObject of(Settings config, List<Volume> volumes) {
    PodSettings settings = new PodSettings(config);
    settings.refuseOurs();
    settings.names("volumes", volumes.stream().map(Volume::name).toList(), "volumes beside pod");
    settings.names("containers", List.of(Names.CONTAINER), "the job's own container");
    settings.names("initContainers", List.of(Names.CONTAINER), "the job's own container");
    settings.addShorterKeys();
    return settings.pod;
  }

  /**
   * Labels or annotations of each job and pod.
   *
   * @throws InvalidConfiguration where one is hpc-launch's or Kubernetes' own
   */
  static Map<String, String> marks(Settings config, String key) {
    Map<String, String> marks = config.strings(key);
    for (String name : marks.keySet()) {
      if (OF_JOBS.contains(name) || RESERVED.stream().anyMatch(name::startsWith)) {
        throw invalid(
            config,
            key,
            key + ": '" + name + "' cannot be set: by it hpc-launch or Kubernetes finds its jobs");
      }
    }
    return marks;
  }

  private void refuseOurs() {
    for (String field : pod.keySet()) {
      String why = OURS.get(field);
      if (why != null) {
        throw invalid("pod." + field, " cannot be set: " + why);
      }
    }
  }

  /** A list of objects with names, each of them once in a pod. */
  private void names(String field, List<String> known, String whose) {
    if (!pod.has(field)) {
      return;
    }
    String path = "pod." + field;
    List<JsonObject> all = Fields.objects(pod, field);
    if (!pod.get(field).isJsonArray() || all.size() < pod.getAsJsonArray(field).size()) {
      throw invalid(path, " must be a list of maps, as in a pod's spec");
    }
    Set<String> taken = new HashSet<>();
    for (JsonObject each : all) {
      String name = Fields.text(each, "name");
      if (name == null) {
        throw invalid(path, ": each needs a name");
      }
      if (known.contains(name)) {
        throw invalid(path, ": the name '" + name + "' is taken by " + whose + ": choose another");
      }
      if (!taken.add(name)) {
        throw invalid(path, ": the name '" + name + "' is there twice");
      }
    }
  }

  /** What the shorter keys say stands in the pod's spec as if it were written there. */
  private void addShorterKeys() {
    Map<String, @Nullable Object> all = config.asMap();
    add("serviceAccountName", "service_account", all.get("service_account"));
    add("priorityClassName", "priority_class", all.get("priority_class"));
    add("nodeSelector", "node_selector", config.strings("node_selector"));
    add("tolerations", "tolerations", all.get("tolerations"));
    List<Map<String, String>> secrets = new ArrayList<>();
    config.words("image_pull_secrets").forEach(name -> secrets.add(Map.of("name", name)));
    add("imagePullSecrets", "image_pull_secrets", secrets);
    config.string("image_pull_policy").ifPresent(policy -> {
      if (!List.of("Always", "IfNotPresent", "Never").contains(policy)) {
        throw invalid(
            "image_pull_policy", " must be Always, IfNotPresent or Never, not '" + policy + "'");
      }
      pod.addProperty(PULL_POLICY, policy);
    });
  }

  private void add(String field, String key, @Nullable Object value) {
    boolean empty = value == null
        || (value instanceof Map<?, ?> map && map.isEmpty())
        || (value instanceof List<?> list && list.isEmpty());
    if (empty) {
      return;
    }
    if (pod.has(field)) {
      throw invalid("pod." + field, " is said by " + key + ", too: keep one of them");
    }
    pod.add(field, tree(value));
  }

  private InvalidConfiguration invalid(String path, String what) {
    return invalid(config, path, path + what);
  }

  private static InvalidConfiguration invalid(Settings config, String path, String message) {
    return new InvalidConfiguration(config.origin(path).orElse("configuration") + ": " + message);
  }

  private static JsonElement tree(@Nullable Object value) {
    return new Gson().toJsonTree(value);
  }
}
