// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.scheduler;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Answer;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scheduler's commands: each with a time limit, and in an environment that none of the
 * user's variables for these commands reaches. They would change what is submitted
 * ({@code SBATCH_*}), what is answered ({@code SQUEUE_FORMAT}), and, from within a job, what the
 * new one inherits ({@code SLURM_*}, {@code PBS_*}). What finds the scheduler stays:
 * {@code SLURM_CONF}, {@code PBS_CONF_FILE}, {@code PBS_SERVER} and their like.
 */
public final class SchedulerCommands {
  private static final List<String> PREFIXES = List.of(
      "SBATCH_",
      "SLURM_",
      "SLURMD_",
      "SQUEUE_",
      "SACCT_",
      "SINFO_",
      "SCANCEL_",
      "SRUN_",
      "SALLOC_",
      "PMI_",
      "PMI2_",
      "PMIX_",
      "PBS_");
  private static final List<String> KEPT = List.of(
      "SLURM_CONF",
      "SLURM_CONF_SERVER",
      "SLURM_JWT",
      "PBS_CONF_FILE",
      "PBS_EXEC",
      "PBS_SERVER",
      "PBS_DEFAULT",
      "PBS_PRIMARY",
      "PBS_SECONDARY",
      "PBS_BATCH_SERVICE_PORT",
      "PBS_AUTH_METHOD",
      "PBS_ENCRYPT_METHOD");

  /** On another host only that host's shell knows which variables there are. */
  private static final String SCRUB = "for v in "
      + String.join(" ", PREFIXES.stream().map(p -> "${!" + p + "@}").toList())
      + "; do case $v in "
      + String.join("|", KEPT)
      + ") ;; *) unset \"$v\" ;; esac; done; export \"${@:2:$1}\"; shift \"$(($1 + 1))\";"
      + " exec \"$@\"";

  private static final String IN_FOLDER = "cd -- \"$1\" && shift && exec \"$@\"";

  /** What a command begins its lines on standard error with. */
  private static final Pattern SPEAKER =
      Pattern.compile("^(?:s[a-z]+: (?:error|fatal|warning)|q[a-z]+|pbs[a-z_]*): ");

  private static final int LONGEST_WORDS = 300;

  private final BackendContext context;
  private final Settings settings;
  private final Map<String, @Nullable String> scrubbed;

  /**
   * How commands are run.
   *
   * @param folder the folder that has them, or null where PATH finds them
   * @param limit how long one may take
   * @param own variables that each of them gets, and a submitted job as well
   * @param asking variables that those get whose answer is read here
   */
  public record Settings(
      @Nullable String folder,
      Duration limit,
      Map<String, String> own,
      Map<String, String> asking) {
    /** Copies the maps. */
    public Settings {
      own = Map.copyOf(own);
      asking = Map.copyOf(asking);
    }
  }

  /**
   * Makes them.
   *
   * @param context the way to the host that has them
   * @param settings how they are run
   */
  public SchedulerCommands(BackendContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
    scrubbed = context.transport().isLocal() ? scrubbed(System.getenv().keySet()) : Map.of();
  }

  private static Map<String, @Nullable String> scrubbed(Set<String> names) {
    Map<String, @Nullable String> environment = new HashMap<>();
    for (String name : names) {
      if (!KEPT.contains(name) && PREFIXES.stream().anyMatch(name::startsWith)) {
        environment.put(name, null);
      }
    }
    String locale = System.getenv("HPC_USER_LC_ALL"); // the command hpc runs in one of its own
    if (locale != null) {
      environment.put("LC_ALL", locale.isEmpty() ? null : locale);
    }
    return environment;
  }

  /** A command whose answer is read here. */
  private Command asking(List<String> argv) {
    Map<String, String> variables = new TreeMap<>(settings.own());
    variables.putAll(settings.asking());
    return command(argv, variables).withTimeout(settings.limit());
  }

  private Command command(List<String> argv, Map<String, String> variables) {
    List<String> words = new ArrayList<>();
    if (!context.transport().isLocal()) {
      words.addAll(List.of("bash", "-c", SCRUB, "bash", String.valueOf(variables.size())));
      new TreeMap<>(variables).forEach((name, value) -> words.add(name + "=" + value));
    }
    words.addAll(argv);
    Command command = Command.of(words).withEnvironment(scrubbed);
    return context.transport().isLocal() ? command.withEnvironment(variables) : command;
  }

