// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.broker;

import io.hpclaunch.core.broker.BrokerContext;
import java.net.InetSocketAddress;
import java.net.URL;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.qpid.server.model.AuthenticationProvider;
import org.apache.qpid.server.model.Broker;
import org.apache.qpid.server.model.ConfiguredObject;
import org.apache.qpid.server.model.Connection;
import org.apache.qpid.server.model.KeyStore;
import org.apache.qpid.server.model.Port;
import org.apache.qpid.server.model.State;
import org.apache.qpid.server.model.SystemConfig;
import org.apache.qpid.server.model.User;
import org.apache.qpid.server.model.VirtualHostAlias;
import org.apache.qpid.server.model.VirtualHostNode;
import org.apache.qpid.server.model.port.AmqpPort;
import org.apache.qpid.server.security.FileKeyStore;
import org.apache.qpid.server.store.ConfiguredObjectRecordImpl;
import org.apache.qpid.server.store.GenericRecoverer;
import org.apache.qpid.server.store.preferences.NoopPreferenceStoreFactoryService;

/**
 * What the parts of a broker are, in the words of Broker-J's own configuration model: the book
 * "Apache Qpid Broker-J", chapters on configuration, and the attributes' own documentation.
 */
final class Model {
  /** The type of all that keeps nothing on disk. */
  static final String MEMORY = "Memory";

  private static final String USERS = "users";
  private static final String SERVER_KEY = "server";

  /** As many bytes of messages as amqp-client takes; a larger one ends the sender's channel. */
  private static final int LARGEST_MESSAGE = 64 << 20;

  /** Seconds between heartbeats where the client asks for no fewer. */
  private static final int HEARTBEAT = 60;

  /** Each connection holds one; frames are as large. */
  private static final int NETWORK_BUFFER = 64 << 10;

  /** A client that was told to stop may have this much time to hear of it. */
  private static final long MILLISECONDS_TO_STOP = 60_000;

  /** What one message costs in the heap, by measurement, generously. */
  private static final int HEAP_OF_MESSAGE = 2 << 10;

  private Model() {}

  /** The root, with nothing in it yet: what follows holds secrets, and never lies in a file. */
  static Map<String, Object> system(BrokerContext context) {
    URL empty = Objects.requireNonNull(Model.class.getResource("empty.json"));
    return Map.of(
        ConfiguredObject.TYPE,
        MEMORY,
        SystemConfig.INITIAL_CONFIGURATION_LOCATION,
        empty.toString(),
        SystemConfig.STARTUP_LOGGED_TO_SYSTEM_OUT,
        false,
        "preferenceStoreAttributes",
        Map.of("type", NoopPreferenceStoreFactoryService.TYPE),
        ConfiguredObject.CONTEXT,
        settings(context));
  }

  private static Map<String, String> settings(BrokerContext context) {
    Map<String, String> settings = new HashMap<>();
    settings.put(SystemConfig.QPID_WORK_DIR, context.folder().toString());
    settings.put(Broker.NETWORK_BUFFER_SIZE, "" + NETWORK_BUFFER);
    settings.put(Broker.BROKER_FAIL_STARTUP_WITH_ERRORED_CHILD, "true");
    settings.put(Connection.MAX_MESSAGE_SIZE, "" + LARGEST_MESSAGE);
    settings.put(AmqpPort.HEART_BEAT_DELAY, "" + HEARTBEAT);
    settings.put(AmqpPort.CLOSE_WHEN_NO_ROUTE, "false");
    settings.put(Broker.CHANNEL_FLOW_CONTROL_ENFORCEMENT_TIMEOUT, "" + MILLISECONDS_TO_STOP);
    settings.put("queue.defaultOverflowPolicy", "PRODUCER_FLOW_CONTROL");
    settings.put("queue.defaultMaximumQueueDepthBytes", "" + bytesOfQueue());
    settings.put("queue.defaultMaximumQueueDepthMessages", "" + messagesOfQueue());
    return settings;
  }

  /** A quarter of the direct memory that this JVM may use, which is where messages lie. */
  private static long bytesOfQueue() {
    return Broker.DEFAULT_FLOW_TO_DISK_THRESHOLD / 3;
  }

