// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --set KEY=VALUE} and {@code HPC__path__to__key}. */
class SetTest {
  @TempDir
  Path folder;

  private Site site;

  @BeforeEach
  void site() {
    site = new Site(folder);
    site.local("""
        hpc:
          backends:
            - {name: cluster, type: slurm, config: {partition: a}}
            - {name: my.site, type: pbs}
            - {name: my, type: pbs}
        """);
  }

  private static Map<String, ?> config(Configuration c, String name) {
    return c.backend(name).orElseThrow().config().asMap();
  }

  @Test
  void pathsUseTheNamesOfEntries() {
    Configuration c = site.load("backends.cluster.config.partition=debug");
    assertThat(config(c, "cluster")).isEqualTo(Map.of("partition", "debug"));
    assertThat(c.effective())
        .contains(new Configuration.Value(
            "backends.cluster.config.partition", "debug", "debug", "--set"));
  }

  @Test
  void ofNamesWithDotsTheLongestFits() {
    Configuration c = site.load("backends.my.site.config.qos=x", "backends.my.config.qos=y");
    assertThat(config(c, "my.site")).isEqualTo(Map.of("qos", "x"));
    assertThat(config(c, "my")).isEqualTo(Map.of("qos", "y"));
  }

  @Test
  void valuesAreYaml() {
    Configuration c = site.load(
        "backends.cluster.launch.default_options=[-a, \"b c\"]",
        "backends.cluster.launch.variables={A: 1, B: x=y}",
        "backends.cluster.launch.exec=/opt/my mpi/bin/mpiexec",
        "backends.cluster.submit.polling_interval=0.5",
        "backends.cluster.submit.commands_per_minute=0",
        "debug=true",
        "defaults.walltime=1-02:03:04");
    BackendEntry cluster = c.backend("cluster").orElseThrow();
    assertThat(cluster.launch().defaultOptions()).containsExactly("-a", "b c");
    assertThat(cluster.launch().variables()).isEqualTo(Map.of("A", "1", "B", "x=y"));
    assertThat(cluster.launch().exec()).isEqualTo("/opt/my mpi/bin/mpiexec");
    assertThat(cluster.submit().number("polling_interval")).contains(0.5);
    assertThat(cluster.submit().integer("commands_per_minute")).contains(0);
    assertThat(c.root().bool("debug")).contains(true);
    assertThat(c.defaultResources().walltime())
        .isEqualTo(Duration.ofDays(1).plusSeconds(2 * 3600 + 3 * 60 + 4));
  }

  @Test
  void theLastWordHolds() {
    assertThat(site.load("backend=a", "backend=b").defaultBackend()).contains("b");
  }

  @Test
  void wholeMapsAndListsMergeAsInAFile() {
    Configuration c =
        site.load("backends.cluster={config: {qos: q}}", "backends=[{name: n, type: shell}]");
    assertThat(config(c, "cluster")).isEqualTo(Map.of("partition", "a", "qos", "q"));
    assertThat(c.backends()).hasSize(4);
  }

  @Test
  void variablesMayHaveAnyName() {
    Configuration c = site.load("backends.cluster.launch.variables.a.b=1");
    assertThat(c.backend("cluster").orElseThrow().launch().variables())
        .isEqualTo(Map.of("a.b", "1"));
  }

  @Test
  void anEntryIsMadeByItsTypeInAnyOrder() {
    Configuration c = site.load("backends.new.config.qos=x", "backends.new.type=slurm");
    assertThat(c.backend("new").orElseThrow().type()).isEqualTo("slurm");
    assertThat(config(c, "new")).isEqualTo(Map.of("qos", "x"));
    assertThat(site.load("backends.other={type: pbs}").backend("other")).isPresent();
  }

