// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static io.hpclaunch.api.ResourceWords.GIVE_NATIVE;
import static io.hpclaunch.api.ResourceWords.count;
import static io.hpclaunch.api.ResourceWords.countOrZero;

import io.hpclaunch.api.ResourceWords.Option;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads resources in PBS's words; qsub(1B) and pbs_resources(7B) of OpenPBS 23, Torque 6. */
final class PbsResources {
  /** [[HH:]MM:]SS[.FRACTION]. */
  private static final Pattern TIME =
      Pattern.compile("(?:(?:(\\d{1,7}):)?(\\d{1,9}):)?(\\d{1,9})(?:\\.(\\d{1,9}))?");

  private static final String SELECT = "select";
  private static final String NODES = "nodes";

  private final Resources.Builder fields = Resources.builder();
  private final Set<String> seen = new HashSet<>();
  private @Nullable String account;
  private @Nullable Long jobMemory;

  private PbsResources() {}

  static Resources read(List<Option> options) {
    PbsResources pbs = new PbsResources();
    for (Option option : options) {
      pbs.take(option);
    }
    pbs.refuseMixedForms();
    pbs.spreadMemory();
    return pbs.fields.account(pbs.account).build();
  }

  private void take(Option option) {
    switch (option.name()) {
      case "", "-l" -> {
        for (String item : option.needed().split(",", -1)) {
          resource(item.strip());
        }
      }
      case "-q" -> fields.queue(option.needed());
      case "-A", "-P" -> account(option);
      default -> throw ResourceWords.notKnown(option);
    }
  }

  private void account(Option option) {
    if (account != null && !account.equals(option.value())) {
      throw new InvalidJob("-A and -P name '"
          + account
          + "' and '"
          + option.value()
          + "', and there is one field: keep one, and for the other, "
          + GIVE_NATIVE);
    }
    account = option.needed();
  }

  private void resource(String item) {
    int equals = item.indexOf('=');
    String key = item.substring(0, Math.max(0, equals));
    String value = item.substring(equals + 1);
    seen.add(key);
    switch (key) {
      case SELECT -> fields.select(value);
      case NODES -> nodes(value);
      case "ncpus" -> fields.cpusPerTask(count(key, value));
      case "ngpus" -> fields.gpusPerNode(gpus(value));
      case "mem" -> jobMemory = MemorySize.parse(value, "b");
      case "walltime" -> fields.walltime(time(value));
      case "place" -> {
        if (!value.equals("excl") && !value.equals("exclhost")) {
          throw new InvalidJob("place=" + value + " has no field here: " + GIVE_NATIVE);
        }
        fields.exclusive(true);
      }
      default ->
        throw new InvalidJob("'"
            + item
            + "' is no resource that is known here (select, nodes, ncpus, ngpus, mem,"
            + " walltime, place): "
            + GIVE_NATIVE);
    }
  }

  /** Resources of the whole job beside chunks: PBS refuses them too. */
  private void refuseMixedForms() {
    String chunks = seen.contains(SELECT) ? SELECT : NODES;
    for (String whole : List.of(NODES, "ncpus", "ngpus", "mem")) {
      boolean divided = chunks.equals(NODES) && (whole.equals("mem") || whole.equals(NODES));
      if (seen.contains(chunks) && seen.contains(whole) && !divided) {
        throw new InvalidJob(
            whole + "= cannot stand beside " + chunks + "=: write it into the chunk");
      }
    }
  }

  /** PBS divides a job's memory evenly among its nodes. */
  private void spreadMemory() {
    if (jobMemory != null) {
      int nodes = fields.nodes() == null ? 1 : fields.nodes();
      fields.memoryPerNode(jobMemory / nodes + (jobMemory % nodes == 0 ? 0 : 1));
    }
  }

  /** {@code N[:ppn=P][:gpus=G]}; qsub(1) of Torque. */
  private void nodes(String value) {
    if (value.indexOf('+') >= 0) {
      throw new InvalidJob("nodes=" + value + " has several chunks: write them as select=…+…");
    }
    String[] parts = value.split(":", -1);
    fields.nodes(count(NODES, parts[0]));
    for (int i = 1; i < parts.length; i++) {
      String amount = parts[i].substring(parts[i].indexOf('=') + 1);
      if (parts[i].startsWith("ppn=")) {
        fields.tasksPerNode(count("ppn", amount));
      } else if (parts[i].startsWith("gpus=")) {
        fields.gpusPerNode(gpus(amount));
      } else {
        throw new InvalidJob(
            "'" + parts[i] + "' in nodes=" + value + " has no field here: " + GIVE_NATIVE);
      }
    }
  }

  private static @Nullable Integer gpus(String value) {
    int number = countOrZero("gpus", value);
    return number == 0 ? null : number;
  }

  private static Duration time(String value) {
    Matcher m = TIME.matcher(value);
    if (!m.matches()) {
      Walltimes.refuseUnlimited("walltime", value);
      throw new InvalidJob("walltime=" + value + " is neither seconds nor [[HH:]MM:]SS");
    }
    boolean more = m.group(4) != null && Integer.parseInt(m.group(4)) > 0;
    Duration time = Duration.ofHours(part(m, 1))
        .plusMinutes(part(m, 2))
        .plusSeconds(part(m, 3) + (more ? 1 : 0));
    if (time.isZero()) {
      throw new InvalidJob("walltime=" + value + " is zero");
    }
    return time;
  }

  private static long part(Matcher m, int group) {
    return m.group(group) == null ? 0 : Long.parseLong(m.group(group));
  }
}
