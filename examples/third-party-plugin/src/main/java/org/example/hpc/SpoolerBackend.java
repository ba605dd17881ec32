// SPDX-License-Identifier: Apache-2.0
package org.example.hpc;

import io.hpclaunch.api.*;
import io.hpclaunch.api.transport.*;
import java.io.IOException;
import java.util.*;
import java.util.regex.*;

/** Jobs in task-spooler's queue, known by their label: its numbers begin anew when it restarts. */
public final class SpoolerBackend implements HPCBackend {
  private static final Pattern ROW = // 7  finished  stdout  3  0.01/0.00/0.00 [h3k9x2m7qv]sh -c
      Pattern.compile("(?m)^(\\d+) +(\\w+) +stdout +(?:(-?\\d+) +[\\d./]+ +)?\\[(\\w+)]");
  private static final Map<String, JobState> STATES = Map.of("queued", JobState.QUEUED,
      "running", JobState.RUNNING, "finished", JobState.COMPLETED);
  private static final String END = "for n; do timeout 5 sh -c 'until tsp -r $0 || tsp -k $0; do"
      + " sleep .1; done' $n || s=1; done; exit $s"; // tsp refuses both right after a start
  private BackendContext context;
  @Override public String name() { return "tsp"; }
  @Override public void initialize(BackendContext given) { context = given; }

  @Override public NativeId submit(SubmitRequest request) {
    String token = request.token().value();
    try {
      run("env", "HPC_NATIVE_ID=" + token, "tsp", "-B", "-n", "-L", token,
          "bash", request.scriptPath());
      return NativeId.of(token);
    } catch (BackendUnavailable e) {
      throw new OutcomeUnknown(request.token(), e.getMessage(), e);
    }
  }

  @Override public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    Map<NativeId, Observation> told = new HashMap<>();
    ids.forEach(id -> told.put(id, Observation.notKnown("tsp -l does not list it")));
    try {
      for (MatchResult row : ROW.matcher(run("tsp", "-l")).results().toList())
        told.replace(NativeId.of(row.group(4)), Observation.seen(info(row)));
    } catch (HpcException e) {
      ids.forEach(id -> told.put(id, Observation.notAnswered(e.getMessage())));
    }
    return told;
  }

  @Override public void cancel(Collection<NativeId> ids) {
    List<String> end = new ArrayList<>(List.of("sh", "-c", END, "sh")); // the queued go first
    for (MatchResult row : ROW.matcher(run("tsp", "-l")).results().toList()) // lists running first
      if (row.group(3) == null && ids.contains(NativeId.of(row.group(4)))) end.add(4, row.group(1));
    run(end.toArray(String[]::new));
  }

  private static JobInfo info(MatchResult row) {
    JobInfo.Builder job = JobInfo.builder(STATES.getOrDefault(row.group(2), JobState.UNKNOWN));
    Integer exit = row.group(3) == null ? null : Integer.valueOf(row.group(3));
    if (exit != null && exit != 0) // 128 + SIGTERM is tsp -k; -1 a signal or 255: core finds out
      job.state(exit == 143 ? JobState.CANCELLED : JobState.FAILED);
    return job.exitCode(exit != null && exit < 0 ? null : exit).nativeState(row.group(2)).build();
  }
  private String run(String... command) {
    try {
      CommandResult result = context.transport().run(Command.of(command));
      if (result.status() == 0) return result.stdout();
      throw new Rejected("tsp: " + result.stderr().strip());
    } catch (IOException e) {
      throw new BackendUnavailable("tsp: " + e.getMessage(), e);
    }
  }
}
