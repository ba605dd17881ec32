// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.core.config.Secrets;
import io.hpclaunch.core.job.Lacking;
import io.hpclaunch.core.store.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Prepares runs, and attempts that follow a first one. Nothing is run, no host is asked. */
final class Preparation {
  /** Stands in a stored configuration where the task's directory will be. */
  private static final String DIRECTORY = "/TASK";

  private static final int KEY_CHARS = 10;

  private final Work work;
  private final Map<String, Backend> backends = new HashMap<>();

  Preparation(Work work) {
    this.work = work;
  }

  /**
   * Makes a run's folder, whole or not at all. A run that was prepared from the same tasks is left
   * as it is.
   *
   * @throws InvalidJob when an input file is missing, or another run has the id
   * @throws Unsupported when a backend cannot do what a task needs
   */
  RunFolder run(Path runs, RunSpec spec) throws IOException {
    Optional<RunFolder> known = known(runs, spec);
    if (known.isPresent()) {
      return known.get();
    }
    for (Task task : spec.tasks()) {
      check(task, backend(spec, task));
    }
    Files.createDirectories(runs);
    Trees.removeOrphans(runs);
    String key = spec.id() + "-" + Token.random().value().substring(1, 1 + KEY_CHARS);
    Path draft = runs.resolve(Documents.temporary(spec.id()));
    try {
      RunFolder run = RunFolder.draft(draft, spec, key, work.now());
      Inputs inputs = new Inputs();
      for (Task task : spec.tasks()) {
        Manifest manifest = inputs.look(task, (hash, content) -> keep(run, hash, content));
        add(run, task, first(spec, task), manifest);
      }
      RunFolder.appear(draft, runs.resolve(spec.id()));
    } finally {
      Trees.remove(draft);
    }
    return known(runs, spec).orElseThrow(() -> new IOException(runs + " does not keep files"));
  }

  private static Optional<RunFolder> known(Path runs, RunSpec spec) throws IOException {
    Optional<RunFolder> known = RunFolder.open(runs, spec.id());
    if (known.isPresent() && !known.get().isOf(spec)) {
      throw new InvalidJob(
          "run " + spec.id() + " is there already, in " + known.get().path()
              + ", and was prepared from other tasks, or for another backend: give this one another id");
    }
    return known;
  }

  private static void keep(RunFolder run, String hash, byte[] content) throws IOException {
    if (!Files.exists(run.content(hash))) {
      Documents.writePrivate(run.content(hash), content);
    }
  }

  private String backend(RunSpec spec, Task task) {
    String name = task.backend() == null ? spec.backend() : task.backend();
    String key = name == null ? "" : name;
    Backend backend = backends.computeIfAbsent(key, any -> work.backend(name));
    backends.put(backend.name(), backend);
    return backend.name();
  }

  private void check(Task task, String backend) {
    Backend on = work.backend(backend);
    JobSpec job = Jobs.spec(
        task, Attempt.prepared(1, Token.random(), backend, work.now()).attempt(), DIRECTORY);
    Lacking lacking = Lacking.of(job, job, on.capabilities());
    if (!lacking.isNone()) {
      throw new Unsupported(
          "backend " + backend + " cannot do what task " + task.id() + " needs: " + lacking);
    }
  }

  private Attempt first(RunSpec spec, Task task) {
    Attempt.Draft first = Attempt.prepared(1, Token.random(), backend(spec, task), work.now());
    first.memory = task.memory();
    first.timeLimit = task.timeLimit();
    first.retriesLeft = spec.retry(task).max();
    return first.attempt();
  }

  private void add(RunFolder run, Task task, Attempt attempt, Manifest manifest)
      throws IOException {
    run.add(task, attempt, manifest, configuration(task, attempt));
  }

  /** The job as it will be submitted, and what the configuration says of its backend. */
  private JsonObject configuration(Task task, Attempt attempt) {
    JsonObject json = Documents.empty();
    Backend backend = work.backend(attempt.backend());
    json.addProperty("backend", backend.name());
    json.addProperty("type", backend.type());
    JsonObject settings = new JsonObject();
    new TreeMap<>(work.settings().apply(backend.name())).forEach(settings::addProperty);
    json.add("settings", settings);
    JsonObject job = JsonParser.parseString(SpecJson.write(Jobs.spec(task, attempt, DIRECTORY)))
        .getAsJsonObject();
    JsonObject masked = new JsonObject();
    task.env()
        .forEach((name, value) ->
            masked.addProperty(name, value == null ? null : Secrets.mask(name, value)));
    job.add("environment", masked);
    json.add("job", job);
    return json;
  }

  // ---- further attempts --------------------------------------------------------------------

  /** The attempt that follows a failure by itself: the same input, more memory and time. */
  void again(RunFolder run, Task task, Attempt last) throws IOException {
    RetryPolicy policy = run.spec().retry(task);
    Attempt.Draft next =
        Attempt.prepared(last.number() + 1, Token.random(), last.backend(), work.now());
    next.memory = times(last.memory(), policy.memoryFactor());
    next.timeLimit = times(last.timeLimit(), policy.timeFactor());
    next.retriesLeft = last.retriesLeft() - 1;
    add(run, task, next.attempt(), run.manifest(task, last.number()));
  }

  /** An attempt that a user asked for: input files are taken as they are now. */
  void again(RunFolder run, Task task, Attempt last, RetryRequest request) throws IOException {
    Attempt.Draft next =
        Attempt.prepared(last.number() + 1, Token.random(), last.backend(), work.now());
    next.memory = request.memory() == null ? last.memory() : request.memory();
    next.timeLimit = request.timeLimit() == null ? last.timeLimit() : request.timeLimit();
    next.retriesLeft = run.spec().retry(task).max();
    Manifest fresh = new Inputs().look(task, (hash, content) -> keep(run, hash, content));
    add(run, task, next.attempt(), fresh.withContentOf(run.manifest(task, last.number())));
  }

  private static @Nullable Long times(@Nullable Long bytes, double factor) {
    return bytes == null ? null : (Long) (long) Math.ceil(bytes * factor);
  }

  private static @Nullable Duration times(@Nullable Duration time, double factor) {
    return time == null
        ? null
        : Duration.ofSeconds((long) Math.ceil(time.toMillis() / 1000.0 * factor));
  }
}
