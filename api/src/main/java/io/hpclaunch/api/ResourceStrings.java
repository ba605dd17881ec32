// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the schedulers' own words for resources; behind {@link Resources#parse}. */
final class ResourceStrings {
  private static final Pattern SELECT_COUNT = Pattern.compile("\\d{1,9}");
  private static final Pattern SLURM_TIME = Pattern.compile(
      "(?:(\\d{1,5})-(\\d{1,3})(?::(\\d{1,2})(?::(\\d{1,2}))?)?|(\\d{1,9})(?::(\\d{1,2})(?::(\\d{1,2}))?)?)");
  private static final Pattern PBS_SECONDS = Pattern.compile("\\d{1,9}");
  private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);

  private final String text;
  private final Resources.Builder fields = Resources.builder();
  private @Nullable String select;
  private @Nullable Integer totalGpus;
  private @Nullable String gpuType;

  private ResourceStrings(String text) {
    this.text = text;
  }

  static Resources parse(String text) {
    return new ResourceStrings(text).read();
  }

  static Resources fromMap(Map<String, ? extends @Nullable Object> map) {
    Resources.Builder b = Resources.builder();
    Integer gpus = null;
    for (Map.Entry<String, ? extends @Nullable Object> e : map.entrySet()) {
      if (e.getValue() == null) {
        continue;
      }
      String key = e.getKey();
      BigDecimal value = number(key, e.getValue());
      switch (key) {
        case "cpu", "cpus" -> b.cpus(whole(key, value));
        case "nodes" -> b.nodes(whole(key, value));
        case "tasks" -> b.tasks(whole(key, value));
        case "gpus" -> gpus = value.signum() == 0 ? null : whole(key, value);
        case "memory_gb" ->
          b.memoryPerNode(MemorySize.parse(positive(key, value).toPlainString() + "G"));
        case "time_hours" ->
          b.walltime(Duration.ofSeconds(positive(key, value)
              .multiply(SECONDS_PER_HOUR)
              .setScale(0, java.math.RoundingMode.CEILING)
              .longValueExact()));
        default ->
          throw new InvalidJob("unknown resource '"
              + key
              + "': known are cpu, memory_gb, time_hours, gpus, nodes, tasks");
      }
    }
    return b.gpusPerNode(gpus).build();
  }

  private static BigDecimal number(String key, Object value) {
    try {
      return new BigDecimal(value.toString().strip());
    } catch (NumberFormatException e) {
      throw new InvalidJob("resource " + key + " must be a number, not '" + value + "'", e);
    }
  }

  private static BigDecimal positive(String key, BigDecimal value) {
    if (value.signum() <= 0) {
      throw new InvalidJob("resource " + key + " must be more than zero, not " + value);
    }
    return value;
  }

  private static int whole(String key, BigDecimal value) {
    try {
      return positive(key, value).intValueExact();
    } catch (ArithmeticException e) {
      throw new InvalidJob("resource " + key + " must be a whole number, not " + value, e);
    }
  }

  /** Whether a select statement has several chunks, or resources that no field stands for. */
  static boolean sayMoreThanFields(String select) {
    if (select.indexOf('+') >= 0) {
      return true;
    }
    int cpus = 1;
    int ranks = 1;
    for (String part : select.split(":", -1)) {
      String key = part.substring(0, Math.max(0, part.indexOf('=')));
      switch (key) {
        case "ncpus" -> cpus = lenientCount(part);
        case "mpiprocs" -> ranks = lenientCount(part);
        case "", "mem", "ngpus" -> {}
        default -> {
          return true;
        }
      }
    }
    return cpus % ranks != 0;
  }

  private static int lenientCount(String part) {
    String digits = part.substring(part.indexOf('=') + 1);
    return SELECT_COUNT.matcher(digits).matches() ? Math.max(1, Integer.parseInt(digits)) : 1;
  }

  private Resources read() {
    List<String> words = ShellWords.split(text);
    if (words.isEmpty()) {
      throw new InvalidJob("empty resources");
    }
    Iterator<String> rest = words.iterator();
    while (rest.hasNext()) {
      String word = rest.next();
      if (word.equals("-l") || word.equals("-W")) {
        pbsList(valueOf(word, rest));
      } else if (word.startsWith("-l") && !word.startsWith("--")) {
        pbsList(word.substring(2));
      } else if (word.startsWith("-")) {
        slurmOption(word, rest);
      } else {
        pbsList(word);
      }
    }
    spreadTotalGpus();
    return fields.gpuType(gpuType).select(select).build();
  }

  private String valueOf(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw bad(option + " needs a value");
    }
    return rest.next();
  }

  private InvalidJob bad(String why) {
    return new InvalidJob("resources '" + text + "': " + why);
  }

  // ---- Slurm: sbatch(1)

  private void slurmOption(String word, Iterator<String> rest) {
    int equals = word.indexOf('=');
    String name;
    String attached = null;
    if (word.startsWith("--")) {
      name = equals < 0 ? word : word.substring(0, equals);
      attached = equals < 0 ? null : word.substring(equals + 1);
    } else {
      name = word.substring(0, Math.min(2, word.length()));
      attached = word.length() > 2 ? word.substring(2) : null;
    }
    if (name.equals("--exclusive")) {
      if (attached != null) {
        throw bad("--exclusive=" + attached + " has no field here: give it as a native option");
      }
      fields.exclusive(true);
      return;
    }
    if (!isSlurm(name)) {
      throw bad("'"
          + word
          + "' is not a resource that is known here: give it as a native option (--native)");
    }
    slurmValue(name, attached != null ? attached : valueOf(word, rest));
  }

  private static boolean isSlurm(String name) {
    return switch (name) {
      case "-N",
          "--nodes",
          "-n",
          "--ntasks",
          "--ntasks-per-node",
          "-c",
          "--cpus-per-task",
          "--mem",
          "--mem-per-cpu",
          "--gres",
          "-G",
          "--gpus",
          "--gpus-per-node",
          "--gpus-per-task",
          "-t",
          "--time",
          "-p",
          "--partition",
          "-A",
          "--account",
          "-q",
          "--qos",
          "--reservation",
          "-C",
          "--constraint" -> true;
      default -> false;
    };
  }

  private void slurmValue(String name, String value) {
    switch (name) {
      case "-N", "--nodes" -> fields.nodes(count(name, value));
      case "-n", "--ntasks" -> fields.tasks(count(name, value));
      case "--ntasks-per-node" -> fields.tasksPerNode(count(name, value));
      case "-c", "--cpus-per-task" -> fields.cpusPerTask(count(name, value));
      case "--mem" -> {
        if (value.equals("0")) {
          throw bad(
              "--mem=0 (all of a node's memory) has no field here: give it as a native option");
        }
        fields.memoryPerNode(MemorySize.parse(value, "M"));
      }
      case "--mem-per-cpu" -> fields.memoryPerCpu(MemorySize.parse(value, "M"));
      case "--gres" -> gres(value);
      case "-G", "--gpus" -> totalGpus = typedGpus(name, value);
      case "--gpus-per-node" -> fields.gpusPerNode(typedGpus(name, value));
      case "--gpus-per-task" -> fields.gpusPerTask(typedGpus(name, value));
      case "-t", "--time" -> fields.walltime(slurmTime(value));
      case "-p", "--partition" -> fields.queue(value);
      case "-A", "--account" -> fields.account(value);
      case "-q", "--qos" -> fields.qos(value);
      case "--reservation" -> fields.reservation(value);
      case "-C", "--constraint" -> fields.constraint(value);
      default -> throw new AssertionError(name);
    }
  }

  private void gres(String value) {
    if (!value.startsWith("gpu:") || value.indexOf(',') >= 0) {
      throw bad("--gres=" + value + " is not gpu[:TYPE]:N: give it as a native option");
    }
    fields.gpusPerNode(typedGpus("--gres", value.substring("gpu:".length())));
  }

  /** {@code [TYPE:]N}; sets the type and returns the number. */
  private int typedGpus(String name, String value) {
    int colon = value.lastIndexOf(':');
    if (colon >= 0) {
      gpuType = value.substring(0, colon);
    }
    return count(name, value.substring(colon + 1));
  }

  /** Slurm's total of gpus has no field of its own: on one node it is that node's. */
  private void spreadTotalGpus() {
    if (totalGpus == null) {
      return;
    }
    Integer nodes = fields.build().nodes();
    if (nodes != null && totalGpus % nodes == 0) {
      fields.gpusPerNode(totalGpus / nodes);
    } else {
      throw bad("--gpus=" + totalGpus + " needs --nodes to be spread over: write --gpus-per-node");
    }
  }

  /** minutes, MM:SS, HH:MM:SS, D-HH, D-HH:MM, D-HH:MM:SS; sbatch(1), --time. */
  private Duration slurmTime(String value) {
    Matcher m = SLURM_TIME.matcher(value);
    if (!m.matches()) {
      throw bad("--time=" + value + " is not a time of Slurm's");
    }
    Duration d;
    if (m.group(1) != null) {
      d = Duration.ofDays(part(m, 1))
          .plusHours(part(m, 2))
          .plusMinutes(part(m, 3))
          .plusSeconds(part(m, 4));
    } else if (m.group(7) != null) {
      d = Duration.ofHours(part(m, 5)).plusMinutes(part(m, 6)).plusSeconds(part(m, 7));
    } else {
      d = Duration.ofMinutes(part(m, 5)).plusSeconds(part(m, 6));
    }
    if (d.isZero()) {
      throw bad("--time=" + value + " (no limit) has no field here: leave it out");
    }
    return d;
  }

  private static long part(Matcher m, int group) {
    return m.group(group) == null ? 0 : Long.parseLong(m.group(group));
  }

  // ---- PBS: pbs_resources(7B), qsub(1B)

  private void pbsList(String list) {
    for (String item : splitTop(list)) {
      int equals = item.indexOf('=');
      String key = equals < 0 ? item : item.substring(0, equals);
      String value = equals < 0 ? "" : item.substring(equals + 1);
      switch (key) {
        case "select" -> select(value);
        case "walltime" -> fields.walltime(pbsTime(value));
        case "nodes" -> torqueNodes(value);
        case "ncpus" -> fields.cpusPerTask(count(key, value));
        case "ngpus" -> fields.gpusPerNode(count(key, value));
        case "mem" -> fields.memoryPerNode(MemorySize.parse(value, "b"));
        case "place" -> {
          if (!value.equals("excl") && !value.equals("exclhost")) {
            throw bad("place=" + value + " has no field here: give it as a native option");
          }
          fields.exclusive(true);
        }
        default ->
          throw bad("'"
              + item
              + "' is not understood: expected select=…, walltime=…, nodes=…:ppn=… (PBS) or"
              + " --nodes … (Slurm)");
      }
    }
  }

  /** Splits {@code walltime=1:00:00,select=…} at commas; a select statement has none of its own. */
  private static List<String> splitTop(String list) {
    List<String> items = new ArrayList<>();
    for (String item : list.split(",", -1)) {
      items.add(item.strip());
    }
    return items;
  }

  private void select(String statement) {
    if (statement.isBlank()) {
      throw bad("select= is empty");
    }
    for (String chunk : statement.split("\\+", -1)) {
      checkChunk(chunk);
    }
    if (!sayMoreThanFields(statement)) {
      oneChunk(statement);
    }
    select = statement;
  }

  private void checkChunk(String chunk) {
    String[] parts = chunk.split(":", -1);
    for (int i = 0; i < parts.length; i++) {
      boolean isCount = i == 0 && SELECT_COUNT.matcher(parts[i]).matches();
      int equals = parts[i].indexOf('=');
      if (!isCount && (equals <= 0 || equals == parts[i].length() - 1)) {
        throw bad(
            "'" + parts[i] + "' in select=" + chunk + " is neither a count nor RESOURCE=VALUE");
      }
    }
  }

  private void oneChunk(String chunk) {
    int nodes = 1;
    int cpus = 0;
    int ranks = 0;
    for (String part : chunk.split(":", -1)) {
      int equals = part.indexOf('=');
      String value = part.substring(equals + 1);
      switch (equals < 0 ? "" : part.substring(0, equals)) {
        case "" -> nodes = count("select", part);
        case "ncpus" -> cpus = count("ncpus", value);
        case "mpiprocs" -> ranks = count("mpiprocs", value);
        case "ngpus" -> {
          if (!value.equals("0")) {
            fields.gpusPerNode(count("ngpus", value));
          }
        }
        case "mem" -> fields.memoryPerNode(MemorySize.parse(value, "b"));
        default -> throw new AssertionError(part);
      }
    }
    fields.nodes(nodes);
    if (ranks > 0) {
      fields.tasksPerNode(ranks);
    }
    if (cpus > 0) {
      fields.cpusPerTask(cpus / Math.max(1, ranks));
    }
  }

  /** {@code N[:ppn=P][:gpus=G]}; qsub(1) of Torque. */
  private void torqueNodes(String value) {
    String[] parts = value.split(":", -1);
    fields.nodes(count("nodes", parts[0]));
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].startsWith("ppn=")) {
        fields.tasksPerNode(count("ppn", parts[i].substring("ppn=".length())));
      } else if (parts[i].startsWith("gpus=")) {
        fields.gpusPerNode(count("gpus", parts[i].substring("gpus=".length())));
      } else {
        throw bad("'"
            + parts[i]
            + "' in nodes="
            + value
            + " has no field here: give it as a native option");
      }
    }
  }

  /** Seconds, or [[HH:]MM:]SS; pbs_resources(7B). */
  private Duration pbsTime(String value) {
    if (PBS_SECONDS.matcher(value).matches() && Integer.parseInt(value) > 0) {
      return Duration.ofSeconds(Integer.parseInt(value));
    }
    return Walltimes.parse(value);
  }

  private int count(String what, String value) {
    if (SELECT_COUNT.matcher(value).matches() && Integer.parseInt(value) > 0) {
      return Integer.parseInt(value);
    }
    throw bad(
        what + " needs a whole number of at least 1, not '" + value.toLowerCase(Locale.ROOT) + "'");
  }
}
