// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcesTest {
  private static Resources of(UnaryOperator<Resources.Builder> fields) {
    return fields.apply(Resources.builder()).build();
  }

  @Nested
  class Building {
    static Stream<Arguments> contradictions() {
      return Stream.of(
          refused("nodes must be at least 1, not 0", b -> b.nodes(0)),
          refused("nodes must be at least 1, not -3", b -> b.nodes(-3)),
          refused("tasks must be", b -> b.tasks(0)),
          refused("tasks per node must be", b -> b.tasksPerNode(-1)),
          refused("cpus must be", b -> b.cpus(0)),
          refused("gpus per task must be", b -> b.gpusPerTask(0)),
          refused("gpus per node must be", b -> b.gpusPerNode(-1)),
          refused("memory must be", b -> b.memoryPerNode(0L)),
          refused("memory per cpu must be", b -> b.memoryPerCpu(-1L)),
          refused("walltime must be more than zero", b -> b.walltime(Duration.ZERO)),
          refused("walltime must be more than zero", b -> b.walltime(Duration.ofMillis(-1))),
          refused("per node and per cpu", b -> b.memoryPerNode(1L).memoryPerCpu(1L)),
          refused("per task and per node", b -> b.gpusPerTask(1).gpusPerNode(1)),
          refused("'a100' is given without", b -> b.gpuType("a100")),
          refused("not one word", b -> b.gpusPerNode(1).gpuType("a100:2,v100")),
          refused("queue is empty", b -> b.queue(" ")),
          refused("account is empty or has a control character", b -> b.account("a\nb")),
          refused("qos is empty", b -> b.qos("")),
          refused("reservation is empty", b -> b.reservation("")),
          refused("constraint is empty", b -> b.constraint("")),
          refused("too many tasks", b -> b.nodes(65536).tasksPerNode(32768)));
    }

    private static Arguments refused(String message, UnaryOperator<Resources.Builder> fields) {
      return Arguments.of(message, fields);
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void contradictionsAreRefused(String message, UnaryOperator<Resources.Builder> fields) {
      assertThatExceptionOfType(InvalidJob.class)
          .isThrownBy(() -> of(fields))
          .withMessageContaining(message);
    }

    @Test
    void whatIsUnsetStaysUnset() {
      assertThat(Resources.builder().build())
          .isEqualTo(Resources.none())
          .hasToString("Resources[]");
      assertThat(Resources.none().nodes()).isNull();
      assertThat(Resources.none().totalTasks()).isEqualTo(1);
    }

    @Test
    void namesMayHaveAnyLetters() {
      assertThat(of(b -> b.queue("größe").account("プロジェクト")).queue()).isEqualTo("größe");
    }

    @Test
    void cpusAreThoseOfOneTask() {
      assertThat(of(b -> b.cpus(4))).isEqualTo(of(b -> b.cpusPerTask(4)));
    }

    @Test
    void aBuilderOfResourcesMakesTheSame() {
      Resources all = of(b -> b.nodes(2)
          .tasks(8)
          .tasksPerNode(4)
          .cpusPerTask(3)
          .gpusPerTask(1)
          .gpuType("a100")
          .memoryPerCpu(MemorySize.GIB)
          .walltime(Duration.ofHours(1))
          .queue("q")
          .account("a")
          .qos("high")
          .reservation("r")
          .constraint("ib")
          .exclusive(false));
      assertThat(all.toBuilder().build()).isEqualTo(all).hasSameHashCodeAs(all);
      assertThat(Resources.none().orElse(all)).isEqualTo(all);
      assertThat(all.orElse(Resources.none())).isEqualTo(all);
      assertThat(all).isNotEqualTo(all.toBuilder().exclusive(true).build());
    }

    @ParameterizedTest
    @CsvSource({"3,,,3", ",2,4,8", ",5,,5", ",,4,4", "3,2,4,3", ",65535,32768,2147450880"})
    void tasksAreCounted(
        @Nullable Integer tasks, @Nullable Integer nodes, @Nullable Integer perNode, int expected) {
      assertThat(of(b -> b.tasks(tasks).nodes(nodes).tasksPerNode(perNode)).totalTasks())
          .isEqualTo(expected);
    }
  }

  @Nested
  class Select {
    @Test
    void setsTheFieldsThatSayTheSame() {
      Resources r = of(b -> b.tasks(99).select("2:ncpus=8:mpiprocs=4:mem=32gb:ngpus=1"));
      assertThat(r)
          .isEqualTo(of(b -> b.nodes(2)
              .tasksPerNode(4)
              .cpusPerTask(2)
              .memoryPerNode(32 * MemorySize.GIB)
              .gpusPerNode(1)
              .select("2:ncpus=8:mpiprocs=4:mem=32gb:ngpus=1")));
      assertThat(r.tasks()).isNull();
      assertThat(r.nodes()).isEqualTo(2);
      assertThat(r.cpusPerTask()).isEqualTo(2);
      assertThat(r.needsPbs()).isFalse();
      assertThat(r.totalTasks()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({
      "1:ncpus=4+2:ncpus=8:mpiprocs=4, 9",
      "2:ncpus=8:host=n1, 2",
      "2:ncpus=8:mpiprocs=3, 6",
      "1:bigmem=true, 1"
    })
    void needsPbsWhereNoFieldSaysIt(String statement, int tasks) {
      Resources r = of(b -> b.nodes(7).select(statement));
      assertThat(r.needsPbs()).isTrue();
      assertThat(r.nodes()).isNull();
      assertThat(r.select()).isEqualTo(statement);
      assertThat(r.totalTasks()).isEqualTo(tasks);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "+",
          "2:",
          "2:ncpus",
          "x",
          "0:ncpus=1",
          "2:ncpus=0",
          "2:ncpus=x",
          "1:mem=lots",
          "2:=4",
          "1:ncpus=4+",
          "99999999999",
          "1:ncpus=1:2",
          "999999999:mpiprocs=999999999"
        })
    void nonsenseIsRefused(String statement) {
      assertThatExceptionOfType(InvalidJob.class).isThrownBy(() -> of(b -> b.select(statement)));
    }

    @Test
    void aFieldSetAfterwardsDropsTheStatement() {
      assertThat(of(b -> b.select("2:ncpus=8").cpus(4)).select()).isNull();
      assertThat(of(b -> b.select("2:ncpus=8").queue("q")).select()).isEqualTo("2:ncpus=8");
    }
  }

  @Nested
  class OrElse {
    private static final Resources SITE =
        Resources.parse("--nodes=1 --ntasks=4 --mem=16G --time=04:00:00 --gres=gpu:a100:1");

    @Test
    void mergesFieldByField() {
      assertThat(of(b -> b.walltime(Duration.ofHours(1)).nodes(2)).orElse(SITE))
          .isEqualTo(SITE.toBuilder().walltime(Duration.ofHours(1)).nodes(2).build());
    }

    @Test
    void anotherFormOfTheSameIsNotTakenOver() {
      Resources own = of(b -> b.tasksPerNode(8).memoryPerCpu(MemorySize.GIB).gpusPerTask(1));
      Resources merged = own.orElse(SITE);
      assertThat(merged.tasks()).isNull();
      assertThat(merged.tasksPerNode()).isEqualTo(8);
      assertThat(merged.memoryPerNode()).isNull();
      assertThat(merged.gpusPerNode()).isNull();
      assertThat(merged.gpuType()).isEqualTo("a100");
      assertThat(merged.nodes()).isEqualTo(1);
    }

    @Test
    void chunksThatOnlyPbsTakesAreNotMixedWithFields() {
      Resources chunks = Resources.parse("select=1:ncpus=4+2:ncpus=8");
      assertThat(chunks.orElse(SITE))
          .isEqualTo(chunks.toBuilder().walltime(Duration.ofHours(4)).build());
      assertThat(of(b -> b.cpus(2)).orElse(chunks)).isEqualTo(of(b -> b.cpus(2)));
      assertThat(of(b -> b.queue("q")).orElse(chunks))
          .isEqualTo(chunks.toBuilder().queue("q").build());
    }

    @Test
    void aStatementStaysOnlyWhereItStillSaysTheSame() {
      Resources own = Resources.parse("select=2:ncpus=8");
      assertThat(own.orElse(of(b -> b.queue("q"))).select()).isEqualTo("2:ncpus=8");
      Resources merged = own.orElse(of(b -> b.memoryPerNode(MemorySize.GIB)));
      assertThat(merged.select()).isNull();
      assertThat(merged).isEqualTo(of(b -> b.nodes(2).cpus(8).memoryPerNode(MemorySize.GIB)));
      assertThat(of(b -> b.cpus(4)).orElse(own)).isEqualTo(of(b -> b.nodes(2).cpus(4)));
      assertThat(of(b -> b.qos("x")).orElse(own).select()).isEqualTo("2:ncpus=8");
    }
  }

  @Nested
  class FromMap {
    @Test
    void numbersAndTheirTextAreRead() {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      map.put("cpu", 4);
      map.put("memory_gb", "1.5");
      map.put("time_hours", 1.0 / 3);
      map.put("gpus", 2.0);
      map.put("tasks", null);
      assertThat(Resources.of(map))
          .isEqualTo(of(b -> b.cpus(4)
              .memoryPerNode(3 * MemorySize.GIB / 2)
              .walltime(Duration.ofMinutes(20))
              .gpusPerNode(2)));
    }

    @Test
    void fractionsAreRoundedUp() {
      assertThat(Resources.of(Map.of("memory_gb", 1.0 / 3)).memoryPerNode())
          .isEqualTo(357913942L); // 2^30 / 3 = 357913941.33
      assertThat(Resources.of(Map.of("time_hours", 0.00001)).walltime())
          .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void noGpusAreUnset() {
      assertThat(Resources.of(Map.of("gpus", 0))).isEqualTo(Resources.none());
    }

    @ParameterizedTest
    @CsvSource({
      "cpu,0,more than 0",
      "cpu,-1,more than 0",
      "cpu,1.5,whole number",
      "cpu,many,must be a number",
      "gpus,-1,more than 0",
      "gpus,true,must be a number",
      "memory_gb,NaN,must be a number",
      "memory_gb,1e999999999,at most 1e9",
      "time_hours,1e-999999999,more than 0",
      "time_hours,1e300,at most 1e9",
      "cores,4,'known are cpu, memory_gb, time_hours, gpus, nodes, tasks'"
    })
    void everythingElseIsRefusedByName(String key, String value, String message) {
      assertThatExceptionOfType(InvalidJob.class)
          .isThrownBy(() -> Resources.of(Map.of(key, value)))
          .withMessageContaining(key)
          .withMessageContaining(message);
    }
  }
}
