// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.core.shell.Quoting;
import io.hpclaunch.core.shell.ShellVariables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The container's part in a job's script. On the node, after modules and prologue, the runtime is
 * found and the array {@code hpc_container} filled with the words that stand before the command. A
 * rendering is pure; docs/containers.md says what users may rely on.
 */
public final class ContainerScript {
  /** What stands before the command: a word of bash that becomes many. */
  public static final String WORDS = "\"${hpc_container[@]}\"";

  private final JobSpec spec;
  private final ContainerSettings settings;
  private final Duration killGrace;
  private final ContainerSpec container;
  private final ImageName image;
  private final ContainerWords words;
  private final List<ContainerRuntime> candidates;

  private ContainerScript(
      JobSpec spec, ContainerSettings settings, Duration killGrace, ContainerSpec container) {
    this.spec = spec;
    this.settings = settings;
    this.killGrace = killGrace;
    this.container = container;
    String directory = String.valueOf(spec.workingDirectory());
    image = ImageName.of(container, directory);
    words = new ContainerWords(container, settings, directory, spec.stdin() != null);
    candidates = candidates();
  }

  /**
   * The part for a job.
   *
   * @param spec the job, with a working directory
   * @param settings the entry's
   * @param killGrace how long after TERM the scheduler kills
   * @return the part, or null where the job has no container
   * @throws Unsupported when no runtime that is allowed can run the image
   */
  public static @Nullable ContainerScript of(
      JobSpec spec, ContainerSettings settings, Duration killGrace) {
    ContainerSpec container = spec.container();
    return container == null ? null : new ContainerScript(spec, settings, killGrace, container);
  }

  /**
   * The command, as it is started in the container.
   *
   * @param spec the job
   * @return its own words, or those of the container's shell
   */
  public static List<String> argv(JobSpec spec) {
    return spec.program() instanceof JobSpec.Command command
        ? command.argv()
        : List.of("/bin/sh", "-c", String.join("\n", ((JobSpec.Shell) spec.program()).lines()));
  }

  private List<ContainerRuntime> candidates() {
    List<ContainerRuntime> allowed = settings.runtime() == null
        ? List.of(ContainerRuntime.values())
        : List.of(settings.runtime());
    List<ContainerRuntime> able = new ArrayList<>(allowed);
    able.removeIf(runtime -> image.word(runtime) == null);
    if (able.isEmpty()) {
      String asked = container.sif() == null ? container.image() : container.sif();
      throw new Unsupported("job '" + spec.name() + "' asks for the container image " + asked
          + ", which apptainer and singularity can run and " + names(allowed)
          + " cannot: name an image of a registry; nothing was submitted");
    }
    if (spec.launcher() != null && able.equals(List.of(ContainerRuntime.DOCKER))) {
      throw new Unsupported("job '" + spec.name() + "' asks for the launcher " + spec.launcher()
          + " and a container of docker, which knows nothing of a task's rank: use apptainer,"
          + " singularity or podman; nothing was submitted");
    }
    if (spec.launcher() != null) {
      able.remove(ContainerRuntime.DOCKER);
    }
    return List.copyOf(able);
  }

  private static String names(List<ContainerRuntime> runtimes) {
    return runtimes.stream().map(ContainerRuntime::command).collect(Collectors.joining(", "));
  }

  /**
   * The commands that are looked for.
   *
   * @return names, or the one configured name or path
   */
  List<String> commands() {
    return settings.executable() != null
        ? List.of(settings.executable())
        : candidates.stream().map(ContainerRuntime::command).toList();
  }

  /** The file that the job cannot do without; null where it has none, or may run another image. */
  @Nullable String imageFile() {
    return mayRunOutside() ? null : image.file();
  }

  private boolean mayRunOutside() {
    return candidates.stream().anyMatch(runtime -> !runtime.runsFiles());
  }

  /**
   * Functions and traps for the process that follows the command, behind those for signals.
   *
   * @return lines for bash
   */
  public String following() {
    if (!mayRunOutside()) {
      return "";
    }
    long tenths = killGrace.toMillis() * 3 / 5 / 100;
    return "hpc_patience=" + tenths + " # tenths of a second\n" + ContainerText.FOLLOWING;
  }

  /**
   * Lines for when the command has ended: containers that are left are removed, and a container
   * that could not be started is told.
   *
   * @return lines for bash
   */
  public String ended() {
    String why = spec.launcher() == null ? ContainerText.WHY : "";
    return ContainerText.ENDED_BEGIN
        + why
        + ContainerText.ENDED_END
        + (mayRunOutside() ? "hpc_remove\n" : "")
        + ContainerText.FORGET;
  }

