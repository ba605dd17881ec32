// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
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
import org.jspecify.annotations.Nullable;

/**
 * Records as files below the state folder, as docs/jobs.md lays them out. Written for a home
 * directory that is NFS and seen by many hosts: a record is replaced by a rename, and the indices
 * are files of their own, so that neither a lookup nor a listing reads all records. An index that
 * lags behind, because a process was killed between two steps, is put right by the next reader.
 */
public final class FileJobStore implements JobStore {
  private static final String SUFFIX = ".json";
  private static final int SHARD = 2;

  private final Path records;
  private final Path active;
  private final Path ids;
  private final Path ended;
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
    records = stateFolder.resolve("records");
    Path index = stateFolder.resolve("index");
    active = index.resolve("active");
    ids = index.resolve("ids");
    ended = index.resolve("ended");
    this.durable = durable;
    this.clock = clock;
  }

  @Override
  public JobRecord save(JobRecord record) throws IOException {
    Path file = file(record.token());
    try {
      StateFiles.folders(StateFiles.parent(file));
      return RecordLocks.with(StateFiles.parent(file), () -> saveLocked(record, file));
    } catch (IOException e) {
      if (e instanceof DamagedRecord) {
        throw e;
      }
      throw new IOException("the record of " + record.id() + " cannot be written: " + words(e), e);
    }
  }

  /** Indices first: a job that is listed and has no record is passed over, the reverse is lost. */
  private JobRecord saveLocked(JobRecord record, Path file) throws IOException {
    Optional<JobRecord> known = load(record.token());
    JobRecord now = known.isPresent() ? known.get().merge(record) : record;
    if (known.isPresent() && known.get().equals(now)) {
      return now;
    }
    boolean wasFinal = known.isPresent() && known.get().isFinal();
    if (known.isEmpty()
        || !known.get().id().equals(now.id())
        || !known.get().chunks().equals(now.chunks())) {
      index(now);
    }
    if (!now.isFinal() && (known.isEmpty() || wasFinal)) {
      StateFiles.mark(active.resolve(now.token().value()));
    }
    StateFiles.replace(file, RecordJson.write(now), durable);
    if (now.isFinal() && !wasFinal) {
      end(now.token());
    }
    return now;
  }

  @Override
  public Optional<JobRecord> load(Token token) throws IOException {
    Path file = file(token);
    String text;
    try {
      text = RawBytes.decode(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IOException("the record " + file + " cannot be read: " + words(e), e);
    }
    try {
      JobRecord record = RecordJson.read(text);
      if (!record.token().equals(token)) {
        throw new IllegalArgumentException("it is the record of " + record.token());
      }
      return Optional.of(record);
    } catch (RuntimeException | StackOverflowError e) {
      if (e.getCause() instanceof OutOfMemoryError) {
        throw new IOException("there is not enough memory for the record " + file, e);
      }
      throw new DamagedRecord("the record " + file + " is damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<JobRecord> find(JobId id) throws IOException {
    Path file = idFile(id.backend(), id.nativeId());
    try {
      String token = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
      return load(new Token(token));
    } catch (NoSuchFileException | IllegalArgumentException e) {
      return Optional.empty(); // not known, or killed while it was written
    }
  }

  @Override
  public List<JobId> complete(String backend, String prefix) throws IOException {
    List<JobId> found = new ArrayList<>();
    Path folder = ids.resolve(FileNames.encode(backend));
    for (String name : StateFiles.names(folder, FileNames.encode(prefix))) {
      found.add(new JobId(backend, RecordJson.nativeId(FileNames.decode(name))));
    }
    return found;
  }

  @Override
  public List<String> backends() throws IOException {
    return StateFiles.names(ids).stream().map(FileNames::decode).sorted().toList();
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
  public void remove(Token token) throws IOException {
    JobRecord record = null;
    try {
      record = load(token).orElse(null);
    } catch (DamagedRecord e) {
      record = null; // its ids stay behind and lead nowhere
    }
    if (record != null) {
      for (NativeId id : nativeIds(record)) {
        unindex(idFile(record.id().backend(), id), token);
      }
    }
    Files.deleteIfExists(active.resolve(token.value()));
    for (String day : StateFiles.names(ended)) {
      Files.deleteIfExists(ended.resolve(day).resolve(token.value()));
    }
    Files.deleteIfExists(file(token));
  }

  private static void unindex(Path file, Token token) throws IOException {
    try {
      if (Files.readString(file, StandardCharsets.ISO_8859_1).strip().equals(token.value())) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return;
    }
  }

  private void index(JobRecord record) throws IOException {
    for (NativeId id : nativeIds(record)) {
      Path file = idFile(record.id().backend(), id);
      StateFiles.folders(StateFiles.parent(file));
      try {
        Files.createFile(file, StateFiles.FILE);
        Files.writeString(file, record.token() + "\n", StandardCharsets.ISO_8859_1);
      } catch (FileAlreadyExistsException e) { // the scheduler began to count again
        StateFiles.replace(file, record.token() + "\n", durable);
      }
    }
  }

  private static List<NativeId> nativeIds(JobRecord record) {
    List<NativeId> all = new ArrayList<>();
    all.add(record.id().nativeId());
    record.chunks().forEach(chunk -> all.add(chunk.id()));
    return all;
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

  private Path idFile(String backend, NativeId id) {
    return ids.resolve(FileNames.encode(backend))
        .resolve(FileNames.encode(RecordJson.nativeId(id.whole())));
  }

  private static String words(IOException e) {
    String name = e.getClass().getSimpleName();
    return e.getClass() == IOException.class
        ? String.valueOf(e.getMessage())
        : name + ": " + e.getMessage();
  }
}
