// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.amqp.BrokerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port in front of a broker; its connections can be cut while the broker lives. */
final class Cable implements AutoCloseable {
  private final ServerSocket near;
  private final BrokerAddress broker;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private Cable(ServerSocket near, BrokerAddress broker) {
    this.near = near;
    this.broker = broker;
  }

  static Cable to(BrokerAddress broker) throws IOException {
    Cable cable = new Cable(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), broker);
    start(cable::accept);
    return cable;
  }

  /** The broker, by way of the cable. */
  BrokerAddress address() {
    return new BrokerAddress(
        "127.0.0.1",
        near.getLocalPort(),
        broker.virtualHost(),
        broker.user(),
        broker.password(),
        broker.tls());
  }

  /** Ends all connections; new ones can be made at once. */
  void cut() {
    for (Socket socket : open) {
      end(socket);
    }
  }

  private void accept() {
    try {
      while (!near.isClosed()) {
        Socket client = near.accept();
        open.add(client);
        start(() -> connect(client));
      }
    } catch (IOException e) {
      return; // it was closed
    }
  }

  /** A broker that is away is one that does not answer. */
  private void connect(Socket client) {
    Socket server;
    try {
      server = new Socket(broker.host(), broker.port());
    } catch (IOException e) {
      end(client);
      return;
    }
    open.add(server);
    start(() -> copy(client, server));
    copy(server, client);
  }

  private void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      return; // one of them has ended
    } finally {
      end(from);
      end(to);
    }
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      return; // it is closed
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "cable");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    near.close();
    cut();
  }
}
