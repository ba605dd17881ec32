// SPDX-License-Identifier: Apache-2.0
package org.example.hpc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.testkit.BackendContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What every backend promises, on a true task-spooler. */
class SpoolerContractTest extends BackendContract {
  @Override
  public String type() {
    return "tsp";
  }

  @Override
  public Map<String, ?> entry() {
    return Map.of("submit", Map.of("polling_interval", 0.1));
  }

  /** It sends SIGTERM and nothing else. */
  @Override
  public boolean endsStubbornJobs() {
    return false;
  }

  @BeforeAll
  static void isInstalled() {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(element -> Files.isExecutable(Path.of(element, "tsp"))),
        "task-spooler (not installed)");
  }

  @AfterAll
  static void endTheQueue() throws IOException, InterruptedException {
    new ProcessBuilder("tsp", "-K").start().waitFor();
  }
}
