// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.StagedFile;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as {@code spec.json} holds it: whole, but for the values of secret variables, of which the
 * names alone are written.
 */
public final class SpecJson {
  private static final int VERSION = 1;

  private SpecJson() {}

  /**
   * Writes a job.
   *
   * @param spec the job
   * @return JSON, to be stored as UTF-8
   */
  public static String write(JobSpec spec) {
    return write(spec, null);
  }

  /**
   * Writes a job and the place of its folder, which may be told from its folders again. Scripts
   * look for it: all is one line, and the place is the second of its keys.
   *
   * @param spec the job
   * @param place as in {@link JobRecord#place}
   * @return JSON, to be stored as UTF-8
   */
  public static String write(JobSpec spec, @Nullable String place) {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    Json.put(json, "place", place);
    json.addProperty("name", spec.name());
    Json.put(json, "script_name", spec.scriptName());
    if (spec.program() instanceof JobSpec.Command c) {
      Json.put(json, "command", c.argv());
    } else if (spec.program() instanceof JobSpec.Shell s) {
      Json.put(json, "shell", s.lines());
    }
    Json.put(json, "launcher", spec.launcher());
    json.add("environment", Json.object(spec.environment()));
    Json.put(json, "secrets", spec.secretEnvironment().keySet());
    Json.put(json, "working_directory", spec.workingDirectory());
    Json.put(json, "stdin", spec.stdin());
    Json.put(json, "stdout", spec.stdout());
    Json.put(json, "stderr", spec.stderr());
    json.add("resources", resources(spec.resources()));
    Json.put(
        json,
        "dependencies",
        spec.dependencies().stream().map(Dependency::toString).toList());
    Json.put(json, "array", spec.array());
    if (spec.container() != null) {
      json.add("container", container(spec.container()));
    }
    json.add("stage_in", staged(spec.stageIn()));
    Json.put(json, "modules", spec.modules());
    Json.put(json, "prologue", spec.prologue());
    if (spec.warning() != null) {
      Json.put(json, "warn_signal", spec.warning().signal());
      Json.put(json, "warn_before", spec.warning().before());
    }
    Json.put(json, "native_options", spec.nativeOptions());
    return Json.text(json);
  }

  /**
   * Reads the place of a job's folder.
   *
   * @param text what {@link #write(JobSpec, String)} wrote
   * @return the place; null where there is none, or the text is no job
   */
  public static @Nullable String place(String text) {
    try {
      return Json.string(Json.parse(text), "place");
    } catch (RuntimeException e) {
      return null;
    }
  }

  /**
   * Reads a job.
   *
   * @param text what {@link #write} wrote
   * @param secrets the values of secret variables; one that is missing is left out of the job
   * @return the job
   * @throws DamagedRecord when the text is no job, or one of a newer version
   */
  public static JobSpec read(String text, Map<String, String> secrets) throws DamagedRecord {
    try {
      return read(Json.parse(text), secrets);
    } catch (RuntimeException e) {
      throw new DamagedRecord("the stored job cannot be understood: " + e.getMessage(), e);
    }
  }

  private static JobSpec read(JsonObject json, Map<String, String> secrets) {
    checkVersion(json, VERSION);
    JobSpec.Builder spec = JobSpec.builder(Json.text(json, "name"))
        .launcher(Json.string(json, "launcher"))
        .environment(Json.map(json, "environment"))
        .workingDirectory(Json.string(json, "working_directory"))
        .stdin(Json.string(json, "stdin"))
        .stdout(Json.string(json, "stdout"))
        .stderr(Json.string(json, "stderr"))
        .resources(resources(Json.required(json, "resources", JsonElement::getAsJsonObject)))
        .array(Json.get(json, "array", e -> ArrayRange.parse(e.getAsString())))
        .container(Json.get(json, "container", e -> container(e.getAsJsonObject())))
        .modules(words(json, "modules"))
        .prologue(words(json, "prologue"))
        .nativeOptions(words(json, "native_options"));
    String scriptName = Json.string(json, "script_name");
    if (scriptName != null) {
      spec.scriptName(scriptName);
    }
    if (json.has("command")) {
      spec.command(Json.strings(json, "command"));
    }
    spec.shell(words(json, "shell"));
    for (String name : Json.strings(json, "secrets")) {
      String value = secrets.get(name);
      if (value != null) {
        spec.secretEnvironment(name, value);
      }
    }
    for (String each : Json.strings(json, "dependencies")) {
      spec.dependsOn(dependency(each));
    }
    for (JsonElement each : Json.array(json, "stage_in")) {
      spec.stageIn(staged(each.getAsJsonObject()));
    }
    if (json.has("warn_signal")) {
      spec.warn(
          Json.text(json, "warn_signal"),
          Json.required(json, "warn_before", e -> java.time.Duration.parse(e.getAsString())));
    }
    return spec.build();
  }

  static void checkVersion(JsonObject json, int known) {
    Integer version = Json.integer(json, "version");
    if (version == null || version != known) {
      throw new JsonParseException(
          "version " + version + ", and this program knows version " + known);
    }
  }

  private static String[] words(JsonObject json, String key) {
    return Json.strings(json, key).toArray(new String[0]);
  }