  /** The words with the path of the command, where it is known. */
  private List<String> located(List<String> argv) {
    if (settings.folder() == null) {
      return argv;
    }
    List<String> words = new ArrayList<>(argv);
    words.set(0, settings.folder() + "/" + argv.get(0));
    return words;
  }

  /**
   * Runs a command to its end, whatever its exit status.
   *
   * @param argv its words
   * @return what it answered
   * @throws IOException as {@link io.hpclaunch.api.transport.Transport#run}
   */
  public CommandResult run(List<String> argv) throws IOException {
    return context.transport().run(asking(located(argv)));
  }

  /**
   * Runs a command that submits: variables of the scheduler's own go on to the job.
   *
   * @param argv its words
   * @param folder the working directory, or null where it does not matter
   * @param limit how long it may take
   * @return what it answered
   * @throws IOException as {@link io.hpclaunch.api.transport.Transport#run}
   */
  public CommandResult submit(List<String> argv, @Nullable String folder, Duration limit)
      throws IOException {
    List<String> words = located(argv);
    if (folder != null) {
      words = new ArrayList<>(words);
      words.addAll(0, List.of("sh", "-c", IN_FOLDER, "sh", folder));
    }
    return context.transport().run(command(words, settings.own()).withTimeout(limit));
  }

  /**
   * Asks for what must be new.
   *
   * @param argv a command's words
   * @return what it wrote to standard output
   * @throws NoAnswer when it could not be run, or failed
   */
  public String ask(List<String> argv) throws NoAnswer {
    try {
      return text(argv, run(argv));
    } catch (IOException | BackendUnavailable e) {
      throw failed(argv, e);
    }
  }

  /**
   * Asks for what another client may have been answered a moment ago.
   *
   * @param argv a command's words
   * @param maxAge how old the answer may be
   * @return what it wrote to standard output, and when it was asked
   * @throws NoAnswer when it could not be run, or failed
   */
  public Told ask(List<String> argv, Duration maxAge) throws NoAnswer {
    Answer answer = look(argv, maxAge);
    return new Told(text(argv, answer.result()), answer.asked());
  }

  /**
   * As {@link #ask(List, Duration)}, for a command whose exit status is no verdict on its answer.
   *
   * @param argv a command's words
   * @param maxAge how old the answer may be
   * @return what it answered, whatever its exit status
   * @throws NoAnswer when it could not be run
   */
  public Answer look(List<String> argv, Duration maxAge) throws NoAnswer {
    try {
      return context.ask(asking(located(argv)), maxAge);
    } catch (IOException | BackendUnavailable e) {
      throw failed(argv, e);
    }
  }

  /**
   * What a command answered, and when it was asked.
   *
   * @param text its standard output
   * @param asked when
   */
  public record Told(String text, Instant asked) {}

  private static String text(List<String> argv, CommandResult result) throws NoAnswer {
    if (result.status() != 0) {
      throw refused(argv, result);
    }
    return RawBytes.decode(result.stdoutBytes());
  }

  /**
   * What it means that a command failed.
   *
   * @param argv its words
   * @param result how it ended
   * @return the exception
   */
  public static NoAnswer refused(List<String> argv, CommandResult result) {
    String said = oneLine(result.stderr());
    return new NoAnswer(
        argv.get(0) + " ended with status " + result.status() + (said.isEmpty() ? "" : ": " + said),
        null);
  }

  private static NoAnswer failed(List<String> argv, Exception e) {
    return new NoAnswer(argv.get(0) + ": " + e.getMessage(), e);
  }

  /**
   * A scheduler's words on standard error.
   *
   * @param stderr the text
   * @return one line, in which each thing is said once and without the command's name before it
   */
  public static String oneLine(String stderr) {
    StringBuilder words = new StringBuilder();
    for (String line : stderr.split("\n", -1)) {
      String text = SPEAKER.matcher(line.strip()).replaceFirst("");
      if (!text.isEmpty() && words.indexOf(text) < 0) {
        words.append(words.length() == 0 ? "" : "; ").append(text);
      }
    }
    return words.length() <= LONGEST_WORDS ? words.toString() : words.substring(0, LONGEST_WORDS);
  }
}
