// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a benchmark of a scheduler's backend beside the scheduler's bare commands is made of. */
abstract class SchedulerJobs {
  /** The benchmark's own folder. */
  final Path folder;

  private final List<HpcRuntime> runtimes = new ArrayList<>();

  SchedulerJobs(Path folder) {
    this.folder = folder;
  }

  /** Ends the jobs of the bare commands, which have no other client. */
  abstract void cancelAll() throws IOException, InterruptedException;

  /** A part of the benchmark. */
  @FunctionalInterface
  interface Part {
    void run() throws Exception;
  }

  /** Nothing of what was before is followed any more, or waits in the queue. */
  final void alone(Part part) throws Exception {
    try {
      part.run();
    } finally {
      runtimes.forEach(HpcRuntime::close);
      runtimes.clear();
      cancelAll();
    }
  }

  // ---- clients

  /** A client; the entry has what an entry of the configuration has. */
  final Backend client(String type, Map<String, ?> entry) {
    HpcRuntime runtime = HpcRuntime.builder()
        .configuration(Map.of())
        .stateDirectory(folder.resolve("state"))
        .build();
    runtimes.add(runtime);
    return runtime.open(type, entry);
  }

  /** Closes the client that was made last. */
  final void closeLast() {
    runtimes.remove(runtimes.size() - 1).close();
  }

  /** A client whose commands are noted, and so are slower. */
  final Backend counted(String type, String... commands) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String command : commands) {
      Path wrapper = bin.resolve(command);
      Files.writeString(wrapper, """
          #!/bin/bash
          echo %s >>%s/calls
          PATH=${PATH#"%s:"} exec %s "$@"
          """.formatted(command, bin, bin, command));
      if (!wrapper.toFile().setExecutable(true)) {
        throw new IOException(wrapper + " cannot be made executable");
      }
    }
    return client(type, Map.of("config", Map.of("bin", bin.toString())));
  }

  /** The commands since the last call. */
  final String calls() throws IOException {
    Path calls = folder.resolve("bin/calls");
    if (!Files.exists(calls)) {
      return "none";
    }
    List<String> all = Files.readAllLines(calls);
    Files.delete(calls);
    return all.size() + " (" + String.join(" ", all.stream().distinct().toList()) + ")";
  }

  /** The script that the backend would submit. */
  final String script(Backend backend, JobSpec spec, String name) throws IOException {
    Path script = folder.resolve(name);
    Files.writeString(script, backend.script(spec));
    return script.toString();
  }

  // ---- bare commands

  /** Runs lines of bash that print one number of microseconds, and returns milliseconds. */
  static double bash(String lines, String... words) throws IOException, InterruptedException {
    List<String> argv = new ArrayList<>(List.of("bash", "-ec", """
        us() { now=${EPOCHREALTIME/[.,]/}; }
        loop() { local i; for ((i = 0; i < $1; i++)); do "${@:2}"; done; }
        """ + lines, "bash"));
    argv.addAll(List.of(words));
    Process process =
        new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String told = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", argv) + " failed");
    }
    return Long.parseLong(told) / 1000.0;
  }

  /** So many loops beside each other, each of so many calls. */
  static double loops(int clients, int calls, String... command)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("" + clients, "" + calls));
    words.addAll(List.of(command));
    return bash("""
        us; before=$now
        for ((c = 0; c < $1; c++)); do loop "${@:2}" >/dev/null & pids[c]=$!; done
        for pid in "${pids[@]}"; do wait "$pid"; done
        us; echo $((now - before))
        """, words.toArray(String[]::new));
  }

  // ---- how it is told

  static void row(String what, double[] bare, double[] ours, String calls) {
    System.out.printf(
        "%-28s %8.1f %8.1f %+8.1f  commands: %s%n",
        what + ", ms", median(bare), median(ours), median(ours) - median(bare), calls);
  }

  static double milliseconds(long since) {
    return (System.nanoTime() - since) / 1e6;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
