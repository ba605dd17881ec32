// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.HpcRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sweeps on a real Slurm, that of {@code scripts/slurm-up}, which is started or found up. */
@Timeout(300)
class SlurmSweepTest extends SweepContract {
  private static final int NOT_TO_BE_HAD = 77;
  private static String conf = "";

  @BeforeAll
  static void bringSlurmUp() throws Exception {
    Process up = new ProcessBuilder(script("slurm-up")).start();
    String told = new String(up.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = up.waitFor();
    assumeTrue(status != NOT_TO_BE_HAD, "Slurm cannot be had here: scripts/slurm-up says why");
    assertThat(status).isZero();
    conf = told.lines()
        .filter(line -> line.startsWith("export SLURM_CONF="))
        .map(line -> line.substring(line.indexOf('=') + 1))
        .findFirst()
        .orElseThrow();
  }

  private static String script(String name) {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(folder.resolve("scripts").resolve(name))) {
      folder = folder.getParent();
      assertThat(folder).as("no scripts/" + name).isNotNull();
    }
    return folder.resolve("scripts").resolve(name).toString();
  }

  @Override
  void prepare() throws IOException {
    Files.writeString(folder.resolve("slurm_conf"), conf);
  }

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
            List.of(Map.of(
                "name",
                "slurm",
                "type",
                "slurm",
                "config",
                Map.of("bin", bin.toString(), "slurm_conf", conf)))))
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
