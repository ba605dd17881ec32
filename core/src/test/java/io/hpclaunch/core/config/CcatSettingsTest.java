// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** settings.toml of CCAT's workflow manager, as it stands. */
class CcatSettingsTest {
  private static final String SETTINGS = """
      [default]
      HPC_BACKEND = "kubernetes"
      K8S_NAMESPACE = "ccat-workflows"
      SLURM_PARTITION = ""
      PIPELINE_BASE_DIR = "/data/pipelines"
      PROCESSING_LOCATION_ID = 1
      REDIS_HOST = "localhost"
      REDIS_PASSWORD = ""
      DATABASE_URL = "@format postgresql://{env[USER]}@db/ops"
      COLUMNS = [{name = "a", width = 3}]

      [default.LOGGING]
      level = "INFO"

      [staging]
      HPC_BACKEND = "kubernetes"
      K8S_NAMESPACE = "ccat-workflows-staging"

      [production]
      HPC_BACKEND = "slurm"
      SLURM_PARTITION = "compute"
      SLURM_ACCOUNT = "ccat"

      [localdev]
      HPC_BACKEND = "local"
      PIPELINE_BASE_DIR = "/tmp/pipelines"

      [bare]
      """;

  @TempDir
  Path folder;

  private Site site;
  private Path file;

  @BeforeEach
  void site() {
    site = new Site(folder);
    file = site.write("home/project/settings.toml", SETTINGS);
  }

  private Configuration profile(String name) {
    return Configuration.load(site.sources().profile(name).build());
  }

  private static String partition(Configuration c) {
    return c.backend("slurm").orElseThrow().config().string("partition").orElse("none");
  }

  @Test
  void theDefaultTableHoldsWithoutAProfile() {
    Configuration c = site.load();
    assertThat(c.filesRead()).containsExactly(file);
    assertThat(c.defaultBackend()).contains("k8s");
    BackendEntry k8s = c.backend("k8s").orElseThrow();
    assertThat(k8s.type()).isEqualTo("k8s");
    assertThat(k8s.config().string("namespace")).contains("ccat-workflows");
    assertThat(k8s.config().origin("namespace")).contains(file + ":3 (ccat)");
    assertThat(partition(c)).isEqualTo("none");
  }

  @Test
  void eachTableIsAProfile() {
    Configuration staging = profile("staging");
    assertThat(staging.defaultBackend()).contains("k8s");
    assertThat(staging.section("backends.k8s.config").string("namespace"))
        .contains("ccat-workflows-staging");
    assertThat(staging.section("backends.k8s.config").origin("namespace"))
        .contains("profile staging in " + file + ":17 (ccat)");
    Configuration production = profile("production");
    assertThat(production.defaultBackend()).contains("slurm");
    assertThat(partition(production)).isEqualTo("compute");
    assertThat(production.section("backends.slurm.config").string("account")).contains("ccat");
    assertThat(profile("localdev").defaultBackend()).contains("shell");
    assertThat(profile("bare").defaultBackend()).contains("k8s");
    site.environment.put("HPC_PROFILE", "prodction");
    site.error()
        .hasMessage("environment HPC_PROFILE: there is no profile 'prodction':"
            + " did you mean 'production'?");
  }

  @Test
  void theEnvironmentThatDynaconfChoosesIsTheProfile() {
    site.environment.put("ENV_FOR_DYNACONF", "PRODUCTION");
    assertThat(site.load().defaultBackend()).contains("slurm");
    site.environment.put("HPC_PROFILE", "localdev");
    assertThat(site.load().defaultBackend()).contains("shell");
    assertThat(profile("staging").defaultBackend()).contains("k8s");
    site.environment.remove("HPC_PROFILE");
    site.environment.put("ENV_FOR_DYNACONF", "development");
    assertThat(site.load().defaultBackend()).contains("k8s");
    site.local("hpc: {backend: ours, profiles: {production: {backend: other}}}");
    site.environment.put("ENV_FOR_DYNACONF", "production");
    assertThat(site.load().defaultBackend()).contains("ours");
  }

  @Test
  void variablesOfTheWorkflowManagerOverruleAndOursOverruleThose() {
    site.environment.put("CCAT_WORKFLOW_MANAGER_HPC_BACKEND", "slurm");
    site.environment.put("CCAT_WORKFLOW_MANAGER_SLURM_PARTITION", "gpu");
    site.environment.put("CCAT_WORKFLOW_MANAGER_K8S_NAMESPACE", "ns");
    Configuration c = profile("production");
    assertThat(partition(c)).isEqualTo("gpu");
    assertThat(c.section("backends.slurm.config").string("account")).contains("ccat");
    assertThat(c.section("backends.k8s.config").string("namespace")).contains("ns");
    assertThat(c.root().origin("backend"))
        .contains("environment CCAT_WORKFLOW_MANAGER_HPC_BACKEND");
    site.environment.put("HPC__backends__slurm__config__partition", "ours");
    site.environment.put("HPC_BACKEND", "pbs");
    c = profile("production");
    assertThat(partition(c)).isEqualTo("ours");
    assertThat(c.defaultBackend()).contains("pbs");
  }

  @ParameterizedTest
  @CsvSource({"kubernetes, k8s", "Kubernetes, k8s", "local, shell", "slurm, slurm", "flux, flux"})
  void itsNamesOfBackends(String theirs, String ours) {
    site.environment.put("CCAT_WORKFLOW_MANAGER_HPC_BACKEND", theirs);
    assertThat(site.load().defaultBackend()).contains(ours);
    site.environment.clear();
    site.write("home/project/settings.toml", "[default]\nhpc_backend = \"" + theirs + "\"\n");
    assertThat(site.load().defaultBackend()).contains(ours);
  }

