// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.core.shell.Quoting;
import io.hpclaunch.core.shell.RawBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A submission as a {@code batch/v1} Job. A pure function of what is asked for. */
final class Manifest {
  /** What Linux takes as one argument: MAX_ARG_STRLEN without its end, see execve(2). */
  private static final int LONGEST_WORD = 128 * 1024 - 1;

  /**
   * The grace of a pod that is killed at once, in seconds: with 0 the cluster forgets a pod without
   * waiting for the end of its processes. See {@code --grace-period} of {@code kubectl delete}.
   */
  private static final long AT_ONCE = 1;

  private static final String IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*";

  private final K8sConfig config;
  private final SubmitRequest request;
  private final JobSpec spec;
  private final String name;
  private final String namespace;
  private final String jobId;

  Manifest(K8sConfig config, SubmitRequest request, String namespace, String entry) {
    this.config = config;
    this.request = request;
    this.spec = request.spec();
    this.namespace = namespace;
    name = Names.job(spec.name(), request.token());
    jobId = entry + ":" + name + "@" + namespace;
  }

  String name() {
    return name;
  }

  /**
   * The object.
   *
   * @throws Unsupported when the job needs what Kubernetes cannot give
   */
  JsonObject job() {
    check();
    JsonObject job = new JsonObject();
    job.addProperty("apiVersion", "batch/v1");
    job.addProperty("kind", "Job");
    JsonObject metadata = metadata();
    metadata.addProperty("name", name);
    metadata.addProperty("namespace", namespace);
    job.add("metadata", metadata);
    job.add("spec", jobSpec());
    return job;
  }

  /** The object as people read it. */
  String text() {
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(job())
        + "\n";
  }

  private void check() {
    if (spec.stdout() != null || spec.stderr() != null) {
      throw unsupported(
          "it names the file " + (spec.stdout() != null ? spec.stdout() : spec.stderr())
              + " for its output, which the cluster keeps: 'hpc logs' prints it");
    }
    ContainerSpec container = spec.container();
    if (image() == null) {
      throw unsupported(
          container != null && container.sif() != null
              ? "it has a .sif file alone, and nodes pull images; name an image beside it, or set"
                  + " config.image and config.apptainer"
              : "it names no image: give one (--image), or set image in the backend's config");
    }
    if (config.apptainer() && container != null && !namesImage(container)) {
      throw unsupported("its container names no image for the apptainer that is in config.image:"
          + " give one (--image or --sif)");
    }
    if (!config.apptainer() && container != null && container.gpu() && gpus() == 0) {
      throw unsupported("it asks for gpus in its container (--nv) and for none on its node: a"
          + " container sees those that the job asks for, with --gpus and without --nv");
    }
    if (spec.resources().nodes() != null && spec.resources().nodes() > 1) {
      throw unsupported("it asks for more than one node");
    }
  }

  private Unsupported unsupported(String what) {
    return new Unsupported(
        "job '" + spec.name() + "' cannot run on Kubernetes: " + what + "; nothing was submitted");
  }

  private JsonObject metadata() {
    JsonObject labels = texts(config.labels());
    labels.addProperty(Names.MANAGED_BY, Names.OURS);
    labels.addProperty(Names.TOKEN, request.token().value());
    JsonObject annotations = texts(config.annotations());
    annotations.addProperty(Names.NAME, spec.name());
    ArrayRange array = request.array();
    if (array != null && !isPlain(array)) {
      annotations.addProperty(Names.FIRST, String.valueOf(array.first()));
      annotations.addProperty(Names.STEP, String.valueOf(array.step()));
    }
    JsonObject metadata = new JsonObject();
    metadata.add("labels", labels);
    metadata.add("annotations", annotations);
    return metadata;
  }

  private static JsonObject texts(Map<String, String> map) {
    JsonObject object = new JsonObject();
    map.forEach(object::addProperty);
    return object;
  }

  private JsonObject jobSpec() {
    JsonObject job = new JsonObject();
    ArrayRange array = request.array();
    if (array == null) {
      job.addProperty("backoffLimit", 0);
    } else {
      Integer most = array.atOnce();
      job.addProperty("completionMode", "Indexed");
      job.addProperty("completions", array.size());
      job.addProperty("parallelism", most == null ? array.size() : Math.min(most, array.size()));
      job.addProperty("backoffLimitPerIndex", 0); // one that fails does not end the others
    }
    job.addProperty("ttlSecondsAfterFinished", config.ttl().toSeconds());
    JsonObject template = new JsonObject();
    template.add("metadata", metadata());
    template.add("spec", pod());
    job.add("template", template);
    return job;
  }

