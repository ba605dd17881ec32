// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong in a file is told with file and line. */
class BadFilesTest {
  @TempDir
  Path folder;

  private Site site;
  private Path file;

  @BeforeEach
  void site() {
    site = new Site(folder);
    file = folder.resolve("home/project/hpc-launch.yaml");
  }

  private void expect(String text, int line, String message) {
    site.local(text);
    site.error().hasMessage(file + ":" + line + ": " + message);
  }

  @Test
  void unknownKeys() {
    expect("hpc:\n  bakend: x\n", 2, "unknown key 'bakend': did you mean 'backend'?");
    expect(
        "hpc:\n\n  defaults:\n    waltime: 5\n",
        4,
        "unknown key 'waltime' in defaults: did you mean 'walltime'?");
    expect(
        "hpc:\n  backends:\n  - type: slurm\n    submit:\n      polling-intervall: 5\n",
        5,
        "unknown key 'polling-intervall' in backends.slurm.submit:"
            + " did you mean 'polling_interval'?");
    expect(
        "hpc:\n  backends:\n  - type: slurm\n    launch:\n      mpmd: {xyz: 1}\n",
        5,
        "unknown key 'xyz' in backends.slurm.launch.mpmd: known are global_options, local_options");
    expect(
        "hpc:\n  profiles:\n    p:\n      bakend: x\n",
        4,
        "unknown key 'bakend' in profiles.p: did you mean 'backend'?");
    expect(
        "hpc:\n  worker_pools:\n    small:\n      cpu_worker: 1\n",
        4,
        "unknown key 'cpu_worker' in worker_pools.small: did you mean 'cpus_worker'?");
    expect(
        "hpc:\n  backends:\n  - nmae: x\n",
        3,
        "unknown key 'nmae' in backends: did you mean 'name'?");
  }

  @Test
  void keysOutsideOfHpc() {
    expect("hpc: {}\nbackend: x\n", 2, "key 'backend' stands outside: settings stand under 'hpc:'");
    expect("hcp:\n  backend: x\n", 1, "unknown key 'hcp': settings stand under 'hpc:'");
  }

  @Test
  void aPluginsKeysAreCheckedWithFileAndLine() {
    site.local("hpc:\n  backends:\n  - type: k8s\n    config:\n      namspace: x\n");
    BackendEntry entry = site.load().backend("k8s").orElseThrow();
    List<ConfigKey> known = List.of(
        ConfigKey.of("namespace", ConfigKey.Type.STRING, ""),
        ConfigKey.of("pod.labels", ConfigKey.Type.MAP, ""),
        ConfigKey.of("nodes", ConfigKey.Type.LIST, "not the common one"));
    assertThatThrownBy(() -> entry.check(known))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(
            file + ":5: unknown key 'namspace' in backends.k8s.config: did you mean 'namespace'?");
    site.local("hpc:\n  backends:\n  - {type: k8s, config: {namespace: x, qos: 1, nodes: [a],"
        + " pod: {labels: {a: b}}}}\n");
    site.load().backend("k8s").orElseThrow().check(known);
    site.local("hpc:\n  backends:\n  - {type: k8s, config: {pod: {lables: {a: b}}}}\n");
    BackendEntry nested = site.load().backend("k8s").orElseThrow();
    assertThatThrownBy(() -> nested.check(known))
        .hasMessageContaining("'lables' in backends.k8s.config.pod: did you mean 'labels'?");
    BackendEntry common =
        site.load("backends.k8s.config={exclusive: 5}").backends().get(0);
    assertThatThrownBy(() -> common.check(List.of(ConfigKey.of("pod", ConfigKey.Type.ANY, ""))))
        .hasMessage("--set: backends.k8s.config.exclusive: must be true or false, not '5'");
  }

  @Test
  void aTransportsKeysAreCheckedByItsProvider() {
    site.local("hpc:\n  backends:\n  - {type: slurm, transport: {type: ssh, hots: x}}\n");
    BackendEntry entry = site.load().backends().get(0);
    List<ConfigKey> known = List.of(ConfigKey.of("host", ConfigKey.Type.STRING, ""));
    assertThatThrownBy(() -> entry.checkTransport(known))
        .hasMessage(
            file + ":3: unknown key 'hots' in backends.slurm.transport: did you mean 'host'?");
  }

