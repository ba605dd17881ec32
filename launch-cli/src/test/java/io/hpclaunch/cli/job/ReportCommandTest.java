// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.cli.job.HpcCommand.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportCommandTest {
  private static final Instant ENDED = FakeTime.START.minusSeconds(60);

  @TempDir
  Path folder;

  private HpcCommand hpc;

  @BeforeEach
  void start() {
    hpc = new HpcCommand(folder);
  }

  /** A job that waited for 10 s and ran for 100 s. */
  private static JobInfo.Builder ran() {
    return JobInfo.builder(JobState.COMPLETED)
        .exitCode(0)
        .submitted(ENDED.minusSeconds(110))
        .started(ENDED.minusSeconds(100))
        .ended(ENDED)
        .wallTime(Duration.ofSeconds(100));
  }

  private static JobInfo half() {
    return ran()
        .cpuTime(Duration.ofSeconds(100))
        .allocatedCpus(2)
        .peakMemory(MemorySize.GIB)
        .allocatedMemory(4 * MemorySize.GIB)
        .nodes(List.of("n1", "n2"))
        .build();
  }

  private JsonArray json(String... words) {
    Result result = hpc.run(words);
    assertThat(result.status()).as(result.err()).isZero();
    return JsonParser.parseString(result.out()).getAsJsonArray();
  }

  private JsonObject only(String... words) {
    JsonArray all = json(words);
    assertThat(all).hasSize(1);
    return all.get(0).getAsJsonObject();
  }

  /** The cells of a line of the table; columns are two blanks apart. */
  private static List<String> cells(String line) {
    return List.of(line.split(" {2,}", -1));
  }

  @Test
  void theFieldsAreThoseOfStatusAndTheShares() {
    hpc.remembers("cluster:7", half(), null);
    assertThat(only("report", "7", "--json"))
        .hasToString("{\"id\":\"cluster:7\",\"backend\":\"cluster\",\"name\":\"job\","
            + "\"state\":\"completed\",\"exit_code\":0,\"signal\":null,\"cause\":null,"
            + "\"reason\":null,\"native_state\":null,\"submitted\":\"2025-03-01T11:57:10Z\","
            + "\"started\":\"2025-03-01T11:57:20Z\",\"ended\":\"2025-03-01T11:59:00Z\","
            + "\"wall_time_seconds\":100.0,\"cpu_hours\":0.027778,\"peak_memory_gb\":1.0,"
            + "\"nodes\":[\"n1\",\"n2\"],\"attempt\":1,\"stdout\":\"/jobs/x/stdout\","
            + "\"stderr\":\"/jobs/x/stderr\",\"cpus_reserved\":2,\"cpu_efficiency\":0.5,"
            + "\"memory_reserved_gb\":4.0,\"memory_efficiency\":0.25,\"waiting_seconds\":10.0}");
    assertThat(hpc.run("report", "7", "--format", "json").out())
        .isEqualTo(hpc.run("report", "7", "--json").out());
  }

  @Test
  void theTableSaysTheSameToPeople() {
    hpc.remembers("cluster:7", half(), null);
    List<String> lines = hpc.run("report").lines();
    assertThat(lines).hasSize(2);
    assertThat(cells(lines.get(0)))
        .containsExactly(
            "ID",
            "NAME",
            "STATE",
            "WAITED",
            "TIME",
            "CPUS",
            "CPU TIME",
            "RESERVED",
            "CPU EFF",
            "CPU HOURS",
            "MEMORY",
            "RESERVED",
            "MEM EFF");
    assertThat(cells(lines.get(1)))
        .containsExactly(
            "cluster:7",
            "job",
            "COMPLETED",
            "00:00:10",
            "00:01:40",
            "2",
            "00:01:40",
            "00:03:20",
            "50.0%",
            "0.028",
            "1.0 GiB",
            "4.0 GiB",
            "25.0%");
  }

  @Test
  void whatIsNotKnownStaysUnknown() {
    hpc.remembers("cluster:1", ran().build(), null);
    hpc.remembers("cluster:2", JobInfo.builder(JobState.CANCELLED).ended(ENDED).build(), null);
    hpc.remembers("cluster:3", ran().allocatedCpus(2).peakMemory(5L).build(), null);
    for (int i = 0; i < 3; i++) {
      JsonObject job = json("report", "--json").get(i).getAsJsonObject();
      assertThat(job.get("cpu_hours").isJsonNull()).isTrue();
      assertThat(job.get("cpu_efficiency").isJsonNull()).isTrue();
      assertThat(job.get("memory_efficiency").isJsonNull()).isTrue();
    }
    List<String> lines = hpc.run("report").lines();
    assertThat(lines.stream().filter(line -> line.startsWith("cluster:2")))
        .singleElement()
        .satisfies(line -> assertThat(cells(line).subList(3, 13)).containsOnly("-"));
    assertThat(lines.get(4)).startsWith("total").doesNotContain("%");
  }

  @Test
  void theLastLineSumsAndWeighsByWhatWasReserved() {
    hpc.remembers("cluster:1", half(), null);
    hpc.remembers(
        "cluster:2",
        half().toBuilder()
            .wallTime(Duration.ofMinutes(5))
            .cpuTime(Duration.ofMinutes(10))
            .peakMemory(4 * MemorySize.GIB)
            .started(ENDED.minusSeconds(80))
            .build(),
        null);
    hpc.remembers("cluster:3", ran().cpuTime(Duration.ofSeconds(1000)).build(), null);
    List<String> total = cells(hpc.run("report").lines().get(4));
    assertThat(total)
        .containsExactly(
            "total",
            "3 jobs",
            "-",
            "00:00:16",
            "00:08:20",
            "2",
            "00:28:20",
            "00:13:20",
            "87.5%",
            "0.472",
            "4.0 GiB",
            "4.0 GiB",
            "81.3%");
  }

  @Test
  void eachOfSeveralBackendsHasASum() {
    hpc.scheduler("other");
    hpc.remembers("cluster:1", half(), null);
    hpc.remembers("other:2", half(), null);
    hpc.remembers("cluster:3", half(), null);
    List<String> lines = hpc.run("report").lines();
    assertThat(lines.subList(4, 7).stream().map(line -> cells(line).subList(0, 2)))
        .containsExactlyInAnyOrder(
            List.of("cluster", "2 jobs"), List.of("other", "1 job"), List.of("total", "3 jobs"));
    assertThat(lines.get(6)).startsWith("total");
    assertThat(hpc.run("report", "-b", "other").lines()).hasSize(2);
  }

  @Test
  void anArrayIsTheSumOfItsElements() {
    hpc.remembers("cluster:7", ran().build(), "1-4");
    hpc.register.update(
        JobId.parse("cluster:7"),
        ran().wallTime(Duration.ofSeconds(9999)).build(),
        Map.of(
            1, half(),
            2, half().toBuilder().cpuTime(Duration.ofSeconds(200)).build(),
            3, JobInfo.builder(JobState.CANCELLED).build(),
            4, ran().allocatedCpus(2).build()));
    JsonObject whole = only("report", "7", "--json");
    assertThat(whole.get("wall_time_seconds").getAsDouble()).isEqualTo(300);
    assertThat(whole.get("cpus_reserved").getAsInt()).isEqualTo(2);
    assertThat(whole.get("cpu_efficiency").getAsDouble()).isEqualTo(0.75);
    assertThat(whole.get("waiting_seconds").getAsDouble()).isEqualTo(10);
    assertThat(whole.has("array_index")).isFalse();
    JsonArray elements = json("report", "7", "--json", "--elements");
    assertThat(elements).hasSize(4);
    JsonObject second = elements.get(1).getAsJsonObject();
    assertThat(second.get("id").getAsString()).isEqualTo("cluster:7/2");
    assertThat(second.get("array_index").getAsInt()).isEqualTo(2);
    assertThat(second.get("cpu_efficiency").getAsDouble()).isEqualTo(1);
    assertThat(only("report", "7/1", "--json").get("cpu_efficiency").getAsDouble())
        .isEqualTo(0.5);
  }

  @Test
  void aMixtureHasNoCommonNumberOfCpus() {
    hpc.remembers("cluster:1", half(), null);
    hpc.remembers("cluster:2", half().toBuilder().allocatedCpus(4).build(), null);
    hpc.remembers("cluster:3", half(), null);
    assertThat(cells(hpc.run("report").lines().get(4)).get(5)).isEqualTo("-");
  }

  @Test
  void csvIsThatOfRfc4180() {
    hpc.remembers("cluster:7", half().toBuilder().reason("a \"b\",\nc").build(), null);
    hpc.remembers("cluster:8", JobInfo.builder(JobState.LOST).ended(ENDED).build(), null);
    String[] csv = hpc.run("report", "--format", "csv").out().split("\r\n", -1);
    assertThat(csv).hasSize(4);
    assertThat(csv[0])
        .isEqualTo("id,backend,name,state,exit_code,signal,cause,reason,native_state,submitted,"
            + "started,ended,wall_time_seconds,cpu_hours,peak_memory_gb,nodes,attempt,stdout,"
            + "stderr,cpus_reserved,cpu_efficiency,memory_reserved_gb,memory_efficiency,"
            + "waiting_seconds,array_index");
    assertThat(List.of(csv))
        .contains("cluster:7,cluster,job,completed,0,,,\"a \"\"b\"\",\nc\",,2025-03-01T11:57:10Z,"
            + "2025-03-01T11:57:20Z,2025-03-01T11:59:00Z,100,0.027778,1,n1 n2,1,/jobs/x/stdout,"
            + "/jobs/x/stderr,2,0.5,4,0.25,10,")
        .anyMatch(line -> line.startsWith("cluster:8,cluster,job,lost,,,,,,")
            && line.endsWith(",,,,1,/jobs/x/stdout,/jobs/x/stderr,,,,,,"));
    assertThat(csv[3]).isEmpty();
  }

  @Test
  void withoutIdsWhatEndedLatelyAlsoWhereNobodyHasLooked() {
    hpc.remembers("cluster:old", ended(Duration.ofDays(3)), null);
    hpc.remembers("cluster:new", ended(Duration.ofHours(3)), null);
    hpc.remembers("cluster:active", JobInfo.builder(JobState.RUNNING).build(), null);
    hpc.remembers("cluster:over", JobInfo.builder(JobState.RUNNING).build(), null);
    hpc.cluster.set("active", JobInfo.builder(JobState.RUNNING).build());
    hpc.cluster.set("over", half());
    assertThat(ids("report", "--json")).containsExactlyInAnyOrder("cluster:new", "cluster:over");
    assertThat(ids("report", "--json", "--since", "2h")).containsExactly("cluster:over");
    assertThat(ids("report", "--json", "--all")).hasSize(3);
    assertThat(ids("report", "--json", "active")).containsExactly("cluster:active");
  }

  private static JobInfo ended(Duration ago) {
    return ran().ended(FakeTime.START.minus(ago)).build();
  }

  private List<String> ids(String... words) {
    return json(words).asList().stream()
        .map(job -> job.getAsJsonObject().get("id").getAsString())
        .toList();
  }

  @Test
  void aBackendThatIsAwayHarmsNoOther() {
    hpc.remembers("cluster:1", half(), null);
    FakeScheduler other = hpc.scheduler("other");
    hpc.remembers("other:2", JobInfo.builder(JobState.RUNNING).build(), null);
    other.failure = new BackendUnavailable("other is away");
    Result result = hpc.run("report");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.out()).contains("cluster:1");
    assertThat(result.err()).contains("other is away").hasLineCount(1);
  }

  @Test
  void unknownJobsAndDamagedRecordsAreTold() {
    hpc.remembers("cluster:1", half(), null);
    Result unknown = hpc.run("report", "cluster:1", "cluster:404");
    assertThat(unknown.status()).isEqualTo(4);
    assertThat(unknown.out()).contains("cluster:1");
    assertThat(unknown.err()).contains("no job cluster:404");
    Result nothing = hpc.run("report", "cluster:404");
    assertThat(nothing.status()).isEqualTo(4);
    assertThat(nothing.out()).as("no table of none").isEmpty();
    assertThat(hpc.run("report", "cluster:404", "--json").out()).isEqualTo("[]\n");
    hpc.register.damaged.add("record x is damaged");
    Result damaged = hpc.run("report");
    assertThat(damaged.status()).isEqualTo(1);
    assertThat(damaged.err()).contains("record x is damaged").hasLineCount(1);
  }

  @Test
  void nothingIsATableOfHeadsAndAnEmptyList() {
    assertThat(hpc.run("report").lines()).hasSize(1);
    assertThat(json("report", "--json")).isEmpty();
    assertThat(hpc.run("report", "--format", "csv").lines()).hasSize(1);
  }

  @Test
  void itGoesIntoAFile() throws IOException {
    hpc.remembers("cluster:7", half(), null);
    Result result = hpc.run("report", "--format", "csv", "-o", "usage.csv");
    assertThat(result.status()).isZero();
    assertThat(result.out()).isEmpty();
    assertThat(Files.readString(folder.resolve("usage.csv")))
        .isEqualTo(hpc.run("report", "--format", "csv").out());
    Result wrong = hpc.run("report", "-o", "no/such/folder.csv");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("no/such/folder.csv cannot be written").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "--format xml, '--format is table, csv or json, not ''xml'''",
    "--json --format csv, --json and --format csv: give one of them",
    "--all --since 2h, --all and --since: give one of them",
    "7 --all, leave out the ids",
    "--since yesterday, is no time"
  })
  void wrongWordsAreOneLine(String words, String message) {
    hpc.remembers("cluster:7", half(), null);
    Result result = hpc.run(("report " + words).split(" ", -1));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(message);
  }

  @Test
  void clocksThatDifferMakeNoNegativeWaiting() {
    hpc.remembers(
        "cluster:7", half().toBuilder().submitted(ENDED.minusSeconds(99)).build(), null);
    assertThat(only("report", "7", "--json").get("waiting_seconds").getAsDouble())
        .isZero();
  }
}
