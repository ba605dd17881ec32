// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A port in front of another that can be cut, and that can fall silent after so many bytes. */
final class CutProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
  private volatile CountDownLatch resumed = new CountDownLatch(0);
  private volatile CountDownLatch wasCut = new CountDownLatch(1);
  private final Thread acceptor;
  private volatile boolean cutting;

  CutProxy(int target) throws IOException {
    this.target = target;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Cuts when so many bytes have come from the host. */
  void cutAfter(long bytes) {
    wasCut = new CountDownLatch(1);
    cutting = true;
    left.set(bytes);
  }

  /** Falls silent when so many bytes have come from the host. */
  void stallAfter(long bytes) {
    cutting = false;
    resumed = new CountDownLatch(1);
    left.set(bytes);
  }

  /** Lets everything through again; a cut that was ordered is not waited for any more. */
  void heal() {
    left.set(Long.MAX_VALUE);
    resumed.countDown();
    wasCut.countDown();
  }

  /** Waits until a cut that was ordered has been made. */
  void awaitCut() {
    try {
      wasCut.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void cut() {
    for (Socket socket : open) {
      close(socket);
    }
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = server.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(near);
        open.add(far);
        start(() -> copy(near, far, false));
        start(() -> copy(far, near, true));
      }
    } catch (IOException e) {
      return; // it was closed
    }
  }

  private void copy(Socket from, Socket to, boolean counted) {
    byte[] buffer = new byte[4096];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (counted && left.addAndGet(-n) < 0) {
          if (cutting) {
            wasCut.countDown();
            return;
          }
          resumed.await();
        }
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      return; // one of them has ended
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed.
    }
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task, "CutProxy");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public void close() throws IOException {
    server.close();
    try {
      acceptor.join(); // until then the port may take one more
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    heal();
    cut();
  }
}
