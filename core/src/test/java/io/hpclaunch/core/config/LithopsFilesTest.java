// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.hpclaunch.api.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of Lithops with its backend {@code hpc}, read as ours. */
class LithopsFilesTest {
  private static final String FILE = """
      lithops:
        backend: hpc
        storage: pfs
        monitoring: rabbitmq
        log_level: DEBUG
      rabbitmq:
        amqp_url: amqp://me:s3cret@broker:5672/hpc
      pfs:
        storage_root: /gpfs/me
        storage_bucket: bucket
      hpc:
        worker_processes: 112
        runtime: wide
        runtimes:
          small:
            account: bsc1
            qos: gp_debug
            num_workers: 2
            cpus_worker: 6
          wide:
            account: bsc2
            qos: acc
            mode: gkfs
            num_workers: 16
            cpus_worker: 80
            cpus_task: 0.5
            gpus_worker: 4
            max_time: "01:30:00"
            rmq_queue: small
            extra_slurm_args: {exclusive: true, requeue: false, constraint: [a, b], nice: 5}
      """;

  @TempDir
  Path folder;

  private Site site;

  @BeforeEach
  void site() {
    site = new Site(folder);
  }

  private Settings pool(String name) {
    return site.load().section("worker_pools").section(name);
  }

  @Test
  void runtimesBecomePools() {
    Path file = site.write("home/project/.lithops_config", FILE);
    Settings wide = pool("wide");
    assertThat(wide.asMap())
        .contains(
            entry("backend", "slurm"),
            entry("account", "bsc2"),
            entry("qos", "acc"),
            entry("amqp_url", "amqp://me:s3cret@broker:5672/hpc"),
            entry("storage", "/gpfs/me/bucket"))
        .doesNotContainKeys("mode", "rmq_queue", "queue");
    assertThat(wide.integer("num_workers")).contains(16);
    assertThat(wide.integer("cpus_worker")).contains(80);
    assertThat(wide.number("cpus_task")).contains(0.5);
    assertThat(wide.integer("gpus_worker")).contains(4);
    assertThat(wide.integer("batch")).contains(112);
    assertThat(wide.duration("walltime")).contains(Duration.ofMinutes(90));
    assertThat(wide.section("extra").asMap())
        .containsOnly(
            entry("exclusive", true),
            entry("requeue", false),
            entry("constraint", List.of("a", "b")),
            entry("nice", 5));
    assertThat(wide.origin("num_workers")).contains(file + ":24 (lithops)");
    assertThat(pool("small").asMap()).doesNotContainKeys("cpus_task", "gpus_worker", "extra");
  }

  @Test
  void withoutATimeARuntimeHasThreeHoursAsThere() {
    site.write("home/project/.lithops_config", FILE);
    assertThat(pool("small").duration("walltime")).contains(Duration.ofHours(3));
  }

  @Test
  void aBareTimeIsInMinutesAsItIsToSlurm() {
    site.write("home/project/.lithops_config", FILE.replace("\"01:30:00\"", "90"));
    assertThat(pool("wide").duration("walltime")).contains(Duration.ofMinutes(90));
  }

