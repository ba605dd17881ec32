// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.shell.RawBytes;
import io.hpclaunch.core.store.DamagedRecord;
import io.hpclaunch.core.store.ElementLog;
import io.hpclaunch.core.store.Elements;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.JobStore;
import io.hpclaunch.core.store.RecordJson;
import io.hpclaunch.core.store.WholeJob;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;

/**
 * Records as values of Redis. What is new is merged here, by the same rules as in files, and put in
 * place by one script, with the indices and the news of elements, where what was read still stands;
 * else it is read again. So there is no moment at which a client's death leaves a part of it.
 */
final class RedisJobStore implements JobStore {
  private static final Logger log = LoggerFactory.getLogger(RedisJobStore.class);

  private static final int AT_ONCE = 500;

  /** How long a job that others write, or remove, is tried again. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int LONGEST_PAUSE_MS = 20;
  private static final byte[] NONE = {};

  private final RedisLink link;
  private final Keys keys;
  private final Leases leases;
  private final RedisElements elements;
  private final Clock clock;

  RedisJobStore(RedisLink link, Leases leases, Clock clock) {
    this.link = link;
    this.keys = link.keys();
    this.leases = leases;
    this.elements = new RedisElements(link);
    this.clock = clock;
  }

  /** The first client that asks draws it. */
  @Override
  public JobRegister.Identity identity() throws IOException {
    Object drawn = link.ask(Command.GET, keys.identity());
    if (drawn == null) {
      link.ask(Command.SETNX, keys.identity(), UUID.randomUUID());
      drawn = link.ask(Command.GET, keys.identity());
    }
    return new JobRegister.Identity(RedisLink.text(drawn), link.settings().toString());
  }

  @Override
  public WholeJob save(WholeJob job) throws IOException {
    return written(job, false).orElseThrow();
  }

  @Override
  public Optional<WholeJob> update(WholeJob job) throws IOException {
    return written(job, true);
  }

  /** Empty where only a job that is known is to be written, and this one is not. */
  private Optional<WholeJob> written(WholeJob job, boolean onlyKnown) throws IOException {
    try {
      Trials trials = new Trials();
      while (true) {
        byte[] stood = raw(job.record().token());
        if (stood == null && onlyKnown) {
          return Optional.empty();
        }
        WholeJob now = trySave(job, stood);
        if (now != null) {
          return Optional.of(now);
        }
        trials.pause();
      }
    } catch (RedisFault e) {
      throw e.before("the record of " + job.record().id() + " cannot be written");
    }
  }

  /** Null where somebody else was faster. */
  private @Nullable WholeJob trySave(WholeJob job, byte @Nullable [] stood) throws IOException {
    Token token = job.record().token();
    JobRecord known = stood == null ? null : read(stood, token);
    JobRecord now = known == null ? job.record() : known.merge(job.record());
    ArrayRange array = now.array();
    if (array == null || job.elements().isEmpty()) {
      boolean kept = now.equals(known) || put(stood, known, now, List.of("", 0, "", ""));
      return kept ? new WholeJob(now, job.elements()) : null;
    }
    ElementLog read = elements.read(now, array);
    ElementLog.Change news = ElementLog.change(read, now, array, job.elements());
    boolean hasNews = news.bytes().length > 0;
    boolean kept = (now.equals(known) && !hasNews)
        || put(stood, known, now, hasNews ? words(read, news) : List.of("", 0, "", ""));
    if (kept && hasNews) {
      elements.keep(token, news.after());
    }
    return kept ? new WholeJob(now, news.after().elements()) : null;
  }

  private static List<Object> words(@Nullable ElementLog read, ElementLog.Change news) {
    return List.of(
        news.isAnew() ? "anew" : "append",
        read == null ? 0 : read.end(),
        read == null ? "" : read.header(),
        news.bytes());
  }

  /** False where what was read does not stand any more. */
  private boolean put(
      byte @Nullable [] stood, @Nullable JobRecord known, JobRecord now, List<Object> news)
      throws IOException {
    List<Object> arguments = new ArrayList<>(List.of(
        stood == null ? NONE : stood,
        RawBytes.encode(RecordJson.write(now)),
        now.token(),
        now.id().backend(),
        move(known, now),
        clock.millis()));
    arguments.addAll(news);
    arguments.addAll(ids(known, now));
    return RedisLink.text(link.run(Script.SAVE, saveKeys(now), arguments)).equals("kept");
  }

