// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, profiles, environment and command line, one over the other. */
class MergeTest {
  @TempDir
  Path folder;

  private Site site;

  @BeforeEach
  void site() {
    site = new Site(folder);
  }

  private static List<String> names(Configuration c) {
    List<String> names = new ArrayList<>();
    for (BackendEntry entry : c.backends()) {
      names.add(entry.name());
    }
    return names;
  }

  private static String origin(Configuration c, String key) {
    return c.effective().stream()
        .filter(v -> v.key().equals(key))
        .map(Configuration.Value::origin)
        .findFirst()
        .orElse("not set");
  }

  @Test
  void withoutAnyFileThereIsWhatIsBuiltIn() {
    Configuration c = site.load();
    assertThat(c.defaultBackend()).isEmpty();
    assertThat(c.backends()).isEmpty();
    assertThat(c.filesRead()).isEmpty();
    assertThat(c.defaultResources()).isEqualTo(Resources.none());
    assertThat(c.root().string("durability")).contains("process");
    assertThat(origin(c, "durability")).isEqualTo("built-in");
  }

  @Test
  void theExampleOfTheManualIsRead() {
    site.local("""
        hpc:
          backend: cluster
          defaults: {walltime: "04:00:00", resources: "--nodes=1 --ntasks=4 --mem=16G"}
          profiles:
            staging:    {backend: k8s-staging}
            production: {backend: cluster}
          backends:
            - name: cluster
              type: slurm
              workspace: /scratch/me/hpc
              config: {partition: compute, account: myaccount, modules: [lammps/2023]}
              transport: {type: ssh, host: login.cluster.edu, user: me, key_path: ~/.ssh/id_ed25519}
              launch: {type: srun, exec: srun, numproc_flag: -n, default_options: [], pre_options: [], variables: {}, mpmd: {global_options: [], local_options: []}}
              submit: {default_options: [], polling_interval: 2}
            - {name: k8s-staging, type: k8s, config: {namespace: workflows-staging, image: "registry/app:1"}}
          worker_pools:
            small: {backend: cluster, num_workers: 2, cpus_worker: 8, cpus_task: 1, account: a, qos: q}
        """);
    Configuration c = site.load();
    assertThat(c.defaultBackend()).contains("cluster");
    assertThat(names(c)).containsExactly("cluster", "k8s-staging");
    BackendEntry cluster = c.backend("cluster").orElseThrow();
    assertThat(cluster.type()).isEqualTo("slurm");
    assertThat(cluster.workspace()).contains("/scratch/me/hpc");
    assertThat(cluster.launchType()).contains("srun");
    assertThat(cluster.launch().exec()).isEqualTo("srun");
    assertThat(cluster.launch().numprocFlag()).isEqualTo("-n");
    assertThat(cluster.modules()).containsExactly("lammps/2023");
    assertThat(cluster.resources(List.of()))
        .isEqualTo(Resources.builder().queue("compute").account("myaccount").build());
    assertThat(cluster.transport().string("host")).contains("login.cluster.edu");
    assertThat(cluster.submit().number("polling_interval")).contains(2.0);
    assertThat(c.defaultResources())
        .isEqualTo(Resources.builder()
            .nodes(1)
            .tasks(4)
            .memoryPerNode(16 * MemorySize.GIB)
            .walltime(Duration.ofHours(4))
            .build());
    assertThat(c.section("worker_pools").section("small").integer("num_workers"))
        .contains(2);
    cluster.check(List.of());
  }

  @Test
  void theNearestFileBeatsTheUsersWhichBeatsTheSystems() {
    site.system("hpc: {backend: a, debug: true, durability: machine}");
    site.user("hpc: {backend: b, debug: false}");
    Path local = site.local("hpc: {backend: c}");
    Configuration c = site.load();
    assertThat(c.defaultBackend()).contains("c");
    assertThat(c.root().bool("debug")).contains(false);
    assertThat(c.root().string("durability")).contains("machine");
    assertThat(c.filesRead()).hasSize(3).last().isEqualTo(local);
    assertThat(origin(c, "backend")).isEqualTo(local + ":1");
  }

  @Test
  void aNearerFileHidesThoseAboveIt() {
    site.local("hpc: {backend: far, debug: true}");
    site.write("home/project/deep/hpc-launch.yaml", "hpc: {backend: near}");
    assertThat(site.load().defaultBackend()).contains("near");
    assertThat(site.load().root().bool("debug")).contains(false);
  }

  @Test
  void xdgConfigHomeCountsWhenItIsAbsolute() {
    site.user("hpc: {backend: home}");
    site.write("xdg/hpc-launch/config.yaml", "hpc: {backend: xdg}");
    site.environment.put("XDG_CONFIG_HOME", folder.resolve("xdg").toString());
    assertThat(site.load().defaultBackend()).contains("xdg");
    site.environment.put("XDG_CONFIG_HOME", "xdg");
    assertThat(site.load().defaultBackend()).contains("home");
  }

