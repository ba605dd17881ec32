// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.broker;

import io.hpclaunch.core.broker.BrokerContext;
import io.hpclaunch.core.broker.RunningBroker;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.security.Principal;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.security.auth.Subject;
import org.apache.qpid.server.configuration.updater.TaskExecutor;
import org.apache.qpid.server.configuration.updater.TaskExecutorImpl;
import org.apache.qpid.server.logging.EventLogger;
import org.apache.qpid.server.logging.NullMessageLogger;
import org.apache.qpid.server.model.Broker;
import org.apache.qpid.server.model.SystemConfig;
import org.apache.qpid.server.model.port.AmqpPort;
import org.apache.qpid.server.plugin.PluggableFactoryLoader;
import org.apache.qpid.server.plugin.SystemConfigFactory;
import org.apache.qpid.server.security.SubjectExecutionContext;
import org.apache.qpid.server.security.auth.TaskPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Broker-J. It is not started by Broker-J's own SystemLauncher, which looks for a file of
 * system properties by a URL that only the application's class loader knows, and writes to standard
 * output.
 */
final class QpidBroker implements RunningBroker {
  private static final Logger LOG = LoggerFactory.getLogger(QpidBroker.class);
  private static final int SECONDS_TO_CLOSE = 30;

  private final BrokerThreads threads;
  private final TaskExecutor tasks;
  private final Subject subject;
  private final SystemConfig<?> system;
  private final AtomicBoolean closed = new AtomicBoolean();
  private int port;

  private QpidBroker(BrokerThreads threads, BrokerContext context) {
    this.threads = threads;
    Principal principal = () -> "SYSTEM";
    subject = new Subject(true, Set.of(principal, new TaskPrincipal("Broker")), Set.of(), Set.of());
    tasks = new TaskExecutorImpl();
    tasks.start();
    SystemConfigFactory<?> systems =
        new PluggableFactoryLoader<>(SystemConfigFactory.class).get(Model.MEMORY);
    system = systems.newInstance(
        tasks, new EventLogger(new NullMessageLogger()), principal, Model.system(context));
  }

  /** Starts one, as {@link EmbeddedBroker} promises. */
  static QpidBroker start(BrokerContext context) throws IOException {
    requireFree(context.address());
    HaltGuard.enter();
    BrokerThreads threads = new BrokerThreads(context.address());
    try {
      return threads.call(() -> open(threads, context));
    } catch (IOException | RuntimeException | Error e) {
      HaltGuard.leave();
      throw e;
    }
  }

  /** Asked before all else: Broker-J's own answer comes late and without the reason. */
  private static void requireFree(InetSocketAddress address) throws IOException {
    if (address.isUnresolved()) {
      throw new UnknownHostException("a broker cannot listen on " + address.getHostString()
          + ": no address of this name is known here");
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(address);
    } catch (BindException e) {
      throw taken(address, e);
    }
  }

  private static BindException taken(InetSocketAddress address, Exception cause) {
    BindException told = new BindException("a broker cannot listen on "
        + address.getAddress().getHostAddress()
        + ", port "
        + address.getPort()
        + ": "
        + cause.getMessage());
    told.initCause(cause);
    return told;
  }

  private static QpidBroker open(BrokerThreads threads, BrokerContext context) throws IOException {
    QpidBroker broker = new QpidBroker(threads, context);
    try {
      SubjectExecutionContext.withSubject(broker.subject, () -> broker.open(context));
      return broker;
    } catch (Exception e) {
      broker.end();
      requireFree(context.address());
      throw new IOException("a broker cannot be started: " + e.getMessage(), e);
    }
  }

  private void open(BrokerContext context) {
    system.open();
    Broker<?> broker = (Broker<?>) system.getContainer();
    leaveEndToOwner(broker);
    AmqpPort<?> opened = Model.fill(broker, context);
    port = opened.getBoundPort();
  }

  /**
   * When the JVM ends, Broker-J 10.1 closes itself beside all other hooks: what these have to tell
   * through it would be lost. It has no setting for that.
   */
  private static void leaveEndToOwner(Broker<?> broker) {
    try {
      Class<?> type = broker.getClass();
      while (!type.getSimpleName().equals("BrokerImpl")) {
        type = type.getSuperclass();
      }
      Field hook = type.getDeclaredField("_shutdownHook");
      hook.setAccessible(true);
      Runtime.getRuntime().removeShutdownHook((Thread) hook.get(broker));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.warn("The broker will end before what the end of this process has to tell", e);
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      end();
      threads.join(SECONDS_TO_CLOSE);
      HaltGuard.leave();
    }
  }

  private void end() {
    try {
      SubjectExecutionContext.withSubject(subject, system::closeAsync)
          .get(SECONDS_TO_CLOSE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("The broker at port {} did not end in good order", port, e);
    } catch (Exception e) {
      throw new IllegalStateException("The broker at port " + port + " cannot be ended", e);
    } finally {
      tasks.stop();
    }
  }
}
