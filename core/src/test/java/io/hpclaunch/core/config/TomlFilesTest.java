// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.MemorySize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration in TOML, which says what configuration in YAML says. */
class TomlFilesTest {
  private static final String YAML = """
      hpc:
        backend: cluster
        debug: true
        defaults: {walltime: "04:00:00", resources: "--nodes=1 --mem=16G"}
        profiles:
          staging: {backend: shell}
        backends:
          - name: cluster
            type: slurm
            config: {partition: compute, modules: [lammps/2023.10, gcc]}
            launch: {type: srun, default_options: [--mpi=pmix, 1], variables: {OMP_NUM_THREADS: 1}}
            submit: {polling_interval: 1.50}
          - type: shell
        worker_pools:
          small: {backend: cluster, num_workers: 2}
      """;
  private static final String TOML = """
      [hpc]
      backend = "cluster"
      debug = true
      defaults.walltime = 04:00:00
      defaults.resources = '--nodes=1 --mem=16G'

      [hpc.profiles.staging]
      backend = "shell"

      [[hpc.backends]]
      name = "cluster"
      type = "slurm"
      config = {partition = "compute", modules = [
        "lammps/2023.10",  # and the compiler
        "gcc",
      ]}
      [hpc.backends.launch]
      type = "srun"
      default_options = ["--mpi=pmix", 1]
      variables.OMP_NUM_THREADS = 1
      [hpc.backends.submit]
      polling_interval = 1.50

      [[hpc.backends]]
      type = "shell"

      [hpc.worker_pools.small]
      backend = "cluster"
      num_workers = 2
      """;

  @TempDir
  Path folder;

  private Site site;
  private Path file;

  @BeforeEach
  void site() {
    site = new Site(folder);
    file = folder.resolve("home/project/hpc-launch.toml");
  }

  private void local(String text) {
    site.write("home/project/hpc-launch.toml", text);
  }

  private void expect(String text, String place, String message) {
    local(text);
    site.error().hasMessage(file + ":" + place + ": " + message);
  }

  private static List<String> keysAndValues(Configuration c) {
    return c.effective().stream().map(v -> v.key() + "=" + v.text()).toList();
  }

  @Test
  void theSameFileInBothLanguagesSaysTheSame() throws IOException {
    Path yaml = site.local(YAML);
    List<String> fromYaml = keysAndValues(site.load());
    Files.delete(yaml);
    local(TOML);
    assertThat(keysAndValues(site.load()))
        .containsExactlyInAnyOrderElementsOf(fromYaml.stream()
            .map(line -> line.replace("walltime=\"04:00:00\"", "walltime=04:00:00"))
            .toList());
    assertThat(site.load().filesRead()).containsExactly(file);
    assertThat(Configuration.load(site.sources().profile("staging").build()).defaultBackend())
        .contains("shell");
  }

  @Test
  void valuesKnowTheirLines() {
    local(TOML);
    Configuration c = site.load();
    assertThat(c.root().origin("backend")).contains(file + ":2");
    assertThat(c.defaults().origin("walltime")).contains(file + ":4");
    BackendEntry cluster = c.backend("cluster").orElseThrow();
    assertThat(cluster.origin()).isEqualTo(file + ":10");
    assertThat(cluster.config().origin("modules")).contains(file + ":13");
    assertThat(c.section("worker_pools.small").origin("num_workers")).contains(file + ":29");
  }

