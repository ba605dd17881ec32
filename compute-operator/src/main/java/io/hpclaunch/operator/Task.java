// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.StagedFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One unit of work of a run: a command with the files that it needs, in a directory of its own on
 * the backend's host.
 *
 * <pre>{@code
 * Task.builder("relax")
 *     .shell("python3 relax.py in.json")
 *     .fileFromPath("relax.py", Path.of("scripts/relax.py"))
 *     .fileFromContent("in.json", "{\"steps\": 100}")
 *     .cores(8).memoryGb(16).timeLimitMinutes(60)
 *     .download("*.json", "*.log")
 *     .build();
 * }</pre>
 *
 * @since 0.1
 */
public final class Task {
  /** The file of a task's directory that its standard output goes to. */
  public static final String STDOUT = "stdout.log";

  /** The file of a task's directory that its standard error goes to. */
  public static final String STDERR = "stderr.log";

  /** The file of the results that holds the exit code. */
  public static final String EXIT_CODE = "exit_code";

  private static final Set<String> RESERVED = Set.of(STDOUT, STDERR, EXIT_CODE);
  private static final double BYTES_PER_GB = 1024.0 * 1024 * 1024;

  private final String id;
  private final JobSpec.Program program;
  private final @Nullable String image;
  private final List<StagedFile> files;
  private final @Nullable Integer cores;
  private final @Nullable Long memory;
  private final @Nullable Integer gpus;
  private final @Nullable Duration timeLimit;
  private final Map<String, @Nullable String> env;
  private final DownloadPatterns downloadPatterns;
  private final Set<String> dependencies;
  private final boolean allowFailure;
  private final boolean allowDependencyFailure;
  private final @Nullable RetryPolicy retry;
  private final @Nullable String backend;

  private Task(Builder b, JobSpec.Program program) {
    id = b.id;
    this.program = program;
    image = b.image;
    files = List.copyOf(b.files);
    cores = b.cores;
    memory = b.memory;
    gpus = b.gpus;
    timeLimit = b.timeLimit;
    env = Collections.unmodifiableMap(new LinkedHashMap<>(b.env));
    downloadPatterns = new DownloadPatterns(b.include, b.exclude);
    dependencies = Collections.unmodifiableSet(new LinkedHashSet<>(b.dependencies));
    allowFailure = b.allowFailure;
    allowDependencyFailure = b.allowDependencyFailure;
    retry = b.retry;
    backend = b.backend;
  }

  /**
   * A builder for a task.
   *
   * @param id names it within its run; it becomes the name of a folder
   * @return the builder
   */
  public static Builder builder(String id) {
    return new Builder(id);
  }

  /**
   * The name within the run.
   *
   * @return letters, digits, {@code .}, {@code _} and {@code -}
   */
  public String id() {
    return id;
  }

  /**
   * What is run.
   *
   * @return a command, or lines of shell
   */
  public JobSpec.Program program() {
    return program;
  }

  /**
   * The container image that the command runs in.
   *
   * @return its name, or null for none
   */
  public @Nullable String image() {
    return image;
  }

  /**
   * The files that the command needs, by their paths in the task's directory.
   *
   * @return each from a path of this machine, or from content at hand
   */
  public List<StagedFile> files() {
    return files;
  }

  /**
   * How many cpus it needs.
   *
   * @return the number, or null for the backend's default
   */
  public @Nullable Integer cores() {
    return cores;
  }

  /**
   * The memory that it needs.
   *
   * @return bytes, or null for the backend's default
   */
  public @Nullable Long memory() {
    return memory;
  }

  /**
   * How many gpus it needs.
   *
   * @return the number, or null for none
   */
  public @Nullable Integer gpus() {
    return gpus;
  }

  /**
   * How long it may run.
   *
   * @return the limit, or null for the backend's default
   */
  public @Nullable Duration timeLimit() {
    return timeLimit;
  }

  /**
   * Variables that are set, or unset by null.
   *
   * @return names and values
   */
  public Map<String, @Nullable String> env() {
    return env;
  }

  /**
   * What of its directory is collected.
   *
   * @return the patterns
   */
  public DownloadPatterns downloadPatterns() {
    return downloadPatterns;
  }

  /**
   * The tasks that have to complete before it starts.
   *
   * @return their ids
   */
  public Set<String> dependencies() {
    return dependencies;
  }

