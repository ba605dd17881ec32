// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that is told apart from any other, also from one of the same path on another host, by a
 * file in it. The file's first line is the folder's name, and further ones are names that it had.
 *
 * <p>In a folder of job folders each job's {@code spec.json} has the name, too: where the file is
 * lost, it is known by the jobs whose folders are there.
 */
final class NamedFolder {
  private static final Logger log = LoggerFactory.getLogger(NamedFolder.class);

  private static final String FILE = ".place";

  /** Of all jobs the names that the folder had, the newest first; all of a job's is one line. */
  private static final String NAMES = """
      names() {
        ls -t "$1" 2>/dev/null | sed -n '1,1000s|$|/spec.json|p' | (
          cd "$1" && xargs sed -n 's/^{"version":[0-9]*,"place":"\\([^"+][^"+]*\\)[+"].*/\\1/p'
        ) 2>/dev/null | awk '!seen[$0]++'
      }
      """;

  private static final String READ = NAMES + """
      if [ -s "$1/$2" ]; then cat "$1/$2"; else names "$1"; fi
      """;

  /** A link appears whole, and of several that make one, one does. */
  private static final String MAKE = NAMES + """
      umask 077
      mkdir -p "$1" || exit
      if [ ! -s "$1/$2" ]; then
        fresh=$3
        [ -z "$4" ] || fresh="$3 $(printf '%s:%s' "$(uname -n)" "$1" | tr '\\n' ' ')"
        found=$(names "$1")
        printf '%s\\n' "${found:-$fresh}" >"$1/$2.$3" || exit
        ln "$1/$2.$3" "$1/$2" 2>/dev/null || [ -s "$1/$2" ] || mv "$1/$2.$3" "$1/$2"
        rm -f "$1/$2.$3"
      fi
      cat "$1/$2"
      """;

  /** Where nothing was ever submitted there is no name, and each of many jobs would ask for it. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  private final Transport transport;
  private final Supplier<String> path;
  private final boolean located;

  /** All names, the folder's own first; empty until there is one. */
  private volatile List<String> known = List.of();

  /** What was found of other folders whose names were asked for. */
  private final Map<String, Former> formers = new ConcurrentHashMap<>();

  private boolean standing;
  private volatile @Nullable String fault;
  private long askedAt;

  /**
   * Means a folder; nothing is read or made yet.
   *
   * @param transport the way to it
   * @param path where it is, asked for when that is needed
   * @param located whether its name is to tell its host and path
   */
  NamedFolder(Transport transport, Supplier<String> path, boolean located) {
    this.transport = transport;
    this.path = path;
    this.located = located;
    this.askedAt = System.nanoTime() - BETWEEN_LOOKS.toNanos();
  }

  String path() {
    return path.get();
  }

  /**
   * The folder's name, for what is about to be kept there.
   *
   * @return the name, made where there was none
   * @throws BackendUnavailable when it cannot be made; nothing may be submitted then
   */
  synchronized String ensured() {
    try {
      if (!standing) {
        seen(MAKE);
        standing = true;
      }
      return known.get(0);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the folder " + path.get() + " cannot be made on " + transport.host() + " ("
              + e.getMessage() + "); nothing was submitted",
          e);
    }
  }

  /** Where what was kept with a folder's name is, as seen from here. */
  Sight look(String name) {
    List<String> names = names();
    if (names.contains(name)) {
      return Sight.HERE;
    }
    return names.isEmpty() && fault != null ? Sight.UNREACHABLE : Sight.ELSEWHERE;
  }

  /**
   * Where what was kept with another folder's name is: elsewhere as long as that folder stands
   * where its name tells, with that name, or may do so on another host. What is gone keeps nothing.
   *
   * @param name a name that tells the folder's host and path
   */
  Sight lookWhereItWas(String name) {
    Former former = formers.get(name);
    if (former == null || System.nanoTime() - former.askedAt() >= BETWEEN_LOOKS.toNanos()) {
      former = new Former(found(name), System.nanoTime());
      formers.put(name, former);
    }
    return former.sight();
  }

  private record Former(Sight sight, long askedAt) {}

  private Sight found(String name) {
    String where = name.substring(name.indexOf(' ') + 1);
    int colon = Math.max(0, where.indexOf(':'));
    String host = where.substring(0, colon);
    try {
      boolean stands = namesIn(where.substring(colon + 1)).contains(name);
      return stands || !host.equals(ownHost()) ? Sight.ELSEWHERE : Sight.HERE;
    } catch (IOException | BackendUnavailable e) {
      log.debug("Whether there is a folder {} cannot be seen", name, e);
      fault = String.valueOf(e.getMessage());
      return Sight.UNREACHABLE;
    }
  }

  /** Why this folder cannot be seen now; null where it was seen. */
  @Nullable String fault() {
    return fault;
  }

  /** Empty where nothing was ever submitted from here, or where that cannot be seen now. */
  private List<String> names() {
    List<String> names = known;
    return names.isEmpty() ? looked() : names;
  }

  /** Who comes while another one looks waits for what is found. */
  private synchronized List<String> looked() {
    if (!known.isEmpty() || System.nanoTime() - askedAt < BETWEEN_LOOKS.toNanos()) {
      return known;
    }
    try {
      return seen(READ);
    } catch (IOException | BackendUnavailable | UncheckedIOException e) {
      log.debug("The names of a folder on {} cannot be seen", transport.host(), e);
      fault = String.valueOf(e.getMessage());
      return known;
    } finally {
      askedAt = System.nanoTime();
    }
  }

  /** A name that stands there is read without a process. */
  private List<String> seen(String script) throws IOException {
    List<String> names = namesIn(path.get());
    names = names.isEmpty() ? asked(script) : names;
    known = names;
    fault = null;
    return names;
  }

  private String ownHost() throws IOException {
    return transport.run(Command.of("uname", "-n")).stdout().strip();
  }

  private List<String> namesIn(String folder) throws IOException {
    return lines(new JobFolder(transport, folder).read(FILE).orElse(""));
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private List<String> asked(String script) throws IOException {
    String fresh = UUID.randomUUID().toString();
    CommandResult result = transport.run(
        Command.of("sh", "-c", script, "sh", path.get(), FILE, fresh, located ? "located" : ""));
    List<String> names = lines(result.stdout());
    if (result.status() != 0 || (script.equals(MAKE) && names.isEmpty())) {
      throw new IOException(result.stderr().strip());
    }
    return names;
  }
}
