// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.Token;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The Jobs and pods of one namespace: watched where somebody follows them, else asked for. */
final class Jobs implements AutoCloseable {
  private static final String BATCH = "/apis/batch/v1";
  private static final String CORE = "/api/v1";

  /** More than these are listed with all others, at once. */
  private static final int FEW = 20;

  /** By then a watch has told of what was answered. */
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(5);

  /** A Job as the server answered it, and when. */
  private record Answer(JobReading reading, long nanos) {
    Answer(JobReading reading) {
      this(reading, System.nanoTime());
    }

    boolean isNew() {
      return System.nanoTime() - nanos < TOLD_WITHIN.toNanos();
    }
  }

  /** Pods by their Jobs, as of a number of changes. */
  private record Grouped(long changes, Map<String, List<JsonObject>> byJob) {}

  private final ApiClient api;
  private final String namespace;
  private final Map<String, JobInfo> gone = new ConcurrentHashMap<>();
  private final Map<String, Answer> created = new ConcurrentHashMap<>();
  private final Map<String, Answer> asked = new ConcurrentHashMap<>();
  private final Readings readings = new Readings();
  private final Events events;
  private volatile @Nullable Grouped grouped;
  private @Nullable ScheduledExecutorService clock;
  private @Nullable Watch jobs;
  private @Nullable Watch pods;

  Jobs(ApiClient api, String namespace, Clock clock) {
    this.api = api;
    this.namespace = namespace;
    this.events = new Events(api, selector -> path("events", "fieldSelector", selector), clock);
  }

  /** Why a Job, or its pod, has not got what it waits for; null where it waits for nothing. */
  @Nullable String refusal(JobReading reading) {
    JobReading.Awaited awaited = reading.awaits();
    return awaited == null ? null : events.about(awaited.subject());
  }

  /** Whether what was refused has not gone on since. */
  boolean isStillRefused(JobReading reading) {
    JobReading.Awaited awaited = reading.awaits();
    return awaited != null && (awaited.certain() || events.isLast(awaited.subject()));
  }

  String jobPath(String name) {
    return jobsPath() + "/" + name;
  }

  String jobsPath(String... parameters) {
    return ApiClient.path(BATCH, namespace, "jobs", parameters);
  }

  String podsPath(String... parameters) {
    return ApiClient.path(CORE, namespace, "pods", parameters);
  }

  String path(String kind, String... parameters) {
    return ApiClient.path(CORE, namespace, kind, parameters);
  }

  /** Jobs by the tokens that they carry. */
  Map<Token, NativeId> find(List<Token> tokens) throws IOException {
    String selector = Names.TOKEN + " in ("
        + String.join(",", tokens.stream().map(Token::value).toList()) + ")";
    Map<Token, NativeId> found = new HashMap<>();
    api.list(
        jobsPath("labelSelector", selector),
        job -> found.put(
            new Token(String.valueOf(Fields.label(job, Names.TOKEN))),
            NativeId.of(Fields.name(job)).onCluster(namespace)));
    return found;
  }

  /** What waits and runs. */
  List<QueueReporter.Entry> queue(boolean mineOnly) throws IOException {
    String[] selector = mineOnly
        ? new String[] {"labelSelector", Names.MANAGED_BY + "=" + Names.OURS}
        : new String[0];
    List<JsonObject> all = api.list(jobsPath(selector));
    Map<String, JobReading> readings = readings(all, api.list(podsPath()));
    List<QueueReporter.Entry> entries = new ArrayList<>();
    for (JsonObject job : all) {
      JobReading reading = readings.get(Fields.name(job));
      if (reading != null && !reading.isFinal()) {
        String refusal = refusal(reading);
        JobInfo info = reading.whole();
        entries.add(
            entry(job, refusal == null ? info : info.toBuilder().reason(refusal).build()));
      }
    }
    return entries;
  }

