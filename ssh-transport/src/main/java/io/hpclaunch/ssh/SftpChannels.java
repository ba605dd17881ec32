// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.SftpVersionSelector;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.apache.sshd.sftp.common.SftpConstants;

/**
 * The channels for files of one connection. One is kept open; there are more while several callers
 * are at work and the host has channels to spare, and none when somebody else needs it more.
 */
final class SftpChannels implements AutoCloseable {
  private static final int MOST = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Link link;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Shared> open = new ArrayList<>();

  SftpChannels(Link link) {
    this.link = link;
  }

  /** A channel, and how many are using it. Several may: answers find who asked. */
  private static final class Shared {
    private final AbstractSftpClient client;
    private int users;

    Shared(AbstractSftpClient client) {
      this.client = client;
    }

    int users() {
      return users;
    }
  }

  /** The use of a channel, given back when closed. */
  final class Lease implements AutoCloseable {
    private final Shared shared;
    private boolean given;

    private Lease(Shared shared) {
      this.shared = shared;
    }

    AbstractSftpClient client() {
      return shared.client;
    }

    @Override
    public void close() throws IOException {
      lock.lock();
      try {
        if (!given) {
          given = true;
          shared.users--;
          if (shared.users == 0 && (open.size() > 1 || link.isWanted())) {
            discard(shared);
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * The least busy one.
   *
   * @throws IOException when none can be had; nothing was asked of the host's files then
   */
  Lease lease() throws IOException {
    lock.lock();
    try {
      open.removeIf(shared -> !shared.client.isOpen());
      Shared best = open.stream().min(Comparator.comparingInt(Shared::users)).orElse(null);
      if (best == null) {
        best = add(link.open(PATIENCE, this::connect));
      } else if (best.users > 0 && open.size() < MOST) {
        AbstractSftpClient one = link.openNow(this::connect);
        best = one == null ? best : add(one);
      }
      best.users++;
      return new Lease(best);
    } finally {
      lock.unlock();
    }
  }

  private Shared add(AbstractSftpClient client) {
    Shared shared = new Shared(client);
    open.add(shared);
    return shared;
  }

  private AbstractSftpClient connect(
      org.apache.sshd.client.session.ClientSession session, Duration limit) throws IOException {
    SftpClient client = SftpClientFactory.instance()
        .createSftpClient(session, SftpVersionSelector.fixedVersionSelector(SftpConstants.SFTP_V3));
    client.getClientChannel().addCloseFutureListener(closed -> link.released());
    return (AbstractSftpClient) client;
  }

  /** Closes those that nobody is using. */
  void giveBack() throws IOException {
    if (lock.tryLock()) {
      try {
        for (Shared shared : List.copyOf(open)) {
          if (shared.users == 0) {
            discard(shared);
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void discard(Shared shared) throws IOException {
    open.remove(shared);
    shared.client.close();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      for (Shared shared : open) {
        shared.client.getClientChannel().close(true);
      }
      open.clear();
    } finally {
      lock.unlock();
    }
  }
}
