// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.store.ObjectStore;
import io.hpclaunch.pool.wire.Payload;
import java.io.IOException;

/** Moves what is large through the store. */
final class Values {
  private final ObjectStore store;
  private final int inlineLimit;

  Values(ObjectStore store, int inlineLimit) {
    this.store = store;
    this.inlineLimit = inlineLimit;
  }

  ObjectStore store() {
    return store;
  }

  int inlineLimit() {
    return inlineLimit;
  }

  byte[] read(Payload payload) throws IOException {
    return payload instanceof Payload.Stored stored
        ? store.get(stored.key())
        : ((Payload.Inline) payload).bytes();
  }

  /** The result of one attempt has a name of its own: two workers may write at once. */
  Payload write(Held task, String name, byte[] bytes) throws IOException {
    if (bytes.length <= inlineLimit) {
      return new Payload.Inline(bytes);
    }
    String key = key(task, name);
    store.put(key, bytes);
    return new Payload.Stored(key, bytes.length);
  }

  static String key(Held task, String name) {
    return "batches/" + task.key().batch() + "/" + task.key().index() + "." + name + "."
        + java.util.UUID.randomUUID();
  }
}
