// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static io.hpclaunch.api.Dependency.Kind.AFTERANY;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.Walltimes;
import io.hpclaunch.core.shell.Quoting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job in the words of {@code #PBS} lines; qsub(1B) of OpenPBS 23.06, qsub(1) of Torque 6.1. What
 * is unset gives no line.
 *
 * <p>qsub reads these lines up to the first command. Quotes of either kind join words there,
 * nothing escapes within them, and a {@code #} begins no comment (seen on 23.06). Of options that
 * are repeated the last one counts, of {@code -l select} the first.
 */
final class PbsDirectives {
  /** The token's variable among those that PBS keeps with a job. */
  static final String TOKEN = "HPC_TOKEN";

  /** The one index of an array of one element, which PBS runs as a plain job. */
  static final String ELEMENT = "HPC_PBS_ELEMENT";

  /** An element knows itself as {@code 12[3].server}; the array is {@code 12[].server}. */
  private static final String WHOLE_ARRAY = "${PBS_JOBID:+${PBS_JOBID%%\\[*}[].${PBS_JOBID#*.}}";

  private static final String PLAIN = "_./:,+=@%^-[]";
  private static final String PATH_CHARACTERS = "_./+=@%-";

  private final List<String> lines = new ArrayList<>();
  private final SubmitRequest request;
  private final Dialect dialect;

  private PbsDirectives(SubmitRequest request, Dialect dialect) {
    this.request = request;
    this.dialect = dialect;
  }

  /**
   * Fits a script to PBS.
   *
   * @param request what is or would be submitted
   * @param dialect in whose words
   * @param config the entry's settings
   * @return the directives, PBS's words for ids, and whether the script is to open the streams
   *     itself
   * @throws Unsupported when PBS cannot do what the job needs
   */
  static ScriptForm form(SubmitRequest request, Dialect dialect, PbsConfig config) {
    PbsDirectives d = new PbsDirectives(request, dialect);
    boolean carried = d.carriesStreams();
    d.addAll(config, carried);
    boolean torque = dialect == Dialect.TORQUE;
    return new ScriptForm(
        d.lines,
        isArray(request.array()) ? WHOLE_ARRAY : "${PBS_JOBID-}",
        torque ? "${PBS_ARRAYID-}" : "${PBS_ARRAY_INDEX-}",
        "", // no variable tells how often a job was run
        !carried);
  }

  private void addAll(PbsConfig config, boolean carried) {
    JobSpec spec = request.spec();
    Resources r = spec.resources();
    add("-N", PbsNames.adapted(spec.name(), dialect));
    if (r.walltime() != null) {
      add("-l", "walltime=" + Walltimes.format(r.walltime()));
    }
    PbsResources.of(r, dialect, config.gpuType()).forEach(words -> add("-l", words));
    add("-q", queue(r));
    add("-A", r.account());
    add("-P", project(config));
    addStreams(carried);
    ArrayRange array = request.array();
    if (array != null && isArray(array)) {
      add(dialect == Dialect.TORQUE ? "-t" : "-J", range(array));
    }
    addDependencies(spec.dependencies());
    add("-W", config.groupList() == null ? null : "group_list=" + config.groupList());
    add("-S", "/bin/bash");
    addNative(spec.nativeOptions());
    addFolder(spec);
    if (carried && spec.stderr() == null) {
      addOwnErrors();
    }
    addWarning(spec);
  }

  private void add(String option, @Nullable String value) {
    if (value != null) {
      lines.add("#PBS " + option + " " + quote(value));
    }
  }

  /** A reservation is a queue in PBS. */
  private static @Nullable String queue(Resources r) {
    if (r.queue() != null && r.reservation() != null) {
      throw new Unsupported("a reservation of PBS is a queue: ask for reservation "
          + r.reservation() + " or for queue " + r.queue());
    }
    return r.reservation() == null ? r.queue() : r.reservation();
  }

  private @Nullable String project(PbsConfig config) {
    if (config.project() != null && dialect == Dialect.TORQUE) {
      throw new Unsupported("Torque has no projects: project " + config.project());
    }
    return config.project();
  }

  /** PBS has no arrays of one element: that is a plain job. */
  private static boolean isArray(@Nullable ArrayRange array) {
    return array != null && array.size() > 1;
  }

  private String range(ArrayRange array) {
    if (dialect == Dialect.OPENPBS || array.step() == 1) {
      return array.toString();
    }
    StringBuilder list = new StringBuilder(); // Torque has no steps, but lists
    for (int i = array.first(); i <= array.last(); i += array.step()) {
      list.append(list.isEmpty() ? "" : ",").append(i);
    }
    return list + (array.atOnce() == null ? "" : "%" + array.atOnce());
  }

  /** {@code afterok:1.server:2.server,afterany:3.server}: all must come true. */
  private void addDependencies(List<Dependency> dependencies) {
    Map<String, Set<String>> kinds = new LinkedHashMap<>();
    for (Dependency dependency : dependencies) {
      PbsId id = PbsId.of(dependency.job().nativeId());
      if (id.index() != null) {
        throw new Unsupported(
            "PBS has no dependency on one element of an array: " + dependency.job());
      }
      if (id.array() && dialect == Dialect.OPENPBS && dependency.kind() != AFTERANY) {
        throw new Unsupported("PBS takes every array that has ended for a success, also where"
            + " elements failed: depend on " + dependency.job()
            + " by afterany, or submit when it has ended");
      }
      boolean ofArray = id.array() && dialect == Dialect.TORQUE;
      String word = dependency.kind().word() + (ofArray ? "array" : "");
      kinds.computeIfAbsent(word, kind -> new LinkedHashSet<>()).add(id.text());
    }
    if (!kinds.isEmpty()) { // an id that is named twice is waited for after its end, for ever
      List<String> all = new ArrayList<>();
      kinds.forEach((kind, ids) -> all.add(kind + ":" + String.join(":", ids)));
      add("-W", "depend=" + String.join(",", all));
    }
  }

  // ---- streams

  /**
   * Where the user named a file that a directive can carry, PBS brings the output there when the
   * job has ended, as its users expect. In all other cases the script writes it, so that it can be
   * read while the job runs.
   */
  private boolean carriesStreams() {
    JobSpec spec = request.spec();
    return spec.stdout() != null
        && spec.stdin() == null
        && isCarried(request.stdout())
        && (spec.stderr() == null || isCarried(request.stderr()));
  }

  /** Torque appends the index to the path, and PBS's is not the user's where an array was split. */
  private boolean isCarried(String path) {
    ArrayRange part = request.array();
    boolean moved = part != null && !part.equals(request.spec().array());
    String plain = path.replace("{index}", "");
    return (!isArray(part) || dialect == Dialect.OPENPBS)
        && !moved
        && !(path.contains("{index}") && !isArray(part))
        && plain.chars().allMatch(c -> isAlphanumeric(c) || PATH_CHARACTERS.indexOf(c) >= 0);
  }

  private void addStreams(boolean carried) {
    if (!carried) {
      lines.add("#PBS -j oe");
      lines.add("#PBS -o /dev/null");
      return;
    }
    JobSpec spec = request.spec();
    boolean joined = spec.stderr() == null || request.stderr().equals(request.stdout());
    if (joined) {
      lines.add("#PBS -j oe");
    }
    add("-o", path(request.stdout(), spec.stdout()));
    if (!joined) {
      add("-e", path(request.stderr(), spec.stderr()));
    }
  }

  /** Until the script has a file of its own for them, errors go where the output goes. */
  private void addOwnErrors() {
    String suffix = isArray(request.array()) ? "\".$PBS_ARRAY_INDEX\"" : element();
    String file = Quoting.quote(request.jobDirectory() + "/stderr") + suffix;
    lines.add("(umask 077; : >" + file + ") && exec 2>" + file);
  }

  private String element() {
    ArrayRange array = request.array();
    return array == null ? "" : "." + array.first();
  }

  /** A relative path may stay one where it counts from the directory of the submission. */
  private String path(String path, @Nullable String given) {
    String directive =
        given != null && path.equals(request.jobDirectory() + "/" + given) ? given : path;
    return directive.replace("{index}", "^array_index^");
  }

  // ---- what the job begins with

  /**
   * PBS sends no signal before the walltime is over: the script times it, where the job tells the
   * walltime.
   */
  private void addWarning(JobSpec spec) {
    JobSpec.Warning warning = spec.warning();
    Duration walltime = spec.resources().walltime();
    if (warning == null || walltime == null) {
      return;
    }
    long after = Math.max(1, walltime.minus(warning.before()).toSeconds());
    lines.add("{ command -p sleep " + after + " && kill -s " + warning.signal()
        + " \"$$\"; } </dev/null >/dev/null 2>&1 &");
  }

  /**
   * PBS starts jobs in the home folder. What it tells of the directory of the submission is not
   * always what it was (a backslash at the end takes the next variable with it).
   */
  private void addFolder(JobSpec spec) {
    if (spec.workingDirectory() == null) {
      lines.add("cd \"$PBS_O_WORKDIR\" 2>/dev/null || cd -- "
          + Quoting.quote(request.jobDirectory())
          + " || exit 1");
    }
  }

  /**
   * An option and the word that belongs to it share a line. {@code -v} of the user's would take the
   * place of ours: the last one counts.
   */
  private void addNative(List<String> options) {
    String variables = TOKEN + "=" + request.token().value();
    ArrayRange array = request.array();
    if (array != null && !isArray(array)) {
      variables += "," + ELEMENT + "=" + array.first();
    }
    boolean open = false;
    for (int i = 0; i < options.size(); i++) {
      String word = options.get(i);
      if (word.startsWith("-v")) {
        boolean apart = word.equals("-v") && i + 1 < options.size();
        variables += "," + (apart ? options.get(++i) : word.substring(2)).strip();
        open = false;
      } else if (open && !word.startsWith("-")) {
        int last = lines.size() - 1;
        lines.set(last, lines.get(last) + " " + quote(word));
      } else {
        lines.add("#PBS " + option(word));
        open = true;
      }
    }
    add("-v", variables);
  }

  /** An option and its value may also come as one word. */
  private static String option(String word) {
    int blank = word.indexOf(' ');
    return word.matches("-[A-Za-z] .*")
        ? word.substring(0, blank) + " " + quote(word.substring(blank).strip())
        : quote(word);
  }

  /** A word as qsub reads it from a directive: each piece in quotes that it does not hold. */
  static String quote(String word) {
    if (!word.isEmpty() && word.chars().allMatch(c -> isAlphanumeric(c) || PLAIN.indexOf(c) >= 0)) {
      return word;
    }
    StringBuilder quoted = new StringBuilder();
    int at = 0;
    do {
      char mark = at < word.length() && word.charAt(at) == '\'' ? '"' : '\'';
      int end = at;
      while (end < word.length() && word.charAt(end) != mark) {
        end++;
      }
      quoted.append(mark).append(word, at, end).append(mark);
      at = end;
    } while (at < word.length());
    return quoted.toString();
  }

  private static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
