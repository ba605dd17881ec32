// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.hpclaunch.core.shell.RawBytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that go to a real worker through a real broker, and come back. */
@Timeout(120)
final class TasksTest {
  @TempDir
  static Path folder;

  private static PoolUnderTest underTest;
  private static WorkerPool pool;

  @BeforeAll
  static void start() throws Exception {
    underTest = PoolUnderTest.embedded(folder, 2);
    pool = underTest.pool();
    underTest.startWorker();
  }

  @AfterAll
  static void stop() throws Exception {
    underTest.close();
  }

  @Test
  void aFunctionComesBack() throws Exception {
    int six = 6;
    assertThat(pool.submit(() -> six * 7).get()).isEqualTo(42);
    assertThat(pool.submit(() -> null).get()).isNull();
  }

  @Test
  void resultsAreInTheOrderOfTheInputs() throws Exception {
    List<Integer> inputs = IntStream.range(0, 2_000).boxed().toList();
    Batch<Integer> batch = pool.map(i -> i * i, inputs);
    assertThat(batch.results()).isEqualTo(inputs.stream().map(i -> i * i).toList());
    assertThat(batch.ended()).isEqualTo(2_000);
  }

  @Test
  void wordsAndValuesAndFoldersOfACommandAreBytes() throws Exception {
    byte[] odd = {'a', (byte) 0xff, '\'', ' ', '$', 'x', (byte) 0xc3, (byte) 0xa4, '\n', '\n'};
    String word = RawBytes.decode(odd);
    String odder = folder + "/ä ö";
    pool.submit(CommandTask.of("mkdir", odder)).get();
    CommandTask task = CommandTask.of(
            "sh", "-c", "printf %s \"$1\" \"$ODD\"; basename \"$PWD\"", "sh", word)
        .withEnvironment("ODD", word)
        .withDirectory(odder);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.write(odd);
    expected.write(odd);
    expected.write("ä ö\n".getBytes(StandardCharsets.UTF_8));
    CommandResult result = pool.submit(task).get();
    assertThat(result.stdout()).as(result.errors()).isEqualTo(expected.toByteArray());
  }

  @Test
  void aFutureTellsWhoRanItsTask() throws Exception {
    TaskFuture<CommandResult> task = pool.submit(CommandTask.of("sleep", "0.2"));
    task.get();
    assertThat(task.run()).hasValueSatisfying(run -> {
      assertThat(run.worker()).isEqualTo(pool.workers().get(0).worker());
      assertThat(run.host()).isEqualTo(pool.workers().get(0).host());
      assertThat(run.elapsed()).isBetween(Duration.ofMillis(190), Duration.ofSeconds(30));
    });
  }

  @Test
  void aTaskOfTheUsersOwnClassesThrowsAsItself() {
    assertThatThrownBy(() -> pool.submit(() -> {
              throw new Unhappy("no", 3);
            })
            .get())
        .isInstanceOf(ExecutionException.class)
        .cause()
        .asInstanceOf(type(Unhappy.class))
        .satisfies(thrown -> {
          assertThat(thrown).hasMessage("no");
          assertThat(thrown.count).isEqualTo(3);
          assertThat(thrown.getStackTrace()[0].getClassName())
              .startsWith(TasksTest.class.getName());
        });
  }

  static final class Unhappy extends Exception {
    private static final long serialVersionUID = 1L;
    final int count;

    Unhappy(String message, int count) {
      super(message);
      this.count = count;
    }
  }

  @Test
  void anExceptionThatCannotTravelIsToldInWords() {
    assertThatThrownBy(() -> pool.submit(() -> {
              throw new Holding("holds a thread");
            })
            .get())
        .cause()
        .asInstanceOf(type(TaskException.class))
        .satisfies(thrown -> {
          assertThat(thrown.reason()).isEqualTo(TaskException.Reason.THREW);
          assertThat(thrown).hasMessageContaining("holds a thread");
          assertThat(thrown.remoteStack()).contains("TasksTest");
        });
  }

