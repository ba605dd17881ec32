// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.store.FileStateStore;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.ProcessIdentity;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The jobs of one client, on a fake scheduler, with a clock that a test turns. */
final class Bench implements AutoCloseable {
  static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private static final AtomicInteger GONE = new AtomicInteger();

  final FakeScheduler scheduler;
  final Path state;
  final AtomicReference<Instant> now;
  final ForgetfulStore store;
  final ClientState client;
  final BackendJobs jobs;
  final StoredJobs register;

  private Bench(Path state, FakeScheduler scheduler, Instant start) {
    this(state, state, scheduler, start, new LocalTransport(), false);
  }

  private Bench(
      Path state,
      Path workspace,
      FakeScheduler scheduler,
      Instant start,
      Transport transport,
      boolean shared) {
    this.state = state;
    this.scheduler = scheduler;
    now = new AtomicReference<>(start);
    InstantSource source = now::get;
    Clock clock = source.withZone(ZoneOffset.UTC);
    store = new ForgetfulStore(new FileStateStore(state, false, clock), shared);
    client = new ClientState(store, clock, CopyListener.NONE);
    jobs = new BackendJobs(
        "c",
        new PluginGate(scheduler, Set.of()),
        transport,
        () -> workspace.resolve("jobs").toString(),
        client,
        new JobDefaults(Resources.none(), List.of(), null, false),
        spec -> null,
        Duration.ofHours(1)); // the monitor's own thread never comes to its turn
    register = new StoredJobs(client);
  }

  static Bench in(Path folder) {
    return new Bench(folder.resolve("state"), new FakeScheduler(), START);
  }

  /** A client with a state folder of its own and the same workspace and scheduler. */
  Bench stranger() {
    return new Bench(
        state.resolveSibling("other-state"),
        state,
        scheduler,
        now.get(),
        new LocalTransport(),
        false);
  }

  /** A client with a scheduler of its own, of a store that clients of other hosts share. */
  static Bench sharing(Path folder, String host, Transport transport) {
    Path state = folder.resolve("state");
    return new Bench(state, folder.resolve(host), new FakeScheduler(), START, transport, true);
  }

  /** As {@link #sharing}, in one workspace, where each keeps the list of its own jobs. */
  static Bench listing(Path folder, String name) {
    return listing(folder, name, true);
  }

  /** A client of a state folder, whose configuration says where the list of its jobs is. */
  static Bench listingAlone(Path folder, String name) {
    return listing(folder, name, false);
  }

  private static Bench listing(Path folder, String name, boolean shared) {
    return new Bench(
        folder.resolve("state"),
        folder.resolve("workspace"),
        new FakeScheduler.Listing(folder.resolve(name)),
        START,
        new LocalTransport(),
        shared);
  }

  static JobSpec job() {
    return JobSpec.builder("job").command("true").build();
  }

  void pass(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  JobRecord record(String id) throws IOException {
    return client.store().find(register.resolve(id, "c")).orElseThrow();
  }

  List<String> folders() throws IOException {
    if (!Files.isDirectory(state.resolve("jobs"))) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(state.resolve("jobs"))) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** The client dies, and another one comes: its journals belong to a process that is gone. */
  Bench successor() throws IOException {
    close();
    Path journals = state.resolve("journal");
    if (Files.isDirectory(journals)) {
      try (Stream<Path> all = Files.list(journals)) {
        for (Path each : all.toList()) {
          ProcessIdentity own = ProcessIdentity.current();
          String gone = own.host() + "-" + own.pid() + "-gone" + GONE.incrementAndGet() + ".log";
          Files.move(each, each.resolveSibling(gone));
        }
      }
    }
    return new Bench(state, scheduler, now.get());
  }

  @Override
  public void close() {
    jobs.close();
    client.close();
  }
}
