// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static io.hpclaunch.api.ResourceWords.GIVE_NATIVE;
import static io.hpclaunch.api.ResourceWords.count;
import static io.hpclaunch.api.ResourceWords.countOrZero;

import io.hpclaunch.api.ResourceWords.Option;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads resources in Slurm's words; sbatch(1) of 22.05. */
final class SlurmResources {
  static final String EXCLUSIVE = "--exclusive";
  private static final Set<String> SHORT = Set.of("-N", "-n", "-c", "-G", "-t", "-p", "-C");
  private static final String GPU = "gpu";

  /** minutes, MM:SS, HH:MM:SS; or D-HH, D-HH:MM, D-HH:MM:SS. */
  private static final Pattern TIME =
      Pattern.compile("(?:(\\d{1,5})-(\\d{1,3})(?::(\\d{1,2})(?::(\\d{1,2}))?)?"
          + "|(\\d{1,9})(?::(\\d{1,2})(?::(\\d{1,2}))?)?)");

  private final Resources.Builder fields = Resources.builder();
  private @Nullable Integer totalGpus;

  private SlurmResources() {}

  /** Whether an option speaks for Slurm; {@code -A} and {@code -q} are PBS's as well. */
  static boolean knows(String option) {
    return option.startsWith("--") || SHORT.contains(option);
  }

  static Resources read(List<Option> options) {
    SlurmResources slurm = new SlurmResources();
    for (Option option : options) {
      slurm.take(option);
    }
    slurm.spreadTotalGpus();
    return slurm.fields.build();
  }

  private void take(Option option) {
    switch (option.name()) {
      case "-N", "--nodes" -> fields.nodes(nodes(option.needed()));
      case "-n", "--ntasks" -> fields.tasks(count("--ntasks", option.needed()));
      case "--ntasks-per-node" -> fields.tasksPerNode(count(option.name(), option.needed()));
      case "-c", "--cpus-per-task" -> fields.cpusPerTask(count("--cpus-per-task", option.needed()));
      case "--mem" -> fields.memoryPerNode(memory(option));
      case "--mem-per-cpu" -> fields.memoryPerCpu(memory(option));
      case "--gres" -> fields.gpusPerNode(gres(option.needed()));
      case "-G", "--gpus" -> totalGpus = gpus("--gpus", option.needed());
      case "--gpus-per-node" -> fields.gpusPerNode(gpus(option.name(), option.needed()));
      case "--gpus-per-task" -> fields.gpusPerTask(gpus(option.name(), option.needed()));
      case "-t", "--time" -> fields.walltime(time(option.needed()));
      case "-p", "--partition" -> fields.queue(option.needed());
      case "-A", "--account" -> fields.account(option.needed());
      case "-q", "--qos" -> fields.qos(option.needed());
      case "--reservation" -> fields.reservation(option.needed());
      case "-C", "--constraint" -> fields.constraint(option.needed());
      case EXCLUSIVE -> {
        if (option.value() != null) {
          throw noField("--exclusive=" + option.value());
        }
        fields.exclusive(true);
      }
      default -> throw ResourceWords.notKnown(option);
    }
  }

  private static InvalidJob noField(String what) {
    return new InvalidJob(what + " has no field here: " + GIVE_NATIVE);
  }

  private static int nodes(String value) {
    if (value.indexOf('-') > 0 || value.indexOf(',') > 0) {
      throw new InvalidJob("--nodes="
          + value
          + " is a range, for which there is no field: ask for one number, or "
          + GIVE_NATIVE);
    }
    return count("--nodes", value);
  }

  private static long memory(Option option) {
    String value = option.needed();
    if (value.matches("0+[a-zA-Z]*")) {
      throw noField(option.name() + "=" + value + " (all that there is)");
    }
    return MemorySize.parse(value, "M");
  }

  /** {@code gpu[:TYPE][:N]}. */
  private @Nullable Integer gres(String value) {
    if (value.indexOf(',') >= 0 || !(value + ":").startsWith(GPU + ":")) {
      throw noField("--gres=" + value);
    }
    if (value.equals(GPU)) {
      return 1;
    }
    String rest = value.substring(GPU.length() + 1);
    boolean counted = rest.indexOf(':') >= 0 || rest.matches("\\d+");
    return gpus("--gres", counted ? rest : rest + ":1");
  }

  /** {@code [TYPE:]N}; sets the type and returns the number, or null for 0. */
  private @Nullable Integer gpus(String option, String value) {
    if (value.indexOf(',') >= 0) {
      throw noField(option + "=" + value + " (several types)");
    }
    int colon = value.indexOf(':');
    int number = countOrZero(option, value.substring(colon + 1));
    if (number == 0) {
      return null;
    }
    if (colon >= 0) {
      fields.gpuType(value.substring(0, colon));
    }
    return number;
  }

  /** The total of a job has no field of its own: it is spread over its nodes, else its tasks. */
  private void spreadTotalGpus() {
    if (totalGpus == null) {
      return;
    }
    Integer nodes = fields.nodes();
    Integer tasks = fields.tasks();
    if (nodes != null && totalGpus % nodes == 0) {
      fields.gpusPerNode(totalGpus / nodes);
    } else if (nodes == null && tasks != null && totalGpus % tasks == 0) {
      fields.gpusPerTask(totalGpus / tasks);
    } else if (nodes == null && tasks == null && totalGpus == 1) {
      fields.gpusPerNode(1);
    } else {
      throw new InvalidJob("--gpus="
          + totalGpus
          + " cannot be spread evenly over --nodes or --ntasks: write"
          + " --gpus-per-node or --gpus-per-task");
    }
  }

  private static Duration time(String value) {
    Matcher m = TIME.matcher(value);
    if (!m.matches()) {
      Walltimes.refuseUnlimited("--time", value);
      throw new InvalidJob(
          "--time=" + value + " is neither minutes nor MM:SS, [D-]HH:MM:SS, D-HH or D-HH:MM");
    }
    Duration time;
    if (m.group(1) != null) {
      time = Duration.ofDays(part(m, 1)).plus(hms(part(m, 2), part(m, 3), part(m, 4)));
    } else if (m.group(7) != null) {
      time = hms(part(m, 5), part(m, 6), part(m, 7));
    } else {
      time = hms(0, part(m, 5), part(m, 6));
    }
    if (time.isZero()) {
      throw new InvalidJob("--time=" + value + " is no limit to Slurm: leave it out");
    }
    return time;
  }

  private static Duration hms(long hours, long minutes, long seconds) {
    return Duration.ofHours(hours).plusMinutes(minutes).plusSeconds(seconds);
  }

  private static long part(Matcher m, int group) {
    return m.group(group) == null ? 0 : Long.parseLong(m.group(group));
  }
}
