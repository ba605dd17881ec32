// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HpcRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A folder with sweeps, and the real backends. */
final class SweepSite implements AutoCloseable {
  private final Path folder;
  private HpcRuntime runtime;

  SweepSite(Path folder) {
    this.folder = folder;
    runtime = runtime();
  }

  private HpcRuntime runtime() {
    return runtime(folder);
  }

  static HpcRuntime runtime(Path folder) {
    return runtime(folder, Clock.systemUTC());
  }

  static HpcRuntime runtime(Path folder, Clock clock) {
    return runtime(folder, clock, folder.resolve("state"));
  }

  private static HpcRuntime runtime(Path folder, Clock clock, Path state) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("HPC_SHELL_IDLE", "1");
    return HpcRuntime.builder()
        .environment(environment)
        .configuration(Map.of(
            "backends",
            List.of(
                Map.of(
                    "name", "shell",
                    "type", "shell",
                    "config", Map.of("root", folder.resolve("shell").toString())),
                Map.of("name", "slurm", "type", "slurm", "config", slurm(folder)),
                Map.of("name", "pbs", "type", "pbs", "config", pbs(folder)))))
        .workingDirectory(folder)
        .clock(clock)
        .stateDirectory(state)
        .build();
  }

  /** Where the test has noted which cluster it is: clients in other processes read it, too. */
  static Map<String, String> slurm(Path folder) {
    Path conf = folder.resolve("slurm_conf");
    return Files.exists(conf) ? Map.of("slurm_conf", read(conf)) : Map.of();
  }

  /** A client comes when every deadline has passed. */
  void muchLaterClient() {
    runtime.close();
    runtime = runtime(folder, Clock.offset(Clock.systemUTC(), java.time.Duration.ofHours(1)));
  }

  /** The client goes, and another one comes. */
  void nextClient() {
    runtime.close();
    runtime = runtime();
  }

  /** Where the test has noted which PBS it is, if it is not that of this machine. */
  static Map<String, String> pbs(Path folder) {
    Path bin = folder.resolve("pbs_bin");
    return Files.exists(bin) ? Map.of("bin", read(bin)) : Map.of();
  }

  /** A client that has another state folder. */
  HpcRuntime stranger() {
    return runtime(folder, Clock.systemUTC(), folder.resolve("another"));
  }

  /** Nobody remembers the jobs of a sweep any more. */
  void forget(SweepRun run) {
    for (Submission each : SweepFolder.open(run.folder()).submissions(run.count())) {
      each.jobs().forEach(backend(each.backend())::clean);
    }
  }

  HpcRuntime client() {
    return runtime;
  }

  Backend backend(String name) {
    return runtime.backend(name);
  }

  Path sweeps() {
    return folder.resolve("sweeps");
  }

  SweepRun open(String id) {
    return SweepRun.open(sweeps().resolve(id), runtime);
  }

  SweepRun run(String backend, String yaml, SweepOptions.Builder options) {
    Sweep sweep = Sweep.parse(yaml, "s.yaml", folder);
    return SweepRun.start(
        sweep, runtime, backend(backend), options.folder(sweeps()).build(), done -> {});
  }

  SweepRun run(String backend, Mode mode, String yaml) {
    return run(backend, yaml, options(mode));
  }

  SweepOptions.Builder options(Mode mode) {
    return SweepOptions.builder().mode(mode).id("s").workingDirectory(folder);
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    runtime.close();
  }
}
