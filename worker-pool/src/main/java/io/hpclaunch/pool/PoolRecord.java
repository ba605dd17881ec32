// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.pool.wire.WorkerReport;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a pool between the clients that use it.
 *
 * @param id names its queues; new when the pool was deleted and is deployed again
 * @param secret the password of the embedded broker's user
 * @param port where the embedded broker listens, or 0: it has not yet
 * @param wanted how many workers it was scaled to, or null: as many as the configuration says
 * @param stores the folders of its storage, one for each place that it was at; the last is in use
 * @param jobs the batch jobs with its workers, the oldest first; ended ones until others take their
 *     place
 * @param failures how many jobs before these, in a row, ended before a worker of theirs was heard
 *     of
 * @param refusal why the last job was refused, or null: it was not, or is not missed any more
 */
record PoolRecord(
    String id,
    String secret,
    int port,
    @Nullable Integer wanted,
    List<String> stores,
    List<PoolJob> jobs,
    int failures,
    @Nullable String refusal) {
  private static final int SCHEMA = 4;
  private static final SecureRandom RANDOM = new SecureRandom();

  PoolRecord {
    stores = List.copyOf(stores);
    jobs = List.copyOf(jobs);
  }

  /** A pool that was never deployed. */
  static PoolRecord fresh(String name) {
    return new PoolRecord(
        name + "-" + random(6), random(24), 0, null, List.of(), List.of(), 0, null);
  }

  private static String random(int bytes) {
    byte[] drawn = new byte[bytes];
    RANDOM.nextBytes(drawn);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
  }

  PoolRecord withPort(int value) {
    return new PoolRecord(id, secret, value, wanted, stores, jobs, failures, refusal);
  }

  /** The folder of its storage from now on; the others go with the pool. */
  PoolRecord withStore(Path value) {
    List<String> all = new ArrayList<>(stores);
    all.remove(value.toString());
    all.add(value.toString());
    return new PoolRecord(id, secret, port, wanted, all, jobs, failures, refusal);
  }

  /** The folder of its storage, or empty: it was never started. */
  Optional<Path> store() {
    return stores.isEmpty()
        ? Optional.empty()
        : Optional.of(Path.of(stores.get(stores.size() - 1)));
  }

  PoolRecord withWanted(@Nullable Integer value) {
    return new PoolRecord(id, secret, port, value, stores, jobs, failures, refusal);
  }

  PoolRecord withJobs(List<PoolJob> value) {
    return new PoolRecord(id, secret, port, wanted, stores, value, failures, refusal);
  }

  PoolRecord withFailures(int value) {
    return new PoolRecord(id, secret, port, wanted, stores, jobs, value, refusal);
  }

  PoolRecord withRefusal(@Nullable String value) {
    return new PoolRecord(id, secret, port, wanted, stores, jobs, failures, value);
  }

  /** Changes one of its jobs. */
  PoolRecord change(JobId job, UnaryOperator<PoolJob> how) {
    return withJobs(jobs.stream()
        .map(each -> each.id().equals(job) ? how.apply(each) : each)
        .toList());
  }

  List<JobId> jobIds() {
    return jobs.stream().map(PoolJob::id).toList();
  }

  /** The jobs that wait or run. */
  List<PoolJob> alive(Map<JobId, JobInfo> seen) {
    return jobs.stream().filter(job -> PoolJob.isAlive(seen.get(job.id()))).toList();
  }

  /** How many workers these jobs have, or will have when they run. */
  static int workers(List<PoolJob> jobs) {
    return jobs.stream().mapToInt(PoolJob::workers).sum();
  }

  /** A worker was heard of; one of a job that nobody knows may be of any. */
  PoolRecord heard(WorkerReport report) {
    boolean isKnown = jobs.stream().anyMatch(job -> job.isOf(report));
    return withFailures(0)
        .withJobs(jobs.stream()
            .map(job -> !isKnown || job.isOf(report) ? job.heard() : job)
            .toList());
  }

  /**
   * How many jobs in a row ended before a worker of theirs was heard of.
   *
   * @param seen where the jobs stand
   * @param watched those that somebody listened to all the time: one of these that ended well and
   *     was never heard of could not reach the broker
   */
  int failures(Map<JobId, JobInfo> seen, Set<JobId> watched) {
    int count = failures;
    for (PoolJob job : jobs) {
      JobInfo info = seen.get(job.id());
      boolean isOver = job.workers() > 0 && !job.isHeard() && !PoolJob.isAlive(info);
      boolean isWell = info != null && info.state() == JobState.COMPLETED;
      if (isOver && (!isWell || watched.contains(job.id()))) {
        count++;
      }
    }
    return count;
  }

  String toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("schema", SCHEMA);
    json.addProperty("id", id);
    json.addProperty("secret", secret);
    json.addProperty("port", port);
    json.addProperty("wanted", wanted);
    JsonArray folders = new JsonArray();
    stores.forEach(folders::add);
    json.add("stores", folders);
    JsonArray all = new JsonArray();
    for (PoolJob job : jobs) {
      JsonObject one = new JsonObject();
      one.addProperty("id", job.id().toString());
      one.addProperty("workers", job.workers());
      one.addProperty("submitted", job.submitted().toString());
      one.addProperty("walltime", job.walltime() == null ? null : job.walltime().toString());
      one.addProperty("heard", job.isHeard());
      all.add(one);
    }
    json.add("jobs", all);
    json.addProperty("failures", failures);
    json.addProperty("refusal", refusal);
    return json.toString();
  }

  /**
   * Reads a record.
   *
   * @throws JsonParseException when it is none of this version
   */
  static PoolRecord parse(String text) {
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      if (json.get("schema").getAsInt() != SCHEMA) {
        throw new JsonParseException("its schema is " + json.get("schema"));
      }
      List<String> stores = new ArrayList<>();
      json.getAsJsonArray("stores").forEach(each -> stores.add(each.getAsString()));
      List<PoolJob> jobs = new ArrayList<>();
      for (JsonElement each : json.getAsJsonArray("jobs")) {
        jobs.add(job(each.getAsJsonObject()));
      }
      return new PoolRecord(
          json.get("id").getAsString(),
          json.get("secret").getAsString(),
          json.get("port").getAsInt(),
          json.get("wanted").isJsonNull() ? null : json.get("wanted").getAsInt(),
          stores,
          jobs,
          json.get("failures").getAsInt(),
          json.get("refusal").isJsonNull() ? null : json.get("refusal").getAsString());
    } catch (IllegalStateException
        | NullPointerException
        | ClassCastException
        | InvalidJob
        | DateTimeException e) {
      throw new JsonParseException("no record of a pool", e);
    }
  }

  private static PoolJob job(JsonObject json) {
    JsonElement walltime = json.get("walltime");
    return new PoolJob(
        JobId.parse(json.get("id").getAsString()),
        json.get("workers").getAsInt(),
        Instant.parse(json.get("submitted").getAsString()),
        walltime.isJsonNull() ? null : Duration.parse(walltime.getAsString()),
        json.get("heard").getAsBoolean());
  }

  @Override
  public String toString() {
    return id;
  }
}