  @Test
  void globalLiesOverAllAndKeysOutsideOfTablesBelow() {
    site.write("home/project/settings.toml", """
        HPC_BACKEND = "slurm"
        SLURM_PARTITION = "outside"
        SLURM_QOS = "outside"
        [default]
        SLURM_PARTITION = "base"
        [production]
        SLURM_PARTITION = "mine"
        SLURM_ACCOUNT = "mine"
        [global]
        SLURM_ACCOUNT = "all"
        """);
    assertThat(site.load().section("backends.slurm.config").asMap())
        .containsEntry("partition", "base")
        .containsEntry("account", "all")
        .containsEntry("qos", "outside");
    assertThat(profile("production").section("backends.slurm.config").asMap())
        .containsEntry("partition", "mine")
        .containsEntry("account", "all");
  }

  @Test
  void anEmptyTextUnsetsWhatTheDefaultTableSays() {
    site.write(
        "home/project/settings.toml",
        "[default]\nSLURM_PARTITION = \"a\"\n[p]\nSLURM_PARTITION = \"\"\n");
    assertThat(partition(site.load())).isEqualTo("a");
    assertThat(partition(profile("p"))).isEqualTo("none");
  }

  @Test
  void dynaconfsCasts() {
    site.write("home/project/settings.toml", """
        [default]
        HPC_BACKEND = "@str slurm"
        SLURM_PARTITION = "@int 7"
        SLURM_ACCOUNT = "@none"
        """);
    assertThat(site.load().defaultBackend()).contains("slurm");
    assertThat(site.load().section("backends.slurm.config").asMap())
        .containsOnlyKeys("partition")
        .containsEntry("partition", "7");
    site.write(
        "home/project/settings.toml", "[default]\nSLURM_PARTITION = \"@format {env[PART]}\"\n");
    BackendEntry slurm = site.load().backend("slurm").orElseThrow();
    assertThatThrownBy(() -> slurm.check(List.of()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(file + ":2 (ccat): backends.slurm.config.partition: '@format' is understood by"
            + " Dynaconf alone: write the value itself");
  }

  @Test
  void whatOnlyDynaconfEvaluatesHarmsNothingElse() {
    site.write("home/project/settings.toml", """
        [default]
        HPC_BACKEND = "local"
        SLURM_PARTITION = "@jinja {{ env.PART }}"
        [other]
        HPC_BACKEND = "@format {env[WHERE]}"
        """);
    assertThat(site.load().defaultBackend()).contains("shell");
    Configuration other = profile("other");
    assertThatThrownBy(other::defaultBackend)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("profile other in " + file + ":5 (ccat): backend: '@format' is understood by"
            + " Dynaconf alone: write the value itself");
    site.environment.put("HPC_BACKEND", "pbs");
    assertThat(profile("other").defaultBackend()).contains("pbs");
  }

  @Test
  void whatOnlyConfiguresABackendDoesNotChooseIt() {
    site.write("home/project/settings.toml", "[default]\nK8S_NAMESPACE = \"a\"\n");
    assertThat(site.load().defaultBackend()).isEmpty();
    site.write("home/project/settings.toml", "");
    site.environment.put("CCAT_WORKFLOW_MANAGER_SLURM_PARTITION", "gpu");
    assertThat(site.load().defaultBackend()).isEmpty();
    site.environment.put("HPC__backends__mine__type", "pbs");
    assertThat(site.load().defaultBackend()).contains("mine");
  }

  @Test
  void anEntryOfOursStaysChosenWhereItIsConfiguredToo() {
    site.write("etc/config.yaml", "hpc: {backends: [{type: slurm, config: {account: a}}]}");
    site.write("home/project/settings.toml", "[default]\nSLURM_PARTITION = \"p\"\n");
    assertThat(site.load().defaultBackend()).contains("slurm");
    assertThat(partition(site.load())).isEqualTo("p");
  }

  @Test
  void wrongTypesAreToldWithLineAndSystem() {
    site.write("home/project/settings.toml", "[production]\n\nHPC_BACKEND = [\"slurm\"]\n");
    site.error()
        .hasMessage(file + ":3 (ccat): profiles.production.backend: must be text, not a list");
    site.write("home/project/settings.toml", "[default]\nHPC_BACKEND = slurm\n");
    site.error().hasMessageStartingWith(file + ":2:15: is not TOML: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[default]\nDEBUG = true\n", "this = is [not TOML", "", "# HPC_BACK" + "END_X"})
  void anotherProgramsFileIsPassedOver(String text) {
    site.write("home/project/deep/settings.toml", text.replace("HPC_BACKEND", "X"));
    assertThat(site.load().filesRead()).containsExactly(file);
  }

  @Test
  void itIsReadByItsFormUnderAnyName() throws Exception {
    Path named = Files.move(file, folder.resolve("ccat.toml"));
    site.environment.put("HPC_CONFIG", named.toString());
    assertThat(profile("production").defaultBackend()).contains("slurm");
  }

  @Test
  void oursInTheSameFolderWins() {
    Path ours = site.local("hpc: {backend: ours}");
    assertThat(site.load().filesRead()).containsExactly(ours);
  }
}
