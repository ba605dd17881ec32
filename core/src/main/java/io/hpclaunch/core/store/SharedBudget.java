// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands a minute that all processes and threads of a user start on one host. A file for each
 * host says when its {@link Bucket} will have run empty. Nobody waits in a queue, so that who dies
 * while waiting takes nobody's turn: who comes too early looks again when there may be room.
 *
 * <p>Where the folder cannot be used each process keeps to the number by itself. A file that is
 * damaged or, since the clock was set back, of the future is begun anew, at the price of one burst.
 */
public final class SharedBudget implements CommandBudget {
  /** A wait to tell the user of. */
  private static final Duration LONG = Duration.ofSeconds(3);

  private final Path file;
  private final String host;
  private final int perMinute;
  private final Bucket bucket;
  private final Clock clock;
  private final Sleeper sleeper;
  private final Logger log;
  private final AtomicBoolean toldWait = new AtomicBoolean();
  private final AtomicBoolean toldFault = new AtomicBoolean();

  /** This process's own bucket, for want of a file; guarded by this. */
  private Instant own = Instant.EPOCH;

  /** How time passes. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  /**
   * Opens a budget. Nothing is read or made yet.
   *
   * @param folder where the budgets lie
   * @param transport the way to the host whose budget it is
   * @param perMinute the most commands within any 60 s, at least 1
   * @param clock the present
   */
  public SharedBudget(Path folder, Transport transport, int perMinute, Clock clock) {
    this(
        folder,
        name(transport),
        perMinute,
        clock,
        time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()),
        LoggerFactory.getLogger(SharedBudget.class));
  }

  SharedBudget(Path folder, String host, int perMinute, Clock clock, Sleeper sleeper, Logger log) {
    this.file = folder.resolve(FileNames.encode(host));
    this.host = host;
    this.perMinute = perMinute;
    this.bucket = new Bucket(perMinute);
    this.clock = clock;
    this.sleeper = sleeper;
    this.log = log;
  }

  /** Several machines may share a state folder, and each is its own {@code localhost}. */
  private static String name(Transport transport) {
    return transport.isLocal() ? ProcessIdentity.current().host() : transport.host();
  }

  @Override
  public void await(Command command) throws CommandFailed {
    Duration waited = Duration.ZERO;
    boolean clockStands = false;
    try {
      while (true) {
        Duration early = take(clockStands);
        if (early.isZero()) {
          return;
        }
        waited = waited.plus(early);
        tell(command, early, waited);
        Instant before = clock.instant();
        sleeper.sleep(early);
        clockStands = !clock.instant().isAfter(before);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed(
          CommandFailed.Fate.NOT_STARTED,
          "interrupted while '" + command.argv().get(0) + "' waited for its turn",
          e);
    }
  }

  /**
   * Takes a turn where there is room; the lock is held for that long.
   *
   * @param anew whether what was noted is not believed
   * @return zero, or how much too early it is
   */
  private Duration take(boolean anew) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Path folder = StateFiles.parent(file);
    try {
      StateFiles.folders(folder);
      return RecordLocks.with(folder, () -> {
        Instant now = clock.instant();
        Instant empty = anew ? now : believed(read(), now);
        Duration early = bucket.early(empty, now);
        if (early.isZero()) {
          StateFiles.replace(file, bucket.filled(empty, now) + "\n", false);
        }
        return early;
      });
    } catch (ClosedByInterruptException e) {
      Thread.interrupted(); // the exception says so from here on
      throw new InterruptedException();
    } catch (IOException e) {
      fault("Other processes' commands on {} are not counted: {}", host, e.toString());
      return takeAlone(anew);
    }
  }

  private synchronized Duration takeAlone(boolean anew) {
    Instant now = clock.instant();
    Instant empty = anew ? now : believed(own, now);
    Duration early = bucket.early(empty, now);
    if (early.isZero()) {
      own = bucket.filled(empty, now);
    }
    return early;
  }

  private Instant read() throws IOException {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      return Instant.EPOCH;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      fault("{} is damaged and begun anew: {}", file, e.toString());
      return Instant.EPOCH;
    }
  }

  private Instant believed(Instant empty, Instant now) {
    if (Bucket.isPossible(empty, now)) {
      return empty;
    }
    fault("The clock was set back: the commands on {} are counted anew, not from {}", host, empty);
    return now;
  }

  // ---- what is told

  private void tell(Command command, Duration early, Duration waited) {
    log.debug(
        "{} waits {} ms: {} bears {} commands a minute",
        command,
        early.toMillis(),
        host,
        perMinute);
    if (waited.compareTo(LONG) > 0 && toldWait.compareAndSet(false, true)) {
      log.info(
          "Commands wait for their turn: {} bears {} a minute (submit.commands_per_minute)",
          host,
          perMinute);
    }
  }

  private void fault(String format, Object what, Object why) {
    if (toldFault.compareAndSet(false, true)) {
      log.warn(format, what, why);
    } else {
      log.debug(format, what, why);
    }
  }
}
