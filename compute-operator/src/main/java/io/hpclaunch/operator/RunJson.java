// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.StagedFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run's tasks as {@code run.json} holds them: whole, but for the content of files that was given
 * as such, of which the hash alone is written. A run that is read has no such files: what there are
 * stands in the manifests.
 */
final class RunJson {
  private RunJson() {}

  static JsonObject write(RunSpec run) {
    JsonObject json = new JsonObject();
    Fields.put(json, "id", run.id());
    Fields.put(json, "backend", run.backend());
    Fields.put(json, "id_deadline", run.idDeadline());
    json.add("limits", limits(run.limits()));
    json.add("retry", retry(run.retry()));
    JsonArray tasks = new JsonArray();
    run.tasks().forEach(task -> tasks.add(task(task)));
    json.add("tasks", tasks);
    return json;
  }

  static RunSpec read(JsonObject json) {
    RunSpec.Builder run = RunSpec.builder(Fields.text(json, "id"))
        .backend(Fields.string(json, "backend"))
        .idDeadline(Duration.parse(Fields.text(json, "id_deadline")))
        .limits(limits(json.getAsJsonObject("limits")))
        .retry(retry(json.getAsJsonObject("retry")));
    json.getAsJsonArray("tasks").forEach(task -> run.task(task(task.getAsJsonObject())));
    return run.build();
  }

  private static JsonObject limits(RunSpec.Limits limits) {
    JsonObject json = new JsonObject();
    Fields.put(json, "total", limits.total());
    Fields.put(json, "per_backend", limits.perBackend());
    JsonObject backends = new JsonObject();
    limits.backends().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(each -> backends.addProperty(each.getKey(), each.getValue()));
    json.add("backends", backends);
    return json;
  }

  private static RunSpec.Limits limits(JsonObject json) {
    Map<String, Integer> backends = new LinkedHashMap<>();
    json.getAsJsonObject("backends")
        .entrySet()
        .forEach(each -> backends.put(each.getKey(), each.getValue().getAsInt()));
    return new RunSpec.Limits(
        Fields.integer(json, "total"), Fields.integer(json, "per_backend"), backends);
  }

  private static JsonObject retry(RetryPolicy retry) {
    JsonObject json = new JsonObject();
    Fields.put(json, "max", retry.max());
    Fields.put(json, "memory_factor", retry.memoryFactor());
    Fields.put(json, "time_factor", retry.timeFactor());
    json.add(
        "causes",
        array(retry.causes().stream().sorted().map(FailureCause::label).toList()));
    return json;
  }

  private static RetryPolicy retry(JsonObject json) {
    Set<FailureCause> causes = EnumSet.noneOf(FailureCause.class);
    strings(json, "causes").forEach(each -> causes.add(FailureCause.of(each)));
    return new RetryPolicy(
        json.get("max").getAsInt(),
        json.get("memory_factor").getAsDouble(),
        json.get("time_factor").getAsDouble(),
        causes);
  }

  private static JsonObject task(Task task) {
    JsonObject json = new JsonObject();
    Fields.put(json, "task_id", task.id());
    if (task.program() instanceof JobSpec.Command command) {
      json.add("command", array(command.argv()));
    } else if (task.program() instanceof JobSpec.Shell shell) {
      json.add("shell", array(shell.lines()));
    }
    Fields.put(json, "image", task.image());
    JsonArray files = new JsonArray();
    task.files().forEach(file -> files.add(file(file)));
    json.add("files", files);
    Fields.put(json, "cores", task.cores());
    Fields.put(json, "memory_bytes", task.memory());
    Fields.put(json, "gpus", task.gpus());
    Fields.put(json, "time_limit", task.timeLimit());
    JsonObject env = new JsonObject();
    task.env().forEach(env::addProperty);
    json.add("env", env);
    json.add("include", array(task.downloadPatterns().include()));
    json.add("exclude", array(task.downloadPatterns().exclude()));
    json.add("dependencies", array(task.dependencies()));
    Fields.put(json, "allow_failure", task.allowFailure());
    Fields.put(json, "allow_dependency_failure", task.allowDependencyFailure());
    if (task.retry() != null) {
      json.add("retry", retry(task.retry()));
    }
    Fields.put(json, "backend", task.backend());
    return json;
  }

  private static JsonObject file(StagedFile file) {
    JsonObject json = new JsonObject();
    json.addProperty("target", file.target());
    if (file instanceof StagedFile.FromPath path) {
      json.addProperty("path", path.source().toAbsolutePath().normalize().toString());
    } else if (file instanceof StagedFile.FromContent content) {
      json.addProperty("content_sha256", Hashes.sha256(content.content()));
    }
    return json;
  }

  private static Task task(JsonObject json) {
    Task.Builder task = Task.builder(Fields.text(json, "task_id"));
    if (json.has("command")) {
      task.command(strings(json, "command"));
    } else {
      task.shell(strings(json, "shell").toArray(new String[0]));
    }
    for (JsonElement element : json.getAsJsonArray("files")) {
      JsonObject file = element.getAsJsonObject();
      if (file.has("path")) {
        task.fileFromPath(Fields.text(file, "target"), Path.of(Fields.text(file, "path")));
      }
    }
    for (Map.Entry<String, JsonElement> each : json.getAsJsonObject("env").entrySet()) {
      JsonElement value = each.getValue();
      task.env(each.getKey(), value.isJsonNull() ? null : value.getAsString());
    }
    task.image(Fields.string(json, "image"))
        .cores(Fields.integer(json, "cores"))
        .memory(Fields.size(json, "memory_bytes"))
        .gpus(Fields.integer(json, "gpus"))
        .timeLimit(Fields.duration(json, "time_limit"))
        .download(strings(json, "include").toArray(new String[0]))
        .doNotDownload(strings(json, "exclude").toArray(new String[0]))
        .dependsOn(strings(json, "dependencies").toArray(new String[0]))
        .allowFailure(json.get("allow_failure").getAsBoolean())
        .allowDependencyFailure(json.get("allow_dependency_failure").getAsBoolean())
        .retry(Fields.get(json, "retry", e -> retry(e.getAsJsonObject())))
        .backend(Fields.string(json, "backend"));
    return task.build();
  }

  private static JsonArray array(Collection<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  private static List<String> strings(JsonObject json, String key) {
    List<String> all = new ArrayList<>();
    json.getAsJsonArray(key).forEach(each -> all.add(each.getAsString()));
    return all;
  }
}