  static final class Holding extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused") // what makes it one that cannot be serialized
    private final Thread thread = Thread.currentThread();

    Holding(String message) {
      super(message);
    }
  }

  @Test
  void aCommandGetsItsWordsByteForByte() throws Exception {
    CommandTask task = CommandTask.of("printf", "%s|", "a b", "$HOME", "`x`", "ü\n", "")
        .withEnvironment("MORE", "1");
    CommandResult result = pool.submit(task).get();
    assertThat(result.output()).isEqualTo("a b|$HOME|`x`|ü\n||");
    assertThat(result.status()).isZero();
  }

  @Test
  void aCommandHasInputEnvironmentDirectoryAndStatus() throws Exception {
    CommandTask task = CommandTask.of(
            "sh", "-c", "cat; pwd; echo $GREETING$HPC_TASK_INDEX >&2; exit 3")
        .withStdin("in\n".getBytes(StandardCharsets.UTF_8))
        .withDirectory("/")
        .withEnvironment("GREETING", "hello");
    CommandResult result =
        pool.submitAll(List.of(task), TaskOptions.DEFAULT).results().get(0);
    assertThat(result.output()).isEqualTo("in\n/\n");
    assertThat(result.errors()).isEqualTo("hello0\n");
    assertThat(result.status()).isEqualTo(3);
  }

  @Test
  void whatIsNoProgramIsToldSo() {
    assertThatThrownBy(() -> pool.submit(CommandTask.of("/no/such/program")).get())
        .cause()
        .asInstanceOf(type(TaskException.class))
        .satisfies(thrown -> {
          assertThat(thrown.reason()).isEqualTo(TaskException.Reason.REFUSED);
          assertThat(thrown).hasMessageContaining("/no/such/program");
        });
  }

  @Test
  void largeInputsAndResultsGoThroughTheStore() throws Exception {
    byte[] large = new byte[3_000_000];
    large[2_999_999] = 7;
    Batch<byte[]> batch = pool.map(bytes -> bytes, List.of(large));
    assertThat(batch.results().get(0)).isEqualTo(large);
    CommandResult counted = pool.submit(CommandTask.of("cat").withStdin(large)).get();
    assertThat(counted.stdout()).isEqualTo(large);
  }

  @Test
  void aLimitEndsATask() {
    TaskOptions brief = TaskOptions.DEFAULT.withLimit(Duration.ofMillis(200));
    assertThatThrownBy(() -> pool.submit(() -> sleep(60), brief).get())
        .cause()
        .asInstanceOf(type(TaskException.class))
        .satisfies(t -> assertThat(t.reason()).isEqualTo(TaskException.Reason.TIMED_OUT));
    assertThatThrownBy(() -> pool.submit(CommandTask.of("sleep", "60"), brief).get())
        .cause()
        .asInstanceOf(type(TaskException.class))
        .satisfies(t -> assertThat(t.reason()).isEqualTo(TaskException.Reason.TIMED_OUT));
  }

  @Test
  void aLimitHoldsForCodeThatDoesNotHeedInterrupts() throws Exception {
    TaskOptions brief = TaskOptions.DEFAULT.withLimit(Duration.ofMillis(200));
    Path go = folder.resolve("go");
    String path = go.toString();
    TaskFuture<Integer> busy = pool.submit(
        () -> {
          while (!Files.exists(Path.of(path))) {
            Thread.onSpinWait();
          }
          return 1;
        },
        brief);
    assertThatThrownBy(busy::get)
        .cause()
        .hasMessageContaining("limit of 0.2 s")
        .asInstanceOf(type(TaskException.class))
        .satisfies(t -> assertThat(t.reason()).isEqualTo(TaskException.Reason.TIMED_OUT));
    Files.createFile(go); // the slot is free again
    Batch<Integer> others = pool.map(TasksTest::sleepBriefly, List.of(1, 2, 3, 4));
    assertThat(others.results()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void anEndThatIsGivenHereGivesTheTaskUp() throws Exception {
    TaskFuture<Integer> timed = pool.submit(() -> sleep(600));
    assertThatThrownBy(() -> timed.orTimeout(100, TimeUnit.MILLISECONDS).get())
        .hasCauseInstanceOf(TimeoutException.class);
    TaskFuture<Integer> replaced = pool.submit(() -> sleep(600));
    assertThat(replaced.completeOnTimeout(7, 100, TimeUnit.MILLISECONDS).get()).isEqualTo(7);
    TaskFuture<Integer> overtaken = pool.submit(() -> sleep(600));
    assertThat(overtaken.completeAsync(() -> 8).get()).isEqualTo(8);
    assertThat(pool.submit(() -> 1).get(30, TimeUnit.SECONDS)).isEqualTo(1); // in a free slot
  }

  @Test
  void whatHasNotEndedIsCancelledWithItsClient() throws Exception {
    TaskFuture<Integer> open;
    try (WorkerPool client = underTest.client()) {
      open = client.submit(() -> sleep(5));
    }
    assertThatThrownBy(open::get).isInstanceOf(CancellationException.class);
  }

  @Test
  void smallTasksRunBesideEachOther() throws Exception {
    Path together = Files.createDirectory(folder.resolve("together"));
    String counted = "touch $1/$2; until [ $(ls $1 | wc -l) = 8 ]; do sleep 0.05; done";
    List<CommandTask> tasks = IntStream.range(0, 8)
        .mapToObj(i -> CommandTask.of("sh", "-c", counted, "sh", together.toString(), "" + i))
        .toList();
    Batch<CommandResult> batch = pool.submitAll(tasks, TaskOptions.DEFAULT.withCpus(0.25));
    assertThat(batch.results()).hasSize(8).allMatch(result -> result.status() == 0);
  }

  private static int sleep(int seconds) throws InterruptedException {
    TimeUnit.SECONDS.sleep(seconds);
    return seconds;
  }

  @Test
  void aTaskThatFailsIsTriedAgain() throws Exception {
    TaskOptions patient = TaskOptions.DEFAULT.withRetries(2);
    int attempt = pool.submit(
            () -> {
              int now = TaskContext.current().orElseThrow().attempt();
              if (now < 2) {
                throw new IllegalStateException("not yet");
              }
              return now;
            },
            patient)
        .get();
    assertThat(attempt).isEqualTo(2);
    CommandResult result = pool.submit(
            CommandTask.of("sh", "-c", "echo $HPC_TASK_ATTEMPT; [ $HPC_TASK_ATTEMPT = 1 ]"),
            patient)
        .get();
    assertThat(result.output()).isEqualTo("1\n");
  }

  @Test
  void noneOfManyThatAreTriedAgainIsLost() throws Exception {
    List<Integer> inputs = IntStream.range(0, 1_000).boxed().toList();
    Batch<Integer> batch = pool.map(
        i -> {
          if (TaskContext.current().orElseThrow().attempt() == 0) {
            throw new IllegalStateException("not yet");
          }
          return i;
        },
        inputs,
        TaskOptions.DEFAULT.withRetries(1));
    assertThat(batch.waitFor(Share.all(), Duration.ofSeconds(60)))
        .as(batch.toString())
        .isTrue();
    assertThat(batch.results()).isEqualTo(inputs);
  }

  @Test
  void aCancelThatComesLateHitsNoOtherTask() throws Exception {
    for (int i = 0; i < 200; i++) {
      TaskFuture<Integer> first = pool.submit(() -> sleepBriefly(1));
      TaskFuture<Integer> second = pool.submit(() -> sleepBriefly(2));
      first.cancel(true);
      assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(2);
    }
  }

  private static int sleepBriefly(int result) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(1);
    return result;
  }

  @Test
  void cancelledTasksAreNotBegunAndThoseThatRunAreEnded() throws Exception {
    List<CommandTask> sleeps = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sleeps.add(CommandTask.of("sleep", "60"));
    }
    Batch<CommandResult> batch = pool.submitAll(sleeps, TaskOptions.DEFAULT);
    batch.futures().get(19).cancel(true);
    assertThat(batch.waitFor(Share.any(), Duration.ofSeconds(1))).isTrue();
    batch.cancel();
    assertThat(batch.ended()).isEqualTo(20);
    assertThatThrownBy(batch::results).isInstanceOf(CancellationException.class);
    // The slots are free again.
    assertThat(pool.submit(CommandTask.of("true")).get(30, TimeUnit.SECONDS).status())
        .isZero();
  }

  @Test
  void whoGivesUpABatchOfTasksOneByOneCanHandOverMore() throws Exception {
    TaskFuture<CommandResult> first = pool.submit(CommandTask.of("sleep", "60"));
    first.batch().cancel();
    assertThat(first).isCancelled();
    TaskFuture<CommandResult> second = pool.submit(CommandTask.of("true"));
    assertThat(second.get(30, TimeUnit.SECONDS).status()).isZero();
  }

  @Test
  void aClassThatIsNotAllowedIsRefusedByName() {
    org.opentest4j.ValueWrapper foreign = org.opentest4j.ValueWrapper.create("x");
    assertThatThrownBy(() -> pool.submit(() -> foreign.getType()).get())
        .cause()
        .asInstanceOf(type(TaskException.class))
        .satisfies(thrown -> {
          assertThat(thrown.reason()).isEqualTo(TaskException.Reason.REFUSED);
          assertThat(thrown)
              .hasMessageContaining("org.opentest4j.ValueWrapper")
              .hasMessageContaining("allow");
        });
  }

  @Test
  void aReducerTakesResultsInTheirOrder() throws Exception {
    List<Integer> inputs = IntStream.range(0, 100).boxed().toList();
    String joined = pool.mapReduce(
            i -> {
              Thread.sleep(i % 7); // the later is often done first
              return i * 2;
            },
            inputs,
            results -> {
              StringBuilder all = new StringBuilder();
              results.forEach(each -> all.append(each).append(' '));
              return all.toString();
            })
        .get();
    assertThat(joined)
        .isEqualTo(
            inputs.stream().map(i -> i * 2 + " ").collect(java.util.stream.Collectors.joining()));
    assertThat(pool.<Integer, Integer, Integer>mapReduce(
                i -> i, List.of(), results -> results.iterator().hasNext() ? 1 : 0)
            .get())
        .isZero();
  }

  @Test
  void reducersThatWaitHoldNobodyUp() throws Exception {
    List<Integer> inputs = IntStream.range(0, 20).boxed().toList();
    List<TaskFuture<Integer>> sums = new ArrayList<>();
    for (int i = 0; i < 8; i++) { // four times as many as slots
      sums.add(pool.mapReduce(
          x -> x,
          inputs,
          results -> {
            int sum = 0;
            for (int each : results) {
              sum += each;
            }
            return sum;
          },
          Share.percent(0),
          TaskOptions.DEFAULT));
    }
    for (TaskFuture<Integer> sum : sums) {
      assertThat(sum.get(60, TimeUnit.SECONDS)).isEqualTo(190);
    }
  }

  @Test
  void aReducerFailsWithWhatItWouldTakeIn() {
    TaskFuture<Integer> reduced = pool.mapReduce(
        i -> {
          if (i == 3) {
            throw new IllegalStateException("three");
          }
          return i;
        },
        List.of(1, 2, 3, 4),
        results -> {
          int count = 0;
          for (int each : results) {
            count += each;
          }
          return count;
        });
    assertThatThrownBy(() -> reduced.get(60, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("three");
  }

  @Test
  void whatCannotTravelIsSaidAtOnce() {
    Thread thread = Thread.currentThread();
    assertThatThrownBy(() -> pool.submit(() -> thread.getName()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Thread");
  }
}
