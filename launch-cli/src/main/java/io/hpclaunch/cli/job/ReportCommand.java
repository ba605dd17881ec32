// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.RawWriter;
import io.hpclaunch.core.config.StateFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc report}: how well jobs used what was kept for them. */
@Command(
    name = "report",
    description = {
      "Tell how well jobs used the cpus and the memory that were kept for them.",
      "Without ids: the jobs of all backends that ended within the last day. What is reserved is"
          + " what the scheduler gave, else what the job asked for; cpus count for as long as the"
          + " job ran, memory is that of one node. An array is one line, its elements together:"
          + " times are sums, WAITED is a mean. The last line sums up all jobs; its shares are"
          + " weighted by what was reserved. What is not known is -, and counts nowhere."
    })
final class ReportCommand extends JobCommand {
  private static final Duration DAY = Duration.ofDays(1);

  @Parameters(paramLabel = "ID", arity = "0..*", description = "Jobs, or elements: ID/INDEX.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--all", description = "All ended jobs that the state folder remembers.")
  private boolean all;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Jobs that have ended since then: a time, such as 2025-03-01T14:30, or how long"
          + " ago, such as 2h or 7d.")
  private @Nullable String since;

  @Option(names = "--elements", description = "A line for each element of an array.")
  private boolean elements;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, csv or json; default: table. Only the table has sums.")
  private @Nullable String format;

  @Option(names = "--json", description = "The same as --format json: a list of objects.")
  private boolean json;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the report there.")
  private @Nullable String output;

  ReportCommand(Session session) {
    super(session);
  }

  private enum Format {
    TABLE,
    CSV,
    JSON
  }

  @Override
  protected int run() {
    if (all && since != null) {
      throw wrong("--all and --since: give one of them");
    }
    if (!ids.isEmpty() && (all || since != null)) {
      throw wrong("--all and --since choose among all jobs: leave out the ids");
    }
    Format chosen = format();
    Instant earliest = earliest(session().time().now());
    List<String> problems = new ArrayList<>();
    JobObserver.Observed seen = ids.isEmpty()
        ? lookAround(earliest, problems)
        : JobObserver.observe(runtime(), finder().resolve(ids));
    boolean isNothing = !ids.isEmpty() && seen.reports().isEmpty();
    if (!isNothing || chosen != Format.TABLE) { // jobs that nobody knows need no table
      write(seen.reports(), chosen);
    }
    problems.addAll(seen.problems());
    seen.unknown().forEach(id -> problems.add(JobFinder.NoSuchJob.message(id)));
    problems.forEach(this::tell);
    return seen.unknown().isEmpty() ? seen.status() : ExitStatus.NO_SUCH_JOB;
  }

  private Format format() {
    String word = format == null ? (json ? "json" : "table") : format;
    if (json && !word.equals("json")) {
      throw wrong("--json and --format " + word + ": give one of them");
    }
    return switch (word) {
      case "table" -> Format.TABLE;
      case "csv" -> Format.CSV;
      case "json" -> Format.JSON;
      default -> throw wrong("--format is table, csv or json, not '" + word + "'");
    };
  }

  private Instant earliest(Instant now) {
    if (all) {
      return Instant.EPOCH;
    }
    String text = since;
    return text == null ? now.minus(DAY) : Times.since(text, now, ZoneId.systemDefault());
  }

  /** Some of those that are active as far as is known have ended, and nobody has looked. */
  private JobObserver.Observed lookAround(Instant earliest, List<String> problems) {
    problems.addAll(JobObserver.settle(runtime()));
    JobRegister jobs = runtime().jobs();
    JobObserver.Observed active = JobObserver.refresh(runtime(), wanted(jobs.active()));
    problems.addAll(active.problems());
    JobRegister.Listing ended = jobs.ended(earliest);
    problems.addAll(ended.damaged());
    JobObserver.Observed seen = JobObserver.refresh(runtime(), wanted(ended));
    if (seen.status() != ExitStatus.OK) {
      return seen;
    }
    boolean isWhole = ended.damaged().isEmpty() || active.status() != ExitStatus.OK;
    return seen.withStatus(isWhole ? active.status() : ExitStatus.PROBLEM);
  }

  private List<KnownJob> wanted(JobRegister.Listing listing) {
    String wanted = backendName() == null ? null : backend().name();
    return listing.jobs().stream()
        .filter(job -> wanted == null || job.id().backend().equals(wanted))
        .toList();
  }

  private void write(List<JobReport> jobs, Format chosen) {
    List<JobReport> rows = jobs.stream()
        .flatMap(job -> elements && job.array() != null ? job.elements().stream() : Stream.of(job))
        .toList();
    UsageReport report = new UsageReport(rows);
    String file = output;
    if (file == null) {
      print(report, chosen, out());
      out().flush();
      return;
    }
    try (OutputStream bytes = Files.newOutputStream(session().file(file));
        RawWriter writer = new RawWriter(bytes)) {
      PrintWriter to = new PrintWriter(writer);
      print(report, chosen, to);
      to.flush();
      IOException failure = writer.failure();
      if (failure != null) {
        throw failure;
      }
    } catch (IOException e) {
      throw new InvalidConfiguration(file + " cannot be written: " + StateFolder.words(e), e);
    }
  }

  private static void print(UsageReport report, Format chosen, PrintWriter to) {
    switch (chosen) {
      case TABLE -> report.printTable(to);
      case CSV -> report.printCsv(to);
      case JSON -> report.printJson(to);
    }
  }
}
