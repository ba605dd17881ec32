// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What it costs to follow jobs: {@code WatchBenchmark FOLDER JOBS}. So many are followed on a
 * server of this process, which counts what it is asked, and end one after the other. Measured is
 * the time from before the server writes the event of an end until a callback of onExit runs. It
 * judges nothing; benchmarks/src/main/scripts/k8s-jobs runs it.
 */
final class WatchBenchmark {
  private static final long MILLISECOND = 1_000_000;

  private final StubServer server = new StubServer();
  private final List<HPCProcess> jobs = new ArrayList<>();

  private WatchBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args a folder that exists, and the number of jobs
   */
  public static void main(String[] args) throws Exception {
    WatchBenchmark run = new WatchBenchmark();
    Path folder = Path.of(args[0]);
    try (HpcRuntime runtime = HpcRuntime.builder()
            .configuration(Map.of())
            .stateDirectory(Files.createTempDirectory(folder, "state"))
            .build();
        StubServer stub = run.server) {
      String kubeconfig = stub.kubeconfig(folder).toString();
      run.run(
          runtime.open("k8s", Map.of("config", Map.of("kubeconfig", kubeconfig, "image", "app:1"))),
          Integer.parseInt(args[1]));
    }
  }

  private void run(Backend k8s, int count) throws Exception {
    JobSpec spec = JobSpec.builder("followed").command("true").build();
    for (int i = 0; i < count; i++) {
      jobs.add(k8s.submit(spec));
    }
    until(() -> server.watches() == 2);
    jobs.forEach(job -> pod(job, "Running"));
    until(() -> jobs.stream().allMatch(job -> job.info().state() == JobState.RUNNING));
    System.out.printf(
        "%d jobs: %d requests until all are seen to run, %d of them to submit, %d watches%n",
        count,
        server.requests.size(),
        server.asked("POST").size(),
        server.asked("watch=true").size());
    server.requests.clear();
    double[] times = new double[count];
    for (int i = 0; i < count; i++) {
      times[i] = end(jobs.get(i));
    }
    Arrays.sort(times);
    System.out.printf(
        "requests until all have ended: %d%n"
            + "from event to onExit, milliseconds: median %.2f, 99 %% %.2f, most %.2f%n",
        server.requests.size(),
        times[count / 2],
        times[Math.min(count - 1, count * 99 / 100)],
        times[count - 1]);
  }

  private double end(HPCProcess job) throws Exception {
    pod(job, "Succeeded"); // its own event, as in a cluster: the Job's comes after it
    JsonObject complete =
        server.objects.get("jobs/" + job.id().nativeId().value()).deepCopy();
    complete.add(
        "status",
        JsonParser.parseString(
            "{\"conditions\": [{\"type\": \"Complete\", \"status\": \"True\"}]}"));
    CompletableFuture<Long> heard = job.onExit().thenApply(end -> System.nanoTime());
    TimeUnit.MILLISECONDS.sleep(20); // what the pod's event began is over: a Job's comes later, too
    long begun = System.nanoTime();
    server.put("jobs", complete);
    return (heard.get() - begun) / (double) MILLISECOND;
  }

  private void pod(HPCProcess process, String phase) {
    String job = process.id().nativeId().value();
    server.put(
        "pods",
        JsonParser.parseString("{\"metadata\": {\"name\": \"" + job + "-x\", \"labels\":"
                + " {\"job-name\": \"" + job + "\"}}, \"status\": {\"phase\": \"" + phase
                + "\", \"containerStatuses\": [{\"name\": \"main\", \"state\": {\"running\": {}}}]"
                + "}}")
            .getAsJsonObject());
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begun > Duration.ofMinutes(5).toNanos()) {
        throw new IllegalStateException("that takes too long");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
