// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Jobs by the command {@code hpc}, in a state folder of each test's own. */
abstract class JobsByCommand {
  /** Lines of bash that keep one cpu busy for some seconds. */
  static final String BURN = "end=$((SECONDS + 4)); while ((SECONDS < end)); do :; done";

  /** What that uses of two cpus at most, where times are told in whole seconds. */
  static final double HALF = 0.7;

  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** Whether this run has seen the class-data archive made. */
  private static boolean archived;

  @TempDir
  Path folder;

  Installation hpc;
  Path state;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  final void install() throws Exception {
    hpc = Installation.in(folder);
    if (!archived) { // nobody writes to the folder of a test that has ended
      hpc.hpc("--version").ok();
      hpc.awaitArchive();
      archived = true;
    }
    Path archives = Files.createDirectories(hpc.state().resolve("cache"));
    state = Files.createDirectory(
        folder.resolve("state"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.createSymbolicLink(state.resolve("cache"), archives); // they take seconds to make
    hpc.with("HPC_STATE_DIR", state.toString());
  }

  @AfterEach
  final void removeLink() throws IOException {
    Files.delete(state.resolve("cache")); // it leads out of the folder
  }

  /** Ends what a test started: jobs and watchers. */
  final void endJobs() throws Exception {
    started.forEach(Process::destroyForcibly);
    if (!Files.isDirectory(state.resolve("records"))) {
      return; // it has submitted nothing
    }
    List<String> active = new ArrayList<>();
    for (JsonObject job : jobs("status", "--json")) {
      if (List.of("queued", "held", "running", "unknown").contains(text(job, "state"))) {
        active.add(text(job, "id"));
      }
    }
    if (!active.isEmpty()) {
      hpc.hpc(words("cancel", active)).ok();
      hpc.hpc(words("wait", active));
    }
  }

  private static String[] words(String first, List<String> others) {
    return Stream.concat(Stream.of(first), others.stream()).toArray(String[]::new);
  }

  static void await(String what, Callable<Boolean> condition) throws Exception {
    Instant end = Instant.now().plus(LONGEST);
    while (!condition.call()) {
      assertThat(Instant.now()).as(what).isBefore(end);
      Thread.sleep(20);
    }
  }

  /** Submits, and checks that the id is printed and nothing else. */
  final String submitted(String idPattern, String... words) throws Exception {
    Result result = hpc.hpc(words("submit", List.of(words))).ok();
    assertThat(result.out()).matches(idPattern + "\n");
    assertThat(result.err()).isEmpty();
    return result.out().strip();
  }

  final List<JsonObject> jobs(String... words) throws Exception {
    List<JsonObject> jobs = new ArrayList<>();
    for (JsonElement job : array(hpc.hpc(words).out())) {
      jobs.add(job.getAsJsonObject());
    }
    return jobs;
  }

  static JsonArray array(String json) {
    return new Gson().fromJson(json, JsonArray.class);
  }

  final JsonObject job(String id) throws Exception {
    return jobs("status", id, "--json").get(0);
  }

  static String text(JsonObject job, String key) {
    return job.get(key).getAsString();
  }

  /** The id of the only job. */
  final String only() throws Exception {
    List<JsonObject> all = jobs("status", "--json");
    assertThat(all).hasSize(1);
    return text(all.get(0), "id");
  }

  /** Starts hpc with its streams in files of the folder. */
  final Process start(String out, String... words) throws IOException {
    Process process =
        hpc.start(hpc.command("hpc", words), folder.resolve(out), folder.resolve(out + ".err"));
    started.add(process);
    return process;
  }

  static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  final String content(String file) throws IOException {
    Path path = folder.resolve(file);
    return Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
  }
}
