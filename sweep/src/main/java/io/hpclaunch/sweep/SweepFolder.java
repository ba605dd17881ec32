// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import com.google.gson.JsonObject;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.config.StateFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The folder of one sweep; docs/sweep.md says what is in it, and who writes it. */
final class SweepFolder {
  private static final String RECORD = "sweep.json";
  private static final String DEFINITION = "sweep.yaml";
  private static final String SUBMISSIONS = "submissions";
  private static final int VERSION = 1;

  private final Path path;

  private SweepFolder(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  /** What a sweep was begun with. */
  record Begun(
      String id, Instant created, int count, String workingDirectory, String definitionFolder) {}

  /**
   * Makes the folder with everything in it, the intent of the first submission too. It is made
   * under another name and renamed: a folder that is there is whole, and can be resumed.
   */
  static SweepFolder create(
      Path sweeps, Begun begun, Sweep sweep, CommandTemplate command, Submission first) {
    SweepFolder folder = new SweepFolder(sweeps.resolve(begun.id()));
    if (Files.exists(folder.path)) {
      throw taken(folder.path);
    }
    try {
      Files.createDirectories(folder.path.getParent());
      Path unfinished = Files.createDirectory(
          folder.path.resolveSibling("." + begun.id() + "." + Token.random()));
      try {
        folder.fill(unfinished, begun, sweep, command);
        Files.writeString(submission(unfinished, first.number()), first.json());
        Files.move(unfinished, folder.path, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        remove(unfinished);
        throw e;
      }
      return folder;
    } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
      throw taken(folder.path);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the sweep's folder " + folder.path + " cannot be made: " + StateFolder.words(e)
              + "; nothing was submitted",
          e);
    }
  }

  private static InvalidConfiguration taken(Path path) {
    return new InvalidConfiguration(
        path + " is there already: take another --sweep-id, or resume it");
  }

  /** Opens a sweep that was begun before. */
  static SweepFolder open(Path path) {
    if (!Files.isRegularFile(path.resolve(RECORD))) {
      throw new InvalidConfiguration(
          path + " is no sweep: 'hpc sweep list' tells which there are, --sweep-dir where");
    }
    return new SweepFolder(path);
  }

  /** The sweeps of a folder, the oldest first. */
  static List<SweepFolder> all(Path sweeps) {
    if (!Files.isDirectory(sweeps)) {
      return List.of();
    }
    List<SweepFolder> all = new ArrayList<>();
    try (Stream<Path> names = Files.list(sweeps)) {
      names
          .filter(each -> !each.getFileName().toString().startsWith("."))
          .filter(each -> Files.isRegularFile(each.resolve(RECORD)))
          .forEach(each -> all.add(new SweepFolder(each)));
    } catch (IOException e) {
      throw new InvalidConfiguration(sweeps + " cannot be read: " + StateFolder.words(e), e);
    }
    all.sort(Comparator.comparing(each -> each.begun().created()));
    return all;
  }

  private void fill(Path to, Begun begun, Sweep sweep, CommandTemplate command) throws IOException {
    for (String name : List.of("scripts", "logs", "tasks", SUBMISSIONS)) {
      Files.createDirectory(to.resolve(name));
    }
    Files.writeString(to.resolve(DEFINITION), sweep.text());
    Path scripts = to.resolve("scripts");
    Files.writeString(
        scripts.resolve(TaskScripts.RUNNER),
        TaskScripts.runner(path.toString(), begun.id(), begun.count()));
    StringBuilder values = new StringBuilder();
    try (Writer json = Files.newBufferedWriter(to.resolve("combinations.json"))) {
      json.write("[");
      for (Combination each : sweep.combinations()) {
        json.write(each.index() == 1 ? "\n" : ",\n");
        json.write("{\"index\": " + each.index() + ", \"params\": " + each.json() + "}");
        values.append(values.length() == 0 ? "case $hpc_task in\n" : "");
        TaskScripts.branch(values, each, command, begun.id(), path.toString());
        if (each.index() % TaskScripts.CHUNK == 0 || each.index() == begun.count()) {
          int chunk = (each.index() - 1) / TaskScripts.CHUNK;
          Files.writeString(scripts.resolve(TaskScripts.values(chunk)), values.append("esac\n"));
          values.setLength(0);
        }
      }
      json.write("\n]\n");
    }
    Files.writeString(to.resolve(RECORD), record(begun));
  }

  private static String record(Begun begun) {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("id", begun.id());
    json.addProperty("created", begun.created().toString());
    json.addProperty("count", begun.count());
    json.addProperty("working_directory", begun.workingDirectory());
    json.addProperty("definition_folder", begun.definitionFolder());
    return json + "\n";
  }

  Path path() {
    return path;
  }

  String id() {
    return path.getFileName().toString();
  }

  String scripts() {
    return path.resolve("scripts").toString();
  }

  Path log(int task) {
    return path.resolve("logs").resolve(Combination.task(task) + ".log");
  }

  Path task(int task) {
    return path.resolve("tasks").resolve(Combination.task(task));
  }