  @Test
  void oneFileTakesThePlaceOfTheSearch() {
    site.system("hpc: {debug: true}");
    site.local("hpc: {backend: local}");
    site.write("home/project/deep/site.yaml", "hpc: {backend: named}");
    site.write("other.yaml", "hpc: {backend: other}");
    site.environment.put("HPC_CONFIG", "site.yaml");
    Configuration c = site.load();
    assertThat(c.defaultBackend()).contains("named");
    assertThat(c.root().bool("debug")).contains(false);
    assertThat(origin(c, "backend")).isEqualTo("site.yaml:1");
    Configuration option = Configuration.load(
        site.sources().configFile(folder.resolve("other.yaml")).build());
    assertThat(option.defaultBackend()).contains("other");
  }

  @Test
  void devNullIsNoConfiguration() {
    site.local("hpc: {backend: local}");
    site.environment.put("HPC_CONFIG", "/dev/null");
    assertThat(site.load().defaultBackend()).isEmpty();
  }

  @Test
  void entriesMergeByNameMapsMergeScalarsAndListsReplace() {
    site.user("""
        hpc:
          backends:
            - type: slurm
              config: {partition: a, account: x}
              launch: {default_options: [-a, -b], variables: {A: "1", B: "2"}}
            - {name: two, type: pbs}
        """);
    site.local("""
        hpc:
          backends:
            - {name: three, type: shell}
            - name: slurm
              config: {partition: b}
              launch: {default_options: [-c], variables: {B: "3"}}
        """);
    Configuration c = site.load();
    assertThat(names(c)).containsExactly("slurm", "two", "three");
    BackendEntry slurm = c.backend("slurm").orElseThrow();
    assertThat(slurm.config().asMap()).isEqualTo(Map.of("partition", "b", "account", "x"));
    assertThat(slurm.launch().defaultOptions()).containsExactly("-c");
    assertThat(slurm.launch().variables()).isEqualTo(Map.of("A", "1", "B", "3"));
  }

  @Test
  void nullUnsets() {
    site.user(
        "hpc: {backend: a, defaults: {walltime: 60}, backends: [{type: slurm, config: {qos: q}}]}");
    site.local("hpc: {backend: null, defaults: ~, backends: [{name: slurm, config: {qos: }}]}");
    Configuration c = site.load();
    assertThat(c.defaultBackend()).contains("slurm");
    assertThat(c.defaultResources()).isEqualTo(Resources.none());
    assertThat(c.backend("slurm").orElseThrow().config().asMap()).isEmpty();
    assertThat(site.load("backends=").backends()).isEmpty();
    assertThat(site.load("backends.slurm=null").backends()).isEmpty();
  }

  @Test
  void theOnlyEntryIsTheDefault() {
    site.local("hpc: {backends: [{name: x, type: slurm}]}");
    assertThat(site.load().defaultBackend()).contains("x");
    site.local("hpc: {backends: [{name: x, type: slurm}, {name: y, type: slurm}]}");
    assertThat(site.load().defaultBackend()).isEmpty();
  }

  @Test
  void aProfileLiesOverFilesAndUnderTheEnvironment() {
    site.user("hpc: {profiles: {p: {backend: a, defaults: {account: x, qos: q}}}}");
    Path local = site.local("""
            hpc:
              backend: z
              backends: [{type: slurm, config: {partition: a, qos: b}}]
              profiles:
                p:
                  defaults: {account: y}
                  backends: [{name: slurm, config: {partition: fast}}]
            """);
    Configuration c = Configuration.load(site.sources().profile("p").build());
    assertThat(c.defaultBackend()).contains("a");
    assertThat(c.defaultResources())
        .isEqualTo(Resources.builder().account("y").qos("q").build());
    assertThat(c.backend("slurm").orElseThrow().config().asMap())
        .isEqualTo(Map.of("partition", "fast", "qos", "b"));
    assertThat(origin(c, "defaults.account")).isEqualTo("profile p in " + local + ":6");
    assertThat(c.effective()).noneMatch(v -> v.key().startsWith("profiles"));

    site.environment.put("HPC_PROFILE", "p");
    site.environment.put("HPC_BACKEND", "env");
    assertThat(site.load().defaultBackend()).contains("env");
    assertThat(origin(site.load(), "backend")).isEqualTo("environment HPC_BACKEND");
  }