  private List<String> saveKeys(JobRecord record) {
    Token token = record.token();
    String backend = record.id().backend();
    return List.of(
        keys.record(token),
        keys.elements(token),
        keys.active(),
        keys.ended(),
        keys.lock(token),
        keys.backends(),
        keys.ids(backend),
        keys.sortedIds(backend));
  }

  private static String move(@Nullable JobRecord known, JobRecord now) {
    boolean wasFinal = known != null && known.isFinal();
    if (now.isFinal()) {
      return wasFinal ? "" : "ended";
    }
    return known == null || wasFinal ? "active" : "";
  }

  /** How many are new, those, and those that are no more: a held job is given another one. */
  private static List<Object> ids(@Nullable JobRecord known, JobRecord now) {
    List<String> before = known == null ? List.of() : ids(known);
    List<String> after = ids(now);
    List<String> fresh = new ArrayList<>(after);
    fresh.removeAll(before);
    List<Object> all = new ArrayList<>();
    all.add(fresh.size());
    all.addAll(fresh);
    before.stream().filter(id -> !after.contains(id)).forEach(all::add);
    return all;
  }

  private static List<String> ids(JobRecord record) {
    List<String> ids = new ArrayList<>();
    for (NativeId id : record.nativeIds()) {
      ids.add(id.whole().toString());
    }
    return ids;
  }

  private byte @Nullable [] raw(Token token) throws IOException {
    return (byte[]) link.ask(Command.GET, keys.record(token));
  }

  private JobRecord read(byte[] bytes, Token token) throws IOException {
    return RecordJson.read(bytes, token, keys.record(token));
  }

  @Override
  public Optional<JobRecord> load(Token token) throws IOException {
    byte[] bytes = raw(token);
    return bytes == null ? Optional.empty() : Optional.of(read(bytes, token));
  }

