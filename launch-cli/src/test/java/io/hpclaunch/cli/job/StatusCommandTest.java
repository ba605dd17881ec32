// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.job.HpcCommand.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusCommandTest {
  private static final String UUID = "0a1b2c3d-0000-4000-8000-000000000000";

  @TempDir
  Path folder;

  private HpcCommand hpc;

  @BeforeEach
  void start() {
    hpc = new HpcCommand(folder);
  }

  private static JobInfo in(JobState state) {
    return JobInfo.builder(state).build();
  }

  private static JobInfo ended(Instant when) {
    return JobInfo.builder(JobState.COMPLETED).exitCode(0).ended(when).build();
  }

  private JsonArray json(String... words) {
    Result result = hpc.run(words);
    assertThat(result.status()).as(result.err()).isZero();
    return JsonParser.parseString(result.out()).getAsJsonArray();
  }

  private List<String> ids(String... words) {
    return json(words).asList().stream()
        .map(job -> job.getAsJsonObject().get("id").getAsString())
        .toList();
  }

  @Test
  void theFieldsAreThePromisedOnes() {
    hpc.remembers("cluster:7", in(JobState.RUNNING), null);
    hpc.cluster.set(
        "7",
        JobInfo.builder(JobState.FAILED)
            .failed(Cause.OUT_OF_MEMORY)
            .signal(9)
            .nativeState("OUT_OF_ME+")
            .reason("oom")
            .submitted(FakeTime.START)
            .started(FakeTime.START.plusSeconds(1))
            .ended(FakeTime.START.plusMillis(2500))
            .wallTime(Duration.ofMillis(1500))
            .cpuTime(Duration.ofMinutes(90))
            .peakMemory(3L << 29)
            .nodes(List.of("n1", "n2"))
            .attempt(2)
            .build());
    JsonObject job = json("status", "7", "--json").get(0).getAsJsonObject();
    assertThat(job)
        .hasToString("{\"id\":\"cluster:7\",\"backend\":\"cluster\",\"name\":\"job\","
            + "\"state\":\"failed\",\"exit_code\":null,\"signal\":9,\"cause\":\"out_of_memory\","
            + "\"reason\":\"oom\",\"native_state\":\"OUT_OF_ME+\","
            + "\"submitted\":\"2025-03-01T12:00:00Z\",\"started\":\"2025-03-01T12:00:01Z\","
            + "\"ended\":\"2025-03-01T12:00:02.500Z\",\"wall_time_seconds\":1.5,"
            + "\"cpu_hours\":1.5,\"peak_memory_gb\":1.5,\"nodes\":[\"n1\",\"n2\"],\"attempt\":2,"
            + "\"stdout\":\"/jobs/x/stdout\",\"stderr\":\"/jobs/x/stderr\"}");
  }

  @Test
  void anArrayIsAListOfItsElements() {
    hpc.remembers("cluster:7", in(JobState.QUEUED), "1-5:2");
    hpc.cluster.set("7", in(JobState.RUNNING));
    hpc.cluster.set("7/3", in(JobState.COMPLETED));
    JsonArray elements = json("status", "7", "--json");
    assertThat(elements).hasSize(3);
    JsonObject second = elements.get(1).getAsJsonObject();
    assertThat(second.get("id").getAsString()).isEqualTo("cluster:7/3");
    assertThat(second.get("state").getAsString()).isEqualTo("completed");
    assertThat(second.get("array_index").getAsInt()).isEqualTo(3);
    assertThat(second.get("stdout").getAsString()).isEqualTo("/jobs/x/stdout.3");
    assertThat(elements.get(0).getAsJsonObject().get("state").getAsString()).isEqualTo("unknown");
    assertThat(hpc.run("status", "7").lines().get(1)).contains("RUNNING 1/3 done");
    assertThat(hpc.run("status", "7", "--elements").lines()).hasSize(4);
  }

  @Test
  void elementsWaitAndEndWithTheWhole() {
    hpc.remembers("cluster:7", in(JobState.QUEUED), "1-2");
    hpc.cluster.set("7", in(JobState.QUEUED));
    assertThat(json("status", "7", "--json").asList())
        .allMatch(e -> e.getAsJsonObject().get("state").getAsString().equals("queued"));
    hpc.cluster.set("7", in(JobState.CANCELLED));
    assertThat(hpc.run("status", "7").lines().get(1)).contains("CANCELLED 2/2 done, 2 cancelled");
  }

  @Test
  void oneElementCanBeAskedFor() {
    hpc.remembers("cluster:7", in(JobState.RUNNING), "1-5");
    hpc.cluster.set("7/3", in(JobState.RUNNING));
    assertThat(ids("status", "7/3", "--json")).containsExactly("cluster:7/3");
    assertThat(hpc.run("status", "7/9").status()).isEqualTo(2);
  }

  @Test
  void withoutIdsWhatIsActiveAndWhatEndedLately() {
    hpc.remembers("cluster:old", ended(FakeTime.START.minus(Duration.ofDays(3))), null);
    hpc.remembers("cluster:new", ended(FakeTime.START.minus(Duration.ofHours(3))), null);
    hpc.remembers("cluster:active", in(JobState.RUNNING), null);
    assertThat(ids("status", "--json")).containsExactly("cluster:new", "cluster:active");
    assertThat(ids("status", "--json", "--since", "2h")).containsExactly("cluster:active");
    assertThat(ids("status", "--json", "--since", "2025-02-26T00:00:00Z")).hasSize(3);
    assertThat(ids("status", "--json", "--all")).hasSize(3);
    hpc.scheduler("other");
    assertThat(ids("status", "--json", "-b", "other")).isEmpty();
  }

  @Test
  void eachBackendIsAskedOnceAndOnlyAboutWhatHasNotEnded() {
    FakeScheduler other = hpc.scheduler("other");
    hpc.remembers("cluster:1", in(JobState.RUNNING), null);
    hpc.remembers("other:2", in(JobState.QUEUED), null);
    hpc.remembers("cluster:3", in(JobState.HELD), null);
    hpc.remembers("cluster:4", ended(FakeTime.START), null);
    hpc.run("status");
    assertThat(hpc.cluster.calls).containsExactly("status [1, 3]");
    assertThat(other.calls).containsExactly("status [2]");
  }

  @Test
  void aBackendThatCannotBeAskedHarmsNoOther() {
    hpc.remembers("cluster:1", in(JobState.RUNNING), null);
    hpc.remembers("gone:2", in(JobState.RUNNING), null);
    hpc.remembers("down:3", in(JobState.QUEUED), null);
    hpc.scheduler("down").failure = new BackendUnavailable("down does not answer");
    hpc.cluster.set("1", in(JobState.COMPLETED));
    Result result = hpc.run("status");
    assertThat(result.lines()).hasSize(4);
    assertThat(result.lines().get(1)).contains("COMPLETED");
    assertThat(result.lines().get(2)).contains("gone:2", "RUNNING");
    assertThat(result.err()).contains("'gone'", "down does not answer").hasLineCount(2);
    assertThat(result.status()).isEqualTo(2); // the first problem's
  }

  @Test
  void aDamagedRecordHarmsNoOther() {
    hpc.remembers("cluster:1", in(JobState.RUNNING), null);
    hpc.register.damaged.add("records/ab/x.json is damaged");
    Result listing = hpc.run("status", "--all");
    assertThat(listing.lines()).hasSize(2);
    assertThat(listing.err()).contains("x.json is damaged").hasLineCount(1);
    assertThat(listing.status()).isEqualTo(1);
    hpc.register.damagedIds.add(JobId.parse("cluster:9"));
    Result named = hpc.run("status", "1", "9");
    assertThat(named.lines()).hasSize(2);
    assertThat(named.err()).contains("cluster:9 is damaged").hasLineCount(1);
    assertThat(named.status()).isEqualTo(2);
  }

  @Test
  void ofNoJobThereIsNoTable() {
    Result result = hpc.run("status", "2");
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("cluster:2", "'hpc status --all'").hasLineCount(1);
    assertThat(hpc.run("status", "2", "--json").out()).isEqualToIgnoringWhitespace("[]");
    assertThat(hpc.run("status").lines()).hasSize(1);
  }

  @Test
  void anIdInAReasonIsCutShortAsTheIdsAre() {
    String id = "01234567-89ab-cdef-0123-456789abcdef";
    hpc.remembers("cluster:" + id, in(JobState.RUNNING), null);
    JobInfo waits =
        JobInfo.builder(JobState.QUEUED).reason("afterok:" + id + " not met").build();
    hpc.remembers("cluster:1", waits, null);
    hpc.cluster.set("1", waits);
    hpc.cluster.set(id, in(JobState.RUNNING));
    assertThat(hpc.run("status").out())
        .contains("cluster:01234567 ", "afterok:01234567 not met")
        .doesNotContain(id);
    assertThat(hpc.run("explain", "1").out()).contains("(afterok:01234567 not met)");
    assertThat(hpc.run("status", "--json").out()).contains("afterok:" + id + " not met");
  }

  @Test
  void aJobThatNobodyKnowsIsStatus4() {
    hpc.remembers("cluster:1", in(JobState.RUNNING), null);
    Result result = hpc.run("status", "1", "2");
    assertThat(result.status()).isEqualTo(4);
    assertThat(result.lines().get(1)).startsWith("cluster:1");
    assertThat(result.err()).contains("cluster:2").hasLineCount(1);
  }

  @Test
  void aJobThatOnlyTheSchedulerKnowsIsShown() {
    hpc.cluster.set("99", in(JobState.RUNNING));
    JsonObject job = json("status", "99", "--json").get(0).getAsJsonObject();
    assertThat(job.get("state").getAsString()).isEqualTo("running");
    assertThat(job.get("name").isJsonNull()).isTrue();
  }

  @Test
  void longIdsAreCutWhereTheyStayUnique() {
    hpc.remembers("cluster:" + UUID, in(JobState.RUNNING), null);
    assertThat(hpc.run("status").lines().get(1)).startsWith("cluster:0a1b2c3d  ");
    hpc.remembers("cluster:" + UUID.replace("-0000-", "-1111-"), in(JobState.RUNNING), null);
    assertThat(hpc.run("status").lines().get(1)).startsWith("cluster:" + UUID);
  }

  @Test
  void aWatchOfNamedJobsEndsWithThem() {
    hpc.remembers("cluster:1", in(JobState.QUEUED), null);
    hpc.cluster.set("1", in(JobState.QUEUED));
    hpc.time.then(
        () -> {},
        () -> hpc.cluster.set("1", in(JobState.RUNNING)),
        () -> hpc.cluster.set("1", in(JobState.COMPLETED)));
    Result result = hpc.run("status", "--watch", "1");
    assertThat(result.status()).isZero();
    // no terminal: each state once
    assertThat(result.lines()).hasSize(6).noneMatch(line -> line.contains("\u001b"));
    assertThat(result.lines().get(5)).contains("COMPLETED");
  }

  @Test
  void aWatchRedrawsATerminalUntilCtrlC() {
    hpc.terminals(Installation.Stream.OUT);
    hpc.remembers("cluster:1", in(JobState.RUNNING), null);
    hpc.time.then(() -> {});
    Result result = hpc.run("status", "--watch");
    assertThat(result.status()).isEqualTo(130);
    assertThat(result.out().split("\u001b\\[H\u001b\\[2J", -1)).hasSize(3);
    assertThat(Thread.interrupted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status --all --since 1d",
        "status --all 1",
        "status --since yesterday",
        "status --since 5",
        "status a:b:c",
        "status --nope"
      })
  void whatCannotBeIsOneLineAndStatus2(String line) {
    Result result = hpc.run(line.split(" "));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).startsWith("hpc: ").hasLineCount(1);
  }
}
