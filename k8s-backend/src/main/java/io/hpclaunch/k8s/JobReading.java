// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Token;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a Job and its pods tell. The Job decides on the end: {@code Complete} or {@code Failed} with
 * status True and nothing else; its pods tell how, as long as they are there. Seen on 1.20 and
 * 1.36. Safe for use by threads.
 */
final class JobReading {
  private final JsonObject job;
  private final List<PodReading> pods;
  private final Map<Integer, List<PodReading>> byIndex = new HashMap<>();
  private final boolean ended;
  private final boolean lacksPods;
  private final @Nullable Stuck stuck;
  private volatile @Nullable Observation observation;

  /**
   * Reads.
   *
   * @param job the Job
   * @param given its pods, of all attempts
   */
  JobReading(JsonObject job, List<JsonObject> given) {
    this.job = job;
    List<PodReading> all = new ArrayList<>();
    for (JsonObject pod : given) {
      PodReading reading = new PodReading(pod);
      all.add(reading);
      String index = Fields.annotation(pod, Names.INDEX);
      if (index != null) {
        byIndex.computeIfAbsent(Integer.valueOf(index), i -> new ArrayList<>()).add(reading);
      }
    }
    all.sort(Comparator.comparing(PodReading::created));
    byIndex.values().forEach(each -> each.sort(Comparator.comparing(PodReading::created)));
    pods = all;
    ended = readEnd();
    lacksPods =
        ended && !isGivenUp() && (pods.isEmpty() || pods.stream().anyMatch(pod -> !pod.hasEnded()));
    stuck = ended ? null : readStuck();
  }

  boolean isArray() {
    return "Indexed".equals(Fields.text(job, "spec", "completionMode"));
  }

