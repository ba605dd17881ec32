// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.amqp.Publisher;
import io.hpclaunch.pool.wire.Code;
import io.hpclaunch.pool.wire.Order;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.ResultMessage;
import io.hpclaunch.pool.wire.Task;
import io.hpclaunch.pool.wire.TaskResult;
import io.hpclaunch.pool.wire.WireException;
import io.hpclaunch.pool.wire.WorkerReport;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of a pool: hands tasks over, takes their results in, each once, and keeps at it
 * when the connection is lost. What was handed over lies with the broker, so that a million tasks
 * that wait cost the client their futures and no more.
 */
final class PoolClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PoolClient.class);

  /** Messages of results that are being taken in at once; users' callbacks run meanwhile. */
  private static final int PREFETCH = 64;

  private final ClientSettings settings;
  private final PoolQueues queues;
  private final Publisher publisher = new Publisher();
  private final Outbox outbox;
  private final Roster roster;
  private final BrokerSession sending;
  private final BrokerSession receiving;
  private final ExecutorService callbacks = Executors.newCachedThreadPool(PoolClient::thread);
  private final Map<String, OpenBatch<?>> batches = new ConcurrentHashMap<>();
  private final Object lock = new Object();
  private final Set<String> relayed = new HashSet<>();
  private @Nullable Channel talk;
  private @Nullable Connection receiver;

  PoolClient(ClientSettings settings) {
    this.settings = settings;
    this.queues = new PoolQueues(settings.pool());
    this.outbox = new Outbox(publisher, settings.batch(), settings.slots());
    this.roster = new Roster(this::tellAgain);
    this.sending = new BrokerSession(settings.broker(), "client of " + settings.pool(), sender());
    this.receiving =
        new BrokerSession(settings.broker(), "results of " + settings.pool(), receiver());
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "pool");
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    sending.start();
    receiving.start();
    outbox.start();
  }

  /** The workers that are heard of. */
  Roster roster() {
    return roster;
  }

  ClientSettings settings() {
    return settings;
  }

  private BrokerSession.Listener sender() {
    return new BrokerSession.Listener() {
      @Override
      public void connected(Connection connection) throws IOException {
        Channel made = BrokerSession.channel(connection);
        queues.declare(made);
        for (String batch : batches.keySet()) { // before a task can bring a result
          queues.declareResults(made, batch);
        }
        synchronized (lock) {
          for (String batch : relayed) {
            queues.declareInputs(made, batch);
          }
          talk = made;
        }
        publisher.connected(connection);
        order(new Order.Report());
      }

      @Override
      public void lost(String why) {
        synchronized (lock) {
          talk = null;
        }
        publisher.lost();
        LOG.debug("tasks wait for the broker: {}", why);
      }
    };
  }

  private BrokerSession.Listener receiver() {
    return new BrokerSession.Listener() {
      @Override
      public void connected(Connection connection) throws IOException {
        Channel made = BrokerSession.channel(connection);
        queues.declare(made);
        String reports = made.queueDeclare().getQueue();
        made.queueBind(reports, queues.reports(), "");
        made.basicConsume(reports, true, new DefaultConsumer(made) {
          @Override
          public void handleDelivery(
              String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            hear(body);
          }
        });
        synchronized (lock) {
          receiver = connection;
        }
        for (OpenBatch<?> batch : batches.values()) {
          consume(connection, batch);
        }
      }

      @Override
      public void lost(String why) {
        synchronized (lock) {
          receiver = null;
        }
        LOG.debug("results wait for the broker: {}", why);
      }
    };
  }

  private void hear(byte[] body) {
    try {
      roster.hear(WorkerReport.decode(body));
    } catch (WireException e) {
      LOG.warn("a worker of pool {} is passed over: {}", settings.pool(), e.getMessage());
    }
  }

  /** Starts a batch; its results are taken in from now on. */
  <T extends @Nullable Object> OpenBatch<T> open(@Nullable ResultReader<T> reader) {
    String id = UUID.randomUUID().toString();
    OpenBatch<T> batch = new OpenBatch<>(new Batch<>(id, this::cancel), reader);
    batches.put(id, batch);
    Channel tell;
    Connection hear;
    synchronized (lock) {
      tell = talk;
      hear = receiver;
    }
    try {
      if (tell != null) {
        queues.declareResults(tell, id);
      }
      if (hear != null) {
        consume(hear, batch);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("batch {} waits for the broker: {}", id, e.toString());
    }
    return batch;
  }

  private void consume(Connection connection, OpenBatch<?> batch) throws IOException {
    Channel channel = BrokerSession.channel(connection);
    queues.declareResults(channel, batch.id());
    channel.basicQos(PREFETCH);
    channel.basicConsume(queues.results(batch.id()), false, new DefaultConsumer(channel) {
      @Override
      public void handleDelivery(
          String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        callbacks.execute(() -> take(channel, envelope.getDeliveryTag(), batch, body));
      }
    });
  }

  private void take(Channel channel, long tag, OpenBatch<?> batch, byte[] body) {
    try {
      ResultMessage message = ResultMessage.decode(body);
      for (TaskResult result : message.results()) {
        batch.take(result, message.worker(), roster.host(message.worker()));
      }
    } catch (WireException e) {
      LOG.warn("results of batch {} are passed over: {}", batch.id(), e.getMessage());
    }
    try {
      channel.basicAck(tag, false);
    } catch (IOException | RuntimeException e) {
      LOG.debug("results of batch {} come again: {}", batch.id(), e.toString());
    }
  }

  /** Hands a task over; waits while too much is on its way. */
  void submit(TaskFuture<?> future, Code code, byte[] input, TaskOptions options, int most)
      throws InterruptedException, IOException {
    String batch = future.batch().id();
    boolean reduces = code instanceof Code.Java java && java.reduces();
    String queue = reduces ? queues.reducers() : queues.tasks();
    double cpus = options.cpus() == null ? settings.cpusTask() : options.cpus();
    Task task = new Task(
        future.index(),
        0,
        0,
        options.retries(),
        0,
        options.limit(),
        cpus,
        options.gpus(),
        payload("batches/" + batch + "/" + future.index() + ".input", input));
    outbox.add(new Outbox.Entry(queue, batch, code, task, most));
  }

  /** Makes the queue that a reducer takes in from, now or with the next connection. */
  void declareInputs(String batch) {
    synchronized (lock) {
      try {
        if (talk != null) {
          queues.declareInputs(talk, batch);
        }
      } catch (IOException | RuntimeException e) {
        LOG.debug("the reducer's queue waits for the broker: {}", e.toString());
      }
      relayed.add(batch);
    }
  }

  /** Hands a result on to the reducer that takes it in. */
  void relay(String batch, TaskResult result) throws InterruptedException {
    byte[] body = new ResultMessage(batch, "", List.of(result)).encode();
    publisher.publish(new Publisher.Outgoing(queues.inputs(batch), body, () -> {}));
  }

  /** What is large goes through the store. */
  Payload payload(String key, byte[] bytes) throws IOException {
    if (bytes.length <= settings.inlineLimit()) {
      return new Payload.Inline(bytes);
    }
    settings.store().put(key, bytes);
    return new Payload.Stored(key, bytes.length);
  }

  private void cancel(Batch<?> batch, List<Integer> tasks) {
    OpenBatch<?> open = batches.get(batch.id());
    if (open != null) {
      open.remember(tasks);
    }
    order(new Order.Cancel(batch.id(), tasks));
  }

  /** A worker that has just come has not heard what was cancelled before. */
  private void tellAgain() {
    for (OpenBatch<?> batch : batches.values()) {
      Order.Cancel cancelled = batch.cancelled();
      if (cancelled != null) {
        order(cancelled);
      }
    }
  }

  /** How many tasks of so many go in one message. */
  int share(int tasks) {
    return outbox.share(tasks);
  }

  /** Whether a task was handed over that has not ended. */
  boolean hasOpenTasks() {
    return batches.values().stream()
        .anyMatch(each -> each.batch().ended() < each.batch().size());
  }

  /** Nobody will run what has not ended. */
  void failAll(RuntimeException why) {
    for (OpenBatch<?> batch : batches.values()) {
      for (TaskFuture<?> future : batch.batch().futures()) {
        future.fail(new TaskException(
            TaskException.Reason.NO_WORKERS, String.valueOf(why.getMessage()), "", why));
      }
    }
  }

  /** How many results of a batch arrived more than once. */
  long repeated(Batch<?> batch) {
    OpenBatch<?> open = batches.get(batch.id());
    return open == null ? 0 : open.repeated();
  }

  void order(Order order) {
    synchronized (lock) {
      try {
        if (talk != null) {
          talk.basicPublish(queues.orders(), "", null, order.encode());
        }
      } catch (IOException | RuntimeException e) {
        LOG.debug("an order was lost: {}", e.toString());
      }
    }
  }

  /** Ends the client's part: what has not ended is not waited for. */
  @Override
  public void close() {
    outbox.close();
    sending.close();
    receiving.close();
    callbacks.shutdown();
  }
}
