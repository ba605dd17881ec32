// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.DamagedRecord;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.JobStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The register over a job store. */
public final class StoredJobs implements JobRegister {
  /** Slurm's and PBS's own ways to write an element: {@code 42_7}, {@code 12[7].server}. */
  private static final Pattern SLURM_ELEMENT = Pattern.compile("(\\d+)_(\\d{1,9})");

  private static final Pattern PBS_ELEMENT = Pattern.compile("(\\d+)\\[(\\d{1,9})](.*)");

  private final ClientState client;
  private final JobStore store;
  private final Clock clock;

  /**
   * Makes a register.
   *
   * @param client what this client has of the state folder
   */
  public StoredJobs(ClientState client) {
    this.client = client;
    this.store = client.store();
    this.clock = client.clock();
  }

  @Override
  public List<String> unsettled() {
    return client.openBackends();
  }

  @Override
  public JobId resolve(String text, String defaultBackend) {
    String unsigned = text.strip();
    boolean named = unsigned.indexOf(':') >= 0;
    JobId given = element(JobId.parse(unsigned, defaultBackend));
    Optional<JobRecord> byToken = named ? Optional.empty() : byToken(given.nativeId());
    if (byToken.isPresent()) {
      return withIndex(byToken.get().id(), given.nativeId().index());
    }
    List<String> backends = named ? List.of(given.backend()) : backends(defaultBackend);
    for (String backend : backends) { // a whole id costs no listing of all ids
      JobId whole = new JobId(backend, given.nativeId().whole());
      if (isKnown(whole)) {
        return withIndex(whole, given.nativeId().index());
      }
    }
    List<JobId> candidates = new ArrayList<>();
    for (String backend : backends) {
      for (JobId each : complete(backend, given.nativeId().whole().toString())) {
        if (each.nativeId().equals(given.nativeId().whole())) {
          return withIndex(each, given.nativeId().index());
        }
        candidates.add(each);
      }
    }
    if (candidates.size() > 1) {
      throw new InvalidJob("'" + text + "' is the beginning of " + candidates.size() + " jobs: "
          + some(candidates) + ": write more of it");
    }
    return candidates.isEmpty()
        ? given
        : withIndex(candidates.get(0), given.nativeId().index());
  }

  private static String some(List<JobId> ids) {
    List<String> shown = ids.stream().limit(5).map(JobId::toString).toList();
    return String.join(", ", shown) + (ids.size() > shown.size() ? " …" : "");
  }

  private static JobId element(JobId id) {
    NativeId nativeId = id.nativeId();
    Matcher slurm = SLURM_ELEMENT.matcher(nativeId.value());
    if (nativeId.index() == null && slurm.matches()) {
      return new JobId(
          id.backend(),
          new NativeId(slurm.group(1), nativeId.cluster(), Integer.valueOf(slurm.group(2))));
    }
    Matcher pbs = PBS_ELEMENT.matcher(nativeId.value());
    if (nativeId.index() == null && pbs.matches()) {
      String whole = pbs.group(1) + "[]" + pbs.group(3);
      return new JobId(
          id.backend(), new NativeId(whole, nativeId.cluster(), Integer.valueOf(pbs.group(2))));
    }
    return id;
  }

  private static JobId withIndex(JobId whole, @Nullable Integer index) {
    return index == null ? whole : whole.element(index);
  }

  private Optional<JobRecord> byToken(NativeId id) {
    try {
      return store.load(new Token(id.value()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no token
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** The default one first. */
  private List<String> backends(String defaultBackend) {
    List<String> all = new ArrayList<>();
    all.add(defaultBackend);
    try {
      for (String each : store.backends()) {
        if (!each.equals(defaultBackend)) {
          all.add(each);
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    return all;
  }

  private boolean isKnown(JobId id) {
    try {
      return store.find(id).isPresent();
    } catch (IOException e) {
      return false; // the listing finds its name, and whoever reads it tells what is wrong
    }
  }

  private List<JobId> complete(String backend, String prefix) {
    try {
      return store.complete(backend, prefix);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public Optional<KnownJob> find(JobId id) {
    try {
      Optional<JobRecord> record = store.find(id);
      return record.isEmpty() ? Optional.empty() : Optional.of(known(record.get()));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public Listing active() {
    try {
      return listing(store.load(store.active()), Instant.MIN);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public Listing ended(Instant since) {
    try {
      return listing(store.load(store.ended(since, clock.instant())), since);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** What ended is kept by day; the time itself stands in the record. */
  private Listing listing(JobStore.Loaded loaded, Instant since) {
    List<KnownJob> jobs = new ArrayList<>();
    List<String> damaged = new ArrayList<>();
    loaded.damaged().forEach(each -> damaged.add(each.why()));
    for (JobRecord record : loaded.records()) {
      Instant ended = record.last().info().ended();
      Instant known = ended == null ? record.last().observed() : ended;
      if (!record.isFinal() || !known.isBefore(since)) {
        try {
          jobs.add(known(record));
        } catch (IOException e) {
          damaged.add(String.valueOf(e.getMessage()));
        }
      }
    }
    jobs.sort(Comparator.comparing(KnownJob::submitted)
        .thenComparing(job -> job.token().value()));
    return new Listing(jobs, damaged);
  }

  @Override
  public void forget(JobId id) {
    try {
      Optional<JobRecord> record = store.find(id);
      if (record.isPresent()) {
        if (!store.remove(record.get().token())) {
          throw new InvalidJob(id + " has not ended: cancel it, or wait for its end");
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** What users are shown of a record. */
  private KnownJob known(JobRecord record) throws IOException {
    Map<Integer, JobInfo> elements = new TreeMap<>();
    store.elements(record).forEach((index, seen) -> elements.put(index, seen.info()));
    return new KnownJob(
        record.id(),
        record.token(),
        record.name(),
        record.submitted(),
        record.last().info(),
        record.array(),
        elements,
        record.jobFolder(),
        JobPaths.log(record, record.stdout(), "stdout"),
        JobPaths.log(record, record.stderr(), "stderr"));
  }

  private HpcException unreadable(IOException e) {
    return e instanceof DamagedRecord
        ? new InvalidJob(e.getMessage() + ": remove it, or restore it from a copy", e)
        : client.unreadable(e);
  }
}
