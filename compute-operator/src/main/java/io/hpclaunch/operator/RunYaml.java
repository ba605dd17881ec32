// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.core.config.YamlValue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a run from a YAML file: a map with {@code tasks}, or the list of tasks alone. Paths of
 * input files are relative to the file.
 *
 * @since 0.1
 */
public final class RunYaml {
  private static final List<String> RUN_KEYS =
      List.of("run", "backend", "limits", "retry", "id_deadline_minutes", "tasks");
  private static final List<String> LIMIT_KEYS = List.of("total", "per_backend", "backends");
  private static final List<String> RETRY_KEYS =
      List.of("max", "memory_factor", "time_factor", "causes");
  private static final List<String> TASK_KEYS = List.of(
      "task_id",
      "command",
      "image",
      "files",
      "cores",
      "memory_gb",
      "gpus",
      "time_limit_minutes",
      "env",
      "download_patterns",
      "dependencies",
      "allow_failure",
      "allow_dependency_failure",
      "retry",
      "backend");
  private static final List<String> FILE_KEYS = List.of("path", "content");
  private static final List<String> PATTERN_KEYS = List.of("include", "exclude");

  private final Path folder;

  private RunYaml(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads a file.
   *
   * @param file where it is
   * @param name how messages name it: as the user did
   * @param run the run's name, or null for what the file says, and without that the file's own name
   *     before its first dot
   * @return the run
   * @throws InvalidConfiguration when it cannot be read; the message names file and line, and for
   *     an unknown key the closest one
   * @throws InvalidJob when the tasks contradict each other
   */
  public static RunSpec read(Path file, String name, @Nullable String run) {
    Path absolute = file.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    YamlValue document = YamlValue.read(absolute, name);
    return new RunYaml(parent == null ? absolute : parent)
        .run(document, run == null ? stem(absolute) : run, run != null);
  }

  private static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.indexOf('.', 1);
    return dot < 0 ? name : name.substring(0, dot);
  }

  private RunSpec run(YamlValue document, String name, boolean isGiven) {
    Map<String, YamlValue> fields =
        document.isList() ? Map.of("tasks", document) : document.fields(RUN_KEYS);
    YamlValue own = fields.get("run");
    RunSpec.Builder run = RunSpec.builder(own == null || isGiven ? name : own.text());
    with(fields, "backend", v -> run.backend(v.text()));
    with(fields, "limits", v -> run.limits(limits(v)));
    with(fields, "retry", v -> run.retry(retry(v)));
    with(
        fields,
        "id_deadline_minutes",
        v -> run.idDeadline(Duration.ofMinutes(v.positiveInteger())));
    YamlValue tasks = fields.get("tasks");
    if (tasks == null) {
      throw document.error("has no tasks: write tasks: and a list");
    }
    tasks.items().forEach(task -> run.task(task(task)));
    return placed(document, run::build);
  }

  private static RunSpec.Limits limits(YamlValue value) {
    Map<String, YamlValue> fields = value.fields(LIMIT_KEYS);
    YamlValue total = fields.get("total");
    YamlValue each = fields.get("per_backend");
    Map<String, Integer> backends = new LinkedHashMap<>();
    with(
        fields,
        "backends",
        v -> v.entries().forEach((name, most) -> backends.put(name, most.positiveInteger())));
    return new RunSpec.Limits(
        total == null ? null : (Integer) total.positiveInteger(),
        each == null ? null : (Integer) each.positiveInteger(),
        backends);
  }

  private static RetryPolicy retry(YamlValue value) {
    Map<String, YamlValue> fields = value.fields(RETRY_KEYS);
    YamlValue max = fields.get("max");
    YamlValue memory = fields.get("memory_factor");
    YamlValue time = fields.get("time_factor");
    Set<FailureCause> causes = EnumSet.noneOf(FailureCause.class);
    with(
        fields,
        "causes",
        v -> v.items().forEach(c -> causes.add(placed(c, () -> FailureCause.of(c.text())))));
    return placed(
        value,
        () -> new RetryPolicy(
            max == null ? 1 : max.count(),
            memory == null ? 1 : memory.positiveNumber(),
            time == null ? 1 : time.positiveNumber(),
            causes));
  }

  private Task task(YamlValue value) {
    Map<String, YamlValue> fields = value.fields(TASK_KEYS);
    YamlValue id = fields.get("task_id");
    if (id == null) {
      throw value.error("a task has no task_id");
    }
    Task.Builder task = Task.builder(id.text());
    with(fields, "command", v -> command(v, task));
    with(fields, "image", v -> task.image(v.text()));
    with(fields, "files", v -> v.entries().forEach((target, file) -> file(target, file, task)));
    with(fields, "cores", v -> task.cores(v.positiveInteger()));
    with(fields, "memory_gb", v -> task.memoryGb(v.positiveNumber()));
    with(fields, "gpus", v -> task.gpus(v.count()));
    with(fields, "time_limit_minutes", v -> task.timeLimitMinutes(v.positiveInteger()));
    with(
        fields,
        "env",
        v -> v.entries()
            .forEach((name, text) -> task.env(name, text.isNull() ? null : text.word())));
    with(fields, "download_patterns", v -> patterns(v, task));
    with(fields, "dependencies", v -> task.dependsOn(words(v)));
    with(fields, "allow_failure", v -> task.allowFailure(v.bool()));
    with(fields, "allow_dependency_failure", v -> task.allowDependencyFailure(v.bool()));
    with(fields, "retry", v -> task.retry(retry(v)));
    with(fields, "backend", v -> task.backend(v.text()));
    return placed(value, task::build);
  }

  /** A text is a line of shell, a list is an argument vector. */
  private static void command(YamlValue value, Task.Builder task) {
    if (value.isList()) {
      task.command(value.texts());
    } else {
      task.shell(value.text());
    }
  }

  /** A path and content are told apart by their key, never by what the text looks like. */
  private void file(String target, YamlValue value, Task.Builder task) {
    if (!value.isMap()) {
      throw value.error(
          "write {path: FILE} for a file of this machine, or {content: TEXT} for the text itself");
    }
    Map<String, YamlValue> fields = value.fields(FILE_KEYS);
    YamlValue path = fields.get("path");
    YamlValue content = fields.get("content");
    if (path != null && content == null) {
      placed(value, () -> task.fileFromPath(target, path(path)));
    } else if (content != null && path == null) {
      placed(value, () -> task.fileFromContent(target, content.text()));
    } else {
      throw value.error("has either a path or content");
    }
  }

  private Path path(YamlValue value) {
    try {
      return folder.resolve(value.text()).normalize();
    } catch (InvalidPathException e) {
      throw value.error("'" + value.text() + "' cannot be a path: " + e.getReason());
    }
  }

  private static void patterns(YamlValue value, Task.Builder task) {
    Map<String, YamlValue> fields = value.fields(PATTERN_KEYS);
    with(fields, "include", v -> task.download(words(v)));
    with(fields, "exclude", v -> task.doNotDownload(words(v)));
  }

  private static String[] words(YamlValue value) {
    return value.texts().toArray(new String[0]);
  }

  private static void with(
      Map<String, YamlValue> fields, String key, Consumer<YamlValue> consumer) {
    YamlValue value = fields.get(key);
    if (value != null) {
      consumer.accept(value);
    }
  }

  private interface Making<T> {
    T make();
  }

  /** What a builder refuses is told with the place in the file. */
  private static <T> T placed(YamlValue value, Making<T> making) {
    try {
      return making.make();
    } catch (InvalidJob e) {
      throw value.error(String.valueOf(e.getMessage()));
    }
  }
}
