// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One round of it: 20,000 tasks, of which a client hands over all and hears of some before it is
 * killed. A second one, this process, goes on. Meanwhile workers are killed, connections are cut,
 * and the broker is killed and started again, in an order that the seed makes.
 */
final class Chaos implements AutoCloseable {
  static final int TASKS = 20_000;

  private final PoolUnderTest pools;
  private final Cable cable;
  private final Faults faults;
  private final Random random;
  private final List<Process> workers = new ArrayList<>();
  private final int[] delivered = new int[TASKS];
  private @Nullable Process client;
  private @Nullable Batch<Integer> batch;

  /** What goes wrong with a broker, as rabbitmq-fault knows it. */
  interface Faults {
    void stage(String what) throws IOException, InterruptedException;
  }

  private enum Fault {
    WORKER,
    CABLE,
    BROKER,
    CLIENT
  }

  Chaos(PoolUnderTest pools, Cable cable, Faults faults, Random random) {
    this.pools = pools;
    this.cable = cable;
    this.faults = faults;
    this.random = random;
  }

  /** The first client: hands over, and tells how far its tasks are. */
  static final class FirstClient {
    private FirstClient() {}

    @SuppressWarnings("SystemOut") // what its parent reads
    public static void main(String[] args) throws Exception {
      try (WorkerPool pool = PoolUnderTest.ofProcess(args)) {
        Batch<Integer> batch = pool.map(FirstClient::next, inputs());
        System.out.println(batch.id());
        for (int percent = 1; percent <= 100; percent++) {
          batch.waitFor(Share.percent(percent));
          System.out.println(percent);
        }
      }
    }

    /** Long enough that all that goes wrong does so while tasks run. */
    private static int next(int input) throws InterruptedException {
      Thread.sleep(input % 2);
      return input + 1;
    }
  }

  private static List<Integer> inputs() {
    return IntStream.range(0, TASKS).boxed().toList();
  }

  void run() throws Exception {
    List<Fault> order = new ArrayList<>(
        List.of(Fault.WORKER, Fault.WORKER, Fault.CABLE, Fault.CABLE, Fault.BROKER));
    Collections.shuffle(order, random);
    order.add(1 + random.nextInt(4), Fault.CLIENT); // neither the first nor the last
    Process first = pools.startClient(FirstClient.class);
    client = first;
    workers.add(pools.launchWorker());
    workers.add(pools.launchWorker());
    try (BufferedReader told = first.inputReader(StandardCharsets.UTF_8)) {
      String id = told.readLine();
      assertThat(id).as("the first client's batch").isNotNull();
      int percent = 0;
      for (Fault fault : order) {
        percent += 12;
        reach(percent, told);
        stage(fault, id);
      }
    }
    check();
  }

  /** Waits until so much is done, for whichever client lives. */
  private void reach(int percent, BufferedReader told) throws Exception {
    if (batch != null) {
      batch.waitFor(Share.percent(percent));
      assertThat(batch.ended()).as("tasks that have ended").isLessThan(TASKS);
      return;
    }
    int at = 0;
    while (at < percent) {
      String line = told.readLine();
      assertThat(line).as("what the first client tells").isNotNull();
      at = Integer.parseInt(line);
    }
    assertThat(at).isLessThan(100);
  }

  private void stage(Fault fault, String id) throws Exception {
    switch (fault) {
      case WORKER -> {
        int victim = random.nextInt(workers.size());
        workers.get(victim).destroyForcibly().waitFor();
        workers.set(victim, pools.launchWorker());
      }
      case CABLE -> cable.cut();
      case BROKER -> {
        faults.stage("kill");
        faults.stage("start");
      }
      case CLIENT -> {
        endClient();
        batch = pools.pool().attach(id);
        follow(batch);
      }
    }
  }

  private void follow(Batch<Integer> attached) {
    for (TaskFuture<Integer> future : attached.futures()) {
      CompletableFuture<Void> unused = future.thenRun(() -> {
        synchronized (delivered) {
          delivered[future.index()]++;
        }
      });
    }
  }

  private void check() throws InterruptedException {
    assertThat(batch).as("the second client's batch").isNotNull();
    assertThat(batch.waitFor(Share.all(), Duration.ofMinutes(3)))
        .as(batch.toString())
        .isTrue();
    assertThat(batch.isComplete()).isTrue();
    assertThat(batch.results()).isEqualTo(inputs().stream().map(i -> i + 1).toList());
    assertThat(batch.ended()).isEqualTo(TASKS);
    synchronized (delivered) {
      assertThat(delivered).containsOnly(1);
    }
  }

  private void endClient() {
    if (client != null) {
      client.destroyForcibly().onExit().join();
      client = null;
    }
  }

  @Override
  public void close() {
    endClient();
  }
}