  @Override
  public Loaded load(Collection<Token> tokens) {
    List<JobRecord> records = new ArrayList<>();
    List<Damage> damaged = new ArrayList<>();
    List<Token> all = List.copyOf(tokens);
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      load(all.subList(from, Math.min(from + AT_ONCE, all.size())), records, damaged);
    }
    return new Loaded(records, damaged);
  }

  private void load(List<Token> some, List<JobRecord> records, List<Damage> damaged) {
    List<?> values;
    try {
      values = (List<?>) link.ask(Command.MGET, some.stream().map(keys::record).toArray());
    } catch (IOException e) {
      some.forEach(token -> damaged.add(new Damage(token, String.valueOf(e.getMessage()))));
      return;
    }
    for (int i = 0; values != null && i < some.size(); i++) {
      if (values.get(i) instanceof byte[] bytes) {
        try {
          records.add(read(bytes, some.get(i)));
        } catch (IOException e) {
          damaged.add(new Damage(some.get(i), String.valueOf(e.getMessage())));
        }
      }
    }
  }

  @Override
  public Elements elements(JobRecord record) throws IOException {
    ArrayRange array = record.array();
    ElementLog read = array == null ? null : elements.read(record, array);
    return read == null ? Elements.none(array) : read.elements();
  }

  @Override
  public Optional<JobRecord> find(JobId id) throws IOException {
    Optional<Token> token = id.token();
    if (token.isPresent()) {
      return load(token.get()).filter(job -> job.id().backend().equals(id.backend()));
    }
    Object found = link.ask(Command.HGET, keys.ids(id.backend()), id.nativeId().whole());
    if (found == null) {
      return Optional.empty();
    }
    try {
      return load(new Token(RedisLink.text(found)));
    } catch (IllegalArgumentException e) {
      throw new DamagedRecord(
          "the index " + keys.ids(id.backend()) + " is damaged at job " + id, e);
    }
  }

  @Override
  public List<JobId> complete(String backend, String prefix) throws IOException {
    byte[] from = RawBytes.encode("[" + prefix);
    byte[] to = Arrays.copyOf(from, from.length + 1);
    to[from.length] = (byte) 0xff; // no text has it in UTF-8
    Object found = link.ask(Command.ZRANGEBYLEX, keys.sortedIds(backend), from, to);
    List<JobId> ids = new ArrayList<>();
    for (String each : RedisLink.texts(found)) {
      ids.add(JobId.parse(backend + ":" + each));
    }
    return ids;
  }

  @Override
  public List<String> backends() throws IOException {
    List<String> names = RedisLink.texts(link.ask(Command.SMEMBERS, keys.backends()));
    names.sort(null);
    return names;
  }

  @Override
  public List<Token> active() throws IOException {
    return tokens(link.ask(Command.SMEMBERS, keys.active()));
  }

  @Override
  public List<Token> ended(Instant from, Instant to) throws IOException {
    long first = day(from).toEpochMilli();
    long behind = day(to).plus(1, ChronoUnit.DAYS).toEpochMilli();
    return tokens(link.ask(Command.ZRANGEBYSCORE, keys.ended(), first, "(" + behind));
  }

  private static Instant day(Instant instant) {
    return instant.truncatedTo(ChronoUnit.DAYS);
  }

  private static List<Token> tokens(@Nullable Object answer) {
    List<Token> tokens = new ArrayList<>();
    for (String each : RedisLink.texts(answer)) {
      try {
        tokens.add(new Token(each));
      } catch (IllegalArgumentException e) {
        log.debug("'{}' is somebody else's", each);
      }
    }
    tokens.sort((one, other) -> one.value().compareTo(other.value()));
    return tokens;
  }

  /** Who saves the job, or removes it too, waits for the lock, or until its lease has run out. */
  @Override
  public boolean remove(Token token, Removal first) throws IOException {
    String lock = keys.lock(token);
    String mine = UUID.randomUUID().toString();
    Trials trials = new Trials();
    while (!isDone(Script.LOCK, List.of(lock), List.of(mine, leases.millis()))) {
      trials.pause();
    }
    leases.keep(lock, mine);
    try {
      return removeLocked(token, first, mine);
    } finally {
      leases.letGo(lock);
      unlock(lock, mine);
    }
  }

  /** It runs out by itself where the server is away now. */
  private void unlock(String lock, String mine) {
    try {
      link.run(Script.UNLOCK, List.of(lock), List.of(mine));
    } catch (IOException e) {
      log.debug("The lock {} is left to run out", lock, e);
    }
  }

  private boolean removeLocked(Token token, Removal first, String mine) throws IOException {
    byte[] stood = raw(token);
    if (stood == null) {
      return true;
    }
    JobRecord record = null;
    try {
      record = read(stood, token);
      if (!record.isFinal()) {
        return false;
      }
    } catch (DamagedRecord e) {
      log.debug("A damaged record is removed; its ids stay behind and lead nowhere", e);
    }
    first.run();
    String backend = record == null ? "" : record.id().backend();
    List<Object> arguments = new ArrayList<>(List.of(mine, stood, token));
    if (record != null) {
      arguments.addAll(ids(record));
    }
    List<String> places = List.of(
        keys.record(token),
        keys.elements(token),
        keys.active(),
        keys.ended(),
        keys.lock(token),
        keys.ids(backend),
        keys.sortedIds(backend));
    // One whose answer was lost was asked twice, and the second time found nothing.
    if (!isDone(Script.REMOVE, places, arguments) && raw(token) != null) {
      throw new IOException("the record " + keys.record(token) + " stays: nothing was heard of this"
          + " client for a while, and others could write it; remove it again");
    }
    elements.forget(token);
    return true;
  }

  private boolean isDone(Script script, List<String> places, List<?> arguments) throws IOException {
    return Long.valueOf(1).equals(link.run(script, places, arguments));
  }

  /** What others write or lock meanwhile is tried again, at moments of no order. */
  private static final class Trials {
    private final long begin = System.nanoTime();
    private int pause = 1;

    void pause() throws IOException {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IOException("other clients hold the job, for " + PATIENCE.toSeconds() + " s now");
      }
      try {
        Thread.sleep(ThreadLocalRandom.current().nextInt(pause));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the client is closed");
      }
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
  }
}
