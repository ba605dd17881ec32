// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.StagedFile;
import io.hpclaunch.cli.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a job is given besides a program and resources. */
final class JobOptions {
  private static final Pattern KIND =
      Pattern.compile("(afterok|afterany|afternotok):(.*)", Pattern.CASE_INSENSITIVE);

  @Option(
      names = "--array",
      paramLabel = "A-B[:S][%N]",
      description = "Run an element for each index from A to B, in steps of S, at most N at once."
          + " Each finds its index in HPC_ARRAY_INDEX.")
  private @Nullable String array;

  @Option(
      names = "--depends-on",
      paramLabel = "KIND:ID[,...]",
      description = "Wait for the end of other jobs: afterok when they have completed, afternotok"
          + " when they have failed, afterany in any case. May be repeated.")
  private List<String> dependencies = new ArrayList<>();

  @Option(
      names = "--env",
      paramLabel = "NAME[=VALUE]",
      description =
          "Set a variable for the job; without a value, pass on your own. May be" + " repeated.")
  private List<String> variables = new ArrayList<>();

  @Option(
      names = {"-D", "--directory"},
      paramLabel = "DIR",
      description = "Where the job starts; default: the present directory, where the backend runs"
          + " on this machine.")
  private @Nullable String directory;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      description = "Its standard input; nothing by default. In this path and the next two {id} and"
          + " {index} are replaced; relative ones count from its directory.")
  private @Nullable String stdin;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where its standard output goes; default: a file in its own folder, which 'hpc"
          + " logs' prints.")
  private @Nullable String stdout;

  @Option(
      names = {"-e", "--error"},
      paramLabel = "FILE",
      description = "Where its standard error goes; the file of -o joins the two.")
  private @Nullable String stderr;

  @Option(
      names = "--module",
      paramLabel = "M",
      description = "An environment module to load. May be repeated.")
  private List<String> modules = new ArrayList<>();

  @Option(
      names = "--prologue",
      paramLabel = "LINE",
      description = "A line of shell to run first; where it fails, the job does. May be repeated.")
  private List<String> prologue = new ArrayList<>();

  @Mixin
  private ContainerOptions container = new ContainerOptions();

  @Option(
      names = "--launcher",
      paramLabel = "L",
      description = "Start the program once for each task, by this launcher, such as mpi.")
  private @Nullable String launcher;

  @Option(
      names = "--native",
      paramLabel = "OPT",
      description = "An option for the scheduler as it is: --native=--hint=nomultithread. May be"
          + " repeated.")
  private List<String> nativeOptions = new ArrayList<>();

  @Option(
      names = "--warn",
      paramLabel = "SIGNAL@TIME",
      description = "Send a signal this long before the walltime is over, such as USR1@5m.")
  private @Nullable String warning;

  @Option(
      names = "--stage",
      paramLabel = "FILE[:TARGET]",
      description = "Bring a file or folder of this machine to the job's directory before it is"
          + " submitted. May be repeated.")
  private List<String> staged = new ArrayList<>();

  boolean hasDirectory() {
    return directory != null;
  }

  /** Sets all that was given. */
  void addTo(JobSpec.Builder job, Session session, JobFinder finder) {
    job.array(array == null ? null : ArrayRange.parse(array));
    dependencies.forEach(text -> addDependencies(job, text, finder));
    variables.forEach(text -> addVariable(job, text, session));
    job.workingDirectory(absolute(directory, session));
    job.stdin(stdin).stdout(stdout).stderr(stderr).launcher(launcher);
    job.modules(modules.toArray(String[]::new));
    job.prologue(prologue.toArray(String[]::new));
    job.nativeOptions(nativeOptions.toArray(String[]::new));
    job.container(container.spec(session));
    if (warning != null) {
      addWarning(job, warning);
    }
    staged.forEach(text -> job.stageIn(stagedFile(text, session)));
  }

  /** Ids of one kind need not name it again: {@code afterok:1,2}. */
  private static void addDependencies(JobSpec.Builder job, String text, JobFinder finder) {
    Dependency.Kind kind = null;
    for (String part : text.split(",", -1)) {
      Matcher named = KIND.matcher(part);
      String id = part;
      if (named.matches()) {
        kind = Dependency.Kind.valueOf(named.group(1).toUpperCase(Locale.ROOT));
        id = named.group(2);
      }
      if (kind == null || id.isBlank()) {
        throw new InvalidJob("--depends-on '" + text
            + "' is not KIND:ID[,...] with a kind of afterok, afterany or afternotok");
      }
      job.dependsOn(new Dependency(kind, finder.resolve(id)));
    }
  }

  private static void addVariable(JobSpec.Builder job, String text, Session session) {
    int equals = text.indexOf('=');
    if (equals >= 0) {
      job.environment(text.substring(0, equals), text.substring(equals + 1));
      return;
    }
    String own = session.callersEnvironment().get(text);
    if (own == null) {
      throw new InvalidJob("--env " + text + ": there is no such variable here: write "
          + (text.isEmpty() ? "NAME" : text) + "=VALUE, or leave it out");
    }
    job.environment(text, own);
  }

  static @Nullable String absolute(@Nullable String directory, Session session) {
    if (directory == null || directory.startsWith("/") || directory.isEmpty()) {
      return directory;
    }
    String here = session.callersDirectory();
    return directory.equals(".") ? here : here + "/" + directory;
  }

  private static void addWarning(JobSpec.Builder job, String text) {
    int at = text.indexOf('@');
    if (at < 1) {
      throw new InvalidJob("--warn '" + text + "' is not SIGNAL@TIME, such as USR1@5m");
    }
    String signal = text.substring(0, at).toUpperCase(Locale.ROOT);
    job.warn(
        signal.startsWith("SIG") ? signal.substring(3) : signal,
        Times.duration("--warn", text.substring(at + 1)));
  }

  private static StagedFile stagedFile(String text, Session session) {
    int colon = text.lastIndexOf(':');
    String file = colon < 0 ? text : text.substring(0, colon);
    String target = colon < 0 ? ScriptFile.baseName(text) : text.substring(colon + 1);
    return StagedFile.path(session.file(file), target);
  }
}
