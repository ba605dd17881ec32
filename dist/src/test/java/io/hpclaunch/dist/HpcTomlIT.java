// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.dist.Installation.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration in TOML, as a user has it. */
class HpcTomlIT extends JobsByCommand {
  private static final String OURS = """
      [hpc]
      backend = "site"
      [[hpc.backends]]
      name = "site"
      type = "shell"
      launch = {type = "fork", variables = {FROM = "toml"}}
      """;
  private static final String CCATS = """
      [default]
      HPC_BACKEND = "kubernetes"
      REDIS_HOST = "localhost"

      [staging]
      K8S_NAMESPACE = "ccat-workflows-staging"

      [production]
      HPC_BACKEND = "slurm"
      SLURM_PARTITION = "compute"

      [localdev]
      HPC_BACKEND = "local"
      """;

  @AfterEach
  void leaveNothing() throws Exception {
    endJobs();
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "deep", "deep/er"})
  void hpcLaunchFindsItUpwards(String place) throws Exception {
    hpc.write("hpc-launch.toml", OURS);
    Files.createDirectories(folder.resolve(place));
    assertThat(hpc.bash("cd " + place + " && \"$hpc_launch\" -n 1 printenv FROM")
            .ok()
            .out())
        .isEqualTo("toml\n");
  }

  @Test
  void hpcLaunchFindsItBehindALinkAndInTheOtherPlaces() throws Exception {
    hpc.write("real/project/hpc-launch.toml", OURS);
    Files.createDirectories(folder.resolve("real/project/deep"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("real/project/deep"));
    String launch = "\"$hpc_launch\" -n 1 printenv FROM";
    assertThat(hpc.bash("cd link && " + launch).ok().out()).isEqualTo("toml\n");
    hpc.write("xdg/hpc-launch/config.toml", OURS);
    hpc.write("named.toml", OURS);
    assertThat(hpc.bash("XDG_CONFIG_HOME=$PWD/xdg " + launch).ok().out()).isEqualTo("toml\n");
    assertThat(hpc.bash("HPC_CONFIG=named.toml " + launch).ok().out()).isEqualTo("toml\n");
    assertThat(hpc.launch("--config-file", "named.toml", "-n", "1", "printenv", "FROM")
            .ok()
            .out())
        .isEqualTo("toml\n");
  }

  @Test
  void aWrongFileIsOneLine() throws Exception {
    hpc.write("hpc-launch.toml", "[hpc]\nbackend = 'a'\nbackend = 'b'\n");
    Result result = hpc.launch("-n", "1", "true");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .contains("hpc-launch.toml:3:1: is not TOML: backend previously defined at line 2")
        .hasLineCount(1);
  }

  @Test
  void ccatsSettingsWorkAsTheyStand() throws Exception {
    hpc.write("settings.toml", CCATS);
    hpc.hpc("--profile", "localdev", "submit", "--wait", "--", "true").ok();
    assertThat(only()).startsWith("shell:");
    Result production = hpc.hpc("--profile", "production", "config", "show").ok();
    assertThat(production.out())
        .contains("compute")
        .contains("profile production in " + folder.toRealPath().resolve("settings.toml") + ":10");
    hpc.with("KUBECONFIG", folder.resolve("none").toString());
    Result staging = hpc.hpc("--profile", "staging", "submit", "--", "true");
    assertThat(staging.status()).isEqualTo(3);
    assertThat(staging.err()).contains("Kubernetes", "no image").hasLineCount(1);
    hpc.with("CCAT_WORKFLOW_MANAGER_HPC_BACKEND", "local").with("HPC_PROFILE", "staging");
    hpc.hpc("submit", "--wait", "--", "true").ok();
    assertThat(hpc.hpc("config", "show").ok().out())
        .contains("(ccat)", "environment CCAT_WORKFLOW_MANAGER_HPC_BACKEND");
  }
}
