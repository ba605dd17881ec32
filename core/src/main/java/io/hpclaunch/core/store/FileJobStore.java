// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.config.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records as files below the state folder, as docs/jobs.md lays them out. Written for a home
 * directory that is NFS and seen by many hosts: a record is replaced by a rename, and the indices
 * are files of their own, so that neither a lookup nor a listing reads all records; what is known
 * of the elements of an array stands in a file beside the record, of which only news are written.
 */
public final class FileJobStore implements JobStore {
  private static final Logger log = LoggerFactory.getLogger(FileJobStore.class);

  private static final String IDENTITY = "register";
  private static final String SUFFIX = ".json";
  private static final String ELEMENTS = ".elements";
  private static final int SHARD = 2;

  private final Path folder;
  private final Path records;
  private final Path active;
  private final Path ended;
  private final IdIndex ids;
  private final ElementFiles elements;
  private final boolean durable;
  private final Clock clock;

  /**
   * Opens the store of a state folder. Nothing is read or made yet.
   *
   * @param stateFolder the state folder
   * @param durable whether each record is to survive the loss of power
   * @param clock tells the day on which an end became known
   */
  public FileJobStore(Path stateFolder, boolean durable, Clock clock) {
    folder = stateFolder;
    records = stateFolder.resolve("records");
    Path index = stateFolder.resolve("index");
    active = index.resolve("active");
    ids = new IdIndex(index.resolve("ids"), durable);
    elements = new ElementFiles(durable);
    ended = index.resolve("ended");
    this.durable = durable;
    this.clock = clock;
  }

  @Override
  public JobRegister.Identity identity() throws IOException {
    Path file = folder.resolve(IDENTITY);
    if (!Files.exists(file)) {
      StateFolder.create(folder);
      StateFiles.create(file, UUID.randomUUID() + "\n");
    }
    return new JobRegister.Identity(Files.readString(file).strip(), folder.toString());
  }

  @Override
  public WholeJob save(WholeJob job) throws IOException {
    Path file = file(job.record().token());
    return written(job, () -> {
      StateFiles.folders(StateFiles.parent(file));
      return RecordLocks.with(
          StateFiles.parent(file), () -> saveLocked(load(job.record().token()), job, file));
    });
  }

  @Override
  public Optional<WholeJob> update(WholeJob job) throws IOException {
    Path file = file(job.record().token());
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return written(
        job,
        () -> RecordLocks.with(StateFiles.parent(file), () -> {
          Optional<JobRecord> known = load(job.record().token());
          return known.isEmpty() ? Optional.empty() : Optional.of(saveLocked(known, job, file));
        }));
  }

  private static <T> T written(WholeJob job, RecordLocks.Action<T> writing) throws IOException {
    try {
      return writing.run();
    } catch (IOException e) {
      if (e instanceof DamagedRecord) {
        throw e;
      }
      throw new IOException(
          "the record of " + job.record().id() + " cannot be written: " + words(e), e);
    }
  }

  /**
   * The record comes after the elements that it sums up. Elements of which nothing was seen are not
   * even read.
   */
  private WholeJob saveLocked(Optional<JobRecord> known, WholeJob job, Path file)
      throws IOException {
    JobRecord now = known.isPresent() ? known.get().merge(job.record()) : job.record();
    Elements all = job.elements().isEmpty()
        ? job.elements()
        : elements.save(elementFile(now.token()), now, job.elements());
    if (known.isEmpty() || !known.get().equals(now)) {
      write(known, now, file);
    }
    return new WholeJob(now, all);
  }

  /** Indices first: a job that is listed and has no record is passed over, the reverse is lost. */
  private void write(Optional<JobRecord> known, JobRecord now, Path file) throws IOException {
    boolean wasFinal = known.isPresent() && known.get().isFinal();
    if (known.isEmpty() || !known.get().nativeIds().equals(now.nativeIds())) {
      ids.put(now);
    }
    if (!now.isFinal() && (known.isEmpty() || wasFinal)) {
      StateFiles.mark(active.resolve(now.token().value()));
    }
    StateFiles.replace(file, RecordJson.write(now), durable);
    if (now.isFinal() && !wasFinal) {
      end(now.token());
    }
  }

