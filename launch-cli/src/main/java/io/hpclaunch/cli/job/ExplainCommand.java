// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.cli.output.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc explain}: why a job stands where it stands. */
@Command(
    name = "explain",
    description = {
      "Tell in plain words where a job stands, why, and what can be done about it.",
      "Where it failed, the last lines of its standard error are shown."
    })
final class ExplainCommand extends OneJobCommand {
  private static final int LAST_LINES = 10;
  private static final int FEW = 10;

  @Option(names = "--json", description = "Print JSON: the job's object, and the words.")
  private boolean json;

  ExplainCommand(Session session) {
    super(session);
  }

  @Override
  int run(JobId job, Backend itsBackend) {
    JobObserver.Observed seen = JobObserver.observe(runtime(), List.of(job));
    seen.problems().forEach(this::tell);
    if (seen.reports().isEmpty()) {
      return seen.unknown().isEmpty() ? seen.status() : ExitStatus.NO_SUCH_JOB;
    }
    JobReport report = seen.reports().get(0);
    Capabilities can = capabilities(itsBackend);
    Explanation words = words(report, itsBackend, can);
    boolean hasFiles = Explainer.hasFiles(can);
    List<String> lastLines = lastLines(report, itsBackend);
    if (json) {
      Map<String, @Nullable Object> object = JobObject.of(report);
      if (!hasFiles) {
        object.put("stdout", null);
        object.put("stderr", null);
      }
      object.put("logs", logs(report));
      object.put("meaning", words.meaning());
      object.put("remedy", words.remedy());
      object.put("last_stderr_lines", lastLines);
      Json.print(object, out());
    } else {
      print(report, words, hasFiles, lastLines);
    }
    out().flush();
    return seen.status();
  }

  /** The scheduler's own words say more than the state does. */
  private static Explanation words(JobReport job, Backend itsBackend, Capabilities can) {
    return itsBackend
        .explain(job.info())
        .map(own -> new Explanation(own.meaning(), own.remedy()))
        .orElseGet(() -> new Explainer(job.info(), can, logs(job)).explanation());
  }

  /** One that cannot be asked now keeps nobody from being told: most can do all. */
  private static Capabilities capabilities(Backend itsBackend) {
    try {
      return itsBackend.capabilities();
    } catch (HpcException e) {
      return Capabilities.of(Capability.values());
    }
  }

  /** Of an array, an element's output is printed. */
  private static String logs(JobReport job) {
    return "hpc logs " + job.id() + (job.array() == null ? "" : "/INDEX");
  }

  private void print(JobReport job, Explanation words, boolean hasFiles, List<String> lastLines) {
    PrintWriter out = out();
    JobInfo info = job.info();
    String name = job.name() == null ? "" : " (" + job.name() + ")";
    out.println(OneLine.of(job.id() + name + ": " + JobEnd.words(info)));
    out.println(words.meaning());
    if (words.remedy() != null) {
      out.println("What to do: " + words.remedy());
    }
    out.println();
    field(out, "State", JobTable.state(job));
    field(out, "Native state", info.nativeState());
    field(out, "Attempt", info.attempt() == 1 ? null : String.valueOf(info.attempt()));
    field(out, "Submitted", Times.exact(job.submitted()));
    field(out, "Started", Times.exact(info.started()));
    field(out, "Ended", Times.exact(info.ended()));
    field(out, "Nodes", info.nodes() == null ? null : String.join(" ", info.nodes()));
    KnownJob known = job.known();
    field(out, "Folder", known == null ? null : known.jobDirectory());
    field(out, "Output", hasFiles ? job.stdout() : logs(job));
    field(out, "Errors", hasFiles ? job.stderr() : null);
    elements(job, out);
    if (!lastLines.isEmpty()) {
      out.println();
      out.println("The last lines of its standard error:");
      lastLines.forEach(line -> out.println("  " + OneLine.of(line)));
    }
  }

  private static void field(PrintWriter out, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      out.println(String.format("%-14s%s", name + ":", OneLine.of(value)));
    }
  }

  private static void elements(JobReport job, PrintWriter out) {
    List<JobReport> bad = job.elements().stream()
        .filter(e -> e.info().state().isFinal() && e.info().state() != JobState.COMPLETED)
        .toList();
    if (!bad.isEmpty()) {
      out.println();
      for (JobReport element : bad.subList(0, Math.min(FEW, bad.size()))) {
        out.println(OneLine.of(element.id() + " " + JobEnd.words(element.info())));
      }
      if (bad.size() > FEW) {
        out.println("and " + (bad.size() - FEW) + " more; 'hpc status --elements' lists them");
      }
    }
  }

  /** What cannot be read keeps nothing else from being told. */
  private List<String> lastLines(JobReport job, Backend itsBackend) {
    if (job.array() != null || job.info().state() != JobState.FAILED) {
      return List.of();
    }
    try (InputStream in = itsBackend.logs(job.id()).open(JobLogs.Stream.STDERR)) {
      return Bytes.lastLines(in, LAST_LINES);
    } catch (HpcException | IOException e) {
      tell("its standard error cannot be read: " + e.getMessage());
      return List.of();
    }
  }
}
