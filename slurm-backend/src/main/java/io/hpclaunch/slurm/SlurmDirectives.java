// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.Walltimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job in the words of {@code #SBATCH} lines; sbatch(1) of 22.05. What is unset gives no line.
 *
 * <p>sbatch reads these lines with quotes and backslashes of its own: within double quotes a
 * backslash takes the meaning from any character, and outside of quotes a {@code #} begins a
 * comment. In paths {@code %A} is the id of the job or of the whole array, {@code %a} the index,
 * {@code %%} a percent sign, and a backslash anywhere ends all that.
 */
final class SlurmDirectives {
  private static final String PLAIN = "_./:,+=@%-";
  private static final int LONGEST_WARNING = 65_535;

  /**
   * What makes a shell usable; everything else a job gets from its own specification. With NONE
   * Slurm would ask the user's login shell on the node first, for some seconds.
   */
  static final String EXPORTED = "HOME,USER,LOGNAME,SHELL,PATH,LANG,LANGUAGE,LC_ALL,LC_ADDRESS,"
      + "LC_COLLATE,LC_CTYPE,LC_IDENTIFICATION,LC_MEASUREMENT,LC_MESSAGES,LC_MONETARY,LC_NAME,"
      + "LC_NUMERIC,LC_PAPER,LC_TELEPHONE,LC_TIME,TZ";

  /**
   * The last line, since sbatch reads no directive behind it: {@code --export} would go on to each
   * srun in the job, which then would not get what the job's environment has.
   */
  private static final String PASS_ON = "export SLURM_EXPORT_ENV=ALL";

  /** Since 22.05 srun no longer takes its cpus per task from the job's. */
  private static final String CPUS_OF_TASKS = "[ -z \"${SLURM_CPUS_PER_TASK-}\" ] ||"
      + " export SRUN_CPUS_PER_TASK=\"$SLURM_CPUS_PER_TASK\"";

  private final List<String> lines = new ArrayList<>();

  private SlurmDirectives() {}

  /**
   * Fits a script to Slurm.
   *
   * @param request what is or would be submitted
   * @return the directives, Slurm's words for ids and attempt, and whether the script is to open
   *     the streams itself, since a directive cannot carry one of their paths
   * @throws Unsupported when the job's folder has a line end in its path, or a chunk of PBS is
   *     asked for
   */
  static ScriptForm form(SubmitRequest request) {
    boolean carried = carriesStreams(request);
    return new ScriptForm(
        of(request, carried),
        "${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}",
        "${SLURM_ARRAY_TASK_ID-}",
        "$((${SLURM_RESTART_COUNT:-0} + " + request.attempt() + "))",
        !carried);
  }

  private static List<String> of(SubmitRequest request, boolean carriesStreams) {
    JobSpec spec = request.spec();
    Resources r = spec.resources();
    if (r.needsPbs()) {
      throw new Unsupported("Slurm has no chunks of several kinds: select=" + r.select());
    }
    SlurmDirectives d = new SlurmDirectives();
    d.add("job-name", spec.name());
    d.add("time", r.walltime() == null ? null : Walltimes.format(r.walltime()));
    d.addTasks(r);
    d.addMemory(r);
    d.addStreams(request, carriesStreams);
    d.addGpus(r);
    d.add("account", r.account());
    d.add("partition", r.queue());
    d.add("qos", r.qos());
    d.add("constraint", r.constraint());
    d.add("reservation", r.reservation());
    if (Boolean.TRUE.equals(r.exclusive())) {
      d.lines.add("#SBATCH --exclusive");
    }
    d.addDependencies(spec.dependencies());
    ArrayRange array = request.array();
    d.add("array", array == null ? null : array.toString());
    d.add("comment", request.token().value());
    d.addSurroundings(request);
    d.addNative(spec.nativeOptions());
    d.lines.add(PASS_ON);
    d.lines.add(CPUS_OF_TASKS);
    return d.lines;
  }

  private void add(String option, @Nullable Object value) {
    if (value != null) {
      lines.add("#SBATCH --" + option + "=" + quote(value.toString()));
    }
  }

  private void addTasks(Resources r) {
    add("nodes", r.nodes());
    add("ntasks", r.tasks());
    add("ntasks-per-node", r.tasksPerNode());
    add("cpus-per-task", r.cpusPerTask());
  }

  private void addMemory(Resources r) {
    Long perNode = r.memoryPerNode();
    Long perCpu = r.memoryPerCpu();
    add("mem", perNode == null ? null : MemorySize.format(perNode));
    add("mem-per-cpu", perCpu == null ? null : MemorySize.format(perCpu));
  }

  private void addStreams(SubmitRequest request, boolean carried) {
    if (!carried) {
      // The script opens them; without this Slurm would leave a file of its own.
      add("output", "/dev/null");
      return;
    }
    boolean array = request.array() != null;
    add("output", path(asGiven(request, request.stdout(), request.spec().stdout()), array));
    if (!request.stderr().equals(request.stdout())) {
      add("error", path(asGiven(request, request.stderr(), request.spec().stderr()), array));
    }
    String stdin = request.stdin();
    add("input", stdin == null ? null : path(stdin, array));
  }

  private void addGpus(Resources r) {
    String type = r.gpuType() == null ? "" : r.gpuType() + ":";
    add("gres", r.gpusPerNode() == null ? null : "gpu:" + type + r.gpusPerNode());
    add("gpus-per-task", r.gpusPerTask() == null ? null : type + r.gpusPerTask());
  }

  /**
   * {@code afterok:1:2,afterany:3}: all must come true. A job whose dependency never can is to end
   * rather than to wait for ever.
   */
  private void addDependencies(List<Dependency> dependencies) {
    Map<String, StringBuilder> kinds = new LinkedHashMap<>();
    for (Dependency dependency : dependencies) {
      String word = dependency.kind().word();
      NativeId id = dependency.job().nativeId();
      kinds
          .computeIfAbsent(word, kind -> new StringBuilder(kind))
          .append(':')
          .append(id.value())
          .append(id.index() == null ? "" : "_" + id.index());
    }
    if (!kinds.isEmpty()) {
      add("dependency", String.join(",", kinds.values()));
      add("kill-on-invalid-dep", "yes");
    }
  }

  private void addSurroundings(SubmitRequest request) {
    String folder = request.jobDirectory();
    if (hasControls(folder)) {
      throw new Unsupported("Slurm cannot be told of a folder with a line end or other control"
          + " character in its path: '"
          + folder
          + "'");
    }
    add("chdir", folder);
    add("export", EXPORTED);
    JobSpec.Warning warning = request.spec().warning();
    if (warning != null) {
      // B: the script itself gets it and hands it to its command; else only steps of srun would.
      add("signal", "B:" + warning.signal() + "@" + seconds(warning.before()));
    }
  }

  private static long seconds(Duration before) {
    long seconds = before.getSeconds() + (before.getNano() > 0 ? 1 : 0);
    return Math.min(seconds, LONGEST_WARNING);
  }

  /** An option and the words that belong to it share a line. */
  private void addNative(List<String> options) {
    boolean open = false;
    for (String word : options) {
      if (open && !word.startsWith("-")) {
        int last = lines.size() - 1;
        lines.set(last, lines.get(last) + " " + quote(word));
      } else {
        lines.add("#SBATCH " + quote(word));
      }
      open = true;
    }
  }

  /** Whether directives can name the files of all three streams. */
  private static boolean carriesStreams(SubmitRequest request) {
    boolean moved = isMoved(request.array(), request.spec().array());
    return isCarried(request.stdout(), moved)
        && isCarried(request.stderr(), moved)
        && (request.stdin() == null || isCarried(request.stdin(), moved));
  }

  /** Slurm's index is not the user's in a chunk of a split array. */
  private static boolean isMoved(@Nullable ArrayRange part, @Nullable ArrayRange whole) {
    return part != null
        && (whole == null || part.first() != whole.first() || part.last() != whole.last());
  }

  private static boolean isCarried(String path, boolean moved) {
    boolean folderIsKnown = path.indexOf('{') < 0 || path.indexOf('{') > path.lastIndexOf('/');
    return path.indexOf('\\') < 0
        && !hasControls(path)
        && folderIsKnown // Slurm makes no folders
        && !(moved && path.contains("{index}"));
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  /** A relative path may stay one where it counts from the directory of the submission. */
  private static String asGiven(SubmitRequest request, String path, @Nullable String given) {
    return given != null && path.equals(request.jobDirectory() + "/" + given) ? given : path;
  }

  private static String path(String path, boolean array) {
    return path.replace("%", "%%").replace("{id}", "%A").replace("{index}", array ? "%a" : "");
  }

  /** A word as sbatch reads it from a directive. */
  static String quote(String word) {
    boolean plain = !word.isEmpty();
    for (int i = 0; i < word.length() && plain; i++) {
      char c = word.charAt(i);
      plain = (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || PLAIN.indexOf(c) >= 0;
    }
    return plain ? word : "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
