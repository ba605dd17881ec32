// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one listing tells of a job, an array or an element; pbs_job_attributes(7B) of OpenPBS 23.06,
 * and of Torque 6. What is not told is null or empty.
 *
 * <p>Of an element that never got a record of its own, OpenPBS tells the whole array's start,
 * substate and exit status ({@link #isBorrowed()}).
 *
 * @param id the job
 * @param name its name
 * @param user whose it is, without the host
 * @param state the letter
 * @param substate the number behind it
 * @param exitStatus how it ended, in PBS' own count
 * @param queue its queue
 * @param comment the scheduler's or server's words on it
 * @param holdTypes who holds it: letters of {@code uosp}; null for nobody
 * @param variables its environment as far as PBS keeps it
 * @param created when it was submitted
 * @param queued when it entered its queue
 * @param started when it started
 * @param ended when it ended; null unless its state is final
 * @param used what it has used
 * @param requested what it asked for
 * @param hosts where it runs or ran, each once
 * @param runCount how often it was started
 * @param arrayIndex PBS' index of the element
 * @param outputPath where its output goes, without the host
 * @param errorPath where its errors go, without the host
 * @param waitsFor the jobs that it depends on, such as {@code afterok:12.server@server}
 * @param submitArguments qsub's arguments
 */
record PbsJob(
    PbsId id,
    @Nullable String name,
    @Nullable String user,
    String state,
    @Nullable Integer substate,
    @Nullable Integer exitStatus,
    @Nullable String queue,
    @Nullable String comment,
    @Nullable String holdTypes,
    Map<String, String> variables,
    @Nullable Instant created,
    @Nullable Instant queued,
    @Nullable Instant started,
    @Nullable Instant ended,
    Used used,
    Requested requested,
    List<String> hosts,
    @Nullable Integer runCount,
    @Nullable Integer arrayIndex,
    @Nullable String outputPath,
    @Nullable String errorPath,
    @Nullable String waitsFor,
    @Nullable String submitArguments) {
  PbsJob {
    variables = Map.copyOf(variables);
    hosts = List.copyOf(hosts);
  }

  /**
   * What a job has used.
   *
   * @param walltime how long it has run
   * @param cput the cpu time of all its processes
   * @param mem bytes, the most at once
   */
  record Used(
      @Nullable Duration walltime,
      @Nullable Duration cput,
      @Nullable Long mem) {}

  /**
   * What a job asked for, of all nodes together.
   *
   * @param ncpus cpus
   * @param mem bytes
   * @param nodect nodes, or chunks
   * @param walltime the longest that it may run
   */
  record Requested(
      @Nullable Integer ncpus,
      @Nullable Long mem,
      @Nullable Integer nodect,
      @Nullable Duration walltime) {}

  /** Reads the attributes; null where there is no state among them. */
  static @Nullable PbsJob of(PbsId id, PbsRecord told) {
    String state = told.get("job_state");
    if (state == null || state.isBlank()) {
      return null;
    }
    return new PbsJob(
        id,
        told.get("Job_Name"),
        before(told.get("Job_Owner"), '@'),
        state.strip(),
        PbsValues.integer(told.get("substate")),
        PbsValues.integer(told.first("Exit_status", "exit_status")),
        told.get("queue"),
        told.get("comment"),
        holds(told.get("Hold_Types")),
        told.variables(),
        PbsValues.instant(told.get("ctime")),
        PbsValues.instant(told.get("qtime")),
        PbsValues.instant(told.first("stime", "start_time")),
        isFinal(state.strip()) ? ended(told) : null,
        new Used(
            PbsValues.duration(told.get("resources_used.walltime")),
            PbsValues.duration(told.get("resources_used.cput")),
            PbsValues.bytes(told.get("resources_used.mem"))),
        requested(told),
        hosts(told.get("exec_host")),
        PbsValues.integer(told.first("run_count", "start_count")),
        id.index() == null ? PbsValues.integer(told.get("array_index")) : id.index(),
        path(told.get("Output_Path")),
        path(told.get("Error_Path")),
        waitsFor(told.get("depend")),
        told.first("Submit_arguments", "submit_args"));
  }

  /** Whether a state is one that a job does not leave: F, X and M of OpenPBS, C of Torque. */
  static boolean isFinal(String state) {
    return switch (state) {
      case "F", "X", "M", "C" -> true;
      default -> false;
    };
  }

  /** Whether this is a whole array. */
  boolean isWholeArray() {
    return id.array() && id.index() == null;
  }

  /**
   * Whether start, substate and exit status are not this element's but the whole array's: it never
   * ran.
   */
  boolean isBorrowed() {
    return id.index() != null && hosts.isEmpty();
  }

  private static @Nullable Instant ended(PbsRecord told) {
    for (String key : List.of("obittime", "comp_time", "history_timestamp", "mtime")) {
      Instant ended = PbsValues.instant(told.get(key));
      if (ended != null) {
        return ended;
      }
    }
    return null;
  }

  private static Requested requested(PbsRecord told) {
    return new Requested(
        PbsValues.integer(told.get("Resource_List.ncpus")),
        PbsValues.bytes(told.get("Resource_List.mem")),
        PbsValues.integer(told.get("Resource_List.nodect")),
        PbsValues.duration(told.get("Resource_List.walltime")));
  }

  /** The hosts of {@code vm/0*2+n2/3}. */
  private static List<String> hosts(@Nullable String execHost) {
    if (execHost == null) {
      return List.of();
    }
    Set<String> hosts = new LinkedHashSet<>();
    for (String part : execHost.split("\\+", -1)) {
      String host = String.valueOf(before(part, '/')).strip();
      if (!host.isEmpty()) {
        hosts.add(host);
      }
    }
    return List.copyOf(hosts);
  }

  private static @Nullable String holds(@Nullable String types) {
    return types == null || types.isBlank() || types.equals("n") ? null : types;
  }

  /** The path of {@code host:path}. */
  private static @Nullable String path(@Nullable String told) {
    if (told == null) {
      return null;
    }
    int colon = told.indexOf(':');
    int slash = told.indexOf('/');
    return colon < 0 || (slash >= 0 && slash < colon) ? told : told.substring(colon + 1);
  }

  /** The dependencies that hold this job, without those by which it holds others. */
  private static @Nullable String waitsFor(@Nullable String depend) {
    if (depend == null) {
      return null;
    }
    List<String> mine = new ArrayList<>();
    for (String one : depend.split(",", -1)) {
      if (!one.isBlank() && !one.startsWith("before")) {
        mine.add(one.strip());
      }
    }
    return mine.isEmpty() ? null : String.join(",", mine);
  }

  private static @Nullable String before(@Nullable String text, char mark) {
    int at = text == null ? -1 : text.indexOf(mark);
    return text == null || at < 0 ? text : text.substring(0, at);
  }
}
