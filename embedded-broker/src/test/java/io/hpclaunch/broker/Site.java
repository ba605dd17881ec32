// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.broker;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.hpclaunch.core.broker.BrokerContext;
import io.hpclaunch.core.broker.BrokerContext.KeyStoreFile;
import io.hpclaunch.core.broker.RunningBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Starts brokers on loopback, and connects to them as RabbitMQ's own client does. */
final class Site {
  static final String VIRTUAL_HOST = "pools";
  static final String USER = "worker";
  static final String PASSWORD = "pässword \"' $x";

  private final Path folder;

  Site(Path folder) {
    this.folder = folder;
  }

  RunningBroker start(int port) throws IOException {
    return start(port, null);
  }

  RunningBroker start(int port, @Nullable KeyStoreFile keyStore) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return start(address, keyStore);
  }

  RunningBroker start(InetSocketAddress address, @Nullable KeyStoreFile keyStore)
      throws IOException {
    return new EmbeddedBroker()
        .start(new BrokerContext(address, VIRTUAL_HOST, USER, PASSWORD, keyStore, folder));
  }

  static ConnectionFactory client(RunningBroker broker) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(broker.port());
    factory.setVirtualHost(VIRTUAL_HOST);
    factory.setUsername(USER);
    factory.setPassword(PASSWORD);
    factory.setAutomaticRecoveryEnabled(false);
    return factory;
  }

  static Connection connect(RunningBroker broker) throws IOException, TimeoutException {
    return client(broker).newConnection();
  }
}
