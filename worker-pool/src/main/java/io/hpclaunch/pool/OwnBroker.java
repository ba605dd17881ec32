// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.core.broker.BrokerContext;
import io.hpclaunch.core.broker.BrokerProvider;
import io.hpclaunch.core.broker.RunningBroker;
import io.hpclaunch.core.plugin.ContextLoader;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.store.StateFiles;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.journal.ProcessLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker in this process, which no other one has meanwhile. */
final class OwnBroker implements PoolBroker {
  private static final Logger LOG = LoggerFactory.getLogger(OwnBroker.class);
  private static final String PLUGIN = "embedded";
  private static final String USER = "pool";
  private static final String VIRTUAL_HOST = "pool";

  private final PoolSettings settings;
  private final Backend backend;
  private final PoolFolder folder;
  private final Plugins plugins;
  private @Nullable ProcessLock lock;
  private @Nullable RunningBroker broker;
  private @Nullable BrokerAddress address;

  OwnBroker(PoolSettings settings, Backend backend, PoolFolder folder, Plugins plugins) {
    this.settings = settings;
    this.backend = backend;
    this.folder = folder;
    this.plugins = plugins;
  }

  @Override
  public synchronized OptionalInt start(String secret, int port) {
    Listen listen = Listen.of(settings, backend);
    lock = folder.tryLock("client").orElse(null);
    if (lock == null) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(start(listen, secret, port));
    } catch (IOException e) {
      close();
      throw new BackendUnavailable(
          "the broker of worker pool " + settings.name() + " cannot start: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private int start(Listen listen, String secret, int port) throws IOException {
    BrokerKey key =
        listen.isEncrypted() ? BrokerKey.in(folder.path(), secret, Instant.now()) : null;
    RunningBroker started = run(listen, secret, key, port);
    broker = started;
    address = new BrokerAddress(
        listen.host(),
        started.port(),
        VIRTUAL_HOST,
        USER,
        secret,
        key == null
            ? new BrokerAddress.NoTls()
            : new BrokerAddress.Certificate(key.certificate(), false));
    return started.port();
  }

  /** On the port that is asked for, else that of the last one, else another. */
  private RunningBroker run(Listen listen, String secret, @Nullable BrokerKey key, int last)
      throws IOException {
    BrokerProvider provider = plugins
        .broker(PLUGIN)
        .orElseThrow(() -> new InvalidConfiguration("no embedded broker was found among "
            + plugins.names(PluginInfo.Kind.BROKER)
            + "; add hpc-launch-embedded-broker, or name one: amqp_url"))
        .newInstance();
    if (listen.port() != 0) {
      return run(provider, listen, listen.port(), secret, key);
    }
    try {
      return run(provider, listen, last, secret, key);
    } catch (BindException e) {
      if (last == 0) {
        throw e;
      }
      LOG.debug("pool {}: {}; another port", settings.name(), e.getMessage());
      return run(provider, listen, 0, secret, key);
    }
  }

  private RunningBroker run(
      BrokerProvider provider, Listen listen, int port, String secret, @Nullable BrokerKey key)
      throws IOException {
    Path work = folder.path().resolve("broker");
    StateFiles.folders(work);
    BrokerContext context = new BrokerContext(
        new InetSocketAddress(listen.address(), port),
        VIRTUAL_HOST,
        USER,
        secret,
        key == null ? null : key.file(),
        work);
    try {
      return ContextLoader.within(provider, () -> {
        try {
          return provider.start(context);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public synchronized Optional<BrokerAddress> address() {
    return Optional.ofNullable(address);
  }

  /** The workers wait for the next one. */
  @Override
  public synchronized void close() {
    address = null;
    if (broker != null) {
      broker.close();
      broker = null;
    }
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }
}
