// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.store.JobRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place where a backend's job folders are, told apart from any other by a file in it. Where
 * clients share a store and no files, what a client doesn't find says nothing of jobs of another
 * place: the shell backend's jobs of another host are not lost because this host knows none of
 * them.
 *
 * <p>The file's first line is the place's name, and further ones are names that it had. Each job's
 * {@code spec.json} has the name, too: where the file is lost, the place is known by the jobs whose
 * folders are there, and so are those whose folders are not.
 */
final class Place {
  private static final Logger log = LoggerFactory.getLogger(Place.class);

  private static final String FILE = ".place";

  /** Of all jobs the names that places had, the newest first; all of a job's is one line. */
  private static final String NAMES = """
      names() {
        ls -t "$1" 2>/dev/null | sed -n '1,1000s|$|/spec.json|p' | (
          cd "$1" && xargs sed -n 's/^{"version":[0-9]*,"place":"\\([^"]*\\)".*/\\1/p'
        ) 2>/dev/null | awk '!seen[$0]++'
      }
      """;

  private static final String READ = NAMES + """
      if [ -s "$1/$2" ]; then cat "$1/$2"; else names "$1"; fi
      """;

  /** Who never submitted anything has none, and each of many jobs would ask for it. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  /** A link appears whole, and of several that make one, one does. */
  private static final String MAKE = NAMES + """
      umask 077
      mkdir -p "$1" || exit
      if [ ! -s "$1/$2" ]; then
        found=$(names "$1")
        printf '%s\\n' "${found:-$3}" >"$1/$2.$3" || exit
        ln "$1/$2.$3" "$1/$2" 2>/dev/null || [ -s "$1/$2" ] || mv "$1/$2.$3" "$1/$2"
        rm -f "$1/$2.$3"
      fi
      cat "$1/$2"
      """;

  private final Transport transport;
  private final Supplier<String> workspace;
  private final boolean shared;

  /** All its names, its own first; empty until there is one. */
  private volatile List<String> known = List.of();

  private volatile boolean standing;
  private volatile @Nullable String fault;
  private volatile long askedAt;

  /**
   * Names a place; nothing is read or made yet.
   *
   * @param transport the way to it
   * @param workspace the folder of its job folders
   * @param shared whether the store is shared by clients that may see other places
   */
  Place(Transport transport, Supplier<String> workspace, boolean shared) {
    this.transport = transport;
    this.workspace = workspace;
    this.shared = shared;
    this.askedAt = System.nanoTime() - BETWEEN_LOOKS.toNanos();
  }

  /**
   * The place's name, for a job that is about to be submitted.
   *
   * @return the name, made where there was none; null where the store has no need of it
   * @throws BackendUnavailable when it cannot be made; nothing may be submitted then
   */
  @Nullable String ensured() {
    if (!shared) {
      return null;
    }
    try {
      if (!standing) {
        asked(MAKE);
        standing = true;
      }
      return known.get(0);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the folder " + workspace.get() + " cannot be made on " + transport.host() + " ("
              + e.getMessage() + "); nothing was submitted",
          e);
    }
  }

  /** Where a job is, as this client sees it. */
  enum Sight {
    /** Here: its files and its scheduler can be asked. */
    HERE,
    /** In another place. */
    ELSEWHERE,
    /** Which place this is cannot be seen now. */
    UNREACHABLE
  }

  /** Where a job or an intent is that was kept with a place's name. */
  Sight look(@Nullable String place) {
    if (place == null) {
      return Sight.HERE;
    }
    List<String> names = here();
    if (names.contains(place)) {
      return Sight.HERE;
    }
    return names.isEmpty() && fault != null ? Sight.UNREACHABLE : Sight.ELSEWHERE;
  }

  /** Whether an intent can be settled from here. */
  boolean isHere(@Nullable String place) {
    return look(place) == Sight.HERE;
  }

  /** Why this place cannot be seen now. */
  String fault() {
    String why = fault;
    return transport.host() + " cannot be asked: " + (why == null ? "try again" : why);
  }

  /** Refuses what needs a job's files or its scheduler, where they are not to be seen from here. */
  void require(JobRecord record) {
    switch (look(record.place())) {
      case HERE -> {}
      case UNREACHABLE -> throw new BackendUnavailable("job " + record.id() + ": " + fault());
      case ELSEWHERE ->
        throw new BackendUnavailable("job " + record.id()
            + " was submitted with its folder " + record.jobFolder()
            + " in another place than the workspace " + workspace.get() + " on "
            + transport.host()
            + ": ask where it was submitted, or give both the same workspace (its"
            + " place is called " + record.place() + ")");
    }
  }

  /** Whether a job of this place has its folder. */
  boolean hasFolder(JobRecord record) throws IOException {
    return new JobFolder(transport, record.jobFolder()).exists();
  }

  /** Empty where nothing was ever submitted from here, or where that cannot be seen now. */
  private List<String> here() {
    List<String> names = known;
    if (!names.isEmpty() || System.nanoTime() - askedAt < BETWEEN_LOOKS.toNanos()) {
      return names;
    }
    try {
      askedAt = System.nanoTime();
      return asked(READ);
    } catch (IOException | BackendUnavailable | UncheckedIOException e) {
      log.debug("The place of {} cannot be seen", transport.host(), e);
      fault = String.valueOf(e.getMessage());
      return names;
    }
  }

  private List<String> asked(String script) throws IOException {
    String fresh = UUID.randomUUID().toString();
    CommandResult result =
        transport.run(Command.of("sh", "-c", script, "sh", workspace.get(), FILE, fresh));
    List<String> names = result.stdout().lines().map(String::strip).toList();
    if (result.status() != 0 || (script.equals(MAKE) && names.isEmpty())) {
      throw new IOException(result.stderr().strip());
    }
    known = names;
    fault = null;
    return names;
  }
}