  /** As many as fill a quarter of the heap. */
  private static long messagesOfQueue() {
    return Runtime.getRuntime().maxMemory() / 4 / HEAP_OF_MESSAGE;
  }

  /** Adds all that a client can see; it may connect when this returns. */
  static AmqpPort<?> fill(Broker<?> broker, BrokerContext context) {
    add(
        broker,
        VirtualHostNode.class,
        Map.of(
            ConfiguredObject.NAME,
            context.virtualHost(),
            ConfiguredObject.TYPE,
            MEMORY,
            VirtualHostNode.VIRTUALHOST_INITIAL_CONFIGURATION,
            "{\"type\":\"" + MEMORY + "\"}"));
    add(
        add(broker, AuthenticationProvider.class, users()),
        User.class,
        Map.of(ConfiguredObject.NAME, context.user(), User.PASSWORD, context.password()));
    BrokerContext.KeyStoreFile keyStore = context.keyStore();
    if (keyStore != null) {
      add(broker, KeyStore.class, keyStore(keyStore));
    }
    return listen(broker, port(context.address(), keyStore != null));
  }

  /**
   * Opens the port as one that had been there before. A new one would warn that no virtual host can
   * be reached through it, and then be given more ways to reach one than by its name.
   */
  private static AmqpPort<?> listen(Broker<?> broker, Map<String, Object> attributes) {
    UUID id = UUID.randomUUID();
    String category = Port.class.getSimpleName();
    Map<String, Object> byName =
        Map.of(ConfiguredObject.NAME, "names", ConfiguredObject.TYPE, "nameAlias");
    new GenericRecoverer(broker)
        .recover(
            List.of(
                new ConfiguredObjectRecordImpl(id, category, attributes),
                new ConfiguredObjectRecordImpl(
                    UUID.randomUUID(),
                    VirtualHostAlias.class.getSimpleName(),
                    byName,
                    Map.of(category, id))),
            false);
    AmqpPort<?> port = (AmqpPort<?>) broker.getPorts().iterator().next();
    port.open();
    if (port.getState() != State.ACTIVE) {
      throw new IllegalStateException("its port cannot be opened");
    }
    return port;
  }

  /** Broker-J writes into the map that it is given. */
  private static <C extends ConfiguredObject<?>> C add(
      ConfiguredObject<?> parent, Class<C> category, Map<String, Object> attributes) {
    return parent.createChild(category, new HashMap<>(attributes));
  }

  private static Map<String, Object> users() {
    return Map.of(
        ConfiguredObject.NAME,
        USERS,
        ConfiguredObject.TYPE,
        "Plain",
        // Whether the connection is encrypted, the caller decides.
        "secureOnlyMechanisms",
        List.of(),
        "disabledMechanisms",
        List.of("CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"));
  }

  private static Map<String, Object> keyStore(BrokerContext.KeyStoreFile file) {
    return Map.of(
        ConfiguredObject.NAME,
        SERVER_KEY,
        ConfiguredObject.TYPE,
        "FileKeyStore",
        FileKeyStore.STORE_URL,
        file.file().toString(),
        FileKeyStore.PASSWORD,
        file.password(),
        FileKeyStore.KEY_STORE_TYPE,
        "PKCS12");
  }

  private static Map<String, Object> port(InetSocketAddress address, boolean encrypted) {
    Map<String, Object> port = new HashMap<>();
    port.put(ConfiguredObject.NAME, "amqp");
    port.put(ConfiguredObject.TYPE, "AMQP");
    port.put(Port.PORT, address.getPort());
    port.put(Port.BINDING_ADDRESS, address.getAddress().getHostAddress());
    port.put(Port.AUTHENTICATION_PROVIDER, USERS);
    port.put(Port.PROTOCOLS, List.of("AMQP_0_9_1"));
    port.put(Port.TRANSPORTS, List.of(encrypted ? "SSL" : "TCP"));
    if (encrypted) {
      port.put(Port.KEY_STORE, SERVER_KEY);
    }
    return port;
  }
}
