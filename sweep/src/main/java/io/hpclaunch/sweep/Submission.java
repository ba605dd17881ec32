// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.Token;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was or is to be submitted together, written down before the first job is: from it the tokens
 * of all its jobs follow, so that whoever comes later finds them, and submits what is missing and
 * nothing twice.
 *
 * @param number from 1, one more for each resumption
 * @param backend the backend's name
 * @param array whether one array has all tasks
 * @param tasks which tasks
 * @param maxParallel how many at once, or null
 * @param seed what the tokens are derived from; nobody else has it
 * @param spec the job in JSON, of single jobs without what differs
 * @param created when it was written down
 * @param complete whether everything of it was submitted, or never will be
 * @param register what remembers its jobs; null where that could not be told
 */
record Submission(
    int number,
    String backend,
    boolean array,
    TaskSet tasks,
    @Nullable Integer maxParallel,
    String seed,
    String spec,
    Instant created,
    boolean complete,
    JobRegister.@Nullable Identity register) {
  private static final int VERSION = 1;
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int TOKEN_CHARS = 25;

  /** The token of an array is that of task 0. */
  Token token(int task) {
    byte[] hash = sha256(seed + ":" + number + ":" + (array ? 0 : task));
    StringBuilder text = new StringBuilder("h");
    for (int i = 0; i < TOKEN_CHARS; i++) {
      text.append(ALPHABET.charAt(hash[i] & (ALPHABET.length() - 1)));
    }
    return new Token(text.toString());
  }

  JobId job(int task) {
    return JobId.of(backend, token(task));
  }

  /** All its jobs. */
  List<JobId> jobs() {
    return jobs(tasks);
  }

  /** The jobs that have these of its tasks: the array, or theirs alone. */
  List<JobId> jobs(TaskSet some) {
    if (array) {
      return List.of(job(0));
    }
    List<JobId> jobs = new ArrayList<>();
    some.forEach(task -> jobs.add(job(task)));
    return jobs;
  }

  /** Where its jobs are remembered, as a sentence. */
  String elsewhere() {
    String place = register == null ? "a place that was not noted" : register.place();
    return "its jobs are remembered in " + place + ", and not in this client's state folder";
  }

  /** The index of a task within the array: its own number, or its place among the tasks. */
  boolean isMapped() {
    return array && !tasks.isWhole();
  }

  Submission completed() {
    return new Submission(
        number, backend, array, tasks, maxParallel, seed, spec, created, true, register);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  String json() {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("number", number);
    json.addProperty("backend", backend);
    json.addProperty("mode", array ? "array" : "individual");
    json.addProperty("tasks", tasks.toString());
    json.addProperty("max_parallel", maxParallel);
    json.addProperty("seed", seed);
    json.addProperty("created", created.toString());
    json.addProperty("complete", complete);
    if (register != null) {
      JsonObject which = new JsonObject();
      which.addProperty("id", register.id());
      which.addProperty("place", register.place());
      json.add("register", which);
    }
    json.add("job", Jsons.object(spec));
    return json + "\n";
  }

  private static JobRegister.@Nullable Identity register(@Nullable JsonElement json) {
    if (json == null) {
      return null;
    }
    JsonObject which = json.getAsJsonObject();
    return new JobRegister.Identity(
        which.get("id").getAsString(), which.get("place").getAsString());
  }

  /** Whether another register than this one remembers its jobs. */
  boolean isForeign(Optional<JobRegister.Identity> own) {
    return register != null && (own.isEmpty() || !own.get().id().equals(register.id()));
  }

  static Submission read(String text, Path file, int count) {
    try {
      JsonObject json = Jsons.object(text);
      Integer version = Jsons.integer(json, "version");
      if (version == null || version != VERSION) {
        throw new JsonParseException("it has version " + version + ", not " + VERSION);
      }
      return new Submission(
          json.get("number").getAsInt(),
          json.get("backend").getAsString(),
          json.get("mode").getAsString().equals("array"),
          TaskSet.parse(json.get("tasks").getAsString(), file.toString(), count),
          Jsons.integer(json, "max_parallel"),
          json.get("seed").getAsString(),
          json.get("job").toString(),
          Instant.parse(json.get("created").getAsString()),
          json.get("complete").getAsBoolean(),
          register(json.get("register")));
    } catch (RuntimeException e) {
      throw new InvalidConfiguration(file + " is damaged: " + e.getMessage(), e);
    }
  }
}