  @Override
  public Optional<JobRecord> load(Token token) throws IOException {
    Path file = file(token);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IOException("the record " + file + " cannot be read: " + words(e), e);
    }
    return Optional.of(RecordJson.read(bytes, token, file));
  }

  @Override
  public Elements elements(JobRecord record) throws IOException {
    Path file = elementFile(record.token());
    try {
      return elements.load(file, record);
    } catch (DamagedRecord e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("the elements " + file + " cannot be read: " + words(e), e);
    }
  }

  @Override
  public Optional<JobRecord> find(JobId id) throws IOException {
    Optional<Token> token = id.token();
    if (token.isPresent()) {
      return load(token.get()).filter(job -> job.id().backend().equals(id.backend()));
    }
    try {
      token = ids.find(id);
    } catch (DamagedRecord e) {
      return Optional.of(searched(id).orElseThrow(() -> e));
    }
    return token.isPresent() ? load(token.get()) : Optional.empty();
  }

  /**
   * Puts a damaged index right: all records are looked through, and the youngest job has the id.
   */
  private Optional<JobRecord> searched(JobId id) throws IOException {
    JobRecord youngest = null;
    for (JobRecord each : load(allTokens()).records()) {
      boolean has = each.id().backend().equals(id.backend())
          && each.nativeIds().contains(id.nativeId().whole());
      if (has && (youngest == null || each.submitted().isAfter(youngest.submitted()))) {
        youngest = each;
      }
    }
    if (youngest != null) {
      ids.put(youngest);
    }
    return Optional.ofNullable(youngest);
  }

  private List<Token> allTokens() throws IOException {
    List<String> names = new ArrayList<>();
    for (String shard : StateFiles.names(records)) {
      for (String name : StateFiles.names(records.resolve(shard))) {
        if (name.endsWith(SUFFIX)) {
          names.add(name.substring(0, name.length() - SUFFIX.length()));
        }
      }
    }
    return tokens(names);
  }

  @Override
  public List<JobId> complete(String backend, String prefix) throws IOException {
    return ids.complete(backend, prefix);
  }

  @Override
  public List<String> backends() throws IOException {
    return ids.backends();
  }

  @Override
  public List<Token> active() throws IOException {
    return tokens(StateFiles.names(active));
  }

  @Override
  public List<Token> ended(Instant from, Instant to) throws IOException {
    List<Token> found = new ArrayList<>();
    String first = day(from);
    String last = day(to);
    for (String day : StateFiles.names(ended)) {
      if (day.compareTo(first) >= 0 && day.compareTo(last) <= 0) {
        found.addAll(tokens(StateFiles.names(ended.resolve(day))));
      }
    }
    return found;
  }

  @Override
  public boolean remove(Token token, Removal first) throws IOException {
    Path shard = StateFiles.parent(file(token));
    return !Files.isDirectory(shard) || RecordLocks.with(shard, () -> removeLocked(token, first));
  }

  private boolean removeLocked(Token token, Removal first) throws IOException {
    Optional<JobRecord> record = Optional.empty();
    try {
      record = load(token);
      if (record.isEmpty()) {
        return true;
      }
    } catch (DamagedRecord e) {
      log.debug("A damaged record is removed; its ids stay behind and lead nowhere", e);
    }
    if (record.isPresent() && !record.get().isFinal()) {
      return false;
    }
    first.run();
    if (record.isPresent()) {
      ids.remove(record.get());
    }
    Files.deleteIfExists(active.resolve(token.value()));
    for (String day : StateFiles.names(ended)) {
      Files.deleteIfExists(ended.resolve(day).resolve(token.value()));
    }
    elements.forget(elementFile(token));
    Files.deleteIfExists(elementFile(token));
    Files.deleteIfExists(file(token));
    return true;
  }

  /** One rename takes the job from the active ones to those that ended today. */
  private void end(Token token) throws IOException {
    Path day = ended.resolve(day(clock.instant()));
    StateFiles.folders(day);
    Path mark = day.resolve(token.value());
    try {
      Files.move(active.resolve(token.value()), mark, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      StateFiles.mark(mark);
    }
  }

  private static String day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC).toString();
  }

  private static List<Token> tokens(List<String> names) {
    List<Token> tokens = new ArrayList<>();
    for (String name : names) {
      Token token = token(name);
      if (token != null) {
        tokens.add(token);
      }
    }
    return tokens;
  }

  private static @Nullable Token token(String name) {
    try {
      return new Token(name);
    } catch (IllegalArgumentException e) {
      return null; // somebody else's file
    }
  }

  private Path file(Token token) {
    String name = token.value();
    return records.resolve(name.substring(0, SHARD)).resolve(name + SUFFIX);
  }

  private Path elementFile(Token token) {
    return file(token).resolveSibling(token.value() + ELEMENTS);
  }

  private static String words(IOException e) {
    return StateFolder.words(e);
  }
}
