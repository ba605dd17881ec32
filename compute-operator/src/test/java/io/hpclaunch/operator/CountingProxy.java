// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** A port of this machine that leads to another one, and counts what comes back from there. */
final class CountingProxy implements AutoCloseable {
  private final ServerSocket here;
  private final int there;
  private final AtomicLong received = new AtomicLong();

  CountingProxy(int there) throws IOException {
    this.there = there;
    here = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return here.getLocalPort();
  }

  /** How many bytes came back so far. */
  long received() {
    return received.get();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "counting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = here.accept();
        Socket server = new Socket();
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), there));
        start(() -> copy(client, server, new AtomicLong()));
        start(() -> copy(server, client, received));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void copy(Socket from, Socket to, AtomicLong count) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        count.addAndGet(n);
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // one side has hung up
    }
  }

  @Override
  public void close() throws IOException {
    here.close();
  }
}