  Begun begun() {
    Path file = path.resolve(RECORD);
    try {
      JsonObject json = Jsons.object(Files.readString(file));
      return new Begun(
          json.get("id").getAsString(),
          Instant.parse(json.get("created").getAsString()),
          json.get("count").getAsInt(),
          json.get("working_directory").getAsString(),
          json.get("definition_folder").getAsString());
    } catch (IOException | RuntimeException e) {
      throw new InvalidConfiguration(file + " is damaged: " + e.getMessage(), e);
    }
  }

  Sweep sweep(Begun begun) {
    Path file = path.resolve(DEFINITION);
    try {
      return Sweep.parse(Files.readString(file), file.toString(), Path.of(begun.definitionFolder()))
          .maxRuns(begun.count());
    } catch (IOException e) {
      throw new InvalidConfiguration(file + " cannot be read: " + StateFolder.words(e), e);
    }
  }

  // ---- submissions -----------------------------------------------------------------------------

  /** What was submitted, in order. */
  List<Submission> submissions(int count) {
    List<Submission> all = new ArrayList<>();
    for (int number = 1; ; number++) {
      Path file = submission(number);
      try {
        all.add(Submission.read(Files.readString(file), file, count));
      } catch (NoSuchFileException e) {
        return all;
      } catch (IOException e) {
        throw new InvalidConfiguration(file + " cannot be read: " + StateFolder.words(e), e);
      }
    }
  }

  private Path submission(int number) {
    return submission(path, number);
  }

  private static Path submission(Path folder, int number) {
    return folder.resolve(SUBMISSIONS).resolve(number + ".json");
  }

  /**
   * Writes an intent down.
   *
   * @return false where another process has just written one with this number
   */
  boolean begin(Submission submission) {
    try {
      Path draft = submission(submission.number())
          .resolveSibling("." + submission.number() + "." + submission.token(0));
      Files.writeString(draft, submission.json());
      try {
        Files.createLink(submission(submission.number()), draft);
      } finally {
        Files.delete(draft);
      }
      placeMaps(submission);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new BackendUnavailable(
          path + " cannot be written: " + StateFolder.words(e) + "; nothing was submitted", e);
    }
  }

  /** The maps of the one whose intent stands; again, where it died in between. */
  void placeMaps(Submission submission) throws IOException {
    if (!submission.isMapped()) {
      return;
    }
    List<String> maps = TaskScripts.maps(submission);
    for (int i = 0; i < maps.size(); i++) {
      Path map = Path.of(scripts(), TaskScripts.map(submission.number(), i));
      Path draft = Path.of(map + "." + submission.token(0));
      Files.writeString(draft, maps.get(i));
      Files.move(draft, map, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  void complete(Submission submission) {
    Path file = submission(submission.number());
    Path draft = file.resolveSibling(
        "." + submission.number() + "." + ProcessHandle.current().pid());
    try {
      Files.writeString(draft, submission.completed().json());
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new BackendUnavailable(path + " cannot be written: " + StateFolder.words(e), e);
    }
  }

  /** From here on nothing more of a submission is submitted. */
  void stop(Submission submission) {
    try {
      Files.writeString(stopMark(submission), "");
    } catch (IOException e) {
      throw new BackendUnavailable(path + " cannot be written: " + StateFolder.words(e), e);
    }
  }

  boolean isStopped(Submission submission) {
    return Files.exists(stopMark(submission));
  }

  private Path stopMark(Submission submission) {
    return path.resolve(SUBMISSIONS).resolve(submission.number() + ".stopped");
  }

  /** Notes which tasks of a submission were asked to end, beside those noted before. */
  void noteCancelled(Submission submission, TaskSet tasks) {
    try {
      Files.writeString(
          cancelMark(submission),
          tasks + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new BackendUnavailable(path + " cannot be written: " + StateFolder.words(e), e);
    }
  }

  /** The tasks of a submission that were asked to end. */
  TaskSet cancelled(Submission submission, int count) {
    Path file = cancelMark(submission);
    try {
      return TaskSet.parse(Files.readString(file), file.toString(), count);
    } catch (NoSuchFileException e) {
      return TaskSet.of(List.of());
    } catch (IOException e) {
      throw new InvalidConfiguration(file + " cannot be read: " + StateFolder.words(e), e);
    }
  }

  private Path cancelMark(Submission submission) {
    return path.resolve(SUBMISSIONS).resolve(submission.number() + ".cancelled");
  }

  // ---- what tasks wrote ------------------------------------------------------------------------

  /** The lines of a task's status file, the last of a key counting; empty where it never began. */
  Map<String, String> status(int task) {
    Map<String, String> status = new HashMap<>();
    try {
      String text = Files.readString(task(task).resolve("status"), StandardCharsets.ISO_8859_1);
      text.lines().forEach(line -> {
        int equals = line.indexOf('=');
        if (equals > 0) {
          status.put(line.substring(0, equals), line.substring(equals + 1));
        }
      });
    } catch (IOException e) {
      return Map.of();
    }
    return status;
  }

  void remove() {
    try {
      remove(path);
    } catch (IOException e) {
      throw new BackendUnavailable(path + " cannot be removed: " + StateFolder.words(e), e);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
