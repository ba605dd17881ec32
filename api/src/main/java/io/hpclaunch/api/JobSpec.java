// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run, and how: immutable, made by a builder, the same for every backend.
 *
 * <pre>{@code
 * JobSpec spec = JobSpec.builder("train")
 *     .command("python", "train.py", "lr=0.001")
 *     .cpus(4).memory("16G").walltime(Duration.ofHours(2))
 *     .environment("OMP_NUM_THREADS", "4")
 *     .build();
 * }</pre>
 *
 * @since 0.1
 */
public final class JobSpec {
  private static final int LONGEST_NAME = 255;

  private final String name;
  private final @Nullable String scriptName;
  private final Program program;
  private final @Nullable String launcher;
  private final Map<String, @Nullable String> environment;
  private final Map<String, String> secretEnvironment;
  private final @Nullable String workingDirectory;
  private final @Nullable String stdin;
  private final @Nullable String stdout;
  private final @Nullable String stderr;
  private final Resources resources;
  private final List<Dependency> dependencies;
  private final @Nullable ArrayRange array;
  private final @Nullable ContainerSpec container;
  private final List<StagedFile> stageIn;
  private final List<String> modules;
  private final List<String> prologue;
  private final @Nullable Warning warning;
  private final List<String> nativeOptions;

