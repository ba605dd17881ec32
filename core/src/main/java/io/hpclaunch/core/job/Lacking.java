// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Walltimes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a job needs and its backend lacks, in the words that asked for it: a field of
 * {@link JobSpec}, as files write it too, with the option of {@code hpc submit}; or the
 * configuration.
 */
public final class Lacking {
  private final JobSpec given;
  private final JobSpec complete;
  private final Set<Capability> lacking;

  private Lacking(JobSpec given, JobSpec complete, Set<Capability> lacking) {
    this.given = given;
    this.complete = complete;
    this.lacking = lacking;
  }

  /**
   * Compares.
   *
   * @param given the job as its user gave it
   * @param complete the same with what the configuration adds
   * @param has what its backend can do
   * @return what is lacking
   */
  public static Lacking of(JobSpec given, JobSpec complete, Capabilities has) {
    Set<Capability> lacking = new TreeSet<>(complete.needs());
    lacking.removeAll(has.all());
    return new Lacking(given, complete, lacking);
  }

  /**
   * Whether the backend can do all that the job needs.
   *
   * @return true if nothing is lacking
   */
  public boolean isNone() {
    return lacking.isEmpty();
  }

  boolean has(Capability capability) {
    return lacking.contains(capability);
  }

  /**
   * What is lacking, and who asked for it.
   *
   * @return such as {@code queues (queue 'debug', by --queue)}
   */
  @Override
  public String toString() {
    return String.join("; ", lacking.stream().map(this::told).toList());
  }

  private String told(Capability capability) {
    List<String> words = new ArrayList<>();
    for (Asked asked : asked(capability, complete)) {
      boolean own = asked(capability, given).contains(asked);
      words.add(asked.told(own));
    }
    return capability.label() + " (" + String.join(", ", words) + ")";
  }

  /**
   * One thing that a job asks for.
   *
   * @param field its name in JobSpec, or Resources, and in files
   * @param value what it is, or empty where that says nothing or is nobody's business
   * @param option that of hpc submit, or null where it has none
   */
  private record Asked(String field, String value, @Nullable String option) {
    String told(boolean byUser) {
      String what = value.isEmpty() ? field : field + " '" + value + "'";
      String from = byUser ? option == null ? "" : ", by " + option : ", by the configuration";
      return what + from;
    }
  }

  /** What is written in a job for which it needs a capability. */
  private static List<Asked> asked(Capability capability, JobSpec spec) {
    Resources r = spec.resources();
    Found found = new Found();
    switch (capability) {
      case ARRAYS -> found.add("array", spec.array(), "--array");
      case DEPENDENCIES -> found.add("dependsOn", spec.dependencies(), "--depends-on");
      case CONTAINERS -> found.add("container", set(spec.container() != null), "--image or --bind");
      case STAGE_IN -> found.add("stageIn", set(!spec.stageIn().isEmpty()), "--stage");
      case SECRETS -> found.add("secretEnvironment", spec.secretEnvironment().keySet(), null);
      case LAUNCHERS -> found.add("launcher", spec.launcher(), "--launcher");
      case STDIN -> found.add("stdin", spec.stdin(), "--input");
      case PROLOGUE -> {
        found.add("prologue", set(!spec.prologue().isEmpty()), "--prologue");
        found.add("modules", spec.modules(), "--module");
      }
      case WARNING -> found.add("warn", set(spec.warning() != null), "--warn");
      case NATIVE_OPTIONS -> found.add("nativeOptions", spec.nativeOptions(), "--native");
      case MULTIPLE_NODES -> found.add("nodes", r.nodes(), "--nodes");
      case GPUS -> {
        found.add("gpusPerNode", r.gpusPerNode(), "--gpus");
        found.add("gpusPerTask", r.gpusPerTask(), "--resources");
      }
      case WALLTIME ->
        found.add(
            "walltime", r.walltime() == null ? null : Walltimes.format(r.walltime()), "--walltime");
      case QUEUES -> {
        found.add("queue", r.queue(), "--queue");
        found.add("account", r.account(), "--account");
        found.add("qos", r.qos(), "--qos");
        found.add("reservation", r.reservation(), "--reservation");
        found.add("constraint", r.constraint(), "--constraint");
      }
      case EXCLUSIVE ->
        found.add("exclusive", set(Boolean.TRUE.equals(r.exclusive())), "--exclusive");
      case CHUNKS -> found.add("select", r.select(), "--resources");
      case SHARED_FILES -> throw new IllegalArgumentException("no job needs " + capability);
    }
    return found.all;
  }

  /** Nothing but that it is set: its value is long, or nobody's business. */
  private static @Nullable String set(boolean isSet) {
    return isSet ? "" : null;
  }

  /** What is set. */
  private static final class Found {
    private final List<Asked> all = new ArrayList<>();

    void add(String field, @Nullable Object value, @Nullable String option) {
      if (value instanceof Collection<?> several) {
        if (!several.isEmpty()) {
          String words = String.join(" ", several.stream().map(String::valueOf).toList());
          all.add(new Asked(field, words, option));
        }
      } else if (value != null) {
        all.add(new Asked(field, value.toString(), option));
      }
    }
  }
}