  @Test
  void aProfileUnsetsWhatTheFilesSayOnlyWhereItIsChosen() {
    site.user("hpc: {profiles: {bare: {defaults: {queue: null, nodes: 2}}}}");
    site.local("""
        hpc:
          defaults: {queue: q, account: a}
          backends: [{type: slurm}]
          profiles: {bare: {backends: null, defaults: {account: null}}}
        """);
    assertThat(site.load().defaultResources())
        .isEqualTo(Resources.builder().queue("q").account("a").build());
    assertThat(site.load().backends()).hasSize(1);
    Configuration bare = Configuration.load(site.sources().profile("bare").build());
    assertThat(bare.defaultResources()).isEqualTo(Resources.builder().nodes(2).build());
    assertThat(bare.backends()).isEmpty();
  }

  @Test
  void anUnknownProfileListsTheKnown() {
    site.local("hpc: {profiles: {staging: {}, production: {}}}");
    assertThatThrownBy(
            () -> Configuration.load(site.sources().profile("stagign").build()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("--profile: there is no profile 'stagign': did you mean 'staging'?");
    site.environment.put("HPC_PROFILE", "zzz");
    site.error()
        .hasMessage(
            "environment HPC_PROFILE: there is no profile 'zzz': known are staging, production");
    site.environment.put("HPC_PROFILE", "");
    assertThat(site.load().backends()).isEmpty();
  }

  @Test
  void ourVariablesBeatThoseOfOtherSystems() {
    site.local("hpc: {backend: file}");
    site.environment.put("HSM_HPC_SYSTEM", "pbs");
    site.environment.put("HSM_HPC_WALLTIME", "01:00:00");
    site.environment.put("HSM_HPC_RESOURCES", "select=1:ncpus=4:mem=8gb");
    Configuration c = site.load();
    assertThat(c.defaultBackend()).contains("pbs");
    assertThat(c.defaultResources().walltime()).isEqualTo(Duration.ofHours(1));
    assertThat(c.defaultResources().memoryPerNode()).isEqualTo(8 * MemorySize.GIB);
    site.environment.put("HPC_BACKEND", "ours");
    site.environment.put("HPC_WALLTIME", "02:00:00");
    site.environment.put("HPC_RESOURCES", "--nodes=3");
    c = site.load();
    assertThat(c.defaultBackend()).contains("ours");
    assertThat(c.defaultResources())
        .isEqualTo(Resources.builder().nodes(3).walltime(Duration.ofHours(2)).build());
    site.environment.put("HPC__backend", "path");
    assertThat(site.load().defaultBackend()).contains("path");
    assertThat(site.load("backend=set").defaultBackend()).contains("set");
  }

  @Test
  void theWorkflowManagersVariablesReachEveryEntryOfTheirType() {
    site.local("hpc: {backends: [{name: a, type: slurm, config: {queue: q}}, {type: pbs}]}");
    site.environment.put("CCAT_WORKFLOW_MANAGER_SLURM_PARTITION", "gpu");
    site.environment.put("CCAT_WORKFLOW_MANAGER_K8S_NAMESPACE", "ns");
    site.environment.put("CCAT_WORKFLOW_MANAGER_HPC_BACKEND", "a");
    Configuration c = site.load();
    assertThat(c.backend("a").orElseThrow().resources(List.of()).queue()).isEqualTo("gpu");
    assertThat(c.backend("pbs").orElseThrow().config().asMap()).isEmpty();
    assertThat(c.backend("k8s").orElseThrow().config().string("namespace")).contains("ns");
    assertThat(c.defaultBackend()).contains("a");
  }

  @Test
  void anAutomaticSystemIsNoBackend() {
    site.environment.put("HSM_HPC_SYSTEM", "auto");
    assertThat(site.load().defaultBackend()).isEmpty();
  }

  @Test
  void aHigherLayersWordsBeatALowerLayersFieldsAndTheOtherWayRound() {
    site.local("hpc: {defaults: {nodes: 4, walltime: 60, resources: '--mem=1G'}}");
    site.environment.put("HPC_RESOURCES", "--nodes=2 --time=00:10:00");
    assertThat(site.load().defaultResources())
        .isEqualTo(Resources.builder().nodes(2).walltime(Duration.ofMinutes(10)).build());
    assertThat(site.load("defaults.nodes=8").defaultResources().nodes()).isEqualTo(8);
    site.environment.clear();
    site.local("hpc: {defaults: {nodes: 4, resources: '--nodes=2 --mem=1G'}}");
    assertThat(site.load().defaultResources())
        .isEqualTo(Resources.builder().nodes(4).memoryPerNode(MemorySize.GIB).build());
  }

  @Test
  void ofTwoNamesOfOneFieldTheHigherLayersHolds() {
    site.user("hpc: {backends: [{type: slurm, config: {queue: a, memory: 1G}}]}");
    site.local("hpc: {backends: [{type: slurm, config: {partition: b, memory_per_cpu: 2G}}]}");
    Resources r = site.load().backend("slurm").orElseThrow().resources(List.of());
    assertThat(r.queue()).isEqualTo("b");
    assertThat(r.memoryPerNode()).isNull();
    assertThat(r.memoryPerCpu()).isEqualTo(2 * MemorySize.GIB);
    Path local =
        site.local("hpc:\n  backends:\n  - type: slurm\n    config: {queue: a, partition: b}\n");
    BackendEntry both = site.load().backend("slurm").orElseThrow();
    assertThatThrownBy(() -> both.resources(List.of()))
        .hasMessageContaining(local + ":4: ")
        .hasMessageContaining("queue and partition are the same");
  }

  @Test
  void resourcesMayBeAMap() {
    site.local("hpc: {defaults: {resources: {cpu: 4, memory_gb: 8, time_hours: 1.5, gpus: 1}}}");
    assertThat(site.load().defaultResources())
        .isEqualTo(Resources.of(Map.of("cpu", 4, "memory_gb", 8, "time_hours", 1.5, "gpus", 1)));
  }

  @Test
  void javaTakesThePlaceOfTheSearch() {
    site.local("hpc: {backend: file}");
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("type", "shell");
    entry.put("workspace", folder);
    entry.put("config", Map.of("walltime", Duration.ofHours(30)));
    Configuration c = Configuration.load(
        site.sources().javaValues(Map.of("backends", List.of(entry))).build());
    assertThat(c.defaultBackend()).contains("shell");
    assertThat(c.backends().get(0).workspace()).contains(folder.toString());
    assertThat(c.backends().get(0).resources(List.of()).walltime()).isEqualTo(Duration.ofHours(30));
    assertThat(c.filesRead()).isEmpty();
    assertThat(origin(c, "backends.shell.type")).isEqualTo("configuration from Java");
    assertThatThrownBy(() ->
            Configuration.load(site.sources().javaValues(Map.of("bakend", "x")).build()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("configuration from Java: unknown key 'bakend': did you mean 'backend'?");
    assertThatThrownBy(() -> Configuration.load(
            site.sources().javaValues(Map.of("backend", new Object())).build()))
        .hasMessageContaining("backend: a java.lang.Object has no place here");
  }

  @Test
  void anEntryFromJavaTakesWhatAnEntryOfTheFileTakes() {
    BackendEntry entry =
        BackendEntry.of("slurm", Map.of("config", Map.of("partition", "p"), "launch", Map.of()));
    assertThat(entry.name()).isEqualTo("slurm");
    assertThat(entry.resources(List.of()).queue()).isEqualTo("p");
    assertThat(entry
            .resources(
                List.of(ConfigKey.of("partition", ConfigKey.Type.STRING, "the plugin's own")))
            .queue())
        .isNull();
    assertThat(BackendEntry.of("slurm", Map.of("name", "n")).name()).isEqualTo("n");
    assertThatThrownBy(() -> BackendEntry.of("slurm", Map.of("lunch", 1)))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("did you mean 'launch'?");
    assertThatThrownBy(() -> BackendEntry.of("slurm", Map.of("type", "pbs")))
        .hasMessageContaining("of type 'slurm', but its map says 'pbs'");
  }

  /** Whatever the layers hold, merging is "the last that says it". */
  @Test
  void randomLayersMergeAsAPlainModelDoes() {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      Map<String, String> model = new LinkedHashMap<>();
      Origin origin = Origin.of(Source.BUILT_IN);
      Node.Fields merged = Node.Fields.empty(origin);
      for (int layer = 0; layer < 4; layer++) {
        Node.Fields upper = Node.Fields.empty(origin);
        for (int i = 0; i < 6; i++) {
          String outer = "k" + random.nextInt(3);
          String inner = "i" + random.nextInt(3);
          boolean unset = random.nextInt(4) == 0;
          String text = "v" + layer + i;
          Node.Fields below =
              (Node.Fields) upper.entries().computeIfAbsent(outer, k -> Node.Fields.empty(origin));
          Node value =
              unset ? new Node.Scalar(Node.Kind.NULL, "", origin) : Node.Scalar.text(text, origin);
          below.entries().put(inner, value);
          if (unset) {
            model.remove(outer + "." + inner);
          } else {
            model.put(outer + "." + inner, text);
          }
        }
        merged = Merger.merge(merged, upper);
      }
      Map<String, String> flat = new LinkedHashMap<>();
      merged
          .entries()
          .forEach((k, v) -> ((Node.Fields) v)
              .entries()
              .forEach((i, s) -> flat.put(k + "." + i, ((Node.Scalar) s).text())));
      assertThat(flat).isEqualTo(model);
    }
  }
}
