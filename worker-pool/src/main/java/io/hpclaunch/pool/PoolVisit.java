// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.wire.Order;
import io.hpclaunch.pool.wire.WireException;
import io.hpclaunch.pool.wire.WorkerReport;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A short visit to a pool's broker, beside the client who works with the pool: asks the workers how
 * they are, and tells them what to do. It hands over no tasks.
 */
final class PoolVisit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PoolVisit.class);

  private final Connection connection;
  private final Channel channel;
  private final PoolQueues queues;
  private final Roster roster = new Roster(() -> {});

  private PoolVisit(Connection connection, String pool) throws IOException {
    this.connection = connection;
    this.channel = connection.createChannel();
    this.queues = new PoolQueues(pool);
    queues.declare(channel);
    queues.hear(channel, queues.reports(), this::hear);
  }

  private void hear(byte[] body) {
    try {
      roster.hear(WorkerReport.decode(body));
    } catch (WireException e) {
      LOG.warn("a worker is passed over: {}", e.getMessage());
    }
  }

  /**
   * Connects, and asks the workers how they are.
   *
   * @param address where the broker is, if it is anywhere
   * @param pool the pool's id
   * @return the visit, or empty where there is no broker that lets us in
   */
  static Optional<PoolVisit> at(BrokerAddress address, String pool) {
    Connection connection;
    try {
      connection = BrokerSession.connect(address, "visit to " + pool);
    } catch (IOException e) {
      LOG.debug("nobody to ask: {}", e.getMessage());
      return Optional.empty();
    }
    try {
      PoolVisit visit = new PoolVisit(connection, pool);
      visit.tell(new Order.Report());
      return Optional.of(visit);
    } catch (IOException | RuntimeException e) { // the library's are unchecked, too
      LOG.warn("the workers of {} cannot be asked: {}", pool, e.toString());
      connection.abort();
      return Optional.empty();
    }
  }

  /** Those who answer. */
  Roster roster() {
    return roster;
  }

  /** Tells all workers; whether the broker took it. */
  boolean tell(Order order) {
    try {
      channel.basicPublish(queues.orders(), "", null, order.encode());
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.warn("the workers of {} cannot be told: {}", queues.pool(), e.toString());
      return false;
    }
  }

  /** Waits until so many have answered, but no longer than this. */
  void await(int workers, Duration limit) throws InterruptedException {
    roster.await(workers, limit);
  }

  @Override
  public void close() {
    connection.abort(1_000);
  }
}