  private static Dependency dependency(String text) {
    int colon = text.indexOf(':');
    Dependency.Kind kind =
        Dependency.Kind.valueOf(text.substring(0, colon).toUpperCase(Locale.ROOT));
    return new Dependency(kind, JobId.parse(text.substring(colon + 1)));
  }

  private static JsonObject resources(Resources r) {
    JsonObject json = new JsonObject();
    Json.put(json, "nodes", r.nodes());
    Json.put(json, "tasks", r.tasks());
    Json.put(json, "tasks_per_node", r.tasksPerNode());
    Json.put(json, "cpus_per_task", r.cpusPerTask());
    Json.put(json, "gpus_per_task", r.gpusPerTask());
    Json.put(json, "gpus_per_node", r.gpusPerNode());
    Json.put(json, "gpu_type", r.gpuType());
    Json.put(json, "memory_per_node", r.memoryPerNode());
    Json.put(json, "memory_per_cpu", r.memoryPerCpu());
    Json.put(json, "walltime", r.walltime());
    Json.put(json, "queue", r.queue());
    Json.put(json, "account", r.account());
    Json.put(json, "qos", r.qos());
    Json.put(json, "reservation", r.reservation());
    Json.put(json, "constraint", r.constraint());
    Json.put(json, "exclusive", r.exclusive());
    Json.put(json, "select", r.select());
    return json;
  }

  /** The select statement comes last: each field that is set drops it. */
  private static Resources resources(JsonObject json) {
    return Resources.builder()
        .nodes(Json.integer(json, "nodes"))
        .tasks(Json.integer(json, "tasks"))
        .tasksPerNode(Json.integer(json, "tasks_per_node"))
        .cpusPerTask(Json.integer(json, "cpus_per_task"))
        .gpusPerTask(Json.integer(json, "gpus_per_task"))
        .gpusPerNode(Json.integer(json, "gpus_per_node"))
        .gpuType(Json.string(json, "gpu_type"))
        .memoryPerNode(Json.get(json, "memory_per_node", JsonElement::getAsLong))
        .memoryPerCpu(Json.get(json, "memory_per_cpu", JsonElement::getAsLong))
        .walltime(Json.duration(json, "walltime"))
        .queue(Json.string(json, "queue"))
        .account(Json.string(json, "account"))
        .qos(Json.string(json, "qos"))
        .reservation(Json.string(json, "reservation"))
        .constraint(Json.string(json, "constraint"))
        .exclusive(Json.get(json, "exclusive", JsonElement::getAsBoolean))
        .select(Json.string(json, "select"))
        .build();
  }

  private static JsonObject container(ContainerSpec c) {
    JsonObject json = new JsonObject();
    Json.put(json, "image", c.image());
    Json.put(json, "sif", c.sif());
    JsonArray binds = new JsonArray();
    for (ContainerSpec.Bind each : c.binds()) {
      JsonObject bind = new JsonObject();
      bind.addProperty("host", each.host());
      bind.addProperty("container", each.container());
      bind.addProperty("read_only", each.readOnly());
      binds.add(bind);
    }
    json.add("binds", binds);
    Json.put(json, "working_directory", c.workingDirectory());
    json.add("environment", Json.object(c.environment()));
    json.addProperty("gpu", c.gpu());
    Json.put(json, "options", c.options());
    return json;
  }

  private static ContainerSpec container(JsonObject json) {
    String image = Json.string(json, "image");
    String sif = Json.string(json, "sif");
    ContainerSpec.Builder container =
        image != null ? ContainerSpec.image(image) : ContainerSpec.defaultImage();
    if (sif != null) {
      container.sifPath(sif);
    }
    for (JsonElement each : Json.array(json, "binds")) {
      JsonObject bind = each.getAsJsonObject();
      container.bind(new ContainerSpec.Bind(
          Json.text(bind, "host"),
          Json.text(bind, "container"),
          Json.required(bind, "read_only", JsonElement::getAsBoolean)));
    }
    String directory = Json.string(json, "working_directory");
    if (directory != null) {
      container.workingDirectory(directory);
    }
    for (Map.Entry<String, @Nullable String> each :
        Json.map(json, "environment").entrySet()) {
      container.environment(each.getKey(), String.valueOf(each.getValue()));
    }
    container.gpu(Json.required(json, "gpu", JsonElement::getAsBoolean));
    return container.options(words(json, "options")).build();
  }

  private static JsonArray staged(List<StagedFile> files) {
    JsonArray all = new JsonArray();
    for (StagedFile each : files) {
      JsonObject json = new JsonObject();
      json.addProperty("target", each.target());
      if (each instanceof StagedFile.FromPath path) {
        json.addProperty("source", path.source().toString());
      } else if (each instanceof StagedFile.FromContent content) {
        json.addProperty("content", Base64.getEncoder().encodeToString(content.content()));
      }
      all.add(json);
    }
    return all;
  }

  private static StagedFile staged(JsonObject json) {
    String target = Json.text(json, "target");
    String source = Json.string(json, "source");
    return source != null
        ? StagedFile.path(Path.of(source), target)
        : StagedFile.content(Base64.getDecoder().decode(Json.text(json, "content")), target);
  }
}