  private JobSpec(Builder b, Program program) {
    name = b.name;
    scriptName = b.scriptName;
    this.program = program;
    launcher = b.launcher;
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(b.environment));
    secretEnvironment = Collections.unmodifiableMap(new LinkedHashMap<>(b.secretEnvironment));
    workingDirectory = b.workingDirectory;
    stdin = b.stdin;
    stdout = b.stdout;
    stderr = b.stderr;
    resources = b.resources.build();
    dependencies = List.copyOf(b.dependencies);
    array = b.array;
    container = b.container;
    stageIn = List.copyOf(b.stageIn);
    modules = List.copyOf(b.modules);
    prologue = List.copyOf(b.prologue);
    warning = b.warning;
    nativeOptions = List.copyOf(b.nativeOptions);
  }

  /** What a job runs: an argument vector or lines of shell, two kinds that are never mixed up. */
  public sealed interface Program {}

  /**
   * A program and its arguments; each reaches it byte for byte, and no shell reads them.
   *
   * @param argv the program and its arguments, at least one word
   */
  public record Command(List<String> argv) implements Program {
    /** Copies the words. */
    public Command {
      argv = List.copyOf(argv);
    }
  }

  /**
   * Lines of a shell script, verbatim.
   *
   * @param lines the lines, at least one
   */
  public record Shell(List<String> lines) implements Program {
    /** Copies the lines. */
    public Shell {
      lines = List.copyOf(lines);
      if (lines.stream().allMatch(String::isBlank)) {
        throw new InvalidJob("the lines of shell are empty: there is nothing to run");
      }
    }
  }

  /**
   * A signal that is sent some time before the walltime is over; without a walltime, the job's own
   * or a default, it is never sent.
   *
   * @param signal the signal's name without SIG, such as {@code USR1}
   * @param before how long before the end, more than zero
   */
  public record Warning(String signal, Duration before) {
    /**
     * Checks the values.
     *
     * @throws InvalidJob when the signal is no name of one, or the time is not positive
     */
    public Warning {
      if (!signal.matches("[A-Z][A-Z0-9+-]{1,15}") || signal.startsWith("SIG")) {
        throw new InvalidJob("'" + signal + "' is not the name of a signal: write USR1, TERM …");
      }
      if (before.isNegative() || before.isZero()) {
        throw new InvalidJob("a warning must come some time before the walltime, not " + before);
      }
    }
  }

  /**
   * A builder for a job with this name.
   *
   * @param name the job's name, as listings show it
   * @return the builder
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /**
   * The job's name, as listings show it.
   *
   * @return the name, without control characters
   */
  public String name() {
    return name;
  }

  /**
   * The file name of the script.
   *
   * @return a plain file name, or null for core's own choice
   */
  public @Nullable String scriptName() {
    return scriptName;
  }

  /**
   * What is run.
   *
   * @return a {@link Command} or a {@link Shell}
   */
  public Program program() {
    return program;
  }

  /**
   * The launcher that starts the command {@code tasks} times, with nothing of ours on the node.
   *
   * @return a launcher's name; null: the command starts once, on the first node
   */
  public @Nullable String launcher() {
    return launcher;
  }

  /**
   * The environment, in the order given. A null value unsets the variable.
   *
   * @return names and values
   */
  public Map<String, @Nullable String> environment() {
    return environment;
  }

  /**
   * Variables whose values must be seen by nobody else: they reach the job through a file or object
   * that only the owner reads, never through the script, a command line, a log or a listing.
   *
   * @return names and values
   */
  public Map<String, String> secretEnvironment() {
    return secretEnvironment;
  }

  /**
   * The directory in which the command starts.
   *
   * @return a path on the job's host, or null for the backend's default
   */
  public @Nullable String workingDirectory() {
    return workingDirectory;
  }

  /**
   * The file that is the command's standard input.
   *
   * @return a path on the job's host, in which {@code {id}} and {@code {index}} are replaced, or
   *     null for an empty input
   */
  public @Nullable String stdin() {
    return stdin;
  }

  /**
   * The file for standard output.
   *
   * @return a path in which {@code {id}} and {@code {index}} are replaced, or null for one in the
   *     job's own folder
   */
  public @Nullable String stdout() {
    return stdout;
  }

  /**
   * The file for standard error; the same path as {@link #stdout()} joins the two.
   *
   * @return a path in which {@code {id}} and {@code {index}} are replaced, or null for one in the
   *     job's own folder
   */
  public @Nullable String stderr() {
    return stderr;
  }

  /**
   * What the job asks the scheduler for.
   *
   * @return the resources
   */
  public Resources resources() {
    return resources;
  }

  /**
   * The jobs that this one waits for; all must have ended as asked.
   *
   * @return the dependencies
   */
  public List<Dependency> dependencies() {
    return dependencies;
  }

  /**
   * The elements of an array job.
   *
   * @return the range, or null for a plain job
   */
  public @Nullable ArrayRange array() {
    return array;
  }

  /**
   * The container that the command runs in.
   *
   * @return the container, or null for none
   */
  public @Nullable ContainerSpec container() {
    return container;
  }

  /**
   * Files that are brought to the job before it is submitted.
   *
   * @return the files
   */
  public List<StagedFile> stageIn() {
    return stageIn;
  }

  /**
   * Environment modules to load, in order. An entry that is a command already ({@code module load
   * x}, {@code source f}) stands in the script as it is. One that fails ends the job, cause
   * {@link Cause#LAUNCH}.
   *
   * @return the modules
   */
  public List<String> modules() {
    return modules;
  }

  /**
   * Lines of shell that run before the command, on the first node.
   *
   * @return the lines, verbatim
   */
  public List<String> prologue() {
    return prologue;
  }

  /**
   * The signal that is sent before the walltime is over.
   *
   * @return the warning, or null for none
   */
  public @Nullable Warning warning() {
    return warning;
  }

  /**
   * Options for the scheduler, untouched.
   *
   * @return the options, one word each
   */
  public List<String> nativeOptions() {
    return nativeOptions;
  }

  /**
   * What a backend must be capable of to run this job.
   *
   * @return the capabilities, in their order
   */
  public Set<Capability> needs() {
    EnumSet<Capability> needs = EnumSet.noneOf(Capability.class);
    add(needs, Capability.ARRAYS, array != null);
    add(needs, Capability.DEPENDENCIES, !dependencies.isEmpty());
    add(needs, Capability.CONTAINERS, container != null);
    add(needs, Capability.STAGE_IN, !stageIn.isEmpty());
    add(needs, Capability.SECRETS, !secretEnvironment.isEmpty());
    add(needs, Capability.LAUNCHERS, launcher != null);
    add(needs, Capability.STDIN, stdin != null);
    add(needs, Capability.PROLOGUE, !modules.isEmpty() || !prologue.isEmpty());
    add(needs, Capability.WARNING, warning != null);
    add(needs, Capability.NATIVE_OPTIONS, !nativeOptions.isEmpty());
    resources.addNeeds(needs);
    return Collections.unmodifiableSet(needs);
  }

  private static void add(Set<Capability> needs, Capability capability, boolean needed) {
    if (needed) {
      needs.add(capability);
    }
  }

  /**
   * A builder that begins with all of this.
   *
   * @return the builder
   */
  public Builder toBuilder() {
    Builder b = new Builder(name);
    b.scriptName = scriptName;
    if (program instanceof Command c) {
      b.command = c.argv();
    } else if (program instanceof Shell s) {
      b.shell.addAll(s.lines());
    }
    b.launcher = launcher;
    b.environment.putAll(environment);
    b.secretEnvironment.putAll(secretEnvironment);
    b.workingDirectory = workingDirectory;
    b.stdin = stdin;
    b.stdout = stdout;
    b.stderr = stderr;
    b.resources = resources.toBuilder();
    b.dependencies.addAll(dependencies);
    b.array = array;
    b.container = container;
    b.stageIn.addAll(stageIn);
    b.modules.addAll(modules);
    b.prologue.addAll(prologue);
    b.warning = warning;
    b.nativeOptions.addAll(nativeOptions);
    return b;
  }

  /** The name and the program; nothing that may be secret. */
  @Override
  public String toString() {
    return "JobSpec[" + name + ": " + program + "]";
  }

  /** Collects the parts and checks them together in {@link #build()}. */
  public static final class Builder {
    private String name;
    private @Nullable String scriptName;
    private @Nullable List<String> command;
    private final List<String> shell = new ArrayList<>();
    private @Nullable String launcher;
    private final Map<String, @Nullable String> environment = new LinkedHashMap<>();
    private final Map<String, String> secretEnvironment = new LinkedHashMap<>();
    private @Nullable String workingDirectory;
    private @Nullable String stdin;
    private @Nullable String stdout;
    private @Nullable String stderr;
    private Resources.Builder resources = Resources.builder();
    private final List<Dependency> dependencies = new ArrayList<>();
    private @Nullable ArrayRange array;
    private @Nullable ContainerSpec container;
    private final List<StagedFile> stageIn = new ArrayList<>();
    private final List<String> modules = new ArrayList<>();
    private final List<String> prologue = new ArrayList<>();
    private @Nullable Warning warning;
    private final List<String> nativeOptions = new ArrayList<>();

    private Builder(String name) {
      this.name = name;
    }

    /**
     * Sets another name.
     *
     * @param value the job's name
     * @return this
     */
    public Builder name(String value) {
      name = value;
      return this;
    }

    /**
     * Sets the file name of the script.
     *
     * @param value a plain file name, or null for core's own choice
     * @return this
     */
    public Builder scriptName(@Nullable String value) {
      scriptName = value;
      return this;
    }

    /**
     * Runs a program; each argument reaches it byte for byte.
     *
     * @param argv the program and its arguments
     * @return this
     */
    public Builder command(String... argv) {
      return command(Arrays.asList(argv));
    }

    /**
     * Runs a program; each argument reaches it byte for byte.
     *
     * @param argv the program and its arguments
     * @return this
     */
    public Builder command(List<String> argv) {
      command = List.copyOf(argv);
      return this;
    }

    /**
     * Runs lines of shell, verbatim. Called again, it adds lines.
     *
     * @param lines the lines
     * @return this
     */
    public Builder shell(String... lines) {
      shell.addAll(Arrays.asList(lines));
      return this;
    }

    /**
     * Lets a launcher start the command {@code tasks} times.
     *
     * @param value a launcher's name
     * @return this
     */
    public Builder launcher(@Nullable String value) {
      launcher = value;
      return this;
    }

    /**
     * Sets a variable, or unsets it.
     *
     * @param variable its name
     * @param value its value; null unsets it
     * @return this
     */
    public Builder environment(String variable, @Nullable String value) {
      environment.put(variable, value);
      return this;
    }

    /**
     * Sets or unsets several variables.
     *
     * @param variables names and values; a null value unsets
     * @return this
     */
    public Builder environment(Map<String, ? extends @Nullable String> variables) {
      environment.putAll(variables);
      return this;
    }

    /**
     * Sets a variable whose value must be seen by nobody else.
     *
     * @param variable its name
     * @param value its value
     * @return this
     */
    public Builder secretEnvironment(String variable, String value) {
      secretEnvironment.put(variable, value);
      return this;
    }

    /**
     * Sets the directory in which the command starts.
     *
     * @param path on the job's host
     * @return this
     */
    public Builder workingDirectory(@Nullable String path) {
      workingDirectory = path;
      return this;
    }

    /**
     * Sets the directory in which the command starts.
     *
     * @param path on the job's host
     * @return this
     */
    public Builder workingDirectory(Path path) {
      return workingDirectory(path.toString());
    }

    /**
     * Sets the file that is the command's standard input.
     *
     * @param path may hold {@code {id}} and {@code {index}}
     * @return this
     */
    public Builder stdin(@Nullable String path) {
      stdin = path;
      return this;
    }

    /**
     * Sets the file for standard output.
     *
     * @param path may hold {@code {id}} and {@code {index}}
     * @return this
     */
    public Builder stdout(@Nullable String path) {
      stdout = path;
      return this;
    }

    /**
     * Sets the file for standard error; the path of standard output joins the two.
     *
     * @param path may hold {@code {id}} and {@code {index}}
     * @return this
     */
    public Builder stderr(@Nullable String path) {
      stderr = path;
      return this;
    }

    /**
     * Sets all resources; those set before are dropped.
     *
     * @param value the resources
     * @return this
     */
    public Builder resources(Resources value) {
      resources = value.toBuilder();
      return this;
    }

    /**
     * Changes the resources set so far.
     *
     * @param change what to set
     * @return this
     */
    public Builder resources(UnaryOperator<Resources.Builder> change) {
      resources = change.apply(resources);
      return this;
    }

    /**
     * Asks for nodes.
     *
     * @param value at least 1
     * @return this
     */
    public Builder nodes(int value) {
      resources.nodes(value);
      return this;
    }

    /**
     * Asks for tasks.
     *
     * @param value at least 1
     * @return this
     */
    public Builder tasks(int value) {
      resources.tasks(value);
      return this;
    }

    /**
     * Asks for cpus for each task; of a job with one task, its cpus.
     *
     * @param value at least 1
     * @return this
     */
    public Builder cpus(int value) {
      resources.cpus(value);
      return this;
    }

    /**
     * Asks for gpus on each node.
     *
     * @param value at least 1
     * @return this
     */
    public Builder gpus(int value) {
      resources.gpusPerNode(value);
      return this;
    }

    /**
     * Asks for memory on each node.
     *
     * @param text such as {@code 16G}
     * @return this
     * @throws InvalidJob when the text is no size
     */
    public Builder memory(String text) {
      resources.memoryPerNode(MemorySize.parse(text));
      return this;
    }

    /**
     * Limits how long the job may run.
     *
     * @param value more than zero
     * @return this
     */
    public Builder walltime(Duration value) {
      resources.walltime(value);
      return this;
    }

    /**
     * Chooses the queue or partition.
     *
     * @param value its name
     * @return this
     */
    public Builder queue(String value) {
      resources.queue(value);
      return this;
    }

    /**
     * Waits for other jobs.
     *
     * @param values the dependencies, added to those given before
     * @return this
     */
    public Builder dependsOn(Dependency... values) {
      dependencies.addAll(Arrays.asList(values));
      return this;
    }

    /**
     * Waits for these jobs and no others.
     *
     * @param values the dependencies, in place of those given before
     * @return this
     */
    public Builder dependencies(List<Dependency> values) {
      dependencies.clear();
      dependencies.addAll(values);
      return this;
    }

    /**
     * Makes an array job.
     *
     * @param value the elements, or null for a plain job
     * @return this
     */
    public Builder array(@Nullable ArrayRange value) {
      array = value;
      return this;
    }

    /**
     * Runs the command in a container.
     *
     * @param value the container, or null for none
     * @return this
     */
    public Builder container(@Nullable ContainerSpec value) {
      container = value;
      return this;
    }

    /**
     * Brings files to the job before it is submitted.
     *
     * @param files the files, added to those given before
     * @return this
     */
    public Builder stageIn(StagedFile... files) {
      stageIn.addAll(Arrays.asList(files));
      return this;
    }

    /**
     * Loads environment modules.
     *
     * @param names the modules, added to those given before
     * @return this
     */
    public Builder modules(String... names) {
      modules.addAll(Arrays.asList(names));
      return this;
    }

    /**
     * Runs lines of shell before the command.
     *
     * @param lines the lines, added to those given before
     * @return this
     */
    public Builder prologue(String... lines) {
      prologue.addAll(Arrays.asList(lines));
      return this;
    }

    /**
     * Has a signal sent before the walltime is over.
     *
     * @param signal its name without SIG, such as {@code USR1}
     * @param before how long before
     * @return this
     */
    public Builder warn(String signal, Duration before) {
      warning = new Warning(signal, before);
      return this;
    }

    /**
     * Hands options to the scheduler, untouched.
     *
     * @param options one word each, added to those given before
     * @return this
     */
    public Builder nativeOptions(String... options) {
      nativeOptions.addAll(Arrays.asList(options));
      return this;
    }

    /**
     * Checks all parts.
     *
     * @return the job
     * @throws InvalidJob when there is no command or both kinds, a name or variable has forbidden
     *     characters, a text holds NUL or half a character, resources contradict each other, or a
     *     warning would come before the job has begun
     */
    public JobSpec build() {
      checkName();
      Program program = checkProgram();
      checkEnvironment();
      Carried.checkNotEmpty("working directory", workingDirectory);
      Carried.checkNotEmpty("standard input", stdin);
      Carried.checkNotEmpty("standard output", stdout);
      Carried.checkNotEmpty("standard error", stderr);
      Carried.checkNotEmpty("launcher", launcher);
      Carried.check("modules", modules);
      Carried.check("prologue", prologue);
      Carried.check("native options", nativeOptions);
      if (launcher != null && program instanceof Shell) {
        throw new InvalidJob("launcher " + launcher + " starts a command, not lines of shell");
      }
      JobSpec spec = new JobSpec(this, program);
      checkWarning(spec);
      return spec;
    }

    private void checkName() {
      if (name.isBlank()
          || name.length() > LONGEST_NAME
          || name.chars().anyMatch(Character::isISOControl)) {
        throw new InvalidJob("a job's name has 1 to "
            + LONGEST_NAME
            + " characters, none of them a control character: '"
            + name
            + "'");
      }
      Carried.check("name", name);
      Carried.check("script name", scriptName);
      if (scriptName != null
          && (scriptName.isBlank()
              || scriptName.startsWith(".")
              || scriptName.indexOf('/') >= 0
              || scriptName.chars().anyMatch(Character::isISOControl))) {
        throw new InvalidJob("'" + scriptName + "' is not a plain file name for a script");
      }
    }

    private Program checkProgram() {
      if (command != null && !shell.isEmpty()) {
        throw new InvalidJob(
            "job '" + name + "' has a command and lines of shell: give one of them");
      }
      if (command != null) {
        if (command.isEmpty() || command.get(0).isEmpty()) {
          throw new InvalidJob("job '" + name + "' has an empty command");
        }
        Carried.check("command", command);
        return new Command(command);
      }
      if (shell.isEmpty()) {
        throw new InvalidJob("job '" + name + "' has no command: give command(…) or shell(…)");
      }
      Carried.check("shell", shell);
      return new Shell(shell);
    }

    private void checkEnvironment() {
      environment.forEach(Carried::checkVariable);
      secretEnvironment.forEach(Carried::checkVariable);
      for (String variable : secretEnvironment.keySet()) {
        if (environment.containsKey(variable)) {
          throw new InvalidJob(
              "variable " + variable + " is given as a secret and as plain environment");
        }
      }
    }

    private static void checkWarning(JobSpec spec) {
      Warning warning = spec.warning();
      Duration walltime = spec.resources().walltime();
      if (warning != null && walltime != null && warning.before().compareTo(walltime) >= 0) {
        throw new InvalidJob("a warning "
            + Walltimes.format(warning.before())
            + " before the end needs a walltime longer than that, not "
            + Walltimes.format(walltime));
      }
    }
  }
}