  /**
   * Lines that fill {@code hpc_container}, within the command's process.
   *
   * @return lines for bash
   */
  public String lines() {
    StringBuilder script = new StringBuilder("\n  # The container's runtime.\n");
    find(script);
    require(script);
    script.append("  hpc_program=").append(Quoting.quote(argv(spec).get(0))).append('\n');
    script.append("  hpc_label=$hpc_token$hpc_suffix\n");
    if (candidates.size() == 1) {
      fill(script, candidates.get(0));
    } else {
      script.append("  case $hpc_kind in\n");
      for (ContainerRuntime each : candidates) {
        script.append("  ").append(each.command()).append(")\n");
        fill(script, each);
        script.append("    ;;\n");
      }
      script.append("  esac\n");
    }
    return script.append(ContainerText.KEEP).toString();
  }

  private void find(StringBuilder script) {
    String looked = settings.executable() != null
        ? settings.executable() + ", as configured"
        : names(candidates);
    String kinds =
        candidates.stream().map(ContainerRuntime::command).collect(Collectors.joining(" "));
    script.append("  for hpc_kind in ").append(kinds).append("; do\n");
    script.append("    hpc_runtime=$(type -P -- ");
    script.append(
        settings.executable() == null ? "\"$hpc_kind\"" : Quoting.quote(settings.executable()));
    script.append(") && break\n  done\n");
    script.append(
        "  [[ -n $hpc_runtime ]] || hpc_not_started \"no container runtime on $hpc_host:\"");
    script.append(Quoting.quote(" looked for " + looked
        + "; load its module, or set container.executable in the backend's config"));
    script.append(" 127\n");
  }

  /** What the runtimes would tell each in its own way, and Docker by making an empty folder. */
  private void require(StringBuilder script) {
    Set<String> paths = new LinkedHashSet<>();
    words.binds().forEach(bind -> paths.add(bind.host()));
    if (!paths.isEmpty()) {
      script.append("  for hpc_path in ").append(Quoting.join(List.copyOf(paths)));
      script.append("; do\n    [[ -e $hpc_path ]] ||\n      hpc_not_started");
      script.append(" \"$hpc_path, which the container is to see, is not there on $hpc_host\"\n");
      script.append("  done\n");
    }
    String file = imageFile();
    if (file != null) {
      script.append("  hpc_path=").append(Quoting.quote(file)).append('\n');
      script.append("  [[ -r $hpc_path ]] || hpc_not_started");
      script.append(" \"the image $hpc_path cannot be read on $hpc_host\"\n");
    }
  }

  private void fill(StringBuilder script, ContainerRuntime runtime) {
    String name = String.valueOf(image.word(runtime));
    checkVariables(runtime);
    for (Map.Entry<String, String> variable : words.variables(runtime).entrySet()) {
      script.append("  export ").append(variable.getKey()).append('=');
      script.append(Quoting.quote(variable.getValue())).append('\n');
    }
    script.append("  hpc_container=(\"$hpc_runtime\" ");
    script.append(Quoting.join(words.first(runtime))).append(")\n");
    if (!runtime.runsFiles()) {
      outside(script, runtime, name);
    }
    script.append("  hpc_container+=(").append(Quoting.join(words.last(runtime, name)));
    script.append(")\n");
  }

  private void checkVariables(ContainerRuntime runtime) {
    for (String name : container.environment().keySet()) {
      if (runtime.runsFiles()
          && !ShellVariables.isExportable(ContainerWords.variable(runtime, name))) {
        throw new InvalidJob("'" + name + "' cannot be a variable of a container of "
            + runtime.command() + ": they are named by letters, digits and _");
      }
    }
  }

  /** What Podman and Docker need, whose containers are no children of the job. */
  private void outside(StringBuilder script, ContainerRuntime runtime, String name) {
    boolean docker = runtime == ContainerRuntime.DOCKER;
    boolean pulls = settings.options().stream().anyMatch(ContainerScript::isPull)
        || container.options().stream().anyMatch(ContainerScript::isPull);
    if (!pulls) {
      script.append("  hpc_image=").append(Quoting.quote(name)).append('\n');
      script.append(ContainerText.PULL);
    }
    script.append(docker ? ContainerText.DOCKER : ContainerText.PODMAN);
    List<String> own = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>(spec.secretEnvironment().keySet());
    spec.environment().forEach((variable, value) -> {
      if (value != null) {
        names.add(variable);
      }
    });
    names.forEach(variable -> own.addAll(Arrays.asList("--env", variable)));
    if (!own.isEmpty()) {
      script.append("  hpc_container+=(").append(Quoting.join(own)).append(")\n");
    }
  }

  private static boolean isPull(String option) {
    return option.equals("--pull") || option.startsWith("--pull=");
  }
}
