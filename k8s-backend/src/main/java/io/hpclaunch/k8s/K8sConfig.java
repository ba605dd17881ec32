// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an entry's {@code config} says.
 *
 * @param kubeconfig the file, or null: where kubectl looks
 * @param context the context in it, or null: the present one
 * @param namespace where jobs go, or null: the context's
 * @param image of jobs that name none, or null
 * @param apptainer whether the image's own apptainer runs the command in the job's image
 * @param ttl how long the cluster keeps what has ended
 * @param grace between asking the command to end and killing it; zero: it is killed at once
 * @param startTimeout how long an image may fail to be had until the job has failed
 * @param scheduleTimeout how long no node may have room until the job has failed, or null: for ever
 * @param gpu the resource that a gpu is
 * @param gpuTypes the resources of gpus that jobs name by type
 * @param volumes what binds may name
 * @param labels on each job and pod
 * @param annotations on each job and pod
 * @param pod what each pod's spec says besides
 */
record K8sConfig(
    @Nullable String kubeconfig,
    @Nullable String context,
    @Nullable String namespace,
    @Nullable String image,
    boolean apptainer,
    Duration ttl,
    Duration grace,
    Duration startTimeout,
    @Nullable Duration scheduleTimeout,
    String gpu,
    Map<String, String> gpuTypes,
    List<Volume> volumes,
    Map<String, String> labels,
    Map<String, String> annotations,
    JsonObject pod) {
  private static final Duration TTL = Duration.ofDays(7);
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Duration START = Duration.ofMinutes(10);

  static final List<ConfigKey> KEYS = List.of(
      ConfigKey.of(
          "kubeconfig", ConfigKey.Type.STRING, "the kubeconfig; default: where kubectl looks"),
      ConfigKey.of(
          "context", ConfigKey.Type.STRING, "the context in it; default: its current-context"),
      ConfigKey.of(
          "namespace",
          ConfigKey.Type.STRING,
          "where jobs go; default: the context's, else default"),
      ConfigKey.of("image", ConfigKey.Type.STRING, "the image of jobs that name none"),
      ConfigKey.of(
          "apptainer",
          ConfigKey.Type.BOOLEAN,
          "run the job's image by the apptainer that is in 'image'"),
      ConfigKey.of("image_pull_policy", ConfigKey.Type.STRING, "Always, IfNotPresent or Never"),
      ConfigKey.of(
          "image_pull_secrets",
          ConfigKey.Type.WORDS,
          "names of secrets with registries' passwords"),
      ConfigKey.of("service_account", ConfigKey.Type.STRING, "the pods' service account"),
      ConfigKey.of("node_selector", ConfigKey.Type.MAP, "labels that a job's node must have"),
      ConfigKey.of("tolerations", ConfigKey.Type.LIST, "taints that a job's node may have"),
      ConfigKey.of("priority_class", ConfigKey.Type.STRING, "the pods' priority class"),
      ConfigKey.of(
          "volumes",
          ConfigKey.Type.LIST,
          "maps of name, claim | host_path | config_map | secret, mount, path"),
      ConfigKey.of("labels", ConfigKey.Type.MAP, "labels of each job and pod"),
      ConfigKey.of("annotations", ConfigKey.Type.MAP, "annotations of each job and pod"),
      ConfigKey.of("pod", ConfigKey.Type.MAP, "anything else that each pod's spec is to say"),
      ConfigKey.of(
          "ttl",
          ConfigKey.Type.DURATION_OR_ZERO, // which is refused here, in words of its own
          "how long the cluster keeps jobs that have ended; 7 days"),
      ConfigKey.of(
          "grace", ConfigKey.Type.DURATION_OR_ZERO, "from the request to end to the kill; 30 s"),
      ConfigKey.of(
          "start_timeout",
          ConfigKey.Type.DURATION,
          "how long an image may fail to be had; 10 minutes"),
      ConfigKey.of(
          "schedule_timeout",
          ConfigKey.Type.DURATION,
          "how long no node may have room; default: for ever"),
      ConfigKey.of("gpu_resource", ConfigKey.Type.STRING, "what a gpu is called; nvidia.com/gpu"),
      ConfigKey.of("gpu_types", ConfigKey.Type.MAP, "what gpus of a type are called"));

  /**
   * Reads.
   *
   * @throws InvalidConfiguration for values that make no sense, and for what hpc-launch sets itself
   */
  static K8sConfig of(Settings config) {
    List<Volume> volumes = volumes(config);
    return new K8sConfig(
        config.string("kubeconfig").orElse(null),
        config.string("context").orElse(null),
        config.string("namespace").orElse(null),
        config.string("image").orElse(null),
        config.bool("apptainer").orElse(false),
        ttl(config),
        config.duration("grace").orElse(GRACE),
        config.duration("start_timeout").orElse(START),
        config.duration("schedule_timeout").orElse(null),
        config.string("gpu_resource").orElse("nvidia.com/gpu"),
        config.strings("gpu_types"),
        volumes,
        PodSettings.marks(config, "labels"),
        PodSettings.marks(config, "annotations"),
        PodSettings.of(config, volumes));
  }

  private static Duration ttl(Settings config) {
    Duration ttl = config.duration("ttl").orElse(TTL);
    if (ttl.isZero()) {
      throw new InvalidConfiguration(config.origin("ttl").orElse("configuration")
          + ": ttl must be more than zero: else the cluster removes a job with its end and its log"
          + " before anybody has seen them; 00:01:00 is the least that makes sense");
    }
    return ttl;
  }

  private static List<Volume> volumes(Settings config) {
    List<Volume> all = new ArrayList<>();
    if (config.asMap().get("volumes") instanceof List<?> entries) {
      String origin = config.origin("volumes").orElse("configuration");
      for (Object entry : entries) {
        if (!(entry instanceof Map<?, ?> map)) {
          throw new InvalidConfiguration(origin + ": each of the volumes must be a map");
        }
        all.add(Volume.of(all.size(), map, origin));
      }
    }
    return List.copyOf(all);
  }
}