  @Nullable Token token() {
    String token = Fields.label(job, Names.TOKEN);
    try {
      return token == null ? null : new Token(token);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  Observation observation() {
    Observation made = observation;
    if (made == null) {
      made = isArray()
          ? new Observation.SeenArray(elements(), token(), true)
          : new Observation.Seen(whole(), token());
      observation = made;
    }
    return made;
  }

  /** The whole as one job. */
  JobInfo whole() {
    return finished(one(pods, null));
  }

  private JobInfo finished(JobInfo.Builder info) {
    return info.submitted(Fields.time(job, "metadata", "creationTimestamp"))
        .allocatedCpus(Quantities.count(request("cpu")))
        .allocatedMemory(Quantities.whole(request("memory")))
        .build();
  }

  private @Nullable String request(String resource) {
    List<JsonObject> containers = Fields.objects(job, "spec", "template", "spec", "containers");
    return containers.isEmpty()
        ? null
        : Fields.text(containers.get(0), "resources", "requests", resource);
  }

  // ---- the Job's own words
  // -----------------------------------------------------------------------

  private @Nullable JsonObject condition(String type) {
    for (JsonObject condition : Fields.objects(job, "status", "conditions")) {
      if (type.equals(Fields.text(condition, "type"))
          && "True".equals(Fields.text(condition, "status"))) {
        return condition;
      }
    }
    return null;
  }

  /** A Job that is deleted while it runs may be told as failed on its way out. */
  private boolean failedInDeletion(JsonObject failed) {
    Instant deleted = Fields.time(job, "metadata", "deletionTimestamp");
    Instant at = Fields.time(failed, "lastTransitionTime");
    return deleted != null && (at == null || !at.isBefore(deleted));
  }

  boolean isFinal() {
    return ended;
  }

  boolean isBeingDeleted() {
    return Fields.at(job, "metadata", "deletionTimestamp") != null;
  }

  private boolean readEnd() {
    JsonObject failed = condition("Failed");
    return condition("Complete") != null
        || (failed != null && !failedInDeletion(failed))
        || isGivenUp();
  }

  /** Whether it gets no pod any more: 1.20 tells no end of a Job that never had one. */
  private boolean isGivenUp() {
    return Fields.annotation(job, Names.NOT_STARTED) != null
        && Fields.integer(job, "spec", "parallelism").orElse(1) == 0
        && Fields.integer(job, "status", "active").orElse(0) == 0
        && pods.isEmpty();
  }

  private @Nullable Instant endedAt() {
    Instant completed = Fields.time(job, "status", "completionTime");
    JsonObject failed = condition("Failed");
    return completed != null ? completed : Fields.time(failed, "lastTransitionTime");
  }

  // ---- one attempt after the other
  // -----------------------------------------------------------------

  /**
   * A job or an element, by its pods. Of attempts only the pods tell that are still there, so that
   * who came later would count fewer of them, and be taken for one who tells of the past: they are
   * not counted.
   *
   * @param attempts its pods, the newest last
   * @param index the element, or null for a plain job
   */
  private JobInfo.Builder one(List<PodReading> attempts, @Nullable Integer index) {
    PodReading last = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    JobInfo.Builder info = end(last, index);
    if (info == null) {
      info = unended(last);
    } else if (index == null || last == null) {
      JobInfo known = info.build();
      info.ended(known.ended() == null && isFinal() ? endedAt() : known.ended());
    }
    return info;
  }

  private JobInfo.@Nullable Builder end(@Nullable PodReading last, @Nullable Integer index) {
    boolean completed = index == null
        ? condition("Complete") != null
        : indices("completedIndexes").contains(index);
    if (completed) {
      return last == null
          ? JobInfo.builder(JobState.COMPLETED).exitCode(0).nativeState("Complete")
          : last.completed();
    }
    boolean ofItself =
        index != null && (indices("failedIndexes").contains(index) || isFailedForGood(last));
    JsonObject failed = condition("Failed");
    if (!ofItself && (failed == null || failedInDeletion(failed)) && !isGivenUp()) {
      return null;
    }
    return failed(last, failed);
  }

  /** With no attempts left, a pod that failed is its element's end, before the Job says so. */
  private boolean isFailedForGood(@Nullable PodReading last) {
    return last != null
        && last.hasEnded()
        && last.failed().build().cause() != null
        && "0".equals(Fields.text(job, "spec", "backoffLimitPerIndex"))
        && !isBeingDeleted();
  }

  private JobInfo.Builder failed(@Nullable PodReading last, @Nullable JsonObject condition) {
    String given = Fields.annotation(job, Names.NOT_STARTED);
    JobInfo.Builder info =
        last == null ? JobInfo.builder(JobState.FAILED).nativeState("Failed") : last.failed();
    if (given != null && (last == null || !last.isRunning())) {
      return info.failed(Cause.LAUNCH).exitCode(null).signal(null).reason(given);
    }
    JobInfo known = info.build();
    if (condition != null && "DeadlineExceeded".equals(Fields.text(condition, "reason"))) {
      return info.failed(Cause.TIMEOUT)
          .exitCode(null)
          .signal(null)
          .reason(PodReading.told(condition));
    }
    if (last != null && last.isBeingDeleted() && known.cause() == Cause.SIGNAL) {
      info.reason("its pod " + last.name() + " was deleted");
    } else if (known.reason() == null && known.cause() == null && condition != null) {
      info.reason((last == null ? "its pod is gone: " : "") + PodReading.told(condition));
    }
    return info;
  }

  private JobInfo.Builder unended(@Nullable PodReading last) {
    boolean suspended = Fields.isTrue(job, "spec", "suspend");
    if (suspended && (last == null || !last.isRunning() || last.isBeingDeleted())) {
      return JobInfo.builder(JobState.HELD).nativeState("Suspended").reason("spec.suspend is true");
    }
    if (last == null) {
      return JobInfo.builder(JobState.QUEUED).nativeState("Active").reason("it has no pod yet");
    }
    JobInfo.Builder info = last.unended();
    if (isBeingDeleted()) {
      info.reason("it is being deleted");
    }
    return info;
  }

  // ---- arrays
  // ------------------------------------------------------------------------------------

  private final Map<String, Set<Integer>> parsed = new ConcurrentHashMap<>();

  /** Such as {@code 0-2,5}. */
  private Set<Integer> indices(String field) {
    return parsed.computeIfAbsent(
        field, f -> parse(Fields.textOr(Fields.at(job, "status"), f, "")));
  }

  static Set<Integer> parse(String text) {
    Set<Integer> all = new TreeSet<>();
    for (String range : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      String[] ends = range.split("-", -1);
      for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
        all.add(i);
      }
    }
    return all;
  }

  /** By the user's index. */
  private Map<Integer, JobInfo> elements() {
    int size = Fields.integer(job, "spec", "completions").orElse(0);
    int first = number(Names.FIRST, 0);
    int step = number(Names.STEP, 1);
    Map<Integer, JobInfo> all = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      all.put(first + i * step, finished(one(byIndex.getOrDefault(i, List.of()), i)));
    }
    return all;
  }

