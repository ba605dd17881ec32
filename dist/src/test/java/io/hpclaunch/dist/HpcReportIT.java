// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code hpc report}, as a user has it, on this machine. */
class HpcReportIT extends JobsByCommand {
  @BeforeEach
  void jobsRunHere() {
    hpc.with("HPC_SHELL_IDLE", "1");
    hpc.with("HPC_BACKEND", "shell");
  }

  @AfterEach
  void leaveNothing() throws Exception {
    endJobs();
  }

  @Test
  void aJobThatBurnsOneOfTwoCpusUsesHalfOfThem() throws Exception {
    hpc.hpc("submit", "--wait", "--cpus=2", "--mem=1G", "-N", "burn", "--", "bash", "-c", BURN)
        .ok();
    JsonObject job = jobs("report", "--json").get(0);
    assertThat(job.get("cpus_reserved").getAsInt()).isEqualTo(2);
    assertThat(job.get("cpu_efficiency").getAsDouble()).isBetween(0.05, HALF);
    assertThat(job.get("memory_reserved_gb").getAsDouble()).isEqualTo(1);
    assertThat(job.get("memory_efficiency").getAsDouble()).isBetween(0.0001, 0.5);
    assertThat(job.get("waiting_seconds").getAsDouble()).isBetween(0.0, 60.0);
    assertThat(job.get("wall_time_seconds").getAsDouble()).isBetween(2.0, 60.0);
    assertThat(hpc.hpc("report").ok().lines()).hasSize(2);
    assertThat(hpc.hpc("report").out()).contains("burn", "COMPLETED", "1.0 GiB", "%");
  }

  @Test
  void anArrayIsItsElementsTogetherAndWhatNeverRanCountsNot() throws Exception {
    hpc.hpc("submit", "--wait", "--array=1-3", "--cpus=1", "--", "true").ok();
    hpc.hpc("submit", "--wait", "--", "true").ok();
    List<JsonObject> jobs = jobs("report", "--json");
    assertThat(jobs).hasSize(2);
    assertThat(jobs.get(0).get("cpus_reserved").getAsInt()).isEqualTo(1);
    assertThat(jobs.get(0).get("memory_reserved_gb").isJsonNull()).isTrue();
    assertThat(jobs.get(0).get("memory_efficiency").isJsonNull()).isTrue();
    assertThat(jobs("report", "--json", "--elements")).hasSize(4);
    List<String> lines = hpc.hpc("report", "--elements").ok().lines();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(5)).startsWith("total").contains("2 jobs");
    hpc.hpc("report", "--format", "csv", "-o", "usage.csv").ok();
    assertThat(Files.readAllLines(folder.resolve("usage.csv")))
        .hasSize(3)
        .allMatch(line -> line.split(",", -1).length == 25);
  }
}
