// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Observation.NotAnswered;
import io.hpclaunch.api.Observation.NotKnown;
import io.hpclaunch.api.Observation.Seen;
import io.hpclaunch.api.Observation.SeenArray;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is asked, and what is made of answers that tell news only. */
class JobWatchTest {
  private static final NativeId A = NativeId.of("a");
  private static final NativeId B = NativeId.of("b");
  private static final Instant START = Instant.ofEpochSecond(1000);

  private final Deque<List<String>> answers = new ArrayDeque<>();
  private final List<String> asked = new ArrayList<>();
  private final JobWatch watch = new JobWatch(new Told(), clock());

  private static Clock clock() {
    return Clock.fixed(START.plusSeconds(60), ZoneOffset.UTC);
  }

  /** Answers in turn; an empty list is an answer that was lost. */
  private final class Told implements Verbs {
    @Override
    public List<String> call(String verb, List<String> options, List<String> lines)
        throws AnswerLost {
      asked.add(verb + " " + String.join(" ", options) + " " + String.join(" ", lines));
      List<String> answer = answers.remove();
      if (answer.isEmpty()) {
        throw new AnswerLost("lost", null);
      }
      return answer;
    }

    @Override
    public void close() {}
  }

  private static String job(String id, String index, JobState state) {
    String started = state == JobState.QUEUED ? "-" : "1000000000";
    String wall = state == JobState.QUEUED ? "-" : "5000000";
    return "job " + id + " " + index + " " + state + " - - - 1 1000000000 " + started + " - " + wall
        + " - - n1 word -";
  }

  private Map<NativeId, Observation> query(NativeId... ids) throws AnswerLost {
    return watch.query(List.of(ids));
  }

  private static JobState state(Observation seen) {
    return ((Seen) seen).info().state();
  }

  @Test
  void onlyNewsAreAskedForOfWhatWasAskedBefore() throws AnswerLost {
    answers.add(List.of("mark m:1", job("a", "-", JobState.QUEUED)));
    query(A);
    answers.add(List.of("mark m:2"));
    assertThat(state(query(A).get(A))).isEqualTo(JobState.QUEUED);
    answers.add(List.of("mark m:3", job("a", "-", JobState.RUNNING)));
    assertThat(state(query(A).get(A))).isEqualTo(JobState.RUNNING);
    assertThat(asked)
        .containsExactly("query --since - a", "query --since m:1 a", "query --since m:2 a");
  }

  @Test
  void aNewIdIsAskedForInFullAndTheEarlierMarkIsKept() throws AnswerLost {
    answers.add(List.of("mark m:1", job("a", "-", JobState.QUEUED)));
    query(A);
    answers.add(List.of("mark m:4"));
    answers.add(List.of("mark m:9", job("b", "-", JobState.RUNNING)));
    Map<NativeId, Observation> told = query(A, B);
    assertThat(state(told.get(A))).isEqualTo(JobState.QUEUED);
    assertThat(state(told.get(B))).isEqualTo(JobState.RUNNING);
    answers.add(List.of("mark m:9"));
    query(A, B);
    assertThat(asked.subList(1, 4))
        .containsExactly("query --since m:1 a", "query --since - b", "query --since m:4 a b");
  }

  @Test
  void whatWasNotAskedForInBetweenIsAskedForInFull() throws AnswerLost {
    answers.add(
        List.of("mark m:1", job("a", "-", JobState.QUEUED), job("b", "-", JobState.QUEUED)));
    query(A, B);
    answers.add(List.of("mark m:2"));
    query(B);
    answers.add(List.of("mark m:3"));
    answers.add(List.of("mark m:3", job("a", "-", JobState.COMPLETED)));
    assertThat(state(query(A, B).get(A))).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void anEndIsNotKept() throws AnswerLost {
    answers.add(List.of("mark m:1", job("a", "-", JobState.COMPLETED)));
    query(A);
    answers.add(List.of("mark m:1", "unknown a cleaned"));
    assertThat(query(A).get(A)).isEqualTo(new NotKnown("cleaned"));
    assertThat(asked.get(1)).isEqualTo("query --since - a");
  }

  @Test
  void elementsWithoutNewsStayAsTheyWere() throws AnswerLost {
    answers.add(List.of(
        "mark m:1",
        job("a", "1", JobState.RUNNING),
        job("a", "2", JobState.QUEUED),
        job("a", "3", JobState.COMPLETED)));
    query(A);
    answers.add(List.of("mark m:2", job("a", "2", JobState.RUNNING)));
    Map<Integer, JobInfo> elements = ((SeenArray) query(A).get(A)).elements();
    assertThat(elements.values())
        .extracting(JobInfo::state)
        .containsExactly(JobState.RUNNING, JobState.RUNNING, JobState.COMPLETED);
  }

  @Test
  void theTimeOfWhatRunsGoesOn() throws AnswerLost {
    answers.add(List.of("mark m:1", job("a", "-", JobState.RUNNING)));
    assertThat(((Seen) query(A).get(A)).info().wallTime()).isEqualTo(Duration.ofSeconds(5));
    answers.add(List.of("mark m:1"));
    assertThat(((Seen) query(A).get(A)).info().wallTime()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void garbageIsNotHiddenByWhatWasKnown() throws AnswerLost {
    answers.add(List.of("mark m:1", job("a", "-", JobState.RUNNING)));
    query(A);
    answers.add(List.of("mark m:2", "job a rubbish"));
    assertThat(query(A).get(A)).isInstanceOf(NotAnswered.class);
    answers.add(List.of("mark m:2", job("a", "-", JobState.RUNNING)));
    query(A);
    assertThat(asked.get(2)).isEqualTo("query --since - a");
  }

  @Test
  void aLostAnswerChangesNothing() throws AnswerLost {
    answers.add(List.of("mark m:1", job("a", "-", JobState.QUEUED)));
    query(A);
    answers.add(List.of("mark m:5", job("a", "-", JobState.RUNNING)));
    answers.add(List.of());
    assertThatThrownBy(() -> query(A, B)).isInstanceOf(AnswerLost.class);
    answers.add(List.of("mark m:5", job("a", "-", JobState.RUNNING)));
    assertThat(state(query(A).get(A))).isEqualTo(JobState.RUNNING);
    assertThat(asked.get(3)).isEqualTo("query --since m:1 a");
  }

  @Test
  void anAnswerWithoutAMarkOrWithNothingIsNoAnswer() throws AnswerLost {
    answers.add(List.of("what?"));
    assertThat(query(A).get(A)).isInstanceOf(NotAnswered.class);
    assertThat(watch.query(List.of())).isEmpty();
  }
}