  /** An element by the user's index; null where there is none. */
  @Nullable JobInfo element(int users) {
    int size = Fields.integer(job, "spec", "completions").orElse(0);
    int index = index(users);
    boolean isOne = index >= 0
        && index < size
        && users == number(Names.FIRST, 0) + index * number(Names.STEP, 1);
    return isOne ? finished(one(byIndex.getOrDefault(index, List.of()), index)) : null;
  }

  /** The cluster's index of an element. */
  int index(int users) {
    return (users - number(Names.FIRST, 0)) / number(Names.STEP, 1);
  }

  private int number(String annotation, int otherwise) {
    String text = Fields.annotation(job, annotation);
    return text == null ? otherwise : Integer.parseInt(text);
  }

  // ---- what has to be given up
  // ---------------------------------------------------------------------

  /**
   * Why nothing of the job can start, and since when.
   *
   * @param since when a node took its oldest pod, or the pod was made
   * @param broken whether something is missing or wrong, and not only room on the nodes
   * @param reason the cluster's words
   */
  record Stuck(Instant since, boolean broken, String reason) {}

  /** Null where something runs, has ended, or may still start by itself. */
  @Nullable Stuck stuck() {
    return stuck;
  }

  private @Nullable Stuck readStuck() {
    if (pods.isEmpty() || pods.stream().anyMatch(PodReading::isRunning)) {
      return null;
    }
    PodReading oldest = pods.get(0);
    String image = oldest.imageTrouble();
    String reason = image != null ? image : oldest.unschedulable();
    return reason == null || oldest.isBeingDeleted()
        ? null
        : new Stuck(oldest.scheduled(), image != null, reason);
  }

  /** Whether an element has come to its end. */
  boolean hasEnded(int users) {
    return indices("completedIndexes").contains(index(users))
        || indices("failedIndexes").contains(index(users));
  }

  @Nullable String version() {
    return Fields.text(job, "metadata", "resourceVersion");
  }

  Instant created() {
    Instant created = Fields.time(job, "metadata", "creationTimestamp");
    return created == null ? Instant.EPOCH : created;
  }

  /** Whether the Job has ended and its pods have not: they are watched apart, and come later. */
  boolean lacksPods() {
    return lacksPods;
  }

  /**
   * What is waited for, where events tell why in vain.
   *
   * @param subject the Job itself where it has no pod, else a pod without a container
   * @param since when that began
   * @param certain whether what failed once has not gone on meanwhile
   */
  record Awaited(Events.Subject subject, Instant since, boolean certain) {}

  /** Null where nothing is. */
  @Nullable Awaited awaits() {
    if (ended || Fields.isTrue(job, "spec", "suspend")) {
      return null;
    }
    if (pods.isEmpty()) {
      return new Awaited(new Events.Subject("Job", Fields.name(job)), created(), true);
    }
    PodReading last = pods.get(pods.size() - 1);
    return last.isBeingMade()
        ? new Awaited(
            new Events.Subject("Pod", last.name()), last.scheduled(), last.imageTrouble() != null)
        : null;
  }

  /** The newest version of what was read; the server counts upwards. */
  long newest() {
    long newest = version(job);
    for (PodReading pod : pods) {
      newest = Math.max(newest, pod.version());
    }
    return newest;
  }

  static long version(JsonObject object) {
    String version = Fields.textOr(Fields.at(object, "metadata"), "resourceVersion", "");
    return version.matches("[0-9]{1,18}") ? Long.parseLong(version) : 0;
  }

  /** The pod of the newest attempt. */
  @Nullable PodReading newest(@Nullable Integer index) {
    List<PodReading> all = index == null ? pods : byIndex.getOrDefault(index, List.of());
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }
}
