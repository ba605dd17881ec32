// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Native ids as files, each with the token of the job that has it. */
final class IdIndex {
  private final Path folder;
  private final boolean durable;

  IdIndex(Path folder, boolean durable) {
    this.folder = folder;
    this.durable = durable;
  }

  /** Where a scheduler began to count again, the id is the new job's. */
  void put(JobRecord record) throws IOException {
    for (NativeId id : record.nativeIds()) {
      Path file = file(record.id().backend(), id);
      StateFiles.folders(StateFiles.parent(file));
      RecordLocks.with(StateFiles.parent(file), () -> {
        StateFiles.replace(file, record.token() + "\n", durable);
        return file;
      });
    }
  }

  /**
   * The job that has an id.
   *
   * @return its token, or empty where no job has it
   * @throws DamagedRecord when the file holds no token
   */
  Optional<Token> find(JobId id) throws IOException {
    Path file = file(id.backend(), id.nativeId());
    try {
      return Optional.of(new Token(text(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new DamagedRecord(
          "the index " + file + " is damaged, and no record has job " + id + ": remove it", e);
    }
  }

  /** Takes a job's ids away, but for those that are another's meanwhile. */
  void remove(JobRecord record) throws IOException {
    for (NativeId id : record.nativeIds()) {
      Path file = file(record.id().backend(), id);
      if (Files.isDirectory(StateFiles.parent(file))) {
        RecordLocks.with(StateFiles.parent(file), () -> remove(file, record.token()));
      }
    }
  }

  private static boolean remove(Path file, Token token) throws IOException {
    try {
      return text(file).equals(token.value()) && Files.deleteIfExists(file);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  List<JobId> complete(String backend, String prefix) throws IOException {
    List<JobId> found = new ArrayList<>();
    Path ofBackend = folder.resolve(FileNames.encode(backend));
    for (String name : StateFiles.names(ofBackend, FileNames.encode(prefix))) {
      found.add(new JobId(backend, RecordJson.nativeId(FileNames.decode(name))));
    }
    return found;
  }

  List<String> backends() throws IOException {
    return StateFiles.names(folder).stream().map(FileNames::decode).sorted().toList();
  }

  /** A line; one without its end was cut short, and is no token. */
  private static String text(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text + "…";
  }

  private Path file(String backend, NativeId id) {
    return folder
        .resolve(FileNames.encode(backend))
        .resolve(FileNames.encode(RecordJson.nativeId(id.whole())));
  }
}
