// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.hpclaunch.pool.wire.Order;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that die. */
@Timeout(180)
final class FaultsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir
  Path folder;

  private PoolUnderTest underTest;
  private WorkerPool pool;

  @BeforeEach
  void start() throws Exception {
    underTest = PoolUnderTest.embedded(folder, 2);
    pool = underTest.pool();
  }

  @AfterEach
  void stop() throws Exception {
    underTest.close();
  }

  @Test
  void whatAKilledWorkerHadIsRunByTheNext() throws Exception {
    Path marks = Files.createDirectory(folder.resolve("marks"));
    Process first = underTest.startWorker();
    List<CommandTask> tasks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      tasks.add(CommandTask.of(
          "sh", "-c", "echo x >>\"$1/$2\"; sleep 0.1", "sh", marks.toString(), String.valueOf(i)));
    }
    Batch<CommandResult> batch = pool.submitAll(tasks, TaskOptions.DEFAULT);
    batch.waitFor(Share.percent(20));
    first.destroyForcibly().waitFor();
    assertThat(batch.ended()).isLessThan(40);
    underTest.startWorker();
    assertThat(batch.results()).hasSize(40).allMatch(result -> result.status() == 0);
    for (int i = 0; i < 40; i++) {
      assertThat(Files.readAllLines(marks.resolve(String.valueOf(i)))).hasSizeBetween(1, 2);
    }
  }

  @Test
  void aTaskThatKillsItsWorkersIsFailedAndTakesNoOthersWithIt() throws Exception {
    underTest.startWorker();
    List<Integer> inputs = IntStream.range(0, 20).boxed().toList();
    Batch<Integer> batch = pool.map(
        i -> {
          if (i == 7) {
            Runtime.getRuntime().halt(9);
          }
          TimeUnit.MILLISECONDS.sleep(20);
          return i;
        },
        inputs);
    for (int deaths = 1; deaths <= 3; deaths++) {
      underTest.awaitDeath();
      underTest.startWorker();
    }
    assertOnlyTheSeventhFailed(batch, "died 3 times");
  }

  private static void assertOnlyTheSeventhFailed(Batch<Integer> batch, String why)
      throws Exception {
    batch.waitFor(Share.all());
    for (TaskFuture<Integer> future : batch.futures()) {
      if (future.index() != 7) {
        assertThat(future.get()).isEqualTo(future.index());
      }
    }
    assertThatThrownBy(() -> batch.futures().get(7).get())
        .cause()
        .asInstanceOf(type(TaskException.class))
        .satisfies(thrown -> {
          assertThat(thrown.reason()).isEqualTo(TaskException.Reason.WORKERS_DIED);
          assertThat(thrown).hasMessageContaining(why);
        });
  }

  @Test
  void aTaskThatEndsItsJvmIsFailedAtOnceAndTakesNoOthersWithIt() throws Exception {
    underTest.startWorker();
    Batch<Integer> batch = pool.map(
        i -> {
          if (i == 7) {
            System.exit(3);
          }
          TimeUnit.MILLISECONDS.sleep(20);
          return i;
        },
        IntStream.range(0, 20).boxed().toList());
    underTest.awaitDeath();
    underTest.startWorker();
    assertOnlyTheSeventhFailed(batch, "System.exit");
  }

  @Test
  void aTaskWhoseOwnThreadEndsItsJvmIsFailedAfterThree() throws Exception {
    underTest.startWorker();
    TaskFuture<Integer> future = pool.submit(() -> {
      new Thread(() -> System.exit(3)).start();
      TimeUnit.MINUTES.sleep(1);
      return 1;
    });
    for (int deaths = 1; deaths <= 3; deaths++) {
      underTest.awaitDeath();
      underTest.startWorker();
    }
    assertThatThrownBy(() -> future.get(1, TimeUnit.MINUTES))
        .cause()
        .hasMessageContaining("died 3 times");
  }

  @Test
  void aConnectionThatIsLostAgainAndAgainIsNoFaultOfItsTasks() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    List<Integer> inputs = IntStream.range(0, 16).boxed().toList();
    TaskOptions alone = TaskOptions.DEFAULT.withCpus(2);
    try (Cable cable = Cable.to(underTest.settings().broker());
        PoolUnderTest cutOff = PoolUnderTest.unkept(cable.address(), other, 2)) {
      cutOff.startWorker();
      Path go = folder.resolve("go");
      TaskFuture<CommandResult> first = cutOff.pool().submit(waitFor(go, -1), alone);
      // While it runs, these wait behind it.
      Batch<CommandResult> batch = cutOff
          .pool()
          .submitAll(inputs.stream().map(i -> waitFor(go, i)).toList(), TaskOptions.DEFAULT);
      for (int cuts = 0; cuts < 4; cuts++) {
        Instant since = Instant.now();
        // Workers connect again after two seconds, and report every five.
        Awaitility.await().atMost(PATIENCE).until(() -> hasWaiting(cutOff.pool(), since));
        cable.cut();
      }
      Files.createFile(go);
      assertThat(first.get().output()).isEqualTo("-1\n");
      assertThat(batch.results())
          .extracting(CommandResult::output)
          .isEqualTo(inputs.stream().map(i -> i + "\n").toList());
    }
  }

  private static CommandTask waitFor(Path file, int number) {
    return CommandTask.of(
        "sh",
        "-c",
        "until [ -e \"$1\" ]; do sleep 0.1; done; echo $2",
        "sh",
        file.toString(),
        String.valueOf(number));
  }

  private static boolean hasWaiting(WorkerPool pool, Instant since) {
    pool.client().order(new Order.Report());
    return pool.workers().stream()
        .anyMatch(report -> report.waiting() > 0 && report.said().isAfter(since));
  }

  @Test
  void aWorkerThatIsToldToEndGivesBackWhatItHasNotBegun() throws Exception {
    Process first = underTest.startWorker();
    Path marks = Files.createDirectory(folder.resolve("marks"));
    List<CommandTask> tasks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tasks.add(CommandTask.of(
          "sh",
          "-c",
          "echo x >>\"$1/$2\"; sleep 0.3; echo $PPID",
          "sh",
          marks.toString(),
          String.valueOf(i)));
    }
    Batch<CommandResult> batch = pool.submitAll(tasks, TaskOptions.DEFAULT);
    batch.waitFor(Share.any());
    first.destroy(); // TERM
    assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    int before = batch.ended();
    assertThat(before).isBetween(1, 19);
    underTest.startWorker();
    List<CommandResult> results = batch.results();
    long ofTheFirst = results.stream()
        .filter(result -> result.output().strip().equals(String.valueOf(first.pid())))
        .count();
    assertThat(ofTheFirst).isEqualTo(before);
    for (int i = 0; i < 20; i++) {
      assertThat(Files.readAllLines(marks.resolve(String.valueOf(i))))
          .as("task %d", i)
          .hasSize(1);
    }
  }

  /** As schedulers do, which end all processes of a job at once. */
  @Test
  void aCommandThatIsEndedWithItsWorkerIsGivenBack() throws Exception {
    Process first = underTest.startWorker();
    Path pid = folder.resolve("pid");
    TaskFuture<CommandResult> task = pool.submit(CommandTask.of(
        "sh",
        "-c",
        "[ ! -e \"$1\" ] || exit 0; echo $$ >\"$1\"; exec sleep 60",
        "sh",
        pid.toString()));
    org.awaitility.Awaitility.await()
        .until(() -> Files.exists(pid) && Files.readString(pid).endsWith("\n"));
    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .orElseThrow()
        .destroy();
    first.destroy(); // TERM, too
    assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    underTest.startWorker();
    assertThat(task.get(30, TimeUnit.SECONDS).status()).isZero();
  }

  @Test
  void whatRunsIntoTheEndOfItsWorkerIsEndedAndBegunAgain() throws Exception {
    Path pids = folder.resolve("pids");
    Process first = underTest.startWorker();
    TaskFuture<CommandResult> task = pool.submit(CommandTask.of(
        "sh",
        "-c",
        "echo $$ >>\"$1\"; [ $(wc -l <\"$1\") = 2 ] || exec sleep 600",
        "sh",
        "" + pids));
    await().until(() -> Files.exists(pids));
    first.destroy(); // TERM
    assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    long pid = Long.parseLong(Files.readAllLines(pids).get(0));
    await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    underTest.startWorker();
    assertThat(task.get(30, TimeUnit.SECONDS).status()).isZero();
  }
}
