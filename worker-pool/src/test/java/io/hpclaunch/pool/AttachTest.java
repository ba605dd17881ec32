// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.code.ObjectBytes;
import io.hpclaunch.pool.journal.BatchEntry;
import io.hpclaunch.pool.journal.BatchJournal;
import io.hpclaunch.pool.wire.Outcome;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.ResultMessage;
import io.hpclaunch.pool.wire.TaskResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that go on where others ended, with a broker that outlives both. */
@Timeout(180)
final class AttachTest {
  @TempDir
  Path folder;

  private PoolUnderTest underTest;
  private WorkerPool pool;

  @BeforeEach
  void start() throws Exception {
    underTest = PoolUnderTest.lasting(folder, 2);
    pool = underTest.pool();
  }

  @AfterEach
  void stop() throws Exception {
    underTest.close();
  }

  private boolean hasQueue(String batch) throws Exception {
    try (Connection connection = BrokerSession.connect(underTest.settings().broker(), "a look")) {
      return new PoolQueues(underTest.settings().pool()).hasResults(connection, batch);
    }
  }

  @Test
  void theNextClientGetsAllResultsOfTheFirst() throws Exception {
    underTest.startWorker();
    List<Integer> inputs = IntStream.range(0, 300).boxed().toList();
    String id;
    try (WorkerPool first = underTest.client()) {
      Batch<Integer> batch = first.map(
          i -> {
            Thread.sleep(5);
            return i * 2;
          },
          inputs);
      id = batch.id();
      batch.waitFor(Share.percent(20));
      assertThat(batch.ended()).isLessThan(300);
    }
    Batch<Integer> batch = pool.attach(id);
    assertThat(batch.isComplete()).isTrue();
    assertThat(batch.id()).isEqualTo(id);
    assertThat(batch.results()).isEqualTo(inputs.stream().map(i -> i * 2).toList());
  }

