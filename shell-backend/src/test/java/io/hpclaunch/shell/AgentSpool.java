// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A spool of the shell agent in a folder of its own, with the real scripts. */
final class AgentSpool implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Path root;
  private final Path scripts;
  private final Map<String, String> environment =
      new HashMap<>(Map.of("HPC_SHELL_IDLE", "1", "LEAKS", "into no job"));
  private int count;

  AgentSpool(Path folder) {
    this(folder, folder.resolve("shell"));
  }

  /** With the spools of all hosts in a folder that is not the jobs' neighbour. */
  AgentSpool(Path folder, Path root) {
    this.folder = folder;
    this.root = root;
    try {
      scripts = Path.of(Objects.requireNonNull(ShellBackend.class.getResource("hpc-shell"))
              .toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A job to submit, as the words of its line. */
  static final class Job {
    private final String id = UUID.randomUUID().toString();
    private final String[] words;
    private final Path folder;

    private Job(String[] words, Path folder) {
      this.words = words;
      this.folder = folder;
      words[1] = id;
    }

    String id() {
      return id;
    }

    Path folder() {
      return folder;
    }

    Job cpus(int value) {
      words[4] = Integer.toString(value);
      return this;
    }

    Job gpus(int value) {
      words[5] = Integer.toString(value);
      return this;
    }

    Job memory(long kib) {
      words[18] = Long.toString(kib);
      return this;
    }

    Job oversubscribe() {
      words[6] = "1";
      return this;
    }

    Job walltime(Duration value) {
      words[7] = micros(value);
      return this;
    }

    Job warn(String signal, Duration before) {
      words[8] = signal + ":" + micros(before);
      return this;
    }

    Job grace(Duration value) {
      words[9] = micros(value);
      return this;
    }

    Job array(String value) {
      words[10] = value;
      words[15] += ".%7Bindex%7D";
      return this;
    }

    Job after(String value) {
      words[11] = value;
      return this;
    }

    private static String micros(Duration value) {
      return Long.toString(value.toNanos() / 1000);
    }

    @Override
    public String toString() {
      return String.join(" ", words);
    }
  }

  /**
   * A job whose script follows docs/jobs.md: announces, fences, runs the lines, writes its record.
   */
  Job job(String... lines) throws IOException {
    return scripted("(\n" + String.join("\n", lines) + "\n)");
  }

  private Job scripted(String body) throws IOException {
    String token = "h%07dtesttoken".formatted(++count);
    Path dir = Files.createDirectories(folder.resolve("jobs/a b\n" + token));
    Path script = dir.resolve("script");
    Files.writeString(script, script(token, dir, body));
    String path = encode(dir.toString());
    return new Job(
        ("job ID " + token + " 1 1 0 0 - - 300000 - - " + path + " " + path + "/script - " + path
                + "/stdout " + path + "/stderr name -")
            .split(" "),
        dir);
  }

  /**
   * A job whose command has a process group of its own, as the scripts that core renders start it;
   * TERM goes to that group, USR1 to the command alone.
   */
  Job grouped(String... lines) throws IOException {
    return scripted("""
        trap 'kill -s TERM -- -$pid' TERM
        trap 'kill -s USR1 $pid' USR1
        set -m
        (
        set +m
        trap - TERM USR1
        %s
        ) &
        pid=$!
        set +m
        while wait $pid; status=$?; kill -0 $pid 2>/dev/null; do :; done
        (exit $status)""".formatted(String.join("\n", lines)));
  }

  private static String script(String token, Path dir, String body) {
    return """
        #!/bin/bash
        token=%s dir='%s' index=${HPC_ARRAY_INDEX:--}
        suffix=; [[ $index == - ]] || suffix=.$index
        printf 'v1 %%s %%s %%s 1 h %%s -\\n' "$token" "$HPC_NATIVE_ID" "$index" "$$" >>"$dir/announced"
        if ! (set -C; printf '%%s\\n' "$HPC_NATIVE_ID" >"$dir/claim") 2>/dev/null; then
          read -r owner <"$dir/claim"
          [[ $owner == "$HPC_NATIVE_ID" ]] || exit 0
        fi
        %s
        status=$?
        printf '%%s\\n' v=1 "token=$token" "native=$HPC_NATIVE_ID" "index=$index" attempt=1 host=h \\
          started=1.000 ended=2.000 "status=$status" signal=- cause=- reason=- cpu_ms=- peak_kb=- end \\
          >"$dir/.exit$suffix"
        mv "$dir/.exit$suffix" "$dir/exit$suffix"
        exit "$status"
        """.formatted(token, dir, body);
  }

  /** Words as a line carries them: what is not plain is %XX. */
  static String encode(String text) {
    StringBuilder word = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c < 128 && (Character.isLetterOrDigit(c) || "/._:,+@=-".indexOf(c) >= 0)) {
        word.append(c);
      } else {
        word.append("%%%02X".formatted((int) c));
      }
    }
    return word.toString();
  }

  List<String> submit(List<String> options, Job... jobs) throws IOException {
    List<String> words = new ArrayList<>(List.of("submit"));
    words.addAll(options);
    StringBuilder input = new StringBuilder();
    for (Job job : jobs) {
      input.append(job).append('\n');
    }
    return call(input.toString(), words);
  }

  List<String> submit(Job... jobs) throws IOException {
    return submit(List.of("--slots", "2"), jobs);
  }

  /** What the processes that are started from now on find in their environment. */
  AgentSpool with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  private Process start(List<String> words) throws IOException {
    List<String> argv = new ArrayList<>(
        List.of("bash", scripts.resolve("hpc-shell").toString(), root().toString()));
    argv.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return builder.start();
  }

  /** Begins a conversation; to be closed. */
  AgentTalk serve() throws IOException {
    return new AgentTalk(start(List.of("serve")));
  }

  Path scripts() {
    return scripts;
  }

  List<String> call(String input, List<String> verb) throws IOException {
    Process process = start(verb);
    try (var to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return answer.lines().toList();
  }

  /** The words of the answer about each job or element. */
  List<List<String>> query(String... ids) throws IOException {
    return call(String.join("\n", ids) + "\n", List.of("query")).stream()
        .map(line -> Arrays.asList(line.split(" ")))
        .toList();
  }

  String state(String id) {
    try {
      return query(id).get(0).get(3);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The answer about a job, once it has ended. */
  List<String> end(Job job) throws IOException {
    await(() -> !List.of("QUEUED", "RUNNING").contains(state(job.id())));
    return query(job.id()).get(0);
  }

  /** The answers about jobs, in their order, once all have ended. */
  List<List<String>> ends(List<Job> jobs) throws IOException {
    String[] ids = jobs.stream().map(Job::id).toArray(String[]::new);
    await(() -> {
      try {
        return query(ids).stream()
            .noneMatch(answer -> List.of("QUEUED", "RUNNING").contains(answer.get(3)));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
    return query(ids);
  }

  static void await(BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("not within " + PATIENCE);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  Path root() {
    return root;
  }

  /** The spool of this host. */
  Path spool() throws IOException {
    try (var hosts = Files.list(root())) {
      return hosts.filter(Files::isDirectory).findFirst().orElseThrow();
    }
  }

  /** The agent's pid, or 0 where none is at work. */
  long agent() throws IOException {
    Path file = spool().resolve("agent");
    try {
      return Long.parseLong(Files.readString(file).split(" ", -1)[0]);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** The pids that helpers of the present agent told. */
  List<Long> helpers() throws IOException {
    Path file = spool().resolve("helpers");
    if (!Files.exists(file)) {
      return List.of();
    }
    return Files.readAllLines(file).stream()
        .map(line -> Long.parseLong(line.split(" ", -1)[0]))
        .toList();
  }

  static void kill(long pid) {
    if (pid > 0) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /**
   * The processes whose command line names this folder: sessions, agents, and what is about to
   * become one, which has not told its pid yet.
   */
  static List<ProcessHandle> processes(Path root) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(root.toString()))
        .toList();
  }

  /** Cancels what is left; the agent then ends by itself. */
  @Override
  public void close() throws IOException {
    if (Files.isDirectory(root())) {
      List<String> active = call("", List.of("queue")).stream()
          .map(l -> l.split(" ", -1)[1])
          .distinct()
          .toList();
      if (!active.isEmpty()) {
        call(String.join("\n", active) + "\n", List.of("cancel"));
      }
      await(() -> processes(root()).isEmpty());
    }
  }
}
