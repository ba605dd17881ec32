// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a pod tells of the attempt that it is. */
final class PodReading {
  /** Reasons that a container waits for, which no waiting mends. */
  private static final Set<String> TROUBLE = Set.of(
      "ErrImagePull",
      "ImagePullBackOff",
      "ErrImageNeverPull",
      "InvalidImageName",
      "ImageInspectError",
      "RegistryUnavailable",
      "CreateContainerConfigError",
      "CreateContainerError");

  private static final Set<String> NOT_LAUNCHED =
      Set.of("StartError", "ContainerCannotRun", "RunContainerError", "CreateContainerError");

  /** Why the cluster took a pod away, by the reason of its condition {@code DisruptionTarget}. */
  private static final Map<String, Cause> DISRUPTIONS = Map.of(
      "PreemptionByScheduler", Cause.PREEMPTED,
      "PreemptionByKubeScheduler", Cause.PREEMPTED,
      "EvictionByEvictionAPI", Cause.PREEMPTED,
      "TerminationByKubelet", Cause.PREEMPTED,
      "DeletionByTaintManager", Cause.NODE_FAIL,
      "DeletionByPodGC", Cause.NODE_FAIL);

  private final JsonObject pod;

  PodReading(JsonObject pod) {
    this.pod = pod;
  }

  Instant created() {
    Instant created = Fields.time(pod, "metadata", "creationTimestamp");
    return created == null ? Instant.EPOCH : created;
  }

  String name() {
    return Fields.name(pod);
  }

  boolean isBeingDeleted() {
    return Fields.at(pod, "metadata", "deletionTimestamp") != null;
  }

  private String phase() {
    return String.valueOf(Fields.text(pod, "status", "phase"));
  }

  long version() {
    return JobReading.version(pod);
  }

  boolean hasEnded() {
    return phase().equals("Succeeded") || phase().equals("Failed");
  }

  private @Nullable JsonObject state(String which) {
    for (JsonObject status : Fields.objects(pod, "status", "containerStatuses")) {
      if (Names.CONTAINER.equals(Fields.text(status, "name"))
          && Fields.at(status, "state", which) instanceof JsonObject state) {
        return state;
      }
    }
    return null;
  }

  boolean isRunning() {
    return state("running") != null || state("terminated") != null || hasEnded();
  }

  /** Why it cannot start, where waiting mends nothing. */
  @Nullable String imageTrouble() {
    JsonObject waiting = state("waiting");
    return waiting != null && TROUBLE.contains(Fields.textOr(waiting, "reason", ""))
        ? told(waiting)
        : null;
  }

  /** Why no node takes it. */
  @Nullable String unschedulable() {
    JsonObject scheduled = condition("PodScheduled");
    return scheduled != null && "False".equals(Fields.text(scheduled, "status"))
        ? told(scheduled)
        : null;
  }

  /** Whether a node has it, and gets together what its container needs. */
  boolean isBeingMade() {
    return !isRunning() && !isBeingDeleted() && state("waiting") != null && unschedulable() == null;
  }

  /** When a node took it; when it was made, where none has. */
  Instant scheduled() {
    JsonObject scheduled = condition("PodScheduled");
    Instant since = scheduled != null && "True".equals(Fields.text(scheduled, "status"))
        ? Fields.time(scheduled, "lastTransitionTime")
        : null;
    return since == null ? created() : since;
  }

  private @Nullable JsonObject condition(String type) {
    for (JsonObject condition : Fields.objects(pod, "status", "conditions")) {
      if (type.equals(Fields.text(condition, "type"))) {
        return condition;
      }
    }
    return null;
  }

  /** Reason and message of a condition or of a container's state. */
  static String told(JsonObject object) {
    String reason = Fields.textOr(object, "reason", "");
    String message = Fields.textOr(object, "message", "").strip();
    return reason.isEmpty() || message.isEmpty() ? reason + message : reason + ": " + message;
  }

  /** Where a pod stands that has not ended. */
  JobInfo.Builder unended() {
    if (!isRunning()) {
      JsonObject waiting = state("waiting");
      String why = imageTrouble() != null ? imageTrouble() : unschedulable();
      why = why == null && waiting != null ? told(waiting) : why;
      return filled(JobInfo.builder(JobState.QUEUED)).nativeState("Pending").reason(why);
    }
    return filled(JobInfo.builder(JobState.RUNNING)).nativeState("Running");
  }

  /** How a pod ended that the cluster counts as failed. */
  JobInfo.Builder failed() {
    JobInfo.Builder info = filled(JobInfo.builder(JobState.FAILED)).nativeState("Failed");
    JsonObject terminated = state("terminated");
    String why = Fields.textOr(Fields.at(pod, "status"), "reason", "");
    JsonObject disrupted = condition("DisruptionTarget");
    if (terminated != null) {
      exit(info, terminated);
    }
    if (why.equals("DeadlineExceeded")) {
      info.failed(Cause.TIMEOUT).exitCode(null).signal(null).reason(told(status()));
    } else if (why.equals("Evicted") || why.equals("Preempting") || why.equals("Preempted")) {
      info.failed(Cause.PREEMPTED).reason(told(status()));
    } else if (disrupted != null && "True".equals(Fields.text(disrupted, "status"))) {
      Cause cause = DISRUPTIONS.get(Fields.textOr(disrupted, "reason", ""));
      info.failed(cause == null ? Cause.PREEMPTED : cause).reason(told(disrupted));
    } else if (why.equals("NodeLost")
        || why.equals("NodeShutdown")
        || why.equals("Shutdown")
        || why.equals("Terminated")) {
      info.failed(Cause.NODE_FAIL).reason(told(status()));
    } else if (terminated == null && !why.isEmpty()) {
      info.reason(told(status())); // such as OutOfcpu: the node did not admit it
      info.failed(Cause.LAUNCH);
    }
    return info;
  }

  private JsonObject status() {
    return Fields.at(pod, "status") instanceof JsonObject status ? status : new JsonObject();
  }

  private static void exit(JobInfo.Builder info, JsonObject terminated) {
    int code = Fields.integer(terminated, "exitCode").orElse(0);
    String reason = Fields.textOr(terminated, "reason", "");
    String message = Fields.textOr(terminated, "message", "").strip();
    if (reason.equals("OOMKilled")) {
      info.failed(Cause.OUT_OF_MEMORY).signal(9).reason(reason);
    } else if (NOT_LAUNCHED.contains(reason)) {
      info.failed(Cause.LAUNCH).reason(message.isEmpty() ? reason : message);
    } else if (code > 128 && code <= 192) {
      info.failed(Cause.SIGNAL).signal(code - 128);
    } else if (code != 0) {
      info.failed(Cause.EXIT_CODE).exitCode(code);
      if (!message.isEmpty()) {
        info.reason(message);
      }
    }
  }

  JobInfo.Builder completed() {
    return filled(JobInfo.builder(JobState.COMPLETED)).exitCode(0).nativeState("Succeeded");
  }

  private JobInfo.Builder filled(JobInfo.Builder info) {
    JsonObject running = state("running");
    JsonObject terminated = state("terminated");
    Instant started = Fields.time(running != null ? running : terminated, "startedAt");
    Instant ended = Fields.time(terminated, "finishedAt");
    String node = Fields.text(pod, "spec", "nodeName");
    info.started(started).ended(ended).nodes(node == null ? null : List.of(node));
    if (started != null && ended != null && !ended.isBefore(started)) {
      info.wallTime(Duration.between(started, ended));
    }
    return info;
  }
}
