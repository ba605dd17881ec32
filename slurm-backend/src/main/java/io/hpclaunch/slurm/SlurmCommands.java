// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

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
import org.jspecify.annotations.Nullable;

/**
 * Runs Slurm's commands: each with a time limit, and in an environment that none of the user's
 * variables for these commands reaches. They would change what is submitted ({@code SBATCH_*}),
 * what is answered ({@code SQUEUE_FORMAT}), and, from within a job, what the new one inherits
 * ({@code SLURM_*}). What finds the cluster stays: {@code SLURM_CONF}, {@code SLURM_JWT}.
 */
final class SlurmCommands {
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
  private static final Set<String> KEPT =
      Set.of("SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_JWT", "PBS_CONF_FILE", "PBS_SERVER");

  /** On another host only that host's shell knows which variables there are. */
  private static final String SCRUB = "for v in ${!SBATCH_@} ${!SLURM_@} ${!SLURMD_@} ${!SQUEUE_@}"
      + " ${!SACCT_@} ${!SINFO_@} ${!SCANCEL_@} ${!SRUN_@} ${!SALLOC_@} ${!PMI_@} ${!PMI2_@}"
      + " ${!PMIX_@} ${!PBS_@}; do case $v in SLURM_CONF|SLURM_CONF_SERVER|SLURM_JWT|PBS_CONF_FILE"
      + "|PBS_SERVER) ;; *) unset \"$v\" ;; esac; done; export \"${@:2:$1}\"; shift \"$(($1 + 1))\";"
      + " exec \"$@\"";

  private static final int LONGEST_WORDS = 300;

  private final BackendContext context;
  private final @Nullable String folder;
  private final Duration limit;
  private final Map<String, String> own;
  private final Map<String, @Nullable String> scrubbed;

  /**
   * Makes them.
   *
   * @param context the way to the host that has them
   * @param config the entry's settings
   */
  SlurmCommands(BackendContext context, SlurmConfig config) {
    this.context = context;
    folder = config.bin();
    limit = config.commandLimit();
    own = config.slurmConf() == null ? Map.of() : Map.of("SLURM_CONF", config.slurmConf());
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
  Command command(List<String> argv) {
    Map<String, String> variables = new TreeMap<>(own);
    variables.putAll(Squeue.ENVIRONMENT);
    return command(argv, variables).withTimeout(limit);
  }

  private Command command(List<String> argv, Map<String, String> variables) {
    List<String> words = new ArrayList<>();
    if (!context.transport().isLocal()) {
      words.addAll(List.of("bash", "-c", SCRUB, "bash", String.valueOf(variables.size())));
      variables.forEach((name, value) -> words.add(name + "=" + value));
    }
    words.add(folder == null ? argv.get(0) : folder + "/" + argv.get(0));
    words.addAll(argv.subList(1, argv.size()));
    Command command = Command.of(words).withEnvironment(scrubbed);
    return context.transport().isLocal() ? command.withEnvironment(variables) : command;
  }

  /** Runs a command to its end, whatever its exit status. */
  CommandResult run(List<String> argv) throws IOException {
    return context.transport().run(command(argv));
  }

  /** Runs a command whose variables of Slurm's own go on to the job. */
  CommandResult submit(List<String> argv, Duration ownLimit) throws IOException {
    return context.transport().run(command(argv, own).withTimeout(ownLimit));
  }

  /** What a command answered that ended well. */
  String ask(List<String> argv) throws NoAnswer {
    try {
      return text(argv, run(argv));
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
  record Told(String text, Instant asked) {}

  /** As {@link #ask(List)}, or what another client was answered a moment ago. */
  Told ask(List<String> argv, Duration maxAge) throws NoAnswer {
    try {
      Answer answer = context.ask(command(argv), maxAge);
      return new Told(text(argv, answer.result()), answer.asked());
    } catch (IOException | BackendUnavailable e) {
      throw failed(argv, e);
    }
  }

  private static String text(List<String> argv, CommandResult result) throws NoAnswer {
    if (result.status() != 0) {
      String said = oneLine(result.stderr());
      throw new NoAnswer(
          argv.get(0) + " ended with status " + result.status()
              + (said.isEmpty() ? "" : ": " + said),
          null);
    }
    return RawBytes.decode(result.stdoutBytes());
  }

  private static NoAnswer failed(List<String> argv, Exception e) {
    return new NoAnswer(argv.get(0) + ": " + e.getMessage(), e);
  }

  /** Slurm's words on standard error, in one line, without the command's name in front of each. */
  static String oneLine(String stderr) {
    StringBuilder words = new StringBuilder();
    for (String line : stderr.split("\n", -1)) {
      String text = line.strip().replaceFirst("^s[a-z]+: (?:error|fatal|warning): ", "");
      if (!text.isEmpty() && words.indexOf(text) < 0) {
        words.append(words.length() == 0 ? "" : "; ").append(text);
      }
    }
    return words.length() <= LONGEST_WORDS ? words.toString() : words.substring(0, LONGEST_WORDS);
  }
}
