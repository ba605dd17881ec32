// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Rejected;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One of several clusters is configured; accounting tells Slurm's commands where it is. */
@Timeout(120)
class ClusterOptionTest {
  private static final List<String> ASKED = List.of("sbatch", "squeue", "sacct", "scancel");

  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  @RegisterExtension
  final SlurmSite site = new SlurmSite(CLUSTER);

  @Test
  void theClusterIsPartOfTheIdAndOfEachCommand() throws Exception {
    Backend slurm = site.slurm(site.open(), Map.of("cluster", "test"));
    HPCProcess job = slurm.submit(site.noting("there").shell("exit 3").build());
    HPCProcess held = slurm.submit(site.noting("held").nativeOptions("--hold").build());

    assertThat(job.id().nativeId().cluster()).isEqualTo("test");
    assertThat(job.id().toString()).endsWith("@test");
    assertThat(JobId.parse(job.id().toString())).isEqualTo(job.id());
    assertThat(SlurmSite.end(job).exitCode()).isEqualTo(3);
    SlurmSite.until(
        "it is held",
        () -> slurm.status(List.of(held.id())).get(held.id()).state() == JobState.HELD);
    held.cancel();
    assertThat(SlurmSite.end(held).state()).isEqualTo(JobState.CANCELLED);
    for (String command : ASKED) {
      assertThat(site.calls(command))
          .as(command)
          .isNotEmpty()
          .allMatch(call -> call.contains("--clusters=test"));
    }
    assertThat(slurm.resources().queues()).hasSize(2);
  }

  /** A client without that setting has jobs of its own, and asks for those of the other there. */
  @Test
  void anIdCarriesItsClusterToAClientThatHasNone() throws Exception {
    JobId id = site.slurm(site.open(), Map.of("cluster", "test"))
        .submit(site.noting("carried").shell("exit 4").build())
        .id();
    Backend plain = site.slurm(site.stranger());
    HPCProcess own = plain.submit(site.noting("own").build());

    assertThat(own.id().nativeId().cluster()).isNull();
    assertThat(SlurmSite.end(plain.attach(id)).exitCode()).isEqualTo(4);
    assertThat(SlurmSite.end(own).state()).isEqualTo(JobState.COMPLETED);
    assertThat(site.calls("squeue"))
        .anyMatch(call -> call.contains("--clusters=test"))
        .anyMatch(call -> !call.contains("--clusters"));
  }

  @Test
  void aClusterThatSlurmDoesNotKnowIsRefusedInItsWords() {
    Backend slurm = site.slurm(site.open(), Map.of("cluster", "nosuch"));
    assertThatThrownBy(() -> slurm.submit(site.noting("x").build()))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("nosuch");
    assertThat(site.jobFolders()).isEmpty();
  }
}
