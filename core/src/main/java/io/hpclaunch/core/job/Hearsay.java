// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.Elements;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.JobStore;
import io.hpclaunch.core.store.WholeJob;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is told of jobs that this client cannot see: what those who see them wrote down. */
final class Hearsay {
  private static final Logger log = LoggerFactory.getLogger(Hearsay.class);

  private static final String REMOVED = "its record was removed from the job store, as is done with"
      + " jobs that have ended: how it ended is not known here";

  private final ClientState client;

  Hearsay(ClientState client) {
    this.client = client;
  }

  /**
   * Reads how jobs stand. What cannot be read now stays as it was known.
   *
   * @param jobs what is known of them
   * @return what is known now; those without a record any more have ended
   */
  Collection<WholeJob> of(Collection<WholeJob> jobs) {
    Map<Token, WholeJob> all = new LinkedHashMap<>();
    jobs.forEach(job -> all.put(job.record().token(), job));
    if (all.isEmpty()) {
      return all.values();
    }
    JobStore.Loaded loaded = client.store().load(all.keySet());
    Map<Token, JobRecord> records = new HashMap<>();
    loaded.records().forEach(record -> records.put(record.token(), record));
    Set<Token> damaged = new HashSet<>();
    loaded.damaged().forEach(each -> damaged.add(each.token()));
    Instant now = client.clock().instant();
    all.replaceAll((token, known) -> {
      JobRecord record = records.get(token);
      if (record != null) {
        return whole(record, known);
      }
      return damaged.contains(token) ? known : removed(known, now);
    });
    return all.values();
  }

  private WholeJob whole(JobRecord record, WholeJob known) {
    try {
      return client.store().whole(record);
    } catch (IOException e) {
      log.debug("What is known of the elements of {} cannot be read", record.id(), e);
      return known.with(record);
    }
  }

  /**
   * Ends what is told of a job without a record: nobody will tell more of it. Only what has ended
   * is cleaned.
   *
   * @param known what was known of it last
   * @param now the present
   * @return the job, lost, with those of its elements that had not ended
   */
  static WholeJob removed(WholeJob known, Instant now) {
    JobRecord record = known.record();
    if (record.isFinal()) {
      return known;
    }
    ArrayRange array = record.array();
    Map<Integer, JobInfo> elements = new TreeMap<>();
    known.elements().forEach((index, seen) -> elements.put(index, ended(seen.info())));
    return new WholeJob(
        record.withEnd(ended(record.last().info()), now),
        Elements.none(array).observe(elements, now));
  }

  private static JobInfo ended(JobInfo last) {
    return last.state().isFinal()
        ? last
        : last.toBuilder()
            .state(JobState.LOST)
            .nativeState(null)
            .reason(REMOVED)
            .build();
  }
}
