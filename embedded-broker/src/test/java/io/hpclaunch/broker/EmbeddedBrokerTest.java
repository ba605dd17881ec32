// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import io.hpclaunch.core.broker.RunningBroker;
import io.hpclaunch.core.plugin.ContextLoader;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom it lets in, where it listens, and what is left of it. */
@Timeout(120)
class EmbeddedBrokerTest {
  @TempDir
  private Path folder;

  /** Those of brokers, by what Broker-J calls them. */
  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.matches("(?i)(broker|io-pool|selector|virtualhost|port).*"))
        .toList();
  }

  private RunningBroker start() throws IOException {
    return new Site(folder).start(0);
  }

  @Test
  void nothingIsLeftOfOneThatWasClosed() throws Exception {
    RunningBroker broker = start();
    try (Connection connection = Site.connect(broker)) {
      assertThat(connection.isOpen()).isTrue();
      assertThat(threads()).isNotEmpty();
      assertThat(Thread.getDefaultUncaughtExceptionHandler()).isNotNull();
    }
    broker.close();
    broker.close();
    assertThat(threads()).isEmpty();
    assertThat(Thread.getDefaultUncaughtExceptionHandler()).isNull();
    assertThat(folder).isEmptyDirectory();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket socket = new ServerSocket(broker.port(), 1, loopback)) {
      assertThat(socket.isBound()).isTrue();
    }
  }

  @Test
  void closingEndsConnections() throws Exception {
    Connection connection;
    try (RunningBroker broker = start()) {
      connection = Site.connect(broker);
      assertThat(connection.isOpen()).isTrue();
    }
    await().until(() -> !connection.isOpen());
  }

  @Test
  void twoRunAtOnceAndKnowNothingOfEachOther() throws Exception {
    try (RunningBroker other = start();
        Connection atOther = Site.connect(other)) {
      try (RunningBroker one = start();
          Connection atOne = Site.connect(one)) {
        assertThat(one.port()).isNotEqualTo(other.port());
        atOne.createChannel().queueDeclare("q", true, false, false, null);
        assertNoQueue(atOther, "q");
      }
      assertThat(atOther.createChannel().queueDeclare().getQueue()).isNotEmpty();
    }
  }

  private static void assertNoQueue(Connection connection, String name) throws IOException {
    Channel channel = connection.createChannel();
    assertThatThrownBy(() -> channel.queueDeclarePassive(name))
        .hasCauseInstanceOf(ShutdownSignalException.class)
        .hasStackTraceContaining("reply-code=404");
  }

  @Test
  void itListensWhereItWasToldAlone() throws Exception {
    InetSocketAddress address = new InetSocketAddress("127.0.0.2", 0);
    try (RunningBroker broker = new Site(folder).start(address, null)) {
      ConnectionFactory client = Site.client(broker);
      assertThatThrownBy(client::newConnection).isInstanceOf(java.net.ConnectException.class);
      client.setHost("127.0.0.2");
      try (Connection connection = client.newConnection()) {
        assertThat(connection.isOpen()).isTrue();
      }
    }
  }

  @Test
  void aWrongPasswordAndAnUnknownUserAreRefused() throws Exception {
    try (RunningBroker broker = start()) {
      ConnectionFactory client = Site.client(broker);
      client.setPassword("wrong");
      assertThatThrownBy(client::newConnection)
          .isInstanceOf(PossibleAuthenticationFailureException.class);
      client.setPassword(Site.PASSWORD);
      client.setUsername("guest");
      assertThatThrownBy(client::newConnection)
          .isInstanceOf(PossibleAuthenticationFailureException.class);
    }
  }

  @Test
  void anotherVirtualHostIsRefused() throws Exception {
    try (RunningBroker broker = start()) {
      ConnectionFactory client = Site.client(broker);
      for (String name : List.of("other", "/", "default", "127.0.0.1", "localhost")) {
        client.setVirtualHost(name);
        assertThatThrownBy(client::newConnection)
            .as(name)
            .hasStackTraceContaining("Unknown virtual host");
      }
    }
  }

  @Test
  void aTakenPortIsTold() throws Exception {
    try (RunningBroker broker = start()) {
      assertThatThrownBy(() -> new Site(folder).start(broker.port()))
          .isInstanceOf(BindException.class)
          .hasMessage("a broker cannot listen on 127.0.0.1, port " + broker.port()
              + ": Address already in use");
    }
    assertThat(Thread.getDefaultUncaughtExceptionHandler()).isNull();
  }

  @Test
  void anAddressOfAnotherHostIsTold() {
    InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 0);
    assertThatThrownBy(() -> new Site(folder).start(elsewhere, null))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("192.0.2.1");
    InetSocketAddress nobody = InetSocketAddress.createUnresolved("no.such.host.invalid", 0);
    assertThatThrownBy(() -> new Site(folder).start(nobody, null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no.such.host.invalid");
  }

  @Test
  void nothingIsKeptForTheNextAtTheSamePort() throws Exception {
    int port;
    try (RunningBroker broker = start();
        Connection connection = Site.connect(broker);
        Channel channel = connection.createChannel()) {
      port = broker.port();
      channel.queueDeclare("durable", true, false, false, null);
      channel.confirmSelect();
      channel.basicPublish("", "durable", MessageProperties.PERSISTENT_BASIC, new byte[10]);
      channel.waitForConfirmsOrDie(10_000);
    }
    assertThat(folder).isEmptyDirectory();
    try (RunningBroker next = new Site(folder).start(port);
        Connection connection = Site.connect(next)) {
      assertThat(next.port()).isEqualTo(port);
      assertNoQueue(connection, "durable");
    }
  }

  @Test
  void itsPartsAreFoundWhateverTheCallersClassLoaderIs() throws Exception {
    @org.jspecify.annotations.Nullable ClassLoader before = ContextLoader.enter(String.class);
    try (RunningBroker broker = start();
        Connection connection = Site.connect(broker)) {
      assertThat(Thread.currentThread().getContextClassLoader()).isNull();
      assertThat(connection.isOpen()).isTrue();
    } finally {
      ContextLoader.leave(before);
    }
  }

  @Test
  void whoeverIsInterruptedHasItAndHearsOfItAfterwards() throws Exception {
    Thread.currentThread().interrupt();
    RunningBroker broker = start();
    assertThat(Thread.interrupted()).isTrue();
    try (broker;
        Connection connection = Site.connect(broker)) {
      assertThat(connection.isOpen()).isTrue();
    }
  }
}
