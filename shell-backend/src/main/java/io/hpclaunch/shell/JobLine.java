// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.script.PathTemplate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What {@code submit} reads: a line of words for the job, and options for the machine. What each
 * word means stands at that verb.
 */
final class JobLine {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NANOS_PER_MICRO = 1_000;

  /** The agent takes numbers of 15 digits, which is 31 years. */
  private static final Duration LONGEST = Duration.ofSeconds(999_999_999);

  private JobLine() {}

  /**
   * The id of a submission. It follows from the token, so that a submission that comes twice is one
   * job for the agent, which passes over an id that it knows.
   */
  static String id(Token token) {
    return UUID.nameUUIDFromBytes(token.value().getBytes(StandardCharsets.US_ASCII))
        .toString();
  }

  /** What the machine may give, where the configuration says it; what was said before, if not. */
  static List<String> options(ShellConfig config) {
    boolean says = config.slots() != null || config.gpus() != null || config.memory() != null;
    return says ? limits(config) : List.of();
  }

  /** What the machine may give: all that it has, but for what the configuration says. */
  static List<String> limits(ShellConfig config) {
    Integer slots = config.slots();
    List<String> gpus = config.gpus();
    Long memory = config.memory();
    return List.of(
        "--slots",
        slots == null ? Words.NONE : slots.toString(),
        "--gpus",
        gpus == null ? Words.NONE : gpus.isEmpty() ? "none" : String.join(",", gpus),
        "--memory",
        memory == null ? Words.NONE : Long.toString(Math.max(1, memory / MemorySize.KIB)));
  }

  /** The job. */
  static String of(SubmitRequest request, ShellConfig config) {
    JobSpec spec = request.spec();
    String id = id(request.token());
    List<String> words = List.of(
        "job",
        id,
        request.token().value(),
        Integer.toString(request.attempt()),
        Long.toString(cpus(spec.resources())),
        Long.toString(gpus(spec.resources())),
        config.oversubscribe() ? "1" : "0",
        walltime(spec),
        warning(spec),
        micros(config.killGrace()),
        array(request.array()),
        dependencies(spec.dependencies()),
        Words.encode(request.jobDirectory()),
        Words.encode(request.scriptPath()),
        stream(request.stdin(), id, request.array()),
        stream(request.stdout(), id, request.array()),
        stream(request.stderr(), id, request.array()),
        Words.encode(spec.name()),
        memory(spec.resources()));
    return String.join(" ", words);
  }

  private static long cpus(Resources resources) {
    Integer each = resources.cpusPerTask();
    return (each == null ? 1L : each) * resources.totalTasks();
  }

  private static long gpus(Resources resources) {
    Integer perTask = resources.gpusPerTask();
    if (perTask != null) {
      return (long) perTask * resources.totalTasks();
    }
    Integer ofNode = resources.gpusPerNode();
    return ofNode == null ? 0 : ofNode;
  }

  /** Rounded up. */
  private static String memory(Resources resources) {
    Long bytes = resources.memoryPerNode();
    Long perCpu = resources.memoryPerCpu();
    if (perCpu != null) {
      bytes = saturatedProduct(perCpu, cpus(resources));
    }
    return bytes == null ? Words.NONE : Long.toString((bytes - 1) / MemorySize.KIB + 1);
  }

  /** What no machine has is refused, however much it is. */
  private static long saturatedProduct(long a, long b) {
    return a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
  }

  private static String walltime(JobSpec spec) {
    Duration walltime = spec.resources().walltime();
    return walltime == null ? Words.NONE : micros(walltime);
  }

  private static String warning(JobSpec spec) {
    JobSpec.Warning warning = spec.warning();
    return warning == null || spec.resources().walltime() == null
        ? Words.NONE
        : warning.signal() + ":" + micros(warning.before());
  }

  private static String micros(Duration time) {
    Duration bounded = time.compareTo(LONGEST) > 0 ? LONGEST : time;
    return Long.toString(
        bounded.getSeconds() * MICROS_PER_SECOND + bounded.getNano() / NANOS_PER_MICRO);
  }

  private static String array(@Nullable ArrayRange array) {
    if (array == null) {
      return Words.NONE;
    }
    Integer atOnce = array.atOnce();
    return array.first() + ":" + array.last() + ":" + array.step() + ":"
        + (atOnce == null ? Words.NONE : atOnce.toString());
  }

  private static String dependencies(List<Dependency> dependencies) {
    if (dependencies.isEmpty()) {
      return Words.NONE;
    }
    List<String> all = new ArrayList<>();
    for (Dependency dependency : dependencies) {
      all.add(dependency.kind().word() + ":" + id(dependency.job().nativeId()));
    }
    return String.join(",", all);
  }

  /** A job or an element, as all verbs name it. */
  static String id(NativeId id) {
    String word = Words.encode(id.value());
    return id.index() == null ? word : word + "/" + id.index();
  }

  /** The agent puts an element's index in. */
  private static String stream(@Nullable String path, String id, @Nullable ArrayRange array) {
    if (path == null) {
      return Words.NONE;
    }
    return Words.encode(
        array == null ? PathTemplate.resolve(path, id, null) : PathTemplate.resolve(path, id));
  }
}