  /**
   * Whether tasks that depend on it start although it failed, and the run is well all the same.
   *
   * @return false by default
   */
  public boolean allowFailure() {
    return allowFailure;
  }

  /**
   * Whether it starts although tasks that it depends on have failed, once they have ended.
   *
   * @return false by default
   */
  public boolean allowDependencyFailure() {
    return allowDependencyFailure;
  }

  /**
   * Whether it is tried again when it fails.
   *
   * @return the policy, or null for the run's
   */
  public @Nullable RetryPolicy retry() {
    return retry;
  }

  /**
   * The backend that it runs on.
   *
   * @return its name, or null for the run's
   */
  public @Nullable String backend() {
    return backend;
  }

  /** The id and the program. */
  @Override
  public String toString() {
    return "Task[" + id + ": " + program + "]";
  }

  /** Collects the parts and checks them in {@link #build()}. */
  public static final class Builder {
    private final String id;
    private @Nullable List<String> command;
    private final List<String> shell = new ArrayList<>();
    private @Nullable String image;
    private final List<StagedFile> files = new ArrayList<>();
    private @Nullable Integer cores;
    private @Nullable Long memory;
    private @Nullable Integer gpus;
    private @Nullable Duration timeLimit;
    private final Map<String, @Nullable String> env = new LinkedHashMap<>();
    private final List<String> include = new ArrayList<>();
    private final List<String> exclude = new ArrayList<>();
    private final Set<String> dependencies = new LinkedHashSet<>();
    private boolean allowFailure;
    private boolean allowDependencyFailure;
    private @Nullable RetryPolicy retry;
    private @Nullable String backend;

