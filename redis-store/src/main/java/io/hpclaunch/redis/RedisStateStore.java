// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.store.JobStore;
import io.hpclaunch.core.store.Journals;
import io.hpclaunch.core.store.StateStore;
import io.hpclaunch.core.store.StoreHealth;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;

/** Records and journals in one database of Redis, below one prefix. */
final class RedisStateStore implements StateStore {
  /** After this long a client of which nothing is heard counts as gone. */
  static final Duration LEASE = Duration.ofSeconds(30);

  private final RedisLink link;
  private final Leases leases;
  private final RedisJobStore jobs;
  private final RedisJournals journals;
  private final boolean durable;

  RedisStateStore(RedisSettings settings, boolean durable, Clock clock) {
    this(settings, durable, clock, LEASE);
  }

  RedisStateStore(RedisSettings settings, boolean durable, Clock clock, Duration lease) {
    this.link = new RedisLink(settings);
    this.leases = new Leases(link, lease);
    this.jobs = new RedisJobStore(link, leases, clock);
    this.journals = new RedisJournals(link, leases);
    this.durable = durable;
  }

  @Override
  public JobStore jobs() {
    return jobs;
  }

  @Override
  public Journals journals() {
    return journals;
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public void check(boolean submitting) {
    try {
      link.check();
    } catch (RedisFault e) {
      throw told(submitting ? e.with("nothing was submitted") : e);
    }
  }

  @Override
  public HpcException unwritable(IOException fault) {
    return told(fault);
  }

  @Override
  public HpcException unreadable(IOException fault) {
    return told(fault);
  }

  private static HpcException told(IOException fault) {
    String words = String.valueOf(fault.getMessage());
    return fault instanceof RedisFault known && known.isMisconfigured()
        ? new InvalidConfiguration(words, fault)
        : new BackendUnavailable(words, fault);
  }

  @Override
  public StoreHealth health() {
    try {
      return new RedisHealth(link, durable).look();
    } catch (RedisFault e) {
      throw told(e);
    }
  }

  @Override
  public void close() {
    leases.close();
    link.close();
  }
}
