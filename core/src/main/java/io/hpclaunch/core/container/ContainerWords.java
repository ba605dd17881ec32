// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import io.hpclaunch.api.ContainerSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a runtime is told, word by word, between its name and the command: {@code exec …} of
 * Apptainer and Singularity, {@code run …} of Podman and Docker. Pure.
 */
final class ContainerWords {
  private final ContainerSpec container;
  private final ContainerSettings settings;
  private final String directory;
  private final boolean stdin;

  /**
   * Says what is run.
   *
   * @param container the container
   * @param settings the entry's
   * @param directory the job's working directory, where relative paths begin
   * @param stdin whether the job has a standard input
   */
  ContainerWords(
      ContainerSpec container, ContainerSettings settings, String directory, boolean stdin) {
    this.container = container;
    this.settings = settings;
    this.directory = directory;
    this.stdin = stdin;
  }

  /** The binds, with absolute paths of the host. */
  List<ContainerSpec.Bind> binds() {
    return container.binds().stream()
        .map(bind -> new ContainerSpec.Bind(
            ImageName.absolute(bind.host(), directory), bind.container(), bind.readOnly()))
        .toList();
  }

  /** The words up to where the script adds the job's variables. */
  List<String> first(ContainerRuntime runtime) {
    return runtime.runsFiles() ? List.of("exec") : run(runtime);
  }

  /** The words from there to the image. */
  List<String> last(ContainerRuntime runtime, String image) {
    List<String> words = new ArrayList<>();
    if (runtime.runsFiles()) {
      exec(words);
    } else {
      container.environment().forEach((name, value) -> add(words, "--env", name + "=" + value));
    }
    words.addAll(settings.options());
    words.addAll(container.options());
    words.add(image);
    return words;
  }

  /**
   * Variables for the environment of {@code apptainer exec} itself, from which those of the
   * container are made. Their values are read as text between double quotes of a shell (Apptainer's
   * {@code injectEnvHandler}), so that three characters have to be escaped; not so with
   * {@code --no-eval}, which {@code --compat} implies.
   */
  Map<String, String> variables(ContainerRuntime runtime) {
    Map<String, String> variables = new LinkedHashMap<>();
    if (runtime.runsFiles()) {
      boolean literal =
          has("--no-eval") || has("--compat") || has("--no-eval=true") || has("--compat=true");
      container
          .environment()
          .forEach((name, value) -> variables.put(
              variable(runtime, name), literal ? value : value.replaceAll("[\\\\$`]", "\\\\$0")));
    }
    return variables;
  }

  /** What apptainer or singularity takes for a variable of the container. */
  static String variable(ContainerRuntime runtime, String name) {
    return (runtime == ContainerRuntime.APPTAINER ? "APPTAINERENV_" : "SINGULARITYENV_") + name;
  }

  /** Whether an option is given, by the entry or the job. */
  boolean has(String option) {
    return settings.options().contains(option) || container.options().contains(option);
  }

  private void exec(List<String> words) {
    if (container.gpu()) {
      words.add("--nv");
    }
    for (ContainerSpec.Bind bind : binds()) {
      if (isPlain(bind.host()) && isPlain(bind.container())) {
        add(words, "--bind", bind.toString());
      } else { // --bind splits at commas and reads backslashes
        add(words, "--mount", mount(bind.host(), bind.container(), bind.readOnly()));
      }
    }
    if (container.workingDirectory() != null) {
      add(words, "--pwd", container.workingDirectory());
    }
  }

  private static boolean isPlain(String path) {
    return path.chars().noneMatch(c -> c < ' ' || ",\\\"".indexOf(c) >= 0);
  }

  /**
   * The image's entry point gives way to the command, as it does with {@code apptainer exec} and on
   * Kubernetes; and what the command prints is not kept a second time by the runtime.
   */
  private List<String> run(ContainerRuntime runtime) {
    List<String> words = new ArrayList<>(List.of("run", "--rm", "--entrypoint", ""));
    add(words, "--log-driver", "none");
    if (stdin) {
      words.add("--interactive");
    }
    if (container.gpu()) {
      add(
          words,
          runtime == ContainerRuntime.DOCKER ? "--gpus" : "--device",
          runtime == ContainerRuntime.DOCKER ? "all" : "nvidia.com/gpu=all");
    }
    boolean bound = directory.equals("/")
        || container.binds().stream().anyMatch(bind -> bind.container().equals(directory));
    if (!bound) { // as Apptainer does
      add(words, "--mount", mount(directory, directory, false));
    }
    for (ContainerSpec.Bind bind : binds()) {
      add(words, "--mount", mount(bind.host(), bind.container(), bind.readOnly()));
    }
    String start = container.workingDirectory();
    add(words, "--workdir", start == null ? directory : start);
    return words;
  }

  /** All runtimes read this as a line of CSV, so that a path may hold anything. */
  private static String mount(String host, String inside, boolean readOnly) {
    return "type=bind," + field("source=" + host) + "," + field("destination=" + inside)
        + (readOnly ? ",readonly" : "");
  }

  private static String field(String text) {
    return isPlain(text) ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private static void add(List<String> words, String option, String value) {
    words.add(option);
    words.add(value);
  }
}
