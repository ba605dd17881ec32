// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.amqp.Publisher;
import io.hpclaunch.pool.wire.ResultMessage;
import io.hpclaunch.pool.wire.TaskResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Sends results. What has gathered while the last message was on its way goes in the next one: one
 * result at once, many results in few messages.
 */
final class ResultSender implements Runnable {
  private static final int MOST = 500;

  private final String worker;
  private final PoolQueues queues;
  private final Publisher publisher;
  private final Consumer<Held> settled;
  private final BlockingQueue<Ended> results = new LinkedBlockingQueue<>();

  private record Ended(Held task, TaskResult result) {}

  ResultSender(String worker, PoolQueues queues, Publisher publisher, Consumer<Held> settled) {
    this.worker = worker;
    this.queues = queues;
    this.publisher = publisher;
    this.settled = settled;
  }

  void add(Held task, TaskResult result) {
    results.add(new Ended(task, result));
  }

  @Override
  public void run() {
    List<Ended> taken = new ArrayList<>();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        taken.add(results.take());
        results.drainTo(taken, MOST - 1);
        send(taken);
        taken.clear();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the worker ends
    }
  }

  private void send(List<Ended> ended) throws InterruptedException {
    Map<String, List<Ended>> batches = new LinkedHashMap<>();
    for (Ended each : ended) {
      batches.computeIfAbsent(each.task().key().batch(), b -> new ArrayList<>()).add(each);
    }
    for (Map.Entry<String, List<Ended>> batch : batches.entrySet()) {
      List<Ended> all = batch.getValue();
      List<TaskResult> results = all.stream().map(Ended::result).toList();
      byte[] body = new ResultMessage(batch.getKey(), worker, results).encode();
      publisher.publish(new Publisher.Outgoing(
          queues.results(batch.getKey()),
          body,
          () -> all.forEach(each -> settled.accept(each.task()))));
    }
  }
}
