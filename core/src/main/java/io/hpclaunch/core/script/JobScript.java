// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.script;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.container.ContainerScript;
import io.hpclaunch.core.shell.Quoting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The script that a scheduler is given: it announces itself, fences, opens the streams where they
 * are left to it, sets the environment, loads modules, runs the prologue, enters the working
 * directory, runs the command with signals passed on, and writes the exit record. What each part is
 * for, and what lies in the job's folder, is fixed in docs/jobs.md.
 *
 * <p>It needs bash 4.2 or newer and Linux on the node. Two processes share the work: the script's
 * own stays untouched by what the user asked for and writes the record; its child becomes the
 * command.
 */
public final class JobScript {
  private static final String SIGNALS = "HUP INT QUIT TERM USR1 USR2 TSTP";

  private final JobSpec spec;
  private final Token token;
  private final ScriptForm form;
  private final String folder;
  private String backend = "";
  private @Nullable ArrayRange part;
  private int offset;
  private @Nullable String launch;
  private @Nullable ContainerScript container;

  private JobScript(JobSpec spec, Token token, ScriptForm form, String folder) {
    this.spec = spec;
    this.token = token;
    this.form = form;
    this.folder = folder;
    part = spec.array();
  }

  /**
   * Begins a script.
   *
   * @param spec the job
   * @param token what names this submission
   * @param form what differs from scheduler to scheduler
   * @param jobFolder the job's folder on the node, absolute
   * @return the script, of which more can be said
   * @throws InvalidJob when the folder is not absolute, or a directive holds a line end
   */
  public static JobScript of(JobSpec spec, Token token, ScriptForm form, String jobFolder) {
    if (!jobFolder.startsWith("/")) {
      throw new InvalidJob("the job folder '" + jobFolder + "' is not an absolute path");
    }
    for (String line : form.directives()) {
      if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
        throw new InvalidJob("a scheduler's directive cannot hold a line end: '" + line + "'");
      }
    }
    return new JobScript(spec, token, form, jobFolder);
  }

  /**
   * The content of the job folder's {@code secrets}, which the script reads; its mode is to be
   * 0600.
   *
   * @param spec the job
   * @return lines for bash; empty where the job has no secrets and needs no such file
   * @throws InvalidJob when bash cannot export one of the names
   */
  public static String secrets(JobSpec spec) {
    return JobEnvironment.secrets(spec.secretEnvironment());
  }

  /**
   * The name of the file that fences one submission to the scheduler.
   *
   * @param part the chunk of a split array, or null for a plain job or an array in one piece
   * @return {@code claim}, or {@code claim.FIRST}: the chunks have native ids of their own
   */
  public static String claimName(@Nullable ArrayRange part) {
    return part == null ? "claim" : "claim." + part.first();
  }

  /**
   * The file that says that a client has asked for an end.
   *
   * @param jobFolder the job's folder
   * @param index the user's index of an element, or null for the whole job
   * @return its path
   */
  public static String cancelMark(String jobFolder, @Nullable Integer index) {
    return jobFolder + "/cancelled" + (index == null ? "" : "." + index);
  }

  /**
   * A command that makes jobs end as soon as they start, if they have not yet.
   *
   * @param marks from {@link #cancelMark}; those whose folder is gone are passed over
   * @return an argument vector
   */
  public static List<String> markCancelled(List<String> marks) {
    List<String> argv = new ArrayList<>(List.of(
        "bash",
        "-c",
        "umask 077; printf -v at '%(%s)T' -1;"
            + " for file; do printf '%s by a client\\n' \"$at\" >\"$file\"; done 2>/dev/null; :",
        "bash"));
    argv.addAll(marks);
    return List.copyOf(argv);
  }

  /**
   * A command that takes a claim so that no job may run any more, or finds out whose it is.
   *
   * @param jobFolder the job's folder
   * @param claim from {@link #claimName}
   * @return an argument vector; it prints the owner's native id, or {@code -} where the claim was
   *     or is now taken for nobody, or nothing where an owner has not written his id yet
   */
  public static List<String> takeClaim(String jobFolder, String claim) {
    return List.of(
        "bash",
        "-c",
        "set -C; { echo - >\"$1\"; } 2>/dev/null; IFS= read -r id <\"$1\" && printf '%s\\n' \"$id\"",
        "bash",
        jobFolder + "/" + claim);
  }

  /**
   * Names the backend's entry, for {@code HPC_JOB_ID}.
   *
   * @param name as in {@link io.hpclaunch.api.JobId#backend()}
   * @return this
   */
  public JobScript backend(String name) {
    backend = name + ":";
    return this;
  }

  /**
   * Makes this the script of one chunk of a split array.
   *
   * @param chunk the user's indices of the chunk
   * @param indexOffset what is to be added to the scheduler's index to get the user's
   * @return this
   */
  public JobScript part(ArrayRange chunk, int indexOffset) {
    part = chunk;
    offset = indexOffset;
    return this;
  }

  /**
   * Starts the command through a launcher.
   *
   * @param lines lines for bash that end in an {@code exec}; null starts the command itself
   * @return this
   */
  public JobScript launch(@Nullable String lines) {
    launch = lines;
    return this;
  }

  /**
   * Starts the command in a container.
   *
   * @param given the container's part; null for no container
   * @return this
   */
  public JobScript container(@Nullable ContainerScript given) {
    container = given;
    return this;
  }

  /**
   * Writes the script.
   *
   * @return the whole text
   */
  public String render() {
    JobEnvironment environment = new JobEnvironment(spec.environment());
    StringBuilder script = new StringBuilder("#!/bin/bash\n");
    form.directives().forEach(line -> script.append(line).append('\n'));
    script.append("# The job '").append(spec.name()).append("', submitted by hpc-launch.\n");
    script.append("# Names that begin with hpc_ are the script's own.\n");
    identity(script);
    script.append(ScriptText.FUNCTIONS);
    signals(script); // before the job is announced: whoever sees that may end it
    script.append('\n').append(ScriptText.ANNOUNCE);
    streams(script);
    script.append("\n# An end that was asked for already.\n").append(ScriptText.EARLY);
    script.append("\n# The command's process; nothing that is done in it harms the exit record.\n");
    script.append("exec 8>&2 2>/dev/null # what bash itself says of a command killed at once\n");
    script.append("exec 9<\"$hpc_claim\"\n");
    script.append("set -m # a process group of its own, and SIGINT not ignored\n(\n");
    script.append(ScriptText.STARTING);
    environment(script, environment);
    checkedLines(script);
    workingDirectory(script);
    if (container != null) {
      script.append(container.lines());
    }
    command(script, environment);
    script.append(") <&0 2>&8 8>&- &\n").append(ScriptText.FOLLOW);
    if (container != null) {
      script.append("\n# What the container left.\n").append(container.ended());
    }
    script.append(ScriptText.RECORD);
    return withoutLineEndsOfDos(script.toString());
  }

  /** PBS refuses a script that has them. They can only stand within single quotes. */
  private static String withoutLineEndsOfDos(String script) {
    return script.replace("\r\n", "'$'\\r''\n");
  }

  private void identity(StringBuilder script) {
    boolean chunk = part != null && !part.equals(spec.array());
    script.append("hpc_token=").append(token).append('\n');
    script.append("hpc_folder=").append(Quoting.quote(folder)).append('\n');
    script
        .append("hpc_claim=$hpc_folder/")
        .append(claimName(chunk ? part : null))
        .append('\n');
    script.append("hpc_native=\"").append(form.nativeId()).append("\"\n");
    script.append("hpc_index=");
    if (part != null) {
      script.append('"').append(form.index()).append('"');
    }
    script.append('\n');
    if (part != null && part.size() == 1) { // some schedulers have no arrays of one element
      script.append("hpc_index=").append(part.first()).append('\n');
    } else if (part != null && offset != 0) {
      script.append("hpc_index=$((hpc_index + ").append(offset).append("))\n");
    }
    script.append("hpc_attempt=\"").append(form.attempt()).append("\"\nhpc_started=-\n\n");
  }

  private void streams(StringBuilder script) {
    if (!form.opensStreams()) {
      return;
    }
    script.append("\n# Standard streams.\n");
    String in = spec.stdin() == null ? "/dev/null" : path(spec.stdin());
    script.append("hpc_path=").append(in).append('\n');
    script.append("{ exec <\"$hpc_path\"; } 2>/dev/null ||\n");
    script.append("  hpc_fail \"standard input $hpc_path cannot be read on $hpc_host\"\n");
    boolean joined = spec.stderr() != null && spec.stderr().equals(spec.stdout());
    if (!joined) {
      output(script, "standard error", spec.stderr(), "stderr", 2);
    }
    output(script, "standard output", spec.stdout(), "stdout", 1);
    if (joined) {
      script.append("exec 2>&1\n");
    }
  }

  private void output(
      StringBuilder script, String what, @Nullable String given, String own, int fd) {
    if (given == null) {
      script.append("hpc_path=$hpc_folder/").append(own).append("$hpc_suffix\n");
      script.append("umask 077\n");
    } else {
      script.append("hpc_path=").append(path(given)).append('\n');
      parents(script, given);
    }
    script.append("{ : >\"$hpc_path\"; } 2>/dev/null ||\n");
    script
        .append("  hpc_fail \"")
        .append(what)
        .append(" $hpc_path cannot be written on $hpc_host\"\n");
    script.append("exec ").append(fd).append(">\"$hpc_path\"\n");
    if (given == null) {
      script.append("umask \"$hpc_umask\"\n");
    }
  }

  /** A missing working directory is not made by the way: that it is missing must be told. */
  private void parents(StringBuilder script, String given) {
    script.append("[[ $hpc_path != */* || -d ${hpc_path%/*} ");
    if (!given.startsWith("/") && spec.workingDirectory() != null) {
      script.append("|| ! -d ").append(Quoting.quote(spec.workingDirectory())).append(' ');
    }
    script.append("]] ||\n  command -p mkdir -p -- \"${hpc_path%/*}\" 2>/dev/null\n");
  }

  /** A relative path counts from the working directory, where one is given. */
  private String path(String given) {
    String directory = spec.workingDirectory();
    String prefix =
        given.startsWith("/") || directory == null ? "" : Quoting.quote(directory + "/");
    return prefix + PathTemplate.shellWord(given);
  }

  private void signals(StringBuilder script) {
    String warning = spec.warning() == null ? "" : spec.warning().signal();
    boolean listed = warning.isEmpty() || (" " + SIGNALS + " ").contains(" " + warning + " ");
    script.append("\n# Signals are passed on to the command.\n");
    script.append("hpc_warning=").append(Quoting.quote(warning)).append('\n');
    script.append("hpc_signals=");
    script.append(Quoting.quote(listed ? SIGNALS : SIGNALS + " " + warning)).append('\n');
    script.append(ScriptText.SIGNALS);
    if (container != null) {
      script.append(container.following());
    }
  }

  private void environment(StringBuilder script, JobEnvironment environment) {
    script.append("\n  # Environment.\n");
    script.append("export HPC_JOB_ID=").append(Quoting.quote(backend));
    script.append("\"$hpc_native${hpc_index:+/$hpc_index}\"\n");
    script.append("export HPC_JOB_NAME=").append(Quoting.quote(spec.name())).append('\n');
    ArrayRange array = spec.array();
    if (array == null) {
      script.append("unset -v HPC_ARRAY_INDEX HPC_ARRAY_COUNT\n");
    } else {
      script.append("export HPC_ARRAY_INDEX=\"$hpc_index\" HPC_ARRAY_COUNT=");
      script.append(array.size()).append('\n');
    }
    script.append(environment.lines());
    if (!spec.secretEnvironment().isEmpty()) {
      script.append("  # shellcheck source=/dev/null\n");
      script.append("  { . \"$hpc_folder/secrets\"; } 2>/dev/null ||\n");
      script.append("    hpc_not_started \"$hpc_folder/secrets cannot be read on $hpc_host\"\n");
    }
  }

  private void checkedLines(StringBuilder script) {
    if (spec.modules().isEmpty() && spec.prologue().isEmpty()) {
      return;
    }
    script.append("\n  # Modules and prologue: one that fails ends the job.\n");
    if (!spec.modules().isEmpty()) {
      script.append(ScriptText.MODULES);
    }
    script.append(ScriptText.CHECKED_LINES);
    script.append("  trap 'hpc_line_failed \"$?\" \"$BASH_COMMAND\"' ERR\n");
    for (String module : spec.modules()) {
      boolean isCommand = module.strip().chars().anyMatch(Character::isWhitespace);
      script.append(isCommand ? "eval " : "hpc_module ");
      script.append(Quoting.quote(isCommand ? module : module.strip())).append('\n');
    }
    if (!spec.prologue().isEmpty()) {
      script.append("eval ").append(Quoting.quote(String.join("\n", spec.prologue())));
      script.append('\n');
    }
    script.append("  trap - EXIT ERR\n");
  }

  private void workingDirectory(StringBuilder script) {
    String directory = spec.workingDirectory();
    if (directory != null) {
      script.append("\n  # Working directory.\n");
      script.append("hpc_path=").append(Quoting.quote(directory)).append('\n');
      script.append("  CDPATH='' cd -- \"$hpc_path\" >/dev/null 2>&1 ||\n");
      script.append("    hpc_not_started");
      script.append(" \"the working directory $hpc_path cannot be entered on $hpc_host\"\n");
    }
  }

  private void command(StringBuilder script, JobEnvironment environment) {
    script.append("\n  # The command.\n");
    if (launch != null) {
      orNotStarted(script, "the launcher", launch);
    } else if (container != null) {
      String words = ContainerScript.WORDS + " " + Quoting.join(ContainerScript.argv(spec));
      orNotStarted(script, "the container's runtime", exec(environment, words));
    } else if (spec.program() instanceof JobSpec.Command command) {
      program(script, environment, command.argv());
    } else if (spec.program() instanceof JobSpec.Shell shell) {
      String lines = Quoting.quote(String.join("\n", shell.lines()));
      if (environment.prefix().isEmpty()) {
        script.append("eval ").append(lines).append('\n');
      } else { // only a new shell takes variables with such names
        script.append("exec ").append(environment.prefix()).append("bash -c ").append(lines);
        script.append(" \"$0\"\n");
      }
    }
  }

  private static void program(StringBuilder script, JobEnvironment environment, List<String> argv) {
    String program = argv.get(0);
    if (program.indexOf('/') >= 0) { // bash ends at once where such an exec fails
      String path = Quoting.quote(program);
      script.append("  [[ ! -e ").append(path).append(" || -x ").append(path).append(" && ! -d ");
      script.append(path).append(" ]] ||\n    hpc_not_started ");
      script.append(Quoting.quote(program + " cannot be executed")).append(" 126\n");
    }
    if (!environment.prefix().isEmpty()) { // env(1) would answer for it
      script.append("  type -P -- ").append(Quoting.quote(program)).append(" >/dev/null ||\n");
      script.append("    hpc_not_started ").append(notFound(program)).append(" 127\n");
    }
    orNotStarted(script, program, exec(environment, Quoting.join(argv)));
  }

  private static String exec(JobEnvironment environment, String words) {
    return "exec " + (environment.prefix().isEmpty() ? "-- " : environment.prefix()) + words;
  }

  /** Lines that end in an {@code exec}, and what is told where it comes back. */
  private static void orNotStarted(StringBuilder script, String program, String start) {
    script.append("  hpc_no_exec() { # STATUS: runs where exec comes back\n");
    script.append("    (($1 != 0 && $1 <= 128)) || return 0 # a signal, before exec was reached\n");
    script.append("    (($1 != 127)) || hpc_not_started ").append(notFound(program));
    script.append(" 127\n    hpc_not_started ");
    script.append(Quoting.quote(program + " cannot be executed")).append(" \"$1\"\n  }\n");
    script.append("  trap 'hpc_no_exec \"$?\"' EXIT\n").append(start).append('\n');
  }

  private static String notFound(String program) {
    return Quoting.quote("no such command: " + program);
  }
}
