// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.KnownJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A workspace and an agent of the shell backend that several clients use, each with a state folder
 * of its own and one Redis.
 */
record Site(Path folder, Map<String, Object> store) {
  static final String BACKEND = "shell";

  /** A client as it is on one host. */
  HpcRuntime client(String name) {
    return client(name, Clock.systemUTC());
  }

  HpcRuntime client(String name, Clock clock) {
    return client(name, Map.of("root", folder.resolve("agent").toString()), clock);
  }

  /** A client whose agent is the one of its state folder. */
  HpcRuntime clientWithAnAgent(String name) {
    return client(name, Map.of(), Clock.systemUTC());
  }

  private HpcRuntime client(String name, Map<String, Object> config, Clock clock) {
    return HpcRuntime.builder()
        .configuration(Map.of(
            "store",
            store,
            "backends",
            List.of(Map.of(
                "type",
                BACKEND,
                "workspace",
                workspace().toString(),
                "config",
                config,
                "submit",
                Map.of("polling_interval", 0.1)))))
        .environment(System.getenv())
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state-" + name))
        .clock(clock)
        .build();
  }

  Path workspace() {
    return folder.resolve("workspace");
  }

  /** The same files, and another store. */
  Site with(Map<String, Object> other) {
    return new Site(folder, other);
  }

  /** All jobs that a client is told of. */
  static List<KnownJob> jobs(HpcRuntime client) {
    List<KnownJob> all = new ArrayList<>(client.jobs().active().jobs());
    all.addAll(client.jobs().ended(Instant.EPOCH).jobs());
    return all;
  }

  static List<String> tokens(HpcRuntime client) {
    return jobs(client).stream().map(job -> job.token().value()).toList();
  }

  /** Follows all that runs to its end. */
  static void awaitEnds(HpcRuntime client) throws InterruptedException {
    Backend backend = client.backend(BACKEND);
    backend.status(List.of()); // settles what is open
    for (KnownJob job : client.jobs().active().jobs()) {
      backend.attach(job.id()).waitFor();
    }
  }

  /** What jobs have written, a line each. */
  List<String> ran() throws IOException {
    Path file = folder.resolve("ran");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** What a job does so that it is seen how often it ran. */
  String tell() {
    return "echo \"$HPC_TOKEN\" >>'" + folder.resolve("ran") + "'";
  }
}
