// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.amqp;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that is made again whenever it is lost, until it is closed. What it is used for is
 * set up anew each time: a channel, a consumer and a delivery end with their connection.
 */
public final class BrokerSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerSession.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** Told of connections, always on one thread. */
  public interface Listener {
    /**
     * There is a connection.
     *
     * @param connection lives until it is lost
     * @throws IOException when it was lost again, or the broker refuses something: it is closed and
     *     made again
     */
    void connected(Connection connection) throws IOException;

    /**
     * The connection is gone, or there was none.
     *
     * @param why in words
     */
    void lost(String why);
  }

  /** Tells where the broker is. */
  public interface Source {
    /**
     * Asked before each connection.
     *
     * @return where the broker is now
     * @throws IOException when that cannot be told; it is asked again
     */
    BrokerAddress address() throws IOException;
  }

  private final Source source;
  private final String name;
  private final Listener listener;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Connection connection;

  /**
   * Makes a session; {@link #start} begins it.
   *
   * @param address where the broker is
   * @param name what the broker shows of this connection
   * @param listener told of each connection
   */
  public BrokerSession(BrokerAddress address, String name, Listener listener) {
    this(() -> address, name, listener);
  }

  /**
   * Makes a session; {@link #start} begins it.
   *
   * @param source tells where the broker is
   * @param name what the broker shows of this connection
   * @param listener told of each connection
   */
  public BrokerSession(Source source, String name, Listener listener) {
    this.source = source;
    this.name = name;
    this.listener = listener;
    this.thread = new Thread(this::run, "broker " + name);
    thread.setDaemon(true);
  }

  /** Begins to connect, and returns at once. */
  public void start() {
    thread.start();
  }

  /**
   * Connects once, for a look.
   *
   * @param address where the broker is
   * @param name what the broker shows of this connection
   * @return an open connection, to be closed by the caller; it does not come back when it is lost
   * @throws IOException when there is none; the message names the broker and says why
   */
  public static Connection connect(BrokerAddress address, String name) throws IOException {
    try {
      return address.factory().newConnection(name);
    } catch (IOException | TimeoutException | GeneralSecurityException e) {
      throw new IOException("cannot connect to the broker " + address + ": " + explain(e), e);
    }
  }

  /**
   * Opens a channel that takes its connection with it when the broker closes it: all is then set up
   * anew, and nobody waits on a channel that is dead.
   *
   * @param connection the connection
   * @return an open channel
   * @throws IOException when the connection is lost
   */
  public static Channel channel(Connection connection) throws IOException {
    Channel channel = connection.createChannel();
    channel.addShutdownListener(cause -> {
      if (!cause.isHardError() && !cause.isInitiatedByApplication()) {
        LOG.warn("the broker closed a channel: {}", cause.getMessage());
        connection.abort();
      }
    });
    return channel;
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!isClosed()) {
      try (Connection made = connect(source.address(), name)) {
        CountDownLatch lost = new CountDownLatch(1);
        made.addShutdownListener(cause -> lost.countDown());
        connection = made;
        listener.connected(made);
        pause = FIRST_PAUSE;
        lost.await();
        tell(explain(made.getCloseReason()));
      } catch (IOException | RuntimeException e) { // the library wraps what a lost connection does
        tell(explain(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      pause = pauseAfter(pause);
    }
  }

  private void tell(String why) {
    if (!isClosed()) {
      LOG.debug("{}: {}", name, why);
      listener.lost(why);
    }
  }

  private Duration pauseAfter(Duration pause) {
    try {
      closed.await(pause.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed.countDown();
      Thread.currentThread().interrupt();
    }
    Duration next = pause.multipliedBy(2);
    return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** The library's exceptions often have no message, and the cause tells. */
  private static String explain(@Nullable Throwable thrown) {
    if (thrown instanceof AuthenticationFailureException
        || thrown instanceof PossibleAuthenticationFailureException) {
      return "it refuses the user or the password";
    }
    Throwable at = thrown;
    while (at != null && at.getMessage() == null && at.getCause() != null) {
      at = at.getCause();
    }
    if (at instanceof ShutdownSignalException signal) {
      return signal.isInitiatedByApplication() ? "closed" : String.valueOf(signal.getReason());
    }
    if (at == null) {
      return "the connection was lost";
    }
    return at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
  }

  /** Ends it. What was sent and not confirmed may or may not have arrived. */
  @Override
  public void close() {
    closed.countDown();
    Connection open = connection;
    if (open != null) {
      open.abort(1_000);
    }
    thread.interrupt();
  }
}
