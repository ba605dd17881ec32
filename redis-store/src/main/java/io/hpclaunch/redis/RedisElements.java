// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.DamagedRecord;
import io.hpclaunch.core.store.ElementLog;
import io.hpclaunch.core.store.JobRecord;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The elements of arrays: an {@link ElementLog} each, to whose text news are appended. What was
 * read once is kept while there is memory, and only what came since is read.
 */
final class RedisElements {
  private final RedisLink link;
  private final Map<Token, SoftReference<ElementLog>> kept = new ConcurrentHashMap<>();

  RedisElements(RedisLink link) {
    this.link = link;
  }

  /** What stands; null where nothing does. */
  @Nullable ElementLog read(JobRecord record, ArrayRange array) throws IOException {
    String key = link.keys().elements(record.token());
    SoftReference<ElementLog> reference = kept.get(record.token());
    ElementLog before = reference == null ? null : reference.get();
    List<?> answer = (List<?>) link.run(
        Script.ELEMENTS,
        List.of(key),
        before == null ? List.of("", 0) : List.of(before.header(), before.end()));
    if (answer == null || answer.isEmpty()) {
      return null;
    }
    byte[] bytes = answer.get(1) instanceof byte[] raw ? raw : new byte[0];
    ElementLog now;
    if (before != null && RedisLink.text(answer.get(0)).equals("rest")) {
      now = before.read(bytes, key);
    } else {
      now = whole(bytes, record, array, key);
    }
    keep(record.token(), now);
    return now;
  }

  private static ElementLog whole(byte[] bytes, JobRecord record, ArrayRange array, String key)
      throws DamagedRecord {
    try {
      byte[] beginning = Arrays.copyOf(bytes, Math.min(bytes.length, ElementLog.LONGEST_HEADER));
      ElementLog begun = ElementLog.begin(beginning, record, array);
      return begun.read(Arrays.copyOfRange(bytes, (int) begun.end(), bytes.length), key);
    } catch (IllegalArgumentException e) {
      throw new DamagedRecord("the text of elements " + key + " is damaged: " + e.getMessage(), e);
    }
  }

  void keep(Token token, ElementLog now) {
    kept.put(token, new SoftReference<>(now));
  }

  /** Forgets what was kept of a job that is removed. */
  void forget(Token token) {
    kept.remove(token);
  }
}