  @Test
  void whatABatchGaveIsKeptAndItsQueueIsNot() throws Exception {
    underTest.startWorker();
    List<CommandTask> tasks =
        List.of(CommandTask.of("echo", "a"), CommandTask.of("sh", "-c", "exit 3"));
    byte[] large = new byte[200_000];
    large[199_999] = 7;
    String id;
    String stored;
    try (WorkerPool first = underTest.client()) {
      Batch<CommandResult> batch = first.submitAll(tasks, TaskOptions.DEFAULT);
      id = batch.id();
      batch.results();
      Batch<byte[]> largeOne = first.map(bytes -> bytes, List.of(large));
      stored = largeOne.id();
      assertThat(largeOne.results().get(0)).isEqualTo(large);
    }
    assertThat(hasQueue(id)).isFalse();
    for (int i = 0; i < 2; i++) { // as often as one likes
      try (WorkerPool next = underTest.client()) {
        List<CommandResult> results = next.<CommandResult>attach(id).results();
        assertThat(results.get(0).output()).isEqualTo("a\n");
        assertThat(results.get(1).status()).isEqualTo(3);
        assertThat(next.<byte[]>attach(stored).results().get(0)).isEqualTo(large);
      }
    }
    assertThat(pool.batches()).extracting(BatchInfo::id).contains(id, stored);
    pool.<CommandResult>attach(id).cancel();
    assertThat(pool.batches()).extracting(BatchInfo::id).containsExactly(stored);
    assertThatThrownBy(() -> pool.attach(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(id);
  }

  @Test
  void whoClosesHandsOverFirst() throws Exception {
    List<Integer> inputs = IntStream.range(0, 5_000).boxed().toList();
    String id;
    try (WorkerPool first = underTest.client()) {
      id = first.map(i -> i, inputs).id();
    }
    Batch<Integer> batch = pool.attach(id);
    assertThat(batch.isComplete()).isTrue();
    assertThat(batch.size()).isEqualTo(5_000);
    assertThat(batch.ended()).isZero();
    underTest.startWorker();
    assertThat(batch.results()).isEqualTo(inputs);
  }

  @Test
  void tasksOneByOneAreFoundToo() throws Exception {
    List<String> ids = new ArrayList<>();
    try (WorkerPool first = underTest.client()) {
      TaskFuture<String> function = first.submit(() -> "late");
      TaskFuture<CommandResult> command = first.submit(CommandTask.of("echo", "later"));
      ids.add(function.batch().id());
      ids.add(command.batch().id());
    }
    underTest.startWorker();
    assertThat(pool.<String>attach(ids.get(0)).results()).containsExactly("late");
    assertThat(pool.<CommandResult>attach(ids.get(1)).results())
        .extracting(CommandResult::output)
        .containsExactly("later\n");
  }

  @Test
  void whatWasGivenUpStaysGivenUp() throws Exception {
    String id;
    try (WorkerPool first = underTest.client()) {
      Batch<Integer> batch = first.map(i -> i, List.of(1, 2, 3));
      id = batch.id();
      batch.futures().get(1).cancel(true);
    }
    underTest.startWorker();
    Batch<Integer> batch = pool.attach(id);
    batch.waitFor(Share.all());
    assertThat(batch.futures().get(0).get()).isEqualTo(1);
    assertThat(batch.futures().get(1)).isCancelled();
    assertThat(batch.futures().get(2).get()).isEqualTo(3);
  }

  @Test
  void aBatchHasOneClientAtATime() throws Exception {
    WorkerPool first = underTest.client();
    String id = first.map(i -> i, List.of(1)).id();
    assertThatThrownBy(() -> pool.attach(id))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("in use");
    assertThat(pool.batches())
        .singleElement()
        .satisfies(info -> assertThat(info.id()).isEqualTo(id));
  }

  /** A client that dies while it hands over knows of some tasks only that they may be there. */
  @Test
  void whatMayBeMissingIsSaid() throws Exception {
    String id = deadClient(List.of(
        new BatchEntry.HandedOver(List.of(0, 1)), new BatchEntry.Arrived(results("x", 0, 4))));
    send(id, results("x", 1));
    Batch<Integer> batch = pool.attach(id);
    assertThat(batch.waitFor(Share.all(), Duration.ofSeconds(30))).isTrue();
    assertThat(batch.isComplete()).isFalse();
    assertThat(batch.futures()).extracting(TaskFuture::index).containsExactly(0, 1, 4);
    assertThat(batch.futures().get(2).get()).isEqualTo(4);
    assertThatThrownBy(batch::results)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("incomplete")
        .hasMessageContaining("3 of its tasks");
  }

  /** What such a client leaves: a journal, and a queue. */
  private String deadClient(List<BatchEntry> entries) throws Exception {
    String id = UUID.randomUUID().toString();
    try (BatchJournal journal = Objects.requireNonNull(underTest.settings().journals())
            .create(id, new BatchEntry.Opened(Instant.now(), BatchEntry.Kind.FUNCTIONS, false));
        Connection connection =
            BrokerSession.connect(underTest.settings().broker(), "a client that died");
        Channel channel = connection.createChannel()) {
      entries.forEach(Objects.requireNonNull(journal)::append);
      new PoolQueues(underTest.settings().pool()).declareResults(channel, id);
    }
    return id;
  }

  private void send(String batch, byte[] message) throws Exception {
    try (Connection connection = BrokerSession.connect(underTest.settings().broker(), "a worker");
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      channel.basicPublish(
          "", new PoolQueues(underTest.settings().pool()).results(batch), null, message);
      channel.waitForConfirmsOrDie();
    }
  }

  /** Each task gives its index. */
  private static byte[] results(String worker, int... indexes) throws IOException {
    List<TaskResult> results = new ArrayList<>();
    for (int index : indexes) {
      results.add(new TaskResult(
          index,
          Outcome.DONE,
          0,
          0,
          Instant.now(),
          Duration.ZERO,
          new Payload.Inline(ObjectBytes.write(index)),
          false));
    }
    return new ResultMessage("", worker, results).encode();
  }

  @Test
  void aBatchIsCompleteWhenTheLastDoubtfulTaskHasCome() throws Exception {
    String id = deadClient(List.of(new BatchEntry.HandedOver(List.of(0)), new BatchEntry.Whole(3)));
    Batch<Integer> batch = pool.attach(id);
    assertThat(batch.isComplete()).isFalse();
    send(id, results("x", 2, 2, 1));
    send(id, results("y", 0, 1, 2)); // run twice
    Awaitility.await().until(batch::isComplete);
    assertThat(batch.results()).containsExactly(0, 1, 2);
    Awaitility.await().until(() -> !hasQueue(id));
  }

  @Test
  void resultsThatTheBrokerHasNoMoreAreLost() throws Exception {
    String id = deadClient(List.of(
        new BatchEntry.HandedOver(List.of(0, 1)),
        new BatchEntry.Whole(2),
        new BatchEntry.Arrived(results("x", 0))));
    try (Connection connection =
            BrokerSession.connect(underTest.settings().broker(), "a stranger");
        Channel channel = connection.createChannel()) {
      new PoolQueues(underTest.settings().pool()).deleteResults(channel, id);
    }
    Batch<Integer> batch = pool.attach(id);
    assertThat(batch.futures().get(0).get()).isZero();
    assertThatThrownBy(() -> batch.futures().get(1).get(30, TimeUnit.SECONDS))
        .cause()
        .asInstanceOf(type(TaskException.class))
        .satisfies(t -> assertThat(t.reason()).isEqualTo(TaskException.Reason.LOST));
  }

  @Test
  void whatAllTasksOneByOneGaveIsNotKeptForEver() throws Exception {
    underTest.startWorker();
    try (WorkerPool first = underTest.client()) {
      for (int i = 0; i < 10; i++) {
        assertThat(first.submit(() -> 1).get()).isEqualTo(1);
      }
    }
    try (var left = Files.list(underTest.journals())) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aBatchThatIsGivenUpLeavesNothing() throws Exception {
    Batch<Integer> batch = pool.map(i -> i, List.of(1, 2));
    Awaitility.await().until(() -> hasQueue(batch.id()));
    batch.cancel();
    Awaitility.await().until(() -> !hasQueue(batch.id()));
    assertThat(pool.batches()).isEmpty();
    assertThatThrownBy(
            () -> pool.map(i -> i, List.<Object>of(1, new Object()))) // the second cannot travel
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(pool.batches()).isEmpty();
  }

  @Test
  void aBrokerThatEndsWithItsClientKeepsNothing() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (PoolUnderTest own = PoolUnderTest.embedded(other, 1)) {
      assertThatThrownBy(() -> own.pool().attach(UUID.randomUUID().toString()))
          .isInstanceOf(Unsupported.class)
          .hasMessageContaining("amqp_url");
    }
  }
}
