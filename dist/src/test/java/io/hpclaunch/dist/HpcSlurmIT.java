// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs by the command {@code hpc} on a real Slurm with accounting, by {@code scripts/slurm-up}. */
class HpcSlurmIT extends JobsByCommand {
  private static String conf;

  @BeforeAll
  static void startSlurm() {
    conf = SshSite.up("slurm-up").get("SLURM_CONF");
  }

  @BeforeEach
  void jobsRunBySlurm() throws Exception {
    hpc.write("hpc-launch.toml", """
        [hpc]
        backend = "slurm"
        [[hpc.backends]]
        type = "slurm"
        config = {slurm_conf = "%s", walltime = 00:02:00}
        submit.polling_interval = 0.5
        """.formatted(conf));
  }

  @AfterEach
  void leaveNothing() throws Exception {
    endJobs();
  }

  @Test
  void aJobThatBurnsOneOfTwoCpusUsesHalfOfThem() throws Exception {
    hpc.hpc("submit", "--wait", "--cpus=2", "--mem=600M", "--", "bash", "-c", BURN)
        .ok();
    JsonObject job = jobs("report", "--json").get(0);
    assertThat(text(job, "id")).startsWith("slurm:");
    assertThat(job.get("cpus_reserved").getAsInt()).isEqualTo(2);
    assertThat(job.get("cpu_efficiency").getAsDouble()).isBetween(0.05, HALF);
    assertThat(job.get("memory_reserved_gb").getAsDouble()).isBetween(0.58, 0.59);
    assertThat(job.get("waiting_seconds").getAsDouble()).isBetween(0.0, 120.0);
    assertThat(hpc.hpc("report").ok().lines()).hasSize(2);
  }

  @Test
  void elementsOfAnArrayAreReportedEach() throws Exception {
    hpc.hpc("submit", "--wait", "--array=3-4", "--cpus=2", "--", "bash", "-c", BURN)
        .ok();
    List<JsonObject> elements = jobs("report", "--json", "--elements");
    assertThat(elements).hasSize(2);
    assertThat(elements)
        .extracting(element -> element.get("array_index").getAsInt())
        .containsExactly(3, 4);
    assertThat(elements)
        .allSatisfy(element ->
            assertThat(element.get("cpu_efficiency").getAsDouble()).isBetween(0.05, HALF));
    JsonObject whole = jobs("report", "--json").get(0);
    assertThat(whole.get("cpus_reserved").getAsInt()).isEqualTo(2);
    assertThat(whole.get("cpu_efficiency").getAsDouble()).isBetween(0.05, HALF);
  }
}
