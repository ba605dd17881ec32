// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.MemorySize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of HPC Sweep Manager, read as ours. */
class SweepManagerFilesTest {
  private static final String FILE = """
      paths:
        python_interpreter: /opt/python
      hpc:
        default_walltime: "08:00:00"
        default_resources: select=1:ncpus=4:mem=16gb
        python_interpreter: python
        system: pbs
        max_array_size: null
        pbs: {queue: normal, account: my_project}
        slurm:
          partition: compute
          account: null
      logging: {level: INFO}
      """;

  @TempDir
  Path folder;

  private Site site;

  @BeforeEach
  void site() {
    site = new Site(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hsm_config.yaml", "sweeps/hsm_config.yaml", "deep/hsm_config.yaml"})
  void itsKeysMeanWhatTheyDoThere(String name) {
    Path file = site.write("home/project/" + name, FILE);
    Configuration c = site.load();
    assertThat(c.defaultBackend()).contains("pbs");
    assertThat(c.defaultResources().walltime()).isEqualTo(Duration.ofHours(8));
    assertThat(c.defaultResources().cpusPerTask()).isEqualTo(4);
    assertThat(c.defaultResources().memoryPerNode()).isEqualTo(16 * MemorySize.GIB);
    assertThat(c.section("backends.pbs.config").asMap())
        .containsEntry("queue", "normal")
        .containsEntry("account", "my_project");
    assertThat(c.section("backends.slurm.config").asMap())
        .containsEntry("partition", "compute")
        .doesNotContainKey("account");
    assertThat(c.defaults().origin("walltime")).contains(file + ":4 (hpc-sweep-manager)");
  }

  @Test
  void itIsReadByItsFormUnderAnyName() {
    Path file = site.write("any.yaml", FILE.replace("system: pbs", "system: auto"));
    site.environment.put("HPC_CONFIG", file.toString());
    assertThat(site.load().defaultBackend()).isEmpty();
    assertThat(site.load().defaults().origin("resources"))
        .contains(file + ":5 (hpc-sweep-manager)");
  }

  @Test
  void aSectionOfASchedulerDoesNotChooseIt() {
    site.write("home/project/hsm_config.yaml", "hpc: {system: auto, pbs: {queue: normal}}\n");
    assertThat(site.load().defaultBackend()).isEmpty();
    assertThat(site.load().section("backends.pbs.config").string("queue")).contains("normal");
  }

  @Test
  void aFileThatSaysNothingOfJobsIsPassedOver() {
    site.write("home/project/hsm_config.yaml", "wandb: {project: x}\n");
    assertThat(site.load().defaultBackend()).isEmpty();
    site.write(
        "home/project/hsm_config.yaml",
        "hpc: {default_queue: null, default_walltime: '', system: local, pbs: null}\n");
    assertThat(site.load().defaultBackend()).contains("local");
    assertThat(site.load().defaultResources().walltime()).isNull();
  }

  @Test
  void aWalltimeInSecondsAndAQueueForAll() {
    site.write(
        "home/project/hsm_config.yaml", "hpc: {default_queue: gpu, default_walltime: 86399}\n");
    assertThat(site.load().defaultResources().queue()).isEqualTo("gpu");
    assertThat(site.load().defaultResources().walltime()).isEqualTo(Duration.ofSeconds(86_399));
  }

  @Test
  void aMixtureOfBothFormsIsOurs() {
    Path file = site.local("hpc:\n  backend: a\n  default_walltime: 60\n");
    site.error().hasMessageStartingWith(file + ":3: unknown key 'default_walltime'");
  }

  @Test
  void errorsNameItsLines() throws Exception {
    Path file = site.write("home/project/hsm_config.yaml", "hpc:\n  default_walltime: soon\n");
    site.error().hasMessageStartingWith(file + ":2 (hpc-sweep-manager): defaults.walltime: ");
    Files.writeString(file, "hpc:\n  pbs: {queue: [a]}\n  system: pbs\n");
    assertThat(site.load().defaultBackend()).contains("pbs"); // the plugin checks its own keys
  }

  @Test
  void itsVariablesLieOverItsFileAndBelowOurs() {
    site.write("home/project/hsm_config.yaml", FILE);
    site.environment.put("HSM_HPC_SYSTEM", "slurm");
    site.environment.put("HSM_HPC_WALLTIME", "01:00:00");
    assertThat(site.load().defaultBackend()).contains("slurm");
    assertThat(site.load().defaultResources().walltime()).isEqualTo(Duration.ofHours(1));
    site.environment.put("HPC_WALLTIME", "02:00:00");
    assertThat(site.load().defaultResources().walltime()).isEqualTo(Duration.ofHours(2));
  }
}
