// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import com.rabbitmq.client.Connection;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.wire.ReduceInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the reducers of a worker gather; each goes on over the next connection when one is lost. */
final class Gatherings {
  private final PoolQueues queues;
  private final Set<Gathering> open = new LinkedHashSet<>();
  private @Nullable Connection connection;

  Gatherings(PoolQueues queues) {
    this.queues = queues;
  }

  void connected(Connection made) throws IOException {
    List<Gathering> all;
    synchronized (this) {
      connection = made;
      all = new ArrayList<>(open);
    }
    for (Gathering each : all) {
      each.connected(made);
    }
  }

  synchronized void lost() {
    connection = null;
  }

  /** Begins to gather, now or when there is a connection again. */
  Gathering open(ReduceInput input) {
    Gathering gathering = new Gathering(input, queues);
    Connection present;
    synchronized (this) {
      open.add(gathering);
      present = connection;
    }
    try {
      if (present != null) {
        gathering.connected(present);
      }
    } catch (IOException | RuntimeException e) {
      WorkerLog.say("a reducer waits for the broker: " + e.getMessage());
    }
    return gathering;
  }

  synchronized void close(Gathering gathering) {
    open.remove(gathering);
  }
}