  private QueueReporter.Entry entry(JsonObject job, JobInfo info) {
    String name = Fields.annotation(job, Names.NAME);
    return new QueueReporter.Entry(
        NativeId.of(Fields.name(job)).onCluster(namespace),
        name == null ? Fields.name(job) : name,
        null,
        info.state(),
        info.nativeState(),
        null,
        info.reason(),
        info.submitted(),
        info.started(),
        null);
  }

  /** From now on changes ring the bell. */
  synchronized void follow(Runnable bell) {
    if (jobs != null) {
      return;
    }
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, "hpc-k8s-timer");
      thread.setDaemon(true);
      return thread;
    });
    clock = timer;
    pods = new Watch(
        api, "pods", podsPath("labelSelector", Names.TOKEN), listener(bell, pod -> {}), timer);
    jobs = new Watch(
        api, "jobs", jobsPath("labelSelector", Names.TOKEN), listener(bell, this::went), timer);
    pods.start();
    jobs.start();
  }

  private static Watch.Listener listener(Runnable bell, Consumer<JsonObject> went) {
    return new Watch.Listener() {
      @Override
      public void changed() {
        bell.run();
      }

      @Override
      public void gone(JsonObject last) {
        went.accept(last);
      }
    };
  }

  /** Of a Job that is gone only who saw it go can tell. */
  private void went(JsonObject job) {
    JobReading last = new JobReading(job, podsOf(job));
    if (!last.isArray()) {
      JobInfo info = last.whole();
      gone.put(
          Fields.name(job),
          last.isFinal() ? info : cancelled(info.toBuilder(), "its Job was deleted"));
    }
  }

  private static JobInfo cancelled(JobInfo.Builder info, String why) {
    return info.state(JobState.CANCELLED)
        .exitCode(null)
        .signal(null)
        .nativeState(null)
        .reason(why)
        .build();
  }

  private List<JsonObject> podsOf(JsonObject job) {
    Watch watched = pods;
    return watched == null
        ? List.of()
        : byJob(watched.objects().values()).getOrDefault(Fields.name(job), List.of());
  }

  /** Remembers a Job until a watch tells of it: else each would be asked for once. */
  void created(JsonObject job) {
    created.values().removeIf(each -> !each.isNew());
    created.put(Fields.name(job), new Answer(new JobReading(ApiClient.slim(job), List.of())));
  }

  /** What is known of Jobs, by name; a name that is not there belongs to none. */
  Map<String, JobReading> read(Collection<String> names) throws IOException {
    Map<String, JobReading> found = watched(names);
    Set<String> missing = new HashSet<>(names);
    missing.removeAll(found.keySet());
    missing.removeIf(name -> isNew(name, found));
    if (!missing.isEmpty()) {
      Map<String, JobReading> answers = ask(missing);
      asked.values().removeIf(each -> !each.isNew());
      answers.forEach((name, reading) -> asked.put(name, new Answer(reading)));
      found.putAll(answers);
    }
    return found;
  }

  private boolean isNew(String name, Map<String, JobReading> found) {
    Answer one = isWatched(name) ? null : created.get(name);
    if (one == null || !one.isNew()) {
      return false;
    }
    found.put(name, newer(name, one.reading()));
    return true;
  }

  private boolean isWatched(String name) {
    Watch watched = jobs;
    return watched == null || gone.containsKey(name) || watched.objects().containsKey(name);
  }

  private Map<String, JobReading> watched(Collection<String> names) {
    Map<String, JobReading> found = new HashMap<>();
    Watch ofJobs = jobs;
    Watch ofPods = pods;
    if (ofJobs == null || ofPods == null || !ofJobs.isSynced() || !ofPods.isSynced()) {
      return found;
    }
    readings.retain(ofJobs.objects().keySet());
    Map<String, List<JsonObject>> byJob = grouped(ofPods);
    for (String name : names) {
      JsonObject job = ofJobs.objects().get(name);
      if (job != null) {
        JobReading reading = readings.of(name, job, byJob.getOrDefault(name, List.of()));
        if (!reading.lacksPods()) {
          found.put(name, newer(name, reading));
        }
      }
    }
    return found;
  }

  /** A watch may be a moment behind what was answered: nobody goes back in time. */
  private JobReading newer(String name, JobReading told) {
    Answer answer = asked.get(name);
    return answer != null && answer.isNew() && answer.reading().newest() > told.newest()
        ? answer.reading()
        : told;
  }

  /** What changes meanwhile is there at the next change at the latest. */
  private Map<String, List<JsonObject>> grouped(Watch ofPods) {
    Grouped last = grouped;
    long changes = ofPods.changes();
    if (last == null || last.changes() != changes) {
      last = new Grouped(changes, byJob(ofPods.objects().values()));
      grouped = last;
    }
    return last.byJob();
  }

  private Map<String, JobReading> ask(Set<String> names) throws IOException {
    Map<String, JsonObject> all = new HashMap<>();
    List<JsonObject> itsPods = new ArrayList<>();
    if (names.size() > FEW) {
      api.list(jobsPath("labelSelector", Names.TOKEN), job -> all.put(Fields.name(job), job));
      itsPods.addAll(api.list(podsPath("labelSelector", Names.TOKEN)));
      all.keySet().retainAll(names);
    } else {
      for (String name : names) {
        try {
          all.put(name, ApiClient.slim(api.get(jobPath(name))));
        } catch (ApiError e) {
          if (!e.isNotFound()) {
            throw e;
          }
        }
      }
      if (!all.isEmpty()) {
        itsPods.addAll(api.list(
            podsPath("labelSelector", "job-name in (" + String.join(",", all.keySet()) + ")")));
      }
    }
    return readings(all.values(), itsPods);
  }

  /** Jobs with their pods, by name. */
  static Map<String, JobReading> readings(Collection<JsonObject> jobs, List<JsonObject> pods) {
    Map<String, List<JsonObject>> byJob = byJob(pods);
    Map<String, JobReading> found = new HashMap<>();
    for (JsonObject job : jobs) {
      String name = Fields.name(job);
      found.put(name, new JobReading(job, byJob.getOrDefault(name, List.of())));
    }
    return found;
  }

  /** A Job as it is now, whatever was watched; null where it is not there. */
  @Nullable JobReading fresh(String name) throws IOException {
    return ask(Set.of(name)).get(name);
  }

  private static Map<String, List<JsonObject>> byJob(Collection<JsonObject> pods) {
    Map<String, List<JsonObject>> all = new HashMap<>();
    for (JsonObject pod : pods) {
      String job = Fields.label(pod, "job-name");
      if (job != null) {
        all.computeIfAbsent(job, name -> new ArrayList<>()).add(pod);
      }
    }
    return all;
  }

  /** Remembers what a Job comes to that is about to be deleted. */
  void ending(String name, JobReading last) {
    if (!last.isArray()) {
      gone.put(name, cancelled(last.whole().toBuilder(), "its end was asked for"));
    }
  }

  /** What a Job that is not there any more is known to have come to; null where nobody saw it. */
  @Nullable Observation gone(String name) {
    JobInfo last = gone.get(name);
    return last == null || podsGoOn(name)
        ? null
        : new Observation.Seen(last, Names.token(name).orElse(null));
  }

  /** Pods that a Job has left behind stay when they have ended; others are on their way out. */
  private boolean podsGoOn(String name) {
    Watch watched = pods;
    return watched != null
        && watched.objects().values().stream()
            .filter(pod -> name.equals(Fields.label(pod, "job-name")))
            .map(PodReading::new)
            .anyMatch(pod -> !pod.hasEnded() || pod.isBeingDeleted());
  }

  @Override
  public synchronized void close() {
    for (Watch watch : new Watch[] {jobs, pods}) {
      if (watch != null) {
        watch.close();
      }
    }
    if (clock != null) {
      clock.shutdownNow();
    }
  }
}
