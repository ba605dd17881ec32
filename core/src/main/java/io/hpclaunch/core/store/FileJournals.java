// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.core.config.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The journals of a state folder: one file for each process that submits. */
public final class FileJournals implements Journals {
  /** How long the journal of another host must have been silent before its owner counts as gone. */
  public static final Duration FOREIGN_SILENCE = Duration.ofHours(1);

  private static final String SUFFIX = ".log";

  /** So that no two journals of this process have one name. */
  private static final AtomicInteger OPENED = new AtomicInteger();

  private final Path folder;
  private final boolean durable;
  private final Clock clock;

  /**
   * Names the journals of a state folder. Nothing is read or made yet.
   *
   * @param stateFolder the state folder
   * @param durable whether each entry is to survive the loss of power
   * @param clock for the silence of other hosts
   */
  public FileJournals(Path stateFolder, boolean durable, Clock clock) {
    folder = stateFolder.resolve("journal");
    this.durable = durable;
    this.clock = clock;
  }

  @Override
  public FileJournal open() throws IOException {
    StateFolder.create(folder);
    return FileJournal.create(own(), force());
  }

  /** Whole files: each is renamed to a name of this process, so that one of several succeeds. */
  @Override
  public List<Journal> takeOver(Predicate<JournalEntry.Intent> reachable) throws IOException {
    List<Journal> taken = new ArrayList<>();
    for (String name : StateFiles.names(folder)) {
      Path file = folder.resolve(name);
      if (name.endsWith(SUFFIX) && isOrphan(name, file)) {
        FileJournal journal = take(file);
        if (journal != null) {
          taken.add(journal);
        }
      }
    }
    return taken;
  }

  private boolean isOrphan(String name, Path file) throws IOException {
    ProcessIdentity owner = owner(name);
    if (owner == null) {
      return false; // somebody else's file
    }
    return switch (owner.life()) {
      case ALIVE -> owner.equals(ProcessIdentity.current()) && !FileJournal.isOpenHere(file);
      case GONE -> true;
      case UNKNOWN -> isSilent(file);
    };
  }

  private boolean isSilent(Path file) throws IOException {
    try {
      Instant last = Files.getLastModifiedTime(file).toInstant();
      return last.plus(FOREIGN_SILENCE).isBefore(clock.instant());
    } catch (NoSuchFileException e) {
      return false; // another one took it
    }
  }

  private @Nullable FileJournal take(Path file) {
    try {
      return FileJournal.take(file, own(), force());
    } catch (IOException e) {
      return null; // another one took it, or it cannot be read
    }
  }

  private Path own() {
    int number = OPENED.getAndIncrement();
    String copy = number == 0 ? "" : "." + number;
    return folder.resolve(ProcessIdentity.current() + copy + SUFFIX);
  }

  private static @Nullable ProcessIdentity owner(String name) {
    String stem = name.substring(0, name.length() - SUFFIX.length());
    int dot = stem.lastIndexOf('.');
    boolean numbered = dot > stem.lastIndexOf('-');
    return ProcessIdentity.parse(numbered ? stem.substring(0, dot) : stem);
  }

  /**
   * Network file systems tell of a full disk only when what was written is forced to the server.
   */
  private boolean force() throws IOException {
    String type = Files.getFileStore(folder).type().toLowerCase(Locale.ROOT);
    return durable || type.startsWith("nfs") || type.startsWith("cifs") || type.startsWith("smb");
  }
}