  @Test
  void wrongTypes() {
    expect("hpc:\n  defaults: 5\n", 2, "defaults: must be a map, not '5'");
    expect("hpc: 5\n", 1, "hpc: must be a map, not '5'");
    expect(
        "hpc:\n  backends: {a: b}\n",
        2,
        "backends: must be a list of entries, each with a type, not a map");
    expect("hpc:\n  backends: [slurm]\n", 2, "backends: must be a map, not 'slurm'");
    expect(
        "hpc:\n  backends:\n  -\n    type: slurm\n    config: [a]\n",
        5,
        "backends.slurm.config: must be a map, not a list");
    expect("hpc:\n  backend: [a]\n", 2, "backend: must be text, not a list");
    expect("hpc:\n  backend: true\n", 2, "backend: must be text, not 'true'");
    expect("hpc:\n  backend: ''\n", 2, "backend: must not be empty");
    expect("hpc:\n  debug: on\n", 2, "debug: must be true or false, not 'on'");
    expect("hpc:\n  durability: disk\n", 2, "durability: must be process or machine, not 'disk'");
    expect(
        "hpc:\n  defaults:\n    nodes: 1.5\n",
        3,
        "defaults.nodes: must be a whole number, not '1.5'");
    expect(
        "hpc:\n  defaults:\n    nodes: 99999999999\n",
        3,
        "defaults.nodes: must be a whole number within ±2147483647, not '99999999999'");
    expect(
        "hpc:\n  defaults:\n    memory: 16\n",
        3,
        "defaults.memory: must be a size with its unit, such as 16G, not '16'");
    expect(
        "hpc:\n  backends:\n  - type: slurm\n    submit: {polling_interval: 0}\n",
        4,
        "backends.slurm.submit.polling_interval: must be more than zero, not '0'");
    expect(
        "hpc:\n  backends:\n  - type: pbs\n    submit: {commands_per_minute: -1}\n",
        4,
        "backends.pbs.submit.commands_per_minute: must be zero or more, not '-1'");
    expect(
        "hpc:\n  backends:\n  - type: pbs\n    submit: {commands_per_minute: 0.5}\n",
        4,
        "backends.pbs.submit.commands_per_minute: must be a whole number, not '0.5'");
    expect(
        "hpc:\n  backends:\n  - type: slurm\n    launch: {variables: {A: [b]}}\n",
        4,
        "backends.slurm.launch.variables.A: must be text, not a list");
    expect(
        "hpc:\n  backends:\n  - type: slurm\n    launch: {variables: [A=b]}\n",
        4,
        "backends.slurm.launch.variables: must be a map, not a list");
  }

  @Test
  void anUnclosedQuoteIsToldWithItsLine() {
    expect(
        "hpc:\n  backends:\n  - type: slurm\n    launch:\n      default_options: \"-a 'b\"\n",
        5,
        "backends.slurm.launch.default_options: a quote or backslash is not closed in: -a 'b");
  }

  @Test
  void resourcesAreReadAtOnce() {
    site.local("hpc:\n  defaults:\n    resources: --foo=1\n");
    site.error()
        .hasMessageStartingWith(file + ":3: defaults.resources: ")
        .hasMessageContaining("--foo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-5", "1.5", "'60'", "5 hours", "[1]"})
  void walltimesThatAreNone(String walltime) {
    site.local("hpc:\n  defaults:\n    walltime: " + walltime + "\n");
    site.error().hasMessageStartingWith(file + ":3: defaults.walltime: ");
  }

  @ParameterizedTest
  @CsvSource({"04:00:00,14400", "1-00:00:00,86400", "90:00,5400", "3600,3600", "100:00:00,360000"})
  void walltimes(String text, int seconds) {
    site.local("hpc:\n  defaults:\n    walltime: " + text + "\n");
    assertThat(site.load().defaultResources().walltime()).hasSeconds(seconds);
  }

  @Test
  void twoEntriesOfOneName() {
    expect(
        "hpc:\n  backends:\n  - type: slurm\n  - {name: slurm, type: pbs}\n",
        4,
        "backends has two entries named 'slurm', the first at line 3: give them names of their own");
  }

  @Test
  void anEntryWithoutAType() {
    expect("hpc:\n  backends:\n  - name: x\n", 3, "backends.x: has no type: write type: slurm");
    expect(
        "hpc:\n  backends:\n  - config: {}\n",
        3,
        "backends: an entry has neither a name nor a type: write type: slurm");
    expect(
        "hpc:\n  backends:\n  - type: slurm\n    transport: {host: x}\n",
        4,
        "backends.slurm.transport: has no type: write type: ssh");
  }

