// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the answers of two real versions are read as. */
class JobReadingTest {
  /** State, cause, exit code and signal of each moment; {@code -} stands for none. */
  @ParameterizedTest
  @CsvSource({
    "ok.0created, QUEUED, -, -, -",
    "ok.1pending, QUEUED, -, -, -",
    "ok.2running, RUNNING, -, -, -",
    "ok.3succeeded, COMPLETED, -, 0, -",
    "fail7.failed, FAILED, EXIT_CODE, 7, -",
    "sig9.failed, FAILED, SIGNAL, -, 9",
    "oom.failed, FAILED, OUT_OF_MEMORY, -, 9",
    "deadline.failed, FAILED, TIMEOUT, -, -",
    "deadline.failed-later, FAILED, TIMEOUT, -, -",
    "nocmd.failed, FAILED, LAUNCH, -, -",
    "unsched.pending, QUEUED, -, -, -",
    "nodesel.pending, QUEUED, -, -, -",
    "badimage.1errimagepull, QUEUED, -, -, -",
    "badimage.2backoff, QUEUED, -, -, -",
    "badname.waiting, QUEUED, -, -, -",
    "neverpull.waiting, QUEUED, -, -, -",
    "podquota.later, QUEUED, -, -, -",
    "delforeground.3just-after, RUNNING, -, -, -",
    "par.succeeded, COMPLETED, -, 0, -",
  })
  void everyMomentIsReadTheSameOnBothVersions(
      String moment, JobState state, String cause, String exitCode, String signal) {
    for (String version : List.of(Samples.OLD, Samples.NEW)) {
      JobInfo info = Samples.reading(version, moment).whole();
      assertThat(info.state()).as(version).isEqualTo(state);
      assertThat(info.cause())
          .as(version)
          .isEqualTo(cause.equals("-") ? null : Cause.valueOf(cause));
      assertThat(info.exitCode()).as(version).isEqualTo(number(exitCode));
      assertThat(info.signal()).as(version).isEqualTo(number(signal));
      assertThat(info.submitted()).as(version).isNotNull();
    }
  }

  private static Integer number(String text) {
    return text.equals("-") ? null : Integer.valueOf(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {Samples.OLD, Samples.NEW})
  void reasonsAreTheClustersWords(String version) {
    assertThat(reason(version, "unsched.pending"))
        .startsWith("Unschedulable: 0/1 nodes are available: 1 Insufficient cpu");
    assertThat(reason(version, "badimage.1errimagepull")).startsWith("ErrImagePull: ");
    assertThat(reason(version, "badimage.2backoff")).startsWith("ImagePullBackOff: Back-off");
    assertThat(reason(version, "badname.waiting")).startsWith("InvalidImageName: ");
    assertThat(reason(version, "neverpull.waiting")).startsWith("ErrImageNeverPull: ");
    assertThat(reason(version, "nocmd.failed")).contains("failed to create");
    assertThat(reason(version, "deadline.failed")).startsWith("DeadlineExceeded: ");
  }

  private static String reason(String version, String moment) {
    return String.valueOf(Samples.reading(version, moment).whole().reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {Samples.OLD, Samples.NEW})
  void timesAreThoseOfThePodAndTheYear1970IsNone(String version) {
    JobInfo done = Samples.reading(version, "ok.3succeeded").whole();
    assertThat(done.wallTime()).isEqualTo(Duration.ofSeconds(2));
    assertThat(done.started()).isAfterOrEqualTo(done.submitted());
    assertThat(done.ended()).isEqualTo(done.started().plus(done.wallTime()));
    assertThat(done.nodes()).containsExactly("127.0.0.1");
    JobInfo unstarted = Samples.reading(version, "nocmd.failed").whole();
    assertThat(unstarted.started()).isNull();
    assertThat(unstarted.wallTime()).isNull();
    assertThat(unstarted.ended()).isNotNull();
  }

  @Test
  void aJobGoesOnWithThePodThatTheClusterAdded() {
    assertThat(Samples.reading(Samples.OLD, "podgone.later").whole())
        .extracting(JobInfo::state, JobInfo::attempt)
        .containsExactly(JobState.RUNNING, 1);
    JobInfo gone = Samples.reading(Samples.NEW, "podgone.later").whole();
    assertThat(gone.state()).isEqualTo(JobState.FAILED);
    assertThat(gone.cause()).isNull();
    assertThat(gone.reason()).startsWith("its pod is gone: BackoffLimitExceeded");
  }

  @Test
  void aSuspendedJobIsHeld() {
    assertThat(Samples.reading(Samples.NEW, "suspended.later").whole().state())
        .isEqualTo(JobState.HELD);
  }

  @Test
  void aJobThatFailsInItsDeletionHasNotFailed() {
    assertThat(Samples.reading(Samples.OLD, "delforeground.4later").isFinal()).isFalse();
  }

  @Test
  void elementsHaveEndsOfTheirOwn() {
    Observation told = Samples.reading(Samples.NEW, "indexed.done").observation();
    assertThat(told).isInstanceOf(Observation.SeenArray.class);
    Map<Integer, JobInfo> elements = ((Observation.SeenArray) told).elements();
    assertThat(elements).containsOnlyKeys(0, 1);
    assertThat(elements.get(0).state()).isEqualTo(JobState.COMPLETED);
    assertThat(elements.get(1).state()).isEqualTo(JobState.FAILED);
    assertThat(elements.get(1).exitCode()).isEqualTo(1);
  }

  @Test
  void elementsKeepTheirEndsWithoutPods() {
    JsonObject job = Samples.json(Samples.NEW, "indexed.done.job.json");
    job.getAsJsonObject("status").addProperty("failedIndexes", "1");
    Map<Integer, JobInfo> elements =
        ((Observation.SeenArray) new JobReading(job, List.of()).observation()).elements();
    assertThat(elements.get(0).state()).isEqualTo(JobState.COMPLETED);
    assertThat(elements.get(1).state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void indicesAreRanges() {
    assertThat(JobReading.parse("")).isEmpty();
    assertThat(JobReading.parse("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
  }

  /** Every event of a real watch can be read, in its order, and no end is taken back. */
  @ParameterizedTest
  @ValueSource(strings = {Samples.OLD, Samples.NEW})
  void noEventTakesAnEndBack(String version) {
    Map<String, JobInfo> last = new HashMap<>();
    List<JsonObject> pods = new ArrayList<>();
    Samples.text(version, "watch.jobs.ndjson").lines().forEach(line -> {
      JsonObject job = JsonParser.parseString(line).getAsJsonObject().getAsJsonObject("object");
      JobInfo now = new JobReading(job, pods).whole();
      JobInfo before = last.put(Fields.name(job) + Fields.text(job, "metadata", "uid"), now);
      if (before != null && before.state().isFinal()) {
        assertThat(now.state()).as(Fields.name(job)).isEqualTo(before.state());
      }
    });
    assertThat(last).hasSizeGreaterThan(10);
  }

  @Test
  void whatCannotStartIsStuckAndNothingElseIs() {
    for (String version : List.of(Samples.OLD, Samples.NEW)) {
      assertThat(Samples.reading(version, "badimage.2backoff").stuck().broken()).isTrue();
      assertThat(Samples.reading(version, "unsched.pending").stuck().broken()).isFalse();
      assertThat(Samples.reading(version, "ok.1pending").stuck()).isNull();
      assertThat(Samples.reading(version, "ok.2running").stuck()).isNull();
      assertThat(Samples.reading(version, "fail7.failed").stuck()).isNull();
    }
  }
}
