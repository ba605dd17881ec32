// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.transport.Answer;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.core.scheduler.NoAnswer;
import io.hpclaunch.core.scheduler.SchedulerCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks PBS, in the words and formats of the dialect that is there.
 *
 * <p>Each command takes a port below 1024 for a minute, and there are about 500: so what can be
 * asked at once is. JSON is asked of one job or of all, since {@code qstat -F json} with several
 * ids tells of the first alone, with exit status 0 (seen on 23.06).
 */
final class PbsCommands {
  private static final Duration RARELY_CHANGES = Duration.ofHours(1);
  private static final Duration A_MOMENT = Duration.ofSeconds(2);

  /** The exit status of a usage message. */
  private static final int USAGE = 2;

  private static final Logger log = LoggerFactory.getLogger(PbsCommands.class);

  private final SchedulerCommands commands;
  private final @Nullable Dialect configured;
  private @Nullable Dialect told;
  private boolean hasNoJson;

  /**
   * Makes it.
   *
   * @param commands the way to PBS
   * @param configured the dialect, or null: it is asked
   */
  PbsCommands(SchedulerCommands commands, @Nullable Dialect configured) {
    this.commands = commands;
    this.configured = configured;
  }

  /** The dialect; until it can be asked, OpenPBS. */
  Dialect dialect() {
    if (configured != null) {
      return configured;
    }
    if (told == null) {
      try {
        told = asked();
      } catch (NoAnswer e) {
        log.debug("{}", e.why());
      }
    }
    return told == null ? Dialect.OPENPBS : told;
  }

  /** Null where they said nothing, as commands that fail do. */
  private @Nullable Dialect asked() throws NoAnswer {
    String qstat = version("qstat");
    Dialects.Verdict verdict = Dialects.of(qstat, "");
    if (verdict.dialect() != null) {
      return verdict.dialect();
    }
    String both = qstat + version("qsub");
    verdict = Dialects.of(both, "");
    if (verdict.dialect() == null) {
      log.warn("{}; taken for OpenPBS", verdict.words());
    }
    return verdict.dialect() != null || both.isBlank() ? verdict.dialect() : Dialect.OPENPBS;
  }

  boolean isTorque() {
    return dialect() == Dialect.TORQUE;
  }

  private String version(String command) throws NoAnswer {
    CommandResult result = lasting(List.of(command, "--version"));
    return result.stdout() + "\n" + result.stderr();
  }

  /** What rarely changes; a failure passes, and is not kept for as long. */
  private CommandResult lasting(List<String> argv) throws NoAnswer {
    CommandResult result = commands.look(argv, RARELY_CHANGES).result();
    return result.status() == 0 ? result : commands.look(argv, A_MOMENT).result();
  }

  /**
   * What qstat told of jobs.
   *
   * @param jobs what could be read
   * @param asked when it was asked
   */
  record Told(Listing jobs, Instant asked) {}

  /**
   * Lists everybody's jobs that are queued or running; there is no way to ask for one's own.
   *
   * @param elements whether elements of arrays are listed, too
   * @param maxAge how old another client's answer may be
   */
  Told queued(boolean elements, Duration maxAge) throws NoAnswer {
    return isTorque()
        ? listed(words("qstat", elements ? "-t" : null, "-x"), maxAge, QstatXml::parse)
        : openPbs(words(elements ? "-t" : null), maxAge);
  }

  /** Lists everybody's jobs that the server remembers: those that ended, too. */
  Told remembered(boolean elements, Duration maxAge) throws NoAnswer {
    return openPbs(words("-x", elements ? "-t" : null), maxAge);
  }

  /** Asks for one job that may have ended. */
  Listing remembered(PbsId id) throws NoAnswer {
    return openPbs(words("-x", id.array() ? "-t" : null, id.text()), Duration.ZERO)
        .jobs();
  }

