// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.journal.BatchJournals;
import io.hpclaunch.pool.store.FolderStore;
import io.hpclaunch.pool.wire.Order;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a pool: of its workers and jobs, and of all that is kept of it.
 *
 * @param folder its place in the state folder
 * @param record what is known of it
 * @param jobs has its jobs
 * @param broker where its workers hear what they are told, or null: nobody knows
 * @param isLasting whether that is a broker of its own, where its queues outlive its clients
 */
record PoolEnd(
    PoolFolder folder,
    PoolRecord record,
    PoolJobs jobs,
    @Nullable BrokerAddress broker,
    boolean isLasting) {
  private static final Logger LOG = LoggerFactory.getLogger(PoolEnd.class);

  /** Schedulers leave half a minute between TERM and KILL. */
  private static final Duration CANCEL_PATIENCE = Duration.ofMinutes(2);

  /**
   * Ends it; whoever asks for that has the folder to himself.
   *
   * @param patience how long tasks that run are given, where a broker can tell the workers; then,
   *     and else at once, the jobs are cancelled
   * @throws InterruptedException when the thread is interrupted; the pool may stand
   */
  void run(Duration patience) throws InterruptedException {
    endJobs(patience);
    removeQueues();
    journals().removeAll();
    removeStores();
    folder.forget();
  }

  private void endJobs(Duration patience) throws InterruptedException {
    Map<JobId, JobInfo> seen = jobs.look(record.jobIds());
    List<JobId> alive = record.alive(seen).stream().map(PoolJob::id).toList();
    boolean hasWorkers = alive.stream().anyMatch(job -> PoolJob.isRunning(seen.get(job)));
    List<JobId> open = new ArrayList<>(alive);
    if (hasWorkers && !patience.isZero() && drain()) {
      Instant end = Instant.now().plus(patience);
      for (JobId job : alive) {
        Duration left = Duration.between(Instant.now(), end);
        boolean isOver = PoolJob.isRunning(seen.get(job))
            && jobs.attach(job)
                .waitFor(left.isNegative() ? Duration.ZERO : left)
                .isPresent();
        if (isOver) {
          open.remove(job);
        }
      }
    }
    jobs.cancel(open);
    for (JobId job : open) {
      jobs.attach(job).waitFor(CANCEL_PATIENCE);
    }
  }

  /** Whether the workers were told to end what they have begun, and go. */
  private boolean drain() {
    Optional<PoolVisit> visit =
        Optional.ofNullable(broker).flatMap(address -> PoolVisit.at(address, record.id()));
    if (visit.isEmpty()) {
      return false;
    }
    try (PoolVisit there = visit.get()) {
      return there.tell(new Order.Drain(List.of()));
    }
  }

  private void removeQueues() {
    if (!isLasting || broker == null) {
      return; // they end with the broker
    }
    try (Connection connection = BrokerSession.connect(broker, "end of " + record.id());
        Channel channel = connection.createChannel()) {
      PoolQueues queues = new PoolQueues(record.id());
      for (String batch : journals().ids()) {
        queues.deleteResults(channel, batch);
      }
      queues.delete(channel);
    } catch (IOException | TimeoutException | RuntimeException e) {
      LOG.warn("pool {}: its queues stay at the broker: {}", folder.name(), e.getMessage());
    }
  }

  private BatchJournals journals() {
    Path store = record.store().orElse(folder.path()); // where there is none, there is no batch
    return folder.journals(store);
  }

  private void removeStores() {
    for (String store : record.stores()) {
      try {
        FolderStore.delete(Path.of(store));
      } catch (IOException e) {
        LOG.warn("pool {}: its store was not removed: {}", folder.name(), e.getMessage());
      }
    }
  }
}
