// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.hpclaunch.api.InvalidJob;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One run on disk. {@code run.json} and each attempt's folder appear whole, under their names, or
 * not at all; {@code attempt.json} is replaced as a whole.
 *
 * <pre>
 * runs/RUN/run.json                           the tasks, written once
 * runs/RUN/content/SHA256                     content that was given as such
 * runs/RUN/tasks/TASK/cancel.json             a wish to cancel: up to which attempt
 * runs/RUN/tasks/TASK/attempts/N/manifest.json, config.json, attempt.json, results/
 * </pre>
 */
final class RunFolder {
  private static final String RUN = "run.json";
  private static final String ATTEMPT = "attempt.json";
  private static final String MANIFEST = "manifest.json";
  private static final String CONFIGURATION = "config.json";
  private static final String CANCEL = "cancel.json";

  private final Path path;
  private final RunSpec spec;
  private final String key;
  private final Instant created;
  private final Registers registers;

  private RunFolder(Path path, RunSpec spec, String key, Instant created) {
    this.path = path;
    this.spec = spec;
    this.key = key;
    this.created = created;
    this.registers = new Registers(path, spec.id());
  }

  /**
   * Opens a run.
   *
   * @param runs the folder that runs are in
   * @param id the run's id
   * @return the run; empty where there is none
   * @throws IOException when it cannot be read or is damaged
   */
  static Optional<RunFolder> open(Path runs, String id) throws IOException {
    Path path = runs.resolve(Ids.check("run id", id));
    Optional<JsonObject> json = Documents.read(path.resolve(RUN));
    if (json.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new RunFolder(
          path,
          RunJson.read(json.get().getAsJsonObject("run")),
          Fields.text(json.get(), "key"),
          Instant.parse(Fields.text(json.get(), "created"))));
    } catch (RuntimeException e) {
      throw damaged(path.resolve(RUN), e);
    }
  }

  /** A folder that is filled before it gets its name. */
  static RunFolder draft(Path path, RunSpec spec, String key, Instant created) throws IOException {
    Files.createDirectories(path.resolve("content"));
    JsonObject json = Documents.empty();
    json.addProperty("key", key);
    json.addProperty("created", created.toString());
    json.add("run", RunJson.write(spec));
    Documents.writePrivate(path.resolve(RUN), Documents.bytes(json));
    return new RunFolder(path, spec, key, created);
  }

  /** Whether this run was prepared from the same tasks. */
  boolean isOf(RunSpec other) throws IOException {
    JsonObject mine = Documents.read(path.resolve(RUN)).orElseThrow().getAsJsonObject("run");
    return Documents.text(mine).equals(Documents.text(RunJson.write(other)));
  }

  Path path() {
    return path;
  }

  RunSpec spec() {
    return spec;
  }

  /** Names the run on hosts, where runs of other folders may have the same id. */
  String key() {
    return key;
  }

  Instant created() {
    return created;
  }

  /** Which registers remember its jobs. */
  Registers registers() {
    return registers;
  }

  Path content(String sha256) {
    return path.resolve("content").resolve(sha256);
  }

  Path results(Task task, int attempt) {
    return attempt(task, attempt).resolve("results");
  }

  private Path task(Task task) {
    return path.resolve("tasks").resolve(task.id());
  }

  private Path attempt(Task task, int number) {
    return task(task).resolve("attempts").resolve(Integer.toString(number));
  }

  /** The last attempt; there is one from the run's preparation on. */
  Attempt last(Task task) throws IOException {
    int last = 0;
    try (DirectoryStream<Path> attempts =
        Files.newDirectoryStream(task(task).resolve("attempts"))) {
      for (Path each : attempts) {
        String name = String.valueOf(each.getFileName());
        if (name.matches("[1-9]\\d{0,8}")) {
          last = Math.max(last, Integer.parseInt(name));
        }
      }
    } catch (NoSuchFileException e) {
      throw damaged(task(task), e);
    }
    return read(task, last);
  }

  private Attempt read(Task task, int number) throws IOException {
    Path file = attempt(task, number).resolve(ATTEMPT);
    JsonObject json = required(file);
    try {
      return AttemptJson.read(json);
    } catch (RuntimeException e) {
      throw damaged(file, e);
    }
  }

  Manifest manifest(Task task, int number) throws IOException {
    Path file = attempt(task, number).resolve(MANIFEST);
    JsonObject json = required(file);
    try {
      return Manifest.of(json);
    } catch (RuntimeException e) {
      throw damaged(file, e);
    }
  }

  private static JsonObject required(Path file) throws IOException {
    return Documents.read(file).orElseThrow(() -> damaged(file, null));
  }

  private static IOException damaged(Path file, @Nullable Exception cause) {
    String why = cause instanceof JsonParseException || cause instanceof InvalidJob
        ? ": " + cause.getMessage()
        : "";
    return new IOException(file + " is missing or damaged" + why, cause);
  }

  void save(Task task, Attempt attempt) throws IOException {
    Documents.write(attempt(task, attempt.number()).resolve(ATTEMPT), AttemptJson.write(attempt));
  }

  /**
   * Adds an attempt. Of two processes that add one at once, one does; the other finds it there.
   *
   * @return false where an attempt of that number was there
   */
  boolean add(Task task, Attempt attempt, Manifest manifest, JsonObject configuration)
      throws IOException {
    Path attempts = Files.createDirectories(task(task).resolve("attempts"));
    Path draft = attempts.resolve(Documents.temporary(Integer.toString(attempt.number())));
    Files.createDirectory(draft);
    byte[] settings = Documents.bytes(configuration);
    Documents.write(draft.resolve(CONFIGURATION), settings);
    Documents.write(
        draft.resolve(MANIFEST),
        manifest.json(spec.id(), task.id(), attempt.number(), Hashes.sha256(settings)));
    Documents.write(draft.resolve(ATTEMPT), AttemptJson.write(attempt));
    return appear(draft, attempt(task, attempt.number()));
  }

  /** Gives a folder that is whole its name; false where another one has it. */
  static boolean appear(Path draft, Path target) throws IOException {
    try {
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      Documents.force(target.toAbsolutePath().getParent());
      return true;
    } catch (FileSystemException e) {
      if (Files.exists(target)) {
        Trees.remove(draft);
        return false;
      }
      throw e;
    }
  }

  /** Up to which attempt a task is to be cancelled. */
  OptionalInt cancelled(Task task) throws IOException {
    Optional<JsonObject> wish = Documents.read(task(task).resolve(CANCEL));
    return wish.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(Fields.text(wish.get(), "up_to_attempt")));
  }

  void cancel(Task task, int upToAttempt, Instant now) throws IOException {
    JsonObject json = Documents.empty();
    json.addProperty("up_to_attempt", upToAttempt);
    json.addProperty("time", now.toString());
    Documents.write(task(task).resolve(CANCEL), json);
  }
}
