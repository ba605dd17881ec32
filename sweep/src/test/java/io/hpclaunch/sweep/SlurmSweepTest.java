// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.HpcRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Sweeps on a real Slurm: {@code eval "$(scripts/slurm-up)"} brings one up. */
@Timeout(300)
@EnabledIfEnvironmentVariable(named = "SLURM_CONF", matches = ".+", disabledReason = "no Slurm")
class SlurmSweepTest extends SweepContract {
  @Override
  String backend() {
    return "slurm";
  }

  @BeforeEach
  void theClusterIsThere() {
    assertThat(site.backend("slurm").resources().nodes()).isNotEmpty();
  }

  @Test
  void theStatusOfManyTasksCostsOneSqueueAndAtMostOneSacct() throws Exception {
    site.run(
        "slurm",
        Mode.ARRAY,
        "{grid: {x: {range: [40]}}, command: '[ $HPC_TASK_INDEX -lt 9 ] || sleep 600'}");
    Path bin = Files.createDirectory(folder.resolve("bin"));
    for (String name : List.of("squeue", "sacct", "scontrol", "scancel", "sbatch", "sinfo")) {
      Path wrapper = Files.writeString(
          bin.resolve(name),
          "#!/bin/sh\necho " + name + " >>'" + bin + "/calls'\nPATH=${PATH#" + bin + ":} exec "
              + name + " \"$@\"\n");
      Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    try (HpcRuntime asking = HpcRuntime.builder()
        .configuration(Map.of(
            "backends",
            List.of(
                Map.of("name", "slurm", "type", "slurm", "config", Map.of("bin", bin.toString())))))
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .build()) {
      SweepRun run = SweepRun.open(site.sweeps().resolve("s"), asking);
      assertThat(run.status().size()).isEqualTo(40);
      List<String> calls = SweepSite.read(bin.resolve("calls")).lines().toList();
      assertThat(calls.stream().filter("squeue"::equals)).hasSizeLessThanOrEqualTo(1);
      assertThat(calls.stream().filter("sacct"::equals)).hasSizeLessThanOrEqualTo(1);
      run.cancel();
    }
  }
}
