// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.wire.Order;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is not wanted any more: tasks that still lie with the broker, and of which a worker has to
 * hear that comes later. Safe for use by several threads.
 */
final class Cancellations {
  /** Of so many batches; what is older has been passed over by now. */
  private static final int MOST = 10_000;

  private final Map<String, List<Integer>> batches = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, List<Integer>> eldest) {
      return size() > MOST;
    }
  };

  /** Takes tasks; none: the whole batch. */
  synchronized void add(String batch, List<Integer> tasks) {
    List<Integer> known = batches.get(batch);
    boolean isAll = tasks.isEmpty() || (known != null && known.isEmpty());
    if (isAll) {
      batches.put(batch, List.of());
    } else {
      batches.computeIfAbsent(batch, b -> new ArrayList<>()).addAll(tasks);
    }
  }

  /** What a worker is told that comes now. */
  synchronized List<Order.Cancel> orders() {
    List<Order.Cancel> orders = new ArrayList<>();
    batches.forEach((batch, tasks) -> orders.add(new Order.Cancel(batch, tasks)));
    return orders;
  }
}