  @Test
  void whatIsNotYamlOrNotOurs() {
    expect(
        "hpc:\n  backend: a\n  backend: b\n", 3, "key 'backend' is written twice, first at line 2");
    expect("hpc:\n\tbackend: a\n", 2, "a tab cannot indent YAML: use spaces");
    expect("hpc: {}\n---\nhpc: {}\n", 2, "a second document begins here: a file holds one");
    expect("- a\n", 1, "must be a map with the key 'hpc', not a list");
    expect("hello\n", 1, "must be a map with the key 'hpc', not text");
    expect("", 1, "is empty: settings stand under 'hpc:'");
    expect("# nothing\n", 1, "is empty: settings stand under 'hpc:'");
    expect("{}\n", 1, "is empty: settings stand under 'hpc:'");
    expect("hpc:\n  backend: !mine x\n", 2, "tag !mine has no meaning here");
    expect("hpc:\n  ? [a]\n  : b\n", 2, "a key must be text, not a list or map");
    expect("hpc:\n  '': b\n", 2, "a key is empty");
    expect("hpc:\n  \"a\\nb\": c\n", 2, "a key holds a control character");
    expect("hpc:\n  backend: a\0b\n", 2, "character U+0000 has no place in YAML");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hpc: {a", "hpc: 'a", "hpc: *x", "hpc: @a", "hpc:\n a: b\n  c: d\n", "a: b: c"})
  void brokenYamlIsOneLineWithFileAndLine(String text) {
    site.local(text);
    site.error().message().matches(Pattern.quote(file.toString()) + ":\\d+: is not YAML: .+");
  }

  @Test
  void anEmptyHpcIsFine() {
    site.local("hpc:\n  # backend: x\n");
    assertThat(site.load().filesRead()).containsExactly(file);
  }

  @Test
  void aliasesAreFollowed() {
    site.local(
        "hpc:\n  backends:\n  - {type: slurm, config: &c {qos: q}}\n  - {type: pbs, config: *c}\n");
    assertThat(site.load().backend("pbs").orElseThrow().config().string("qos")).contains("q");
  }

  @Test
  void mergeKeysAreFollowed() {
    site.local("""
        hpc:
          backends:
          - {type: slurm, config: &c {qos: q, account: a}}
          - {type: pbs, config: {<<: *c, account: b}}
        """);
    Configuration c = site.load();
    assertThat(c.backend("pbs").orElseThrow().config().asMap())
        .isEqualTo(Map.of("qos", "q", "account", "b"));
    assertThat(c.backend("pbs").orElseThrow().config().origin("qos")).contains(file + ":3");
    site.local("hpc:\n  defaults:\n    <<: 5\n");
    site.error()
        .hasMessageMatching(Pattern.quote(file.toString()) + ":\\d: is not YAML: .+ mapping.*");
  }

  @Test
  void anAliasBombIsRefusedSoon() {
    StringBuilder bomb =
        new StringBuilder("hpc:\n  worker_pools:\n    p:\n      extra:\n        a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("        a").append(i).append(": &a").append(i);
      bomb.append(" [*a").append(i - 1).append(", *a").append(i - 1).append("]\n");
    }
    site.local(bomb.toString());
    site.error().hasMessageContaining(file.toString());
    site.local("hpc:\n  worker_pools: &a {p: {extra: *a}}\n");
    site.error().hasMessageContaining("nested");
  }

  @Test
  void endlessNestingIsRefused() {
    site.local("hpc: {a: " + "[".repeat(100_000) + "}");
    site.error().hasMessageContaining(file.toString());
    site.local("hpc: {a: " + "[".repeat(500) + "]".repeat(500) + "}");
    site.error().hasMessageContaining("nested more than 100 levels deep");
  }

  @Test
  void bytesThatAreNoUtf8() throws IOException {
    byte[] text = "hpc:\n  # fine\n  backend: gr\u00fcn\n".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(file, text);
    site.error().hasMessage(file + ":3: is not UTF-8: save it as UTF-8");
    Files.write(file, "hpc: {}".getBytes(StandardCharsets.UTF_16));
    site.error().hasMessage(file + ":1: is not UTF-8: save it as UTF-8");
  }

  @Test
  void aByteOrderMarkIsPassedOver() {
    site.local("\uFEFFhpc: {backend: grün}\n");
    assertThat(site.load().defaultBackend()).contains("grün");
  }

  @Test
  void aFolderInPlaceOfAFile() throws IOException {
    Files.createDirectories(file);
    site.error().hasMessage(file + ": is a folder, not a file");
  }

  @Test
  void aNamedFileThatIsNotThere() {
    site.environment.put("HPC_CONFIG", "no.yaml");
    site.error().hasMessage("no.yaml: cannot be read: no such file");
  }

  @Test
  void aLinkIsFollowedAndOneThatLeadsNowhereIsTold() throws IOException {
    Path target = site.write("shared/site.yaml", "hpc: {backend: linked}");
    Files.createSymbolicLink(file, target);
    assertThat(site.load().defaultBackend()).contains("linked");
    assertThat(site.load().filesRead()).containsExactly(file);
    Files.delete(target);
    site.error().hasMessage(file + ": cannot be read: no such file");
  }

  @Test
  void aFileThatMayNotBeRead() throws IOException {
    site.local("hpc: {}");
    Files.setPosixFilePermissions(file, Set.of());
    assumeFalse(Files.isReadable(file), "root reads everything");
    site.error().hasMessage(file + ": cannot be read: permission denied");
  }

  @Test
  void largeFiles() throws IOException {
    StringBuilder large = new StringBuilder("hpc:\n  backends:\n");
    for (int i = 0; i < 5_000; i++) {
      large.append("  - {name: b").append(i).append(", type: slurm, config: {partition: p}}\n");
    }
    site.local(large.toString());
    assertThat(site.load().backends()).hasSize(5_000);
    Files.write(file, new byte[(16 << 20) + 1]);
    site.error().hasMessage(file + ": is larger than 16 MiB");
  }

  @Test
  void secretsAreNotRepeatedInErrors() {
    site.local("hpc:\n  worker_pools:\n    p: {amqp_url: true}\n");
    site.error().hasMessage(file + ":3: worker_pools.p.amqp_url: must be text, not true or false");
  }
}
