// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between clients and a server; a network that loses what was sent. */
final class Relay implements AutoCloseable {
  private final ServerSocket door;
  private final int server;
  private final List<Line> lines = new CopyOnWriteArrayList<>();

  private Relay(ServerSocket door, int server) {
    this.door = door;
    this.server = server;
  }

  static Relay to(int server) throws IOException {
    Relay relay = new Relay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), server);
    daemon(relay::accept);
    return relay;
  }

  int port() {
    return door.getLocalPort();
  }

  /** From now on nothing arrives any more over the connections that there are; new ones work. */
  void lose() {
    lines.forEach(line -> line.deaf = true);
  }

  private void accept() {
    try {
      while (true) {
        Line line = new Line(door.accept(), new Socket(InetAddress.getLoopbackAddress(), server));
        lines.add(line);
        daemon(() -> line.pass(line.client, line.server));
        daemon(() -> line.pass(line.server, line.client));
      }
    } catch (IOException e) {
      close(); // as the test has
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    lines.forEach(Line::close);
    close(door);
  }

  private static void close(AutoCloseable each) {
    try {
      each.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** One connection. */
  private static final class Line {
    private final Socket client;
    private final Socket server;
    private volatile boolean deaf;

    Line(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void pass(Socket from, Socket to) {
      byte[] some = new byte[8192];
      try (InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        for (int count = in.read(some); count >= 0; count = in.read(some)) {
          if (!deaf) {
            out.write(some, 0, count);
          }
        }
      } catch (IOException e) {
        close(); // one of the two has
      }
    }

    void close() {
      Relay.close(client);
      Relay.close(server);
    }
  }
}