  private JsonObject pod() {
    JsonObject pod = config.pod().deepCopy();
    JsonElement policy = pod.remove(PodSettings.PULL_POLICY);
    pod.addProperty("restartPolicy", "Never");
    if (!pod.has("shareProcessNamespace")) {
      pod.addProperty(
          "shareProcessNamespace", true); // process 1 would ignore TERM, and its own KILL
    }
    pod.addProperty(
        "terminationGracePeriodSeconds", Math.max(AT_ONCE, config.grace().toSeconds()));
    if (spec.resources().walltime() != null) {
      // The pod's own limit: it begins with the pod, and what it wrote stays.
      pod.addProperty("activeDeadlineSeconds", spec.resources().walltime().toSeconds());
    }
    JsonObject container = new JsonObject();
    container.addProperty("name", Names.CONTAINER);
    container.addProperty("image", image());
    if (policy != null) {
      container.add("imagePullPolicy", policy);
    }
    container.add("command", words(command()));
    String directory = directory();
    if (directory != null && !config.apptainer()) {
      container.addProperty("workingDir", directory);
    }
    container.add("env", environment());
    container.add("resources", resources());
    mount(pod, container);
    JsonArray containers = new JsonArray();
    containers.add(container);
    if (pod.get("containers") instanceof JsonArray others) {
      containers.addAll(others);
    }
    pod.add("containers", containers);
    return pod;
  }

  /** What the cluster pulls: the job's image, or the one whose apptainer runs it. */
  private @Nullable String image() {
    ContainerSpec container = spec.container();
    if (config.apptainer() || container == null) {
      return config.image();
    }
    return namesImage(container) ? container.image() : config.image();
  }

  private static boolean namesImage(ContainerSpec container) {
    return container.image() != null || container.sif() != null;
  }

  private @Nullable String directory() {
    ContainerSpec container = spec.container();
    String inside = container == null ? null : container.workingDirectory();
    if (inside != null) {
      return inside;
    }
    // Core names the job's own folder where the user names none; pods do not see it.
    String given = spec.workingDirectory();
    return request.jobDirectory().equals(given) ? null : given;
  }

  // ---- the command -----------------------------------------------------------------------------

  private List<String> command() {
    List<String> words = words();
    for (String word : words) {
      int length = word.getBytes(StandardCharsets.UTF_8).length;
      if (length > LONGEST_WORD) {
        throw unsupported("its script, or one of its arguments, has " + length
            + " bytes, and Linux takes " + LONGEST_WORD
            + ": bring it with the image or by a volume");
      }
    }
    return words;
  }

  private List<String> words() {
    List<String> words = program();
    ContainerSpec container = spec.container();
    if (config.apptainer() && container != null) {
      words = apptainer(container, words);
    }
    StringBuilder lines = new StringBuilder(firstLines());
    if (lines.length() == 0 && words.stream().allMatch(Manifest::isText)) {
      return words;
    }
    lines.append("exec");
    words = withOddVariables(words);
    StringBuilder before = new StringBuilder();
    for (String word : words) {
      lines.append(' ').append(shellWord(word, before));
    }
    return List.of("/bin/sh", "-c", before.append(lines).toString());
  }

  /** A shell drops variables whose names are none of its own; env(1) does not. */
  private List<String> withOddVariables(List<String> words) {
    List<String> all = new ArrayList<>(List.of("env"));
    spec.environment().forEach((variable, value) -> {
      if (value != null && !variable.matches(IDENTIFIER)) {
        all.add(variable + "=" + value);
      }
    });
    all.addAll(words);
    return all.size() == words.size() + 1 ? words : all;
  }