  @Test
  void whatCannotBeSetIsOneClearLine() {
    site.error("backend").hasMessage("--set: 'backend' is not KEY=VALUE");
    site.error("=x").hasMessage("--set: '=x' is not KEY=VALUE");
    site.error("bakend=x").hasMessage("--set: unknown key 'bakend': did you mean 'backend'?");
    site.error("backends.clutser.config.qos=x")
        .hasMessage(
            "--set: backends.clutser.config.qos: there is no backend 'clutser': did you mean"
                + " 'cluster'? (a new one is made by backends.clutser.type=TYPE)");
    site.error("backends.cluster.confg.qos=x")
        .hasMessage("--set: unknown key 'confg' in backends.cluster: did you mean 'config'?");
    site.error("backend.x=y").hasMessage("--set: backend.x: backend is no map: it has no key 'x'");
    site.error("backends..x=y").hasMessage("--set: backends..x: a name is missing in the path");
    site.error("profiles.p.backend=y").hasMessageContaining("choose one with --profile");
    site.error("backends.cluster.name=y").hasMessageContaining("name cannot be changed");
    site.error("backends.cluster={name: y}").hasMessageContaining("name cannot be changed");
    site.error("defaults={waltime: 5}").hasMessageContaining("did you mean 'walltime'?");
    site.error("backend=[a").hasMessageStartingWith("--set: backend: is not YAML: ");
    site.error("backend=# x").hasMessage("--set: backend: has no value");
    site.error("defaults.nodes=x")
        .hasMessage("--set: defaults.nodes: must be a whole number, not 'x'");
  }

  @Test
  void aBareNumberIsNoWalltimeOnACommandLine() {
    site.error("defaults.walltime=60")
        .hasMessageStartingWith("--set: defaults.walltime: ")
        .hasMessageContaining("has no unit");
    site.environment.put("HPC_WALLTIME", "60");
    site.error()
        .hasMessageStartingWith("environment HPC_WALLTIME: defaults.walltime: ")
        .hasMessageContaining("has no unit");
  }

  /** A timeout, say, is a duration and no walltime. */
  @Test
  void otherDurationsAreNotToldAsWalltimes() {
    for (String wrong : List.of("-5", "5", "-1", "soon")) {
      site.environment.put("HPC__store__connect_timeout", wrong);
      assertThatThrownBy(() -> site.load().store().duration("connect_timeout"))
          .isInstanceOf(InvalidConfiguration.class)
          .hasMessage("environment HPC__store__connect_timeout: store.connect_timeout: must be"
              + " [D-]HH:MM:SS or MM:SS, such as 00:01:30, and more than zero, not '" + wrong
              + "'");
    }
  }

  @Test
  void anyKeyCanComeFromTheEnvironment() {
    site.environment.put("HPC__backends__cluster__config__partition", "debug");
    site.environment.put("HPC__backends__fresh__config__qos", "q");
    site.environment.put("HPC__backends__fresh__type", "slurm");
    site.environment.put("HPC__defaults__resources", "{cpu: 2}");
    Configuration c = site.load();
    assertThat(config(c, "cluster")).isEqualTo(Map.of("partition", "debug"));
    assertThat(config(c, "fresh")).isEqualTo(Map.of("qos", "q"));
    assertThat(c.defaultResources()).isEqualTo(Resources.builder().cpus(2).build());
    assertThat(c.effective())
        .anyMatch(v -> v.origin().equals("environment HPC__backends__cluster__config__partition"));
    site.environment.put("HPC__bakend", "x");
    site.error()
        .hasMessage("environment HPC__bakend: unknown key 'bakend': did you mean 'backend'?");
  }

  @Test
  void anEmptyVariableSaysNothingAndAnEmptyPathUnsets() {
    site.environment.put("HPC_BACKEND", "");
    site.environment.put("HPC__backends__cluster__config__partition", "");
    Configuration c = site.load();
    assertThat(c.defaultBackend()).isEmpty();
    assertThat(config(c, "cluster")).isEmpty();
    assertThat(site.load("defaults.account=\"007\"").defaultResources().account())
        .isEqualTo("007");
  }

  @Test
  void everyEffectiveKeyCanBeSetToWhatItSays() {
    Configuration c = site.load(
        "defaults.resources=--nodes=1 --mem='2G'",
        "backends.cluster.launch.default_options=['a, b', \"\", '1', 'null', \"x\\ty\"]",
        "backends.cluster.config.text='yes: [no]'");
    assertThat(c.effective()).hasSizeGreaterThan(6);
    for (Configuration.Value v : c.effective()) {
      assertThat(site.load(v.key() + "=" + v.text()).effective())
          .extracting(Configuration.Value::key, Configuration.Value::value)
          .contains(tuple(v.key(), v.value()));
    }
  }
}