  /**
   * Asks for some jobs as text, which knows several ids.
   *
   * @param ids not many: each takes a port
   * @param ended whether those that ended are asked for, too
   */
  Listing some(Collection<PbsId> ids, boolean ended) throws NoAnswer {
    boolean arrays = ids.stream().anyMatch(PbsId::array);
    List<String> argv = words("qstat", ended ? "-x" : null, arrays ? "-t" : null, "-f");
    ids.forEach(id -> argv.add(id.text()));
    return listed(argv, Duration.ZERO, QstatText::parse).jobs();
  }

  /** JSON that is no JSON happens; text tells the same at another time. */
  private Told openPbs(List<String> which, Duration maxAge) throws NoAnswer {
    boolean unreadable = false;
    boolean refused = false;
    if (!hasNoJson) {
      List<String> argv = words("qstat", "-f", "-F", "json");
      argv.addAll(which);
      Answer answer = commands.look(argv, maxAge);
      Listing listing = QstatJson.parse(answer.result().stdoutBytes());
      refused = answer.result().status() == USAGE;
      unreadable = !refused && !hasFailed(answer.result()) && listing.cut();
      if (!refused && !unreadable) {
        return told(argv, answer, listing);
      }
    }
    List<String> argv = words("qstat", "-f");
    argv.addAll(which);
    Told told = listed(argv, maxAge, QstatText::parse);
    hasNoJson |= refused; // PBS Professional before 14
    if (unreadable && told.jobs().jobs().isEmpty()) { // silence, twice
      throw unreadable(argv);
    }
    return told;
  }

  private static NoAnswer unreadable(List<String> argv) {
    return new NoAnswer(argv.get(0) + " wrote an answer that cannot be read", null);
  }

  private Told listed(List<String> argv, Duration maxAge, Function<byte[], Listing> parser)
      throws NoAnswer {
    Answer answer = commands.look(argv, maxAge);
    return told(argv, answer, parser.apply(answer.result().stdoutBytes()));
  }

  /** A status that says more than that jobs are not known. */
  private static boolean hasFailed(CommandResult result) {
    return result.status() != 0 && !QstatError.isDenial(result.stderr());
  }

  private static Told told(List<String> argv, Answer answer, Listing listing) throws NoAnswer {
    CommandResult result = answer.result();
    boolean without = QstatError.isWithoutHistory(result.stderr()); // nor are the living told of
    if (hasFailed(result) || without) {
      throw SchedulerCommands.refused(argv, result);
    }
    if (listing.cut()) {
      throw unreadable(argv);
    }
    if (listing.rejected() > 0) {
      log.warn("{} told of {} jobs what cannot be read", argv.get(0), listing.rejected());
    }
    return new Told(listing, answer.asked());
  }

  private static List<String> words(@Nullable String... words) {
    List<String> all = new ArrayList<>();
    for (String word : words) {
      if (word != null) {
        all.add(word);
      }
    }
    return all;
  }

  /** What the server tells of itself; null where it cannot be read. */
  @Nullable ServerInfo server() throws NoAnswer {
    List<String> argv =
        isTorque() ? List.of("qstat", "-B", "-f") : List.of("qstat", "-B", "-f", "-F", "json");
    return ServerInfo.parse(bytes(argv, lasting(argv)));
  }

  byte[] queues() throws NoAnswer {
    return bytes(
        isTorque() ? List.of("qstat", "-Q", "-f") : List.of("qstat", "-Q", "-f", "-F", "json"));
  }

  byte[] nodes() throws NoAnswer {
    return bytes(isTorque() ? List.of("pbsnodes", "-x") : List.of("pbsnodes", "-a", "-F", "json"));
  }

  private byte[] bytes(List<String> argv) throws NoAnswer {
    return bytes(argv, commands.look(argv, Duration.ZERO).result());
  }

  private static byte[] bytes(List<String> argv, CommandResult result) throws NoAnswer {
    if (result.status() != 0) {
      throw SchedulerCommands.refused(argv, result);
    }
    return result.stdoutBytes();
  }
}