  @ParameterizedTest
  @CsvSource({"runtime: wide, wide", "runtime: default, small", "runtime_timeout: 600, small"})
  void theDefaultPoolIsTheRuntimeOrTheFirst(String line, String pool) {
    site.write("home/project/.lithops_config", FILE.replace("runtime: wide", line));
    assertThat(site.load().root().asMap()).containsEntry("worker_pool", pool);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "home/project/deep/.lithops_config",
        "home/project/.lithops_config",
        "home/.lithops/config",
        "lithops/config"
      })
  void itIsFoundWhereLithopsLooks(String name) {
    site.write(name, FILE);
    assertThat(pool("small").integer("num_workers")).contains(2);
  }

  @Test
  void theFileThatTheEnvironmentNamesTakesTheOthersPlace() {
    site.write("home/project/.lithops_config", FILE.replace("small", "near"));
    site.write("home/.lithops/config", FILE.replace("small", "mine"));
    Path named = site.write("any.yaml", FILE.replace("small", "named"));
    site.environment.put("LITHOPS_CONFIG_FILE", named.toString());
    assertThat(site.load().section("worker_pools").asMap()).containsOnlyKeys("named", "wide");
  }

  @Test
  void itIsReadByItsFormUnderAnyName() {
    Path file = site.write("any.yaml", FILE);
    site.environment.put("HPC_CONFIG", file.toString());
    assertThat(pool("small").origin("qos")).contains(file + ":17 (lithops)");
  }

  @Test
  void ourOwnFilesLieOverIt() {
    site.write("home/.lithops/config", FILE);
    site.local("hpc: {worker_pools: {small: {num_workers: 5}}}");
    assertThat(pool("small").integer("num_workers")).contains(5);
    assertThat(pool("small").integer("cpus_worker")).contains(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lithops: {backend: aws_lambda, storage: aws_s3}\n",
        "lithops: {backend: localhost}\naws_batch: {runtimes: x}\n",
        "lithops: null # runtimes\n",
        "other: {runtimes: {}}\n"
      })
  void filesForOtherBackendsArePassedOver(String text) {
    site.write("home/project/.lithops_config", text);
    assertThat(site.load().section("worker_pools").asMap()).isEmpty();
  }

  @Test
  void anotherBackendsFileDoesNotHideOneFurtherUp() {
    site.write("home/project/deep/.lithops_config", "lithops: {backend: aws_lambda}\n");
    site.write("home/project/.lithops_config", FILE);
    assertThat(pool("small").integer("num_workers")).contains(2);
  }

  @Test
  void aMixtureOfBothFormsIsOurs() {
    Path file = site.local("lithops: {backend: hpc}\nhpc:\n  backend: a\n  runtimes: {}\n");
    site.error().hasMessageStartingWith(file + ":1: unknown key 'lithops'");
  }

  @ParameterizedTest
  @CsvSource({"/gpfs/x, /gpfs/x", "sub, sub"})
  void theStorageOfThisHostIsItsBucket(String bucket, String storage) {
    site.write(
        "home/project/.lithops_config",
        FILE.replace("storage: pfs", "storage: localhost") + "localhost: {storage_bucket: " + bucket
            + "}\n");
    assertThat(pool("small").asMap()).containsEntry("storage", storage);
  }

  @Test
  void aStorageThatIsNoFolderIsPassedOver() {
    site.write(
        "home/project/.lithops_config",
        FILE.replace("storage: pfs", "storage: aws_s3") + "aws_s3: {storage_bucket: b}\n");
    assertThat(pool("small").asMap()).doesNotContainKey("storage");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "account: bsc1 | 15 | hpc.runtimes.small.account: is missing: a runtime needs account, qos",
        "qos: gp_debug | 15 | hpc.runtimes.small.qos: is missing",
        "num_workers: 2 | 15 | hpc.runtimes.small.num_workers: is missing",
        "cpus_worker: 6 | 15 | hpc.runtimes.small.cpus_worker: is missing",
        "amqp_url: amqp://me:s3cret@broker:5672/hpc | 14 | rabbitmq.amqp_url: is missing"
      })
  void whatIsMissingIsNamed(String line, int at, String message) {
    String without = FILE.replace(line, line.substring(0, line.indexOf(':') + 1));
    assertThat(without).isNotEqualTo(FILE);
    Path file = site.write("home/project/.lithops_config", without);
    site.error().hasMessageStartingWith(file + ":" + at + " (lithops): " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "num_workers: 2 | num_workers: 0 | :18 (lithops): hpc.runtimes.small.num_workers: must be"
            + " more than zero, not '0'",
        "num_workers: 2 | num_workers: two | :18 (lithops): hpc.runtimes.small.num_workers: must be"
            + " a whole number, not 'two'",
        "cpus_task: 0.5 | cpus_task: 81 | :26 (lithops): hpc.runtimes.wide.cpus_task: must be at"
            + " most cpus_worker, which is 80, not '81'",
        "cpus_task: 0.5 | cpus_task: -1 | :26 (lithops): hpc.runtimes.wide.cpus_task: must be more"
            + " than zero, not '-1'",
        "runtime: wide | runtime: wode | :13 (lithops): hpc.runtime: there is no runtime 'wode': did"
            + " you mean 'wide'?",
        "worker_processes: 112 | worker_processes: 0 | :12 (lithops): hpc.worker_processes: must be"
            + " more than zero, not '0'",
        "'\"01:30:00\"' | soon | :28 (lithops): hpc.runtimes.wide.max_time: must be"
            + " [D-]HH:MM:SS or MM:SS",
        "{exclusive: true, requeue: false, constraint: [a, b], nice: 5} | -x | :30 (lithops):"
            + " hpc.runtimes.wide.extra_slurm_args: must be a map, not '-x'"
      })
  void whatIsWrongIsNamedWithItsLine(String right, String wrong, String message) {
    String changed = FILE.replace(right, wrong);
    assertThat(changed).isNotEqualTo(FILE);
    Path file = site.write("home/project/.lithops_config", changed);
    site.error().hasMessageStartingWith(file + message);
  }

  @Test
  void tasksMayBeAsWideAsWorkers() {
    site.write("home/project/.lithops_config", FILE.replace("cpus_task: 0.5", "cpus_task: 80"));
    assertThat(pool("wide").number("cpus_task")).contains(80.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hpc: {runtimes: [a, b]} | hpc.runtimes: must be a map from names to runtimes, not a list",
        "hpc: {runtimes: {}} | hpc.runtimes: has no runtime",
        "hpc: {runtimes: } | hpc.runtimes: is missing",
        "hpc: {worker_processes: 1} | hpc.runtimes: is missing",
        "hpc: {runtimes: {a: [1]}} | hpc.runtimes.a: must be a map, not a list",
        "hpc: [runtimes] | hpc: must be a map, not a list",
        "# runtimes | hpc.runtimes: is missing: the backend 'hpc' needs a runtime"
      })
  void aFormThatHoldsNoRuntimesIsToldSo(String hpc, String message) throws Exception {
    Path file = site.write("home/project/.lithops_config", "");
    Files.writeString(
        file, "lithops: {backend: hpc} # runtimes\nrabbitmq: {amqp_url: amqp://b}\n" + hpc + "\n");
    site.error().hasMessageStartingWith(file + ":").hasMessageContaining(" (lithops): " + message);
  }

  @Test
  void theUrlOfTheBrokerIsNeverShown() {
    site.write("home/project/.lithops_config", FILE);
    assertThat(site.load().effective())
        .filteredOn(value -> value.key().endsWith("amqp_url"))
        .extracting(Configuration.Value::text)
        .hasSize(2)
        .containsOnly("\"" + Secrets.MASK + "\"");
    site.write("home/project/.lithops_config", FILE.replace("amqp_url: ", "amqp_url: [x] #"));
    site.error()
        .hasMessageContaining("rabbitmq.amqp_url: must be text, not a list")
        .hasMessageNotContaining("s3cret");
  }
}