  /** Objects are text: other bytes are made where the job runs. */
  private static boolean isText(String word) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(word);
  }

  /** A word for a shell; what quotes cannot hold is made by lines before. */
  private static String shellWord(String word, StringBuilder before) {
    if (isText(word)) {
      return Quoting.quote(word);
    }
    String variable = "hpc_word_" + before.length();
    before.append(variable).append("=$(printf '");
    for (byte b : RawBytes.encode(word)) {
      before.append('\\').append(String.format(Locale.ROOT, "%03o", b & 0xff));
    }
    before.append("x')\n").append(variable).append("=${").append(variable).append("%x}\n");
    return "\"$" + variable + "\"";
  }

  private List<String> program() {
    if (spec.program() instanceof JobSpec.Command command) {
      return command.argv();
    }
    return List.of(
        "/bin/sh", "-c", String.join("\n", ((JobSpec.Shell) spec.program()).lines()) + "\n");
  }

  /** What only a shell can do before the command. */
  private String firstLines() {
    StringBuilder lines = new StringBuilder();
    spec.environment().forEach((variable, value) -> {
      if (value == null) {
        if (!variable.matches(IDENTIFIER)) {
          throw unsupported("it unsets '" + variable + "', which no shell can name");
        }
        lines.append("unset ").append(variable).append('\n');
      } else if (!isText(value) && variable.matches(IDENTIFIER)) {
        String word = shellWord(value, lines);
        lines.append("export ").append(variable).append('=').append(word).append('\n');
      }
    });
    ArrayRange array = request.array();
    if (array != null && !isPlain(array)) {
      lines
          .append("export HPC_ARRAY_INDEX=$((")
          .append(array.first())
          .append(" + HPC_ARRAY_INDEX * ")
          .append(array.step())
          .append("))\n");
    }
    return lines.toString();
  }

  private static boolean isPlain(ArrayRange array) {
    return array.first() == 0 && array.step() == 1;
  }

  private List<String> apptainer(ContainerSpec container, List<String> command) {
    List<String> words = new ArrayList<>(List.of("apptainer", "exec"));
    words.addAll(container.options());
    if (container.gpu()) {
      words.add("--nv");
    }
    for (ContainerSpec.Bind bind : container.binds()) {
      words.add("--bind");
      words.add(mounted(bind) + ":" + bind.container() + (bind.readOnly() ? ":ro" : ""));
    }
    String directory = directory();
    if (directory != null) {
      words.add("--pwd");
      words.add(directory);
    }
    String sif = container.sif();
    String image = container.image();
    words.add(
        sif != null ? sif : image != null && image.contains("://") ? image : "docker://" + image);
    words.addAll(command);
    return words;
  }

  /** Where the pod has a path that a bind names. */
  private String mounted(ContainerSpec.Bind bind) {
    for (Volume volume : config.volumes()) {
      String below = volume.below(bind.host());
      if (below != null && volume.mount() != null) {
        return below.isEmpty() ? volume.mount() : volume.mount() + "/" + below;
      }
    }
    throw outside(bind);
  }

  private Unsupported outside(ContainerSpec.Bind bind) {
    List<String> known = config.volumes().stream().map(Volume::path).toList();
    return unsupported(
        "it has the bind " + bind + ", which lies in none of the configured volumes ("
            + (known.isEmpty() ? "there are none" : String.join(", ", known)) + ")");
  }

  // ---- environment, resources, volumes
  // -----------------------------------------------------------

  private JsonArray environment() {
    JsonArray all = new JsonArray();
    ArrayRange array = request.array();
    spec.environment().forEach((variable, value) -> {
      if (value != null && isText(value)) {
        all.add(variable(variable, value));
      }
    });
    if (spec.container() != null) {
      spec.container().environment().forEach((k, v) -> all.add(variable(k, v)));
    }
    for (String secret : spec.secretEnvironment().keySet()) {
      JsonObject key = new JsonObject();
      key.addProperty("name", name);
      key.addProperty("key", secret);
      all.add(from(secret, "secretKeyRef", key));
    }
    all.add(variable("HPC_JOB_ID", jobId));
    all.add(variable("HPC_JOB_NAME", spec.name()));
    if (array != null) {
      JsonObject field = new JsonObject();
      field.addProperty("fieldPath", "metadata.annotations['" + Names.INDEX + "']");
      all.add(from("HPC_ARRAY_INDEX", "fieldRef", field));
      all.add(variable("HPC_ARRAY_COUNT", String.valueOf(array.size())));
    }
    return all;
  }

  private JsonObject variable(String variable, String value) {
    JsonObject one = new JsonObject();
    one.addProperty("name", variable);
    one.addProperty("value", carried(value));
    return one;
  }

  private static JsonObject from(String variable, String kind, JsonObject source) {
    JsonObject from = new JsonObject();
    from.add(kind, source);
    JsonObject one = new JsonObject();
    one.addProperty("name", variable);
    one.add("valueFrom", from);
    return one;
  }

  /** Kubernetes replaces {@code $(NAME)} and makes one dollar of two. */
  private String carried(String text) {
    if (!isText(text)) {
      throw unsupported("its words or variables have bytes that are no UTF-8");
    }
    return text.replace("$", "$$");
  }

  private JsonArray words(List<String> words) {
    JsonArray all = new JsonArray();
    words.forEach(word -> all.add(carried(word)));
    return all;
  }

  private JsonObject resources() {
    Resources wanted = spec.resources();
    JsonObject amounts = new JsonObject();
    Integer cpus = cpus(wanted);
    if (cpus != null) {
      amounts.addProperty("cpu", String.valueOf(cpus));
    }
    Long memory = wanted.memoryPerNode() != null
        ? wanted.memoryPerNode()
        : wanted.memoryPerCpu() == null
            ? null
            : (Long) Math.multiplyExact(wanted.memoryPerCpu(), cpus == null ? 1L : (long) cpus);
    if (memory != null) {
      amounts.addProperty("memory", Quantities.ofBytes(memory));
    }
    if (gpus() > 0) {
      amounts.addProperty(gpu(wanted.gpuType()), String.valueOf(gpus()));
    }
    JsonObject all = new JsonObject();
    if (amounts.size() > 0) {
      all.add("requests", amounts);
      all.add("limits", amounts.deepCopy());
    }
    return all;
  }

  /** A pod is one node's: all tasks share it. */
  static @Nullable Integer cpus(Resources wanted) {
    return wanted.cpusPerTask() == null && wanted.tasks() == null && wanted.tasksPerNode() == null
        ? null
        : (Integer)
            (wanted.totalTasks() * (wanted.cpusPerTask() == null ? 1 : (int) wanted.cpusPerTask()));
  }

  private int gpus() {
    Resources wanted = spec.resources();
    return wanted.gpusPerNode() != null
        ? wanted.gpusPerNode()
        : wanted.gpusPerTask() == null ? 0 : wanted.gpusPerTask() * wanted.totalTasks();
  }

  private String gpu(@Nullable String type) {
    if (type == null) {
      return config.gpu();
    }
    String resource = config.gpuTypes().get(type);
    if (resource == null) {
      throw unsupported("it asks for gpus of type '" + type
          + "', which config.gpu_types does not name a resource for");
    }
    return resource;
  }

  private void mount(JsonObject pod, JsonObject container) {
    ContainerSpec asked = spec.container();
    if (asked != null && !config.apptainer()) {
      asked.binds().forEach(this::holder); // also where there is no volume at all
    }
    JsonArray volumes = new JsonArray();
    JsonArray mounts = new JsonArray();
    for (Volume volume : config.volumes()) {
      int before = mounts.size();
      if (volume.mount() != null) {
        mounts.add(mount(volume, volume.mount(), "", volume.readOnly()));
      }
      binds(volume).forEach(mounts::add);
      if (mounts.size() > before) {
        volumes.add(volume.volume());
      }
    }
    if (pod.get("volumes") instanceof JsonArray others) {
      volumes.addAll(others);
    }
    if (!volumes.isEmpty()) {
      pod.add("volumes", volumes);
    }
    if (!mounts.isEmpty()) {
      container.add("volumeMounts", mounts);
    }
  }

  private List<JsonObject> binds(Volume volume) {
    List<JsonObject> all = new ArrayList<>();
    ContainerSpec container = spec.container();
    if (container != null && !config.apptainer()) {
      for (ContainerSpec.Bind bind : container.binds()) {
        if (holder(bind).equals(volume)) {
          all.add(mount(
              volume,
              bind.container(),
              String.valueOf(volume.below(bind.host())),
              bind.readOnly() || volume.readOnly()));
        }
      }
    }
    return all;
  }

  private Volume holder(ContainerSpec.Bind bind) {
    return config.volumes().stream()
        .filter(each -> each.below(bind.host()) != null)
        .findFirst()
        .orElseThrow(() -> outside(bind));
  }

  private static JsonObject mount(Volume volume, String path, String below, boolean readOnly) {
    JsonObject mount = new JsonObject();
    mount.addProperty("name", volume.name());
    mount.addProperty("mountPath", path);
    if (!below.isEmpty()) {
      mount.addProperty("subPath", below);
    }
    if (readOnly) {
      mount.addProperty("readOnly", true);
    }
    return mount;
  }

  // ---- secrets ---------------------------------------------------------------------------------

  /**
   * The secret environment, which goes away with its job.
   *
   * @param owner the job, as the server answered it
   * @return the object, or null where nothing is secret
   */
  @Nullable JsonObject secret(JsonObject owner) {
    if (spec.secretEnvironment().isEmpty()) {
      return null;
    }
    JsonObject reference = new JsonObject();
    reference.addProperty("apiVersion", "batch/v1");
    reference.addProperty("kind", "Job");
    reference.addProperty("name", name);
    reference.addProperty("uid", Fields.text(owner, "metadata", "uid"));
    JsonArray owners = new JsonArray();
    owners.add(reference);
    JsonObject metadata = metadata();
    metadata.addProperty("name", name);
    metadata.add("ownerReferences", owners);
    JsonObject secret = new JsonObject();
    secret.addProperty("apiVersion", "v1");
    secret.addProperty("kind", "Secret");
    secret.add("metadata", metadata);
    secret.add("stringData", texts(spec.secretEnvironment()));
    return secret;
  }
}