    private Builder(String id) {
      this.id = id;
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
     * Runs lines of shell. Called again, it adds lines.
     *
     * @param lines the lines
     * @return this
     */
    public Builder shell(String... lines) {
      shell.addAll(Arrays.asList(lines));
      return this;
    }

    /**
     * Runs the command in a container, with the task's directory in it under the same path.
     *
     * @param value the image's name, or null for no container
     * @return this
     */
    public Builder image(@Nullable String value) {
      image = value;
      return this;
    }

    /**
     * Adds a file that the command needs.
     *
     * @param file from a path or from content, with its place in the task's directory
     * @return this
     */
    public Builder file(StagedFile file) {
      files.add(file);
      return this;
    }

    /**
     * Adds a file or folder of this machine.
     *
     * @param target where it goes, relative to the task's directory
     * @param source the path here
     * @return this
     * @throws InvalidJob when the target leaves the directory
     */
    public Builder fileFromPath(String target, Path source) {
      return file(StagedFile.path(source, target));
    }

    /**
     * Adds a file with text, written as UTF-8.
     *
     * @param target where it goes, relative to the task's directory
     * @param content the text
     * @return this
     * @throws InvalidJob when the target leaves the directory
     */
    public Builder fileFromContent(String target, String content) {
      return file(StagedFile.content(content, target));
    }

    /**
     * Asks for cpus.
     *
     * @param value at least 1, or null for the backend's default
     * @return this
     */
    public Builder cores(@Nullable Integer value) {
      cores = value;
      return this;
    }

    /**
     * Asks for memory.
     *
     * @param value GiB, or null for the backend's default
     * @return this
     */
    public Builder memoryGb(@Nullable Double value) {
      return memory(value == null ? null : (long) Math.ceil(value * BYTES_PER_GB));
    }

    /**
     * Asks for memory.
     *
     * @param value GiB
     * @return this
     */
    public Builder memoryGb(int value) {
      return memoryGb((double) value);
    }

    /**
     * Asks for memory.
     *
     * @param bytes more than zero, or null for the backend's default
     * @return this
     */
    public Builder memory(@Nullable Long bytes) {
      memory = bytes;
      return this;
    }

    /**
     * Asks for gpus.
     *
     * @param value 0 for none, or null
     * @return this
     */
    public Builder gpus(@Nullable Integer value) {
      gpus = value == null || value == 0 ? null : value;
      return this;
    }

    /**
     * Limits how long it may run.
     *
     * @param value minutes, at least 1
     * @return this
     */
    public Builder timeLimitMinutes(int value) {
      return timeLimit(Duration.ofMinutes(value));
    }

    /**
     * Limits how long it may run.
     *
     * @param value more than zero, or null for the backend's default
     * @return this
     */
    public Builder timeLimit(@Nullable Duration value) {
      timeLimit = value;
      return this;
    }

    /**
     * Sets a variable, or unsets it.
     *
     * @param variable its name
     * @param value its value; null unsets it
     * @return this
     */
    public Builder env(String variable, @Nullable String value) {
      env.put(variable, value);
      return this;
    }

    /**
     * Collects only files that match one of the patterns, added to those given before.
     *
     * @param patterns as {@link FnmatchPattern} has them
     * @return this
     */
    public Builder download(String... patterns) {
      include.addAll(Arrays.asList(patterns));
      return this;
    }

    /**
     * Does not collect what matches one of the patterns, added to those given before.
     *
     * @param patterns as {@link FnmatchPattern} has them
     * @return this
     */
    public Builder doNotDownload(String... patterns) {
      exclude.addAll(Arrays.asList(patterns));
      return this;
    }

    /**
     * Waits for other tasks of the run, added to those given before.
     *
     * @param taskIds their ids
     * @return this
     */
    public Builder dependsOn(String... taskIds) {
      dependencies.addAll(Arrays.asList(taskIds));
      return this;
    }

    /**
     * Lets tasks that depend on this one start although it failed.
     *
     * @param value whether they do
     * @return this
     */
    public Builder allowFailure(boolean value) {
      allowFailure = value;
      return this;
    }

    /**
     * Starts although tasks that this one depends on have failed.
     *
     * @param value whether it does
     * @return this
     */
    public Builder allowDependencyFailure(boolean value) {
      allowDependencyFailure = value;
      return this;
    }

    /**
     * Tries again when it fails.
     *
     * @param value the policy, or null for the run's
     * @return this
     */
    public Builder retry(@Nullable RetryPolicy value) {
      retry = value;
      return this;
    }

    /**
     * Runs on a backend of its own.
     *
     * @param name the backend's name, or null for the run's
     * @return this
     */
    public Builder backend(@Nullable String name) {
      backend = name;
      return this;
    }

    /**
     * Checks all parts.
     *
     * @return the task
     * @throws InvalidJob when the id cannot be a folder's name, the command is none, two files have
     *     one place, a file stands where the operator writes its own, or a number is too small
     */
    public Task build() {
      Ids.check("task id", id);
      checkPlaces();
      JobSpec spec = checkedByJobs();
      for (String pattern : include) {
        checkPattern(pattern);
      }
      exclude.forEach(this::checkPattern);
      return new Task(this, spec.program());
    }

    /** What jobs refuse is refused here already. */
    private JobSpec checkedByJobs() {
      JobSpec.Builder job = JobSpec.builder(id).environment(env);
      if (command != null) {
        job.command(command);
      }
      job.shell(shell.toArray(new String[0]));
      try {
        job.resources(
            r -> r.cpus(cores).memoryPerNode(memory).gpusPerNode(gpus).walltime(timeLimit));
        return job.build();
      } catch (InvalidJob e) {
        throw new InvalidJob("task " + id + ": " + e.getMessage(), e);
      }
    }

    private void checkPattern(String pattern) {
      if (pattern.isEmpty()) {
        throw new InvalidJob("task " + id + ": an empty pattern matches no file");
      }
    }

    /** One place holds one thing, and a file is no folder. */
    private void checkPlaces() {
      Set<String> places = new LinkedHashSet<>();
      for (StagedFile file : files) {
        String place = file.target();
        if (RESERVED.stream().anyMatch(own -> (place + "/").startsWith(own + "/"))) {
          throw new InvalidJob("task " + id + ": its own " + place + " is written there; "
              + "give the file another name");
        }
        if (!places.add(place)) {
          throw new InvalidJob("task " + id + " has two files for " + place);
        }
      }
      for (String place : places) {
        for (int slash = place.indexOf('/'); slash > 0; slash = place.indexOf('/', slash + 1)) {
          if (places.contains(place.substring(0, slash))) {
            throw new InvalidJob("task " + id + ": " + place.substring(0, slash)
                + " is a file of its own, and " + place + " would be in it");
          }
        }
      }
    }
  }
}
