// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of hpc_connect, read as ours. */
class HpcConnectFilesTest {
  private static final String FILE = """
      hpc_connect:
        debug: true
        backend: this-site
        backends:
        - name: this-site
          type: slurm
          config: {}
          launch:
            type: srun
            name: mine
            exec: srun
            numproc_flag: -n
            default_options: "--mpi=pmix 'a b'"
            variables: {OMP_NUM_THREADS: "1"}
            mpmd: {global_options: [-g], local_options: [-l]}
          submit: {default_options: [], polling_interval: -1.0}
        - type: local
          submit: {polling_interval: 2.0}
      """;

  @TempDir
  Path folder;

  private Site site;

  @BeforeEach
  void site() {
    site = new Site(folder);
  }

  private static String origin(Configuration c) {
    return c.root().origin("backend").orElse("not set");
  }

  @Test
  void everyKeyMeansWhatItDoesThere() {
    Path file = site.write("home/project/hpc_connect.yaml", FILE);
    Configuration c = site.load();
    assertThat(c.defaultBackend()).contains("this-site");
    assertThat(c.root().bool("debug")).contains(true);
    BackendEntry entry = c.backend("this-site").orElseThrow();
    assertThat(entry.launch().defaultOptions()).containsExactly("--mpi=pmix", "a b");
    assertThat(entry.launch().globalOptions()).containsExactly("-g");
    assertThat(entry.launch().localOptions()).containsExactly("-l");
    assertThat(entry.launch().variables()).containsEntry("OMP_NUM_THREADS", "1");
    assertThat(entry.submit().number("polling_interval")).isEmpty();
    assertThat(c.backend("local").orElseThrow().type()).isEqualTo("local");
    assertThat(c.backend("local").orElseThrow().submit().number("polling_interval"))
        .contains(2.0);
    assertThat(origin(c)).isEqualTo(file + ":3 (hpc_connect)");
  }

  @Test
  void byItsKeyInAnyFileThatIsNamed() {
    site.write("home/project/deep/site.yaml", FILE);
    site.environment.put("HPC_CONFIG", "site.yaml");
    assertThat(origin(site.load())).isEqualTo("site.yaml:3 (hpc_connect)");
  }

  @Test
  void withoutItsKeyInItsOwnPlacesOnly() {
    site.write("home/project/hpc_connect.yaml", "backend: bare\n");
    assertThat(site.load().defaultBackend()).contains("bare");
    site.write("home/project/deep/site.yaml", "backend: bare\n");
    site.environment.put("HPC_CONFIG", "site.yaml");
    site.error()
        .hasMessage("site.yaml:1: key 'backend' stands outside: settings stand under 'hpc:'");
  }

  @Test
  void theNearerFolderWinsAndInOneFolderOurs() {
    site.write("home/project/hpc_connect.yaml", "backend: theirs");
    site.local("hpc: {backend: ours}");
    assertThat(site.load().defaultBackend()).contains("ours");
    site.write("home/project/deep/hpc_connect.yaml", "backend: nearer");
    assertThat(site.load().defaultBackend()).contains("nearer");
  }

  @Test
  void itsScopesLieBelowOursOfTheSameScope() {
    Path siteFile = site.write("opt/hpcc.yaml", "hpc_connect: {backend: site}");
    site.environment.put("HPC_CONNECT_SITE_CONFIG", siteFile.toString());
    assertThat(site.load().defaultBackend()).contains("site");
    site.system("hpc: {backend: system}");
    assertThat(site.load().defaultBackend()).contains("system");
    site.write("home/.config/hpc_connect.yaml", "backend: global");
    assertThat(site.load().defaultBackend()).contains("global");
    site.environment.put("XDG_CONFIG_HOME", folder.resolve("xdg").toString());
    assertThat(site.load().defaultBackend()).contains("global");
    site.write("xdg/hpc_connect/config.yaml", "backend: xdg");
    assertThat(site.load().defaultBackend()).contains("xdg");
    Path named = site.write("opt/global.yaml", "backend: named");
    site.environment.put("HPC_CONNECT_GLOBAL_CONFIG", named.toString());
    assertThat(site.load().defaultBackend()).contains("named");
    site.write("xdg/hpc-launch/config.yaml", "hpc: {backend: user}");
    assertThat(site.load().defaultBackend()).contains("user");
  }

  @Test
  void errorsNameItsLines() {
    Path file = site.write("home/project/hpc_connect.yaml", "hpc_connect:\n  bakend: x\n");
    site.error()
        .hasMessage(file + ":2 (hpc_connect): unknown key 'bakend': did you mean 'backend'?");
    site.write("home/project/hpc_connect.yaml", "hpc_connect: [a]\n");
    site.error().hasMessage(file + ":1 (hpc_connect): hpc: must be a map, not a list");
  }
}