  @Test
  void itIsFoundWhereYamlIs() {
    site.write("etc/config.toml", "hpc.backend = 'system'");
    assertThat(site.load().defaultBackend()).contains("system");
    site.write("home/.config/hpc-launch/config.toml", "hpc.backend = 'user'");
    assertThat(site.load().defaultBackend()).contains("user");
    local("hpc.backend = 'project'");
    assertThat(site.load().defaultBackend()).contains("project");
    site.write("home/project/deep/hpc-launch.yaml", "hpc: {backend: nearer}");
    assertThat(site.load().defaultBackend()).contains("nearer");
    site.write("home/project/deep/named.toml", "hpc.backend = 'variable'");
    site.environment.put("HPC_CONFIG", "named.toml");
    assertThat(site.load().defaultBackend()).contains("variable");
    Path option = site.write("option.toml", "hpc.backend = 'option'");
    Configuration c = Configuration.load(site.sources().configFile(option).build());
    assertThat(c.defaultBackend()).contains("option");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"home/project/hpc-launch", "home/.config/hpc-launch/config", "etc/config"})
  void bothInOneFolderAreAnErrorThatNamesBoth(String name) {
    Path yaml = site.write(name + ".yaml", "hpc: {}");
    Path toml = site.write(name + ".toml", "hpc = {}");
    site.error()
        .hasMessage(yaml + " and " + toml
            + " are both there, and only one can hold: remove one, or name it by --config-file");
    site.environment.put("HPC_CONFIG", toml.toString());
    assertThat(site.load().filesRead()).containsExactly(toml);
  }

  @ParameterizedTest
  @CsvSource({
    "04:00:00, 14400",
    "'\"04:00:00\"', 14400",
    "3600, 3600",
    "1_800, 1800",
    "0x3C, 60",
    "0b111100, 60",
    "90:00, ",
    "'\"90:00\"', 5400",
    "'\"1-00:00:00\"', 86400"
  })
  void walltimes(String written, Long seconds) {
    local("[hpc.defaults]\nwalltime = " + written + "\n");
    if (seconds == null) {
      site.error().hasMessageStartingWith(file + ":2:");
    } else {
      assertThat(site.load().defaultResources().walltime()).isEqualTo(Duration.ofSeconds(seconds));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2023.10, 2023.10",
    "1_000, 1000",
    "+7, +7",
    "0xBEEF, 0xBEEF",
    "1e3, 1e3",
    "-inf, -.inf",
    "+nan, .nan",
    "1979-05-27, 1979-05-27",
    "1979-05-27 07:32:00.10, 1979-05-27 07:32:00.10",
    "1979-05-27T00:32:00-07:00, 1979-05-27T00:32:00-07:00",
    "07:32:00.500, 07:32:00.500",
    "04:30, 04:30"
  })
  void whatIsNoTextKeepsItsTextWhereATextIsWanted(String written, String text) {
    local("hpc.defaults = {queue = \"\uD83D\uDE80\", account = " + written + "}\n");
    assertThat(site.load().defaultResources().account()).isEqualTo(text);
    local("[[hpc.backends]]\ntype = \"slurm\"\nconfig.modules = [\"a\",\r\n\t" + written
        + ", # c\n \"z\"]\n");
    assertThat(site.load().backends().get(0).modules()).containsExactly("a", text, "z");
  }

  @Test
  void textsAreThoseOfToml() {
    local("""
        [hpc.defaults]
        queue = "a\\u00e9\\U0001F680b"
        account = 'C:\\new'
        qos = \"""
        two \\
        words\"""
        memory = "2G"
        """);
    Configuration c = site.load();
    assertThat(c.defaultResources().queue()).isEqualTo("aé\uD83D\uDE80b");
    assertThat(c.defaultResources().account()).isEqualTo("C:\\new");
    assertThat(c.defaultResources().qos()).isEqualTo("two words");
    assertThat(c.defaultResources().memoryPerNode()).isEqualTo(2 * MemorySize.GIB);
  }

  @Test
  void unknownKeysAndWrongTypesAreToldWithTheirLine() {
    expect("[hpc]\nbakend = 1\n", "2", "unknown key 'bakend': did you mean 'backend'?");
    expect(
        "[hpc]\n[hpc.defaults]\n\nwaltime = 5\n",
        "4",
        "unknown key 'waltime' in defaults: did you mean 'walltime'?");
    expect(
        "[[hpc.backends]]\ntype = 'slurm'\n[hpc.backends.submit]\npoling_interval = 1\n",
        "4",
        "unknown key 'poling_interval' in backends.slurm.submit:"
            + " did you mean 'polling_interval'?");
    expect("[hpc]\nbackend = true\n", "2", "backend: must be text, not 'true'");
    expect("[hpc]\ndebug = 1\n", "2", "debug: must be true or false, not '1'");
    expect("hpc.defaults.nodes = 1.5\n", "1", "defaults.nodes: must be a whole number, not '1.5'");
    expect(
        "[hpc.backends]\ntype = 'slurm'\n",
        "1",
        "backends: must be a list of entries, each with a type, not a map");
    expect(
        "[[hpc.backends]]\ntype = 'a'\n[[hpc.backends]]\ntype = 'a'\n",
        "3",
        "backends has two entries named 'a', the first at line 1: give them names of their own");
    expect("[hpc]\n\"\" = 1\n", "2", "a key is empty");
    expect("[hpc]\n\"a\\nb\" = 1\n", "2", "a key holds a control character");
  }

  @Test
  void keysOutsideOfHpc() {
    expect("backend = 'x'\n", "1", "key 'backend' stands outside: settings stand under [hpc]");
    expect("[hpc]\n[hcp]\n", "2", "unknown key 'hcp': settings stand under [hpc]");
    expect("", "1", "is empty: settings stand under [hpc]");
    expect("# nothing\n", "1", "is empty: settings stand under [hpc]");
  }

  @Test
  void aPluginsKeysAreCheckedWithFileAndLine() {
    local("[[hpc.backends]]\ntype = 'k8s'\n[hpc.backends.config]\nnamspace = 'x'\n");
    BackendEntry entry = site.load().backends().get(0);
    List<ConfigKey> known = List.of(ConfigKey.of("namespace", ConfigKey.Type.STRING, ""));
    assertThatThrownBy(() -> entry.check(known))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(
            file + ":4: unknown key 'namspace' in backends.k8s.config: did you mean 'namespace'?");
  }

  @Test
  void whatIsWrittenTwiceNamesBothPlaces() {
    expect(
        "[hpc]\nbackend = 'a'\nbackend = 'b'\n",
        "3:1",
        "is not TOML: backend previously defined at line 2, column 1");
    local("[hpc]\n[hpc.defaults]\n[hpc]\n");
    site.error().hasMessage(file + ":3:1: is not TOML: hpc previously defined at line 1, column 1");
    local("[[hpc.backends]]\ntype = 'a'\n[hpc.backends]\n");
    site.error().hasMessageStartingWith(file + ":3:1: is not TOML: hpc.backends previously");
    local("hpc.defaults = {}\n[hpc.defaults]\nnodes = 1\n");
    site.error().hasMessageMatching(Pattern.quote(file + ":2:") + "\\d+: is not TOML: .+");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hpc:\n  backend: x\n",
        "[hpc\n",
        "hpc = {a = 1",
        "hpc.backend = x\n",
        "hpc.backend = 'x\n",
        "hpc.backend = \n",
        "hpc.defaults.walltime = 1-00:00:00\n",
        "hpc.defaults.walltime = 25:00:00\n",
        "hpc.defaults.nodes = 007\n",
        "hpc.defaults.nodes = 99999999999999999999\n",
        "hpc.a = \"\\q\"\n",
        "a\0b = 1\n"
      })
  void whatIsNoTomlIsOneLineWithFileLineAndColumn(String text) {
    local(text);
    site.error().message().matches(Pattern.quote(file.toString()) + ":\\d+:\\d+: is not TOML: .+");
  }

  @Test
  void endlessNestingIsRefused() {
    local("hpc.a = " + "[".repeat(500) + "]".repeat(500));
    site.error().hasMessageStartingWith(file + ":1:");
    local("hpc.a = " + "[".repeat(100_000));
    site.error().hasMessageStartingWith(file + ":1:");
  }

  @Test
  void aWrongLineRepeatsNoSecret() {
    local("[hpc.worker_pools.p]\namqp_url = hunter2\n");
    site.error().hasMessageNotContaining("hunter2");
  }

  @Test
  void bytesThatAreNoUtf8AndAByteOrderMark() throws IOException {
    local("\uFEFFhpc.backend = 'grün'\n");
    assertThat(site.load().defaultBackend()).contains("grün");
    Files.write(file, "[hpc]\nbackend = 'grün'\n".getBytes(StandardCharsets.ISO_8859_1));
    site.error().hasMessage(file + ":2: is not UTF-8: save it as UTF-8");
  }

  @Test
  void aLinkThatLeadsNowhereIsTold() throws IOException {
    Files.createSymbolicLink(file, folder.resolve("nowhere"));
    site.error().hasMessage(file + ": cannot be read: no such file");
  }

  @Test
  void hpcConnectsFormMayStandInItToo() {
    local("[hpc_connect]\nbackend = 'theirs'\n");
    assertThat(site.load().root().origin("backend")).contains(file + ":2 (hpc_connect)");
  }
}
