// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.ResourceReport.Free;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults and versions that no real cluster is at hand for. */
class StubbedKubernetesTest {
  private final StubServer server = new StubServer();

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("k8s", Map.of("config", config(server)));

  private static Map<String, Object> config(StubServer server) {
    try {
      Path folder = Files.createTempDirectory("hpc-k8s");
      folder.toFile().deleteOnExit();
      Path file = server.kubeconfig(folder);
      file.toFile().deleteOnExit();
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("kubeconfig", file.toString());
      config.put("image", "app:1");
      return config;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  private HPCProcess submit(String name) {
    return hpc.submit(hpc.job(name).command("true").build());
  }

  private JsonObject job(HPCProcess process) {
    JsonObject job = server.objects.get("jobs/" + process.id().nativeId().value());
    assertThat(job).isNotNull();
    return job.deepCopy();
  }

  /** The end as 1.36 writes it. */
  private void end(JsonObject job, String type, String reason) {
    JsonObject condition = new JsonObject();
    condition.addProperty("type", type);
    condition.addProperty("status", "True");
    condition.addProperty("reason", reason);
    condition.addProperty("lastTransitionTime", Instant.now().toString());
    JsonArray conditions = new JsonArray();
    conditions.add(condition);
    JsonObject status = new JsonObject();
    status.add("conditions", conditions);
    job.add("status", status);
    server.put("jobs", job);
  }

  private void pod(HPCProcess process, String phase) {
    String job = process.id().nativeId().value();
    server.put(
        "pods",
        JsonParser.parseString("{\"metadata\": {\"name\": \"" + job + "-x\", \"labels\":"
                + " {\"job-name\": \"" + job + "\"}}, \"status\": {\"phase\": \"" + phase + "\"}}")
            .getAsJsonObject());
  }

  // ---- submission
  // --------------------------------------------------------------------------------

  @Test
  void aJobIsWhatWasAskedFor() {
    HPCProcess process = hpc.submit(hpc.job("My Job")
        .command("run", "$(HOME)", "a b")
        .cpus(4)
        .memory("16G")
        .walltime(Duration.ofMinutes(5))
        .environment("COST", "5$")
        .build());
    JsonObject job = job(process);
    JsonObject pod = Fields.at(job, "spec", "template", "spec").getAsJsonObject();
    JsonObject container = Fields.objects(pod, "containers").get(0);
    assertThat(Fields.name(job)).startsWith("my-job-h");
    assertThat(Fields.annotation(job, Names.NAME)).isEqualTo("My Job");
    assertThat(Fields.text(job, "spec", "backoffLimit")).isEqualTo("0");
    assertThat(Fields.text(pod, "restartPolicy")).isEqualTo("Never");
    assertThat(Fields.text(pod, "activeDeadlineSeconds")).isEqualTo("300");
    assertThat(container.get("command"))
        .isEqualTo(JsonParser.parseString("[\"run\", \"$$(HOME)\", \"a b\"]"));
    assertThat(container.get("resources"))
        .isEqualTo(JsonParser.parseString("{\"requests\": {\"cpu\": \"4\", \"memory\": \"16Gi\"},"
            + " \"limits\": {\"cpu\": \"4\", \"memory\": \"16Gi\"}}"));
    assertThat(container.get("env").toString()).contains("{\"name\":\"COST\",\"value\":\"5$$\"}");
    assertThat(container.has("workingDir")).isFalse();
  }

  @Test
  void anAnswerThatIsLostIsNoSecondJob() {
    server.faults.add(exchange -> {
      JsonObject object = JsonParser.parseString(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
          .getAsJsonObject();
      server.put("jobs", object);
      exchange.close(); // taken, and no answer
      return true;
    });
    HPCProcess process = submit("lost");
    assertThat(server.objects).hasSize(1);
    assertThat(server.objects).containsKey("jobs/" + process.id().nativeId().value());
    assertThat(server.asked("POST")).hasSize(2);
  }

  @Test
  void aServerThatIsInTroubleIsAskedAgain() {
    server.faults.add(exchange -> {
      StubServer.send(exchange, 503, StubServer.status(503, "ServiceUnavailable", "etcd is away"));
      return true;
    });
    submit("trouble");
    assertThat(server.objects).hasSize(1);
  }

  @Test
  void aRefusalIsTheServersWordsAndLeavesNothing() {
    server.faults.add(exchange -> {
      String words = "jobs.batch is forbidden: User \"alice\" cannot create resource \"jobs\"";
      StubServer.send(exchange, 403, StubServer.status(403, "Forbidden", words));
      return true;
    });
    assertThatThrownBy(() -> submit("forbidden"))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("cannot create resource \"jobs\"");
    assertThat(server.objects).isEmpty();
  }

  @Test
  void secretsAreInASecretThatItsJobOwns() {
    HPCProcess process = hpc.submit(hpc.job("secret")
        .command("true")
        .secretEnvironment("PASSWORD", "s3cret")
        .build());
    String name = process.id().nativeId().value();
    assertThat(job(process).toString()).doesNotContain("s3cret").contains("secretKeyRef");
    JsonObject secret = server.objects.get("secrets/" + name);
    assertThat(Fields.text(secret, "stringData", "PASSWORD")).isEqualTo("s3cret");
    assertThat(Fields.objects(secret, "metadata", "ownerReferences")).hasSize(1);
  }

  @Test
  void aSecretThatIsRefusedTakesItsJobAlong() {
    server.faults.add(exchange -> false);
    server.faults.add(exchange -> {
      StubServer.send(exchange, 403, StubServer.status(403, "Forbidden", "no secrets for you"));
      return true;
    });
    assertThatThrownBy(() -> hpc.submit(hpc.job("secret")
            .command("true")
            .secretEnvironment("PASSWORD", "s3cret")
            .build()))
        .hasMessageContaining("no secrets for you");
    assertThat(server.objects).isEmpty();
  }

  @Test
  void aScriptThatIsTooLongForAnArgumentIsRefused() {
    JobSpec script =
        hpc.job("long").shell("# " + "x".repeat(128 * 1024), "true").build();
    assertThatThrownBy(() -> hpc.submit(script))
        .isInstanceOf(Unsupported.class)
        .hasMessageContainingAll("Linux takes 131071", "nothing was submitted");
    assertThat(server.objects).isEmpty();
  }

  @Test
  void aBindThatNoVolumeHoldsIsRefused() {
    JobSpec bound = hpc.job("bound")
        .command("true")
        .container(ContainerSpec.defaultImage()
            .bind(ContainerSpec.Bind.parse("/results"))
            .build())
        .build();
    assertThatThrownBy(() -> hpc.submit(bound))
        .isInstanceOf(Unsupported.class)
        .hasMessageContainingAll("/results", "there are none");
    assertThat(server.objects).isEmpty();
  }

  @Test
  void aHandshakeThatFailsHasSubmittedNothing() throws Exception {
    SSLContext withoutKeys = SSLContext.getInstance("TLS");
    withoutKeys.init(new KeyManager[0], null, null);
    try (ServerSocket tls = withoutKeys
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> shakeHands(tls));
      Path kubeconfig = StubServer.kubeconfig(hpc.folder(), tls.getLocalPort(), "ns");
      Files.writeString(kubeconfig, Files.readString(kubeconfig).replace("http://", "https://"));
      Backend unsafe = hpc.runtime()
          .open("k8s", Map.of("config", Map.of("kubeconfig", kubeconfig.toString(), "image", "a")));
      assertThatThrownBy(() -> unsafe.submit(hpc.job("safe").command("true").build()))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("nothing was submitted");
    }
  }

  private static void shakeHands(ServerSocket tls) {
    while (true) {
      try (SSLSocket socket = (SSLSocket) tls.accept()) {
        socket.startHandshake();
      } catch (SSLException e) {
        // it has no certificate to show
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  @Test
  void whatAJobSaysOfItsContainerIsSaidOfTheConfiguredImage() {
    HPCProcess process = hpc.submit(hpc.job("described")
        .container(ContainerSpec.defaultImage().environment("A", "b").build())
        .command("true")
        .build());
    JsonObject container =
        Fields.objects(job(process), "spec", "template", "spec", "containers").get(0);
    assertThat(Fields.text(container, "image")).isEqualTo("app:1");
    assertThat(container.get("env").toString()).contains("{\"name\":\"A\",\"value\":\"b\"}");
  }

  @Test
  void aServerThatIsTooOldForArraysGetsNone() {
    server.old = true;
    JobSpec array = hpc.job("array").command("true").array(ArrayRange.of(0, 3)).build();
    assertThatThrownBy(() -> hpc.submit(array))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("too old for arrays");
    assertThat(server.objects).isEmpty();
  }

  @Test
  void aDryRunOfAnArrayIsRefusedWhereItsSubmissionIs() throws IOException {
    JobSpec array = hpc.job("array").command("true").array(ArrayRange.of(0, 3)).build();
    assertThat(hpc.backend().script(array)).contains("Indexed");
    server.old = true;
    assertThatThrownBy(() -> hpc.another().script(array))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("too old for arrays");
    assertThat(server.objects).isEmpty();
    assertThat(nowhere().script(array)).as("nobody can be asked").contains("Indexed");
  }

  /** A backend whose server does not answer. */
  private Backend nowhere() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path kubeconfig = StubServer.kubeconfig(hpc.folder(), closed.getLocalPort(), "ns");
      return hpc.runtime()
          .open("k8s", Map.of("config", Map.of("kubeconfig", kubeconfig.toString(), "image", "a")));
    }
  }

  // ---- the cluster
  // ---------------------------------------------------------------------------------

  @Test
  void resourcesTellWhatIsFreeWherePodsOfAllMayBeListed() {
    server.put(
        "nodes",
        JsonParser.parseString(
                "{\"metadata\": {\"name\": \"n\"}, \"status\": {\"allocatable\":"
                    + " {\"cpu\": \"8\"}, \"conditions\": [{\"type\": \"Ready\", \"status\": \"True\"}]}}")
            .getAsJsonObject());
    server.put(
        "pods",
        JsonParser.parseString("{\"metadata\": {\"name\": \"p\"}, \"spec\": {\"nodeName\": \"n\","
                + " \"containers\": [{\"resources\": {\"requests\": {\"cpu\": \"3\"}}}]}}")
            .getAsJsonObject());
    assertThat(hpc.backend().resources().nodes().get(0).free())
        .isEqualTo(new Free(5, null, Map.of()));
    assertThat(server.asked("GET /api/v1/pods ")).hasSize(1);
    server.forbidden = "/api/v1/pods";
    assertThat(hpc.backend().resources().nodes().get(0).free()).isNull();
  }

  // ---- logs
  // --------------------------------------------------------------------------------------

  @Test
  @Timeout(60)
  void aLogThatIsFollowedEndsWhenItsJobIsDeleted() {
    HPCProcess process = runningAndOnItsWayOut("deleted");
    server.logs.add("one\n");
    assertThat(followed(process)).isEqualTo("one\n");
    assertThat(server.asked("/log ")).hasSize(1);
  }

  @Test
  @Timeout(60)
  void whatAKubeletSaysOfALogThatIsGoneIsNoOutput() {
    assertThat(followed(runningAndOnItsWayOut("removed"))).isEmpty();
  }

  @Test
  void whatAProgramWritesInAKubeletsWordsIsOutput() {
    HPCProcess process = submit("quoting");
    hpc.until("it is watched", () -> server.watches() == 2);
    runs(process, "");
    hpc.until("it runs", () -> process.info().state() == JobState.RUNNING);
    String text = "rpc error: code = 5\n";
    server.logs.add(text);
    try (InputStream in = process.logs().open(JobLogs.Stream.STDOUT)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String followed(HPCProcess process) {
    try (InputStream in = process.logs().follow(JobLogs.Stream.STDOUT)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HPCProcess runningAndOnItsWayOut(String name) {
    HPCProcess process = submit(name);
    hpc.until("it is watched", () -> server.watches() == 2);
    String deleted = ", \"deletionTimestamp\": \"" + Instant.now() + "\"";
    runs(process, deleted);
    hpc.until("it runs", () -> process.info().state() == JobState.RUNNING);
    JsonObject job = job(process);
    job.getAsJsonObject("metadata")
        .addProperty("deletionTimestamp", Instant.now().toString());
    server.put("jobs", job);
    hpc.until(
        "it is on its way out",
        () -> String.valueOf(process.info().reason()).contains("being deleted"));
    return process;
  }

  private void runs(HPCProcess process, String more) {
    String job = process.id().nativeId().value();
    server.put(
        "pods",
        JsonParser.parseString("{\"metadata\": {\"name\": \"" + job + "-x\", \"labels\":"
                + " {\"job-name\": \"" + job + "\"}" + more
                + "}, \"status\": {\"phase\": \"Running\","
                + " \"containerStatuses\": [{\"name\": \"main\", \"state\": {\"running\": {}}}]}}")
            .getAsJsonObject());
  }

  // ---- following
  // ---------------------------------------------------------------------------------

  @Test
  void endsAreHeardOfAndNotAskedFor() throws Exception {
    HPCProcess one = submit("one");
    HPCProcess two = submit("two");
    hpc.until("both are watched", () -> server.watches() == 2);
    pod(one, "Succeeded");
    pod(two, "Failed");
    hpc.until(
        "the pods are seen",
        () -> one.info().state() == JobState.RUNNING && two.info().state() == JobState.RUNNING);
    server.requests.clear();
    end(job(one), "Complete", "CompletionsReached");
    assertThat(hpc.end(one).state()).isEqualTo(JobState.COMPLETED);
    end(job(two), "Failed", "DeadlineExceeded");
    assertThat(hpc.end(two).cause()).isEqualTo(Cause.TIMEOUT);
    assertThat(server.requests).isEmpty();
  }

  @Test
  void whatWasMissedIsListedAgain() throws Exception {
    HPCProcess process = submit("missed");
    hpc.until("it is watched", () -> server.watches() == 2);
    JsonObject gone = new JsonObject();
    gone.addProperty("type", "ERROR");
    gone.add("object", StubServer.status(410, "Expired", "too old resource version"));
    JsonObject job = job(process);
    JsonObject complete = job.deepCopy();
    server.objects.put("jobs/" + Fields.name(job), ended(complete));
    server.tellAll(gone);
    assertThat(hpc.end(process).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void aServerThatCallsEachWatchTooOldIsAskedLessAndLess() {
    server.expired = true;
    HPCProcess process = submit("expired");
    hpc.until("it was asked often", () -> server.jobWatches.size() >= 4);
    List<Long> asked = List.copyOf(server.jobWatches);
    for (int i = 0; i < 3; i++) {
      assertThat(Duration.ofNanos(asked.get(i + 1) - asked.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofMillis(250L << i));
    }
    assertThat(process.info().state()).isEqualTo(JobState.QUEUED);
    end(job(process), "Complete", "CompletionsReached"); // it is asked for in between
    assertThat(hpc.end(process).state()).isEqualTo(JobState.COMPLETED);
  }

  private static JsonObject ended(JsonObject job) {
    JsonObject status = new JsonObject();
    status.add(
        "conditions", JsonParser.parseString("[{\"type\": \"Complete\", \"status\": \"True\"}]"));
    job.add("status", status);
    return job;
  }

  @Test
  void aWatchThatBreaksIsTakenUpAgain() throws Exception {
    HPCProcess process = submit("broken");
    hpc.until("it is watched", () -> server.watches() == 2);
    server.dropWatches();
    hpc.until("it is watched again", () -> server.watches() == 2);
    end(job(process), "Complete", "CompletionsReached");
    assertThat(hpc.end(process).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void aJobThatSomebodyElseDeletesIsCancelled() throws Exception {
    HPCProcess process = submit("deleted");
    hpc.until("it is watched", () -> server.watches() == 2);
    server.remove("jobs", process.id().nativeId().value());
    JobInfo end = hpc.end(process);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.reason()).contains("deleted");
  }

  @Test
  void aCancelTakesThePodsAlong() {
    HPCProcess process = submit("cancelled");
    process.cancel();
    assertThat(hpc.end(process).state()).isEqualTo(JobState.CANCELLED);
    assertThat(server.asked("BODY").get(0)).contains("\"propagationPolicy\":\"Foreground\"");
  }

  @Test
  void aCancelIsOverWhenThePodsAreGone() {
    server.lingering = true;
    HPCProcess process = submit("leaving");
    String name = process.id().nativeId().value();
    hpc.until("it is watched", () -> server.watches() == 2);
    pod(process, "Running");
    CompletableFuture<Void> cancelled = CompletableFuture.runAsync(process::cancel);
    hpc.until(
        "it is on its way out",
        () -> String.valueOf(process.info().reason()).contains("being deleted"));
    server.remove("jobs", name); // another connection tells of the pod
    hpc.until("its pod is awaited", () -> process.info().state() == JobState.UNKNOWN);
    assertThat(cancelled).isNotDone();
    server.remove("pods", name + "-x");
    assertThat(hpc.end(process).state()).isEqualTo(JobState.CANCELLED);
    cancelled.join();
  }

  @Test
  void aJobThatCompletedBeforeItsCancelHasCompleted() {
    HPCProcess process = submit("late");
    hpc.until("it is watched", () -> server.watches() == 2);
    JsonObject complete = ended(job(process));
    server.objects.put("jobs/" + Fields.name(complete), complete); // nobody is told yet
    CompletableFuture<Void> cancelled = CompletableFuture.runAsync(process::cancel);
    hpc.until(
        "its end is seen", () -> !server.asked("/jobs/" + Fields.name(complete)).isEmpty());
    server.put("jobs", complete);
    assertThat(hpc.end(process).state()).isEqualTo(JobState.COMPLETED);
    cancelled.join();
    assertThat(server.asked("DELETE")).isEmpty();
  }

  @Test
  void aLogThatWentWithItsJobIsNotTakenForAnEmptyOne() {
    HPCProcess process = submit("removed");
    end(job(process), "Complete", "CompletionsReached");
    hpc.end(process);
    server.remove("jobs", process.id().nativeId().value());
    assertThatThrownBy(() -> process.logs().stdout())
        .isInstanceOf(Rejected.class)
        .message()
        .contains("its log went with it", "config.ttl");
  }

  @Test
  void aJobThatHasEndedKeepsItsLogWhenItIsCancelled() throws Exception {
    HPCProcess process = submit("ended");
    end(job(process), "Complete", "CompletionsReached");
    hpc.end(process);
    hpc.another().cancel(List.of(process.id()));
    assertThat(server.objects).hasSize(1);
  }

  @Test
  void closingEndsTheThreadsThatSelect() throws IOException {
    Path state = Files.createDirectory(hpc.folder().resolve("other"));
    Set<Thread> before = selectors();
    try (HpcRuntime runtime =
        HpcRuntime.builder().configuration(Map.of()).stateDirectory(state).build()) {
      Backend other = runtime.open("k8s", Map.of("config", config(server)));
      assertThat(other.queue(true)).isEmpty();
      assertThat(selectors()).hasSizeGreaterThan(before.size());
    }
    hpc.until("none of its own is left", () -> before.containsAll(selectors()));
  }

  private static Set<Thread> selectors() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getThreadGroup() != null)
        .filter(thread -> thread.getThreadGroup().getName().equals("hpc-k8s-http"))
        .collect(Collectors.toSet());
  }

  @Test
  void aPodWhoseVolumeCannotBeMountedIsToldAndGivenUp() {
    HPCProcess process = submitHasty("mount");
    putWaitingPod(process, "ContainerCreating");
    event("Pod", podOf(process), "FailedMount", "configmap \"ghost\" not found", Instant.now());
    hpc.until(
        "the mount is told",
        () -> String.valueOf(process.info().reason()).contains("\"ghost\" not found"));
    hpc.until("it is given up", () -> !server.asked("PATCH").isEmpty());
    assertThat(server.asked("BODY").get(0)).contains(Names.NOT_STARTED, "FailedMount");
  }

  @Test
  void aPodThatHasGoneOnSinceAFailureIsNotGivenUp() {
    HPCProcess process = submitHasty("mounted");
    putWaitingPod(process, "ContainerCreating");
    Instant now = Instant.now();
    event("Pod", podOf(process), "FailedMount", "not yet", now.minusSeconds(30));
    event("Pod", podOf(process), "Pulling", "Pulling image \"large\"", now);
    hpc.until(
        "it is looked at whether it has gone on",
        () -> server.asked("/events ").stream().anyMatch(path -> path.contains("involvedObject")));
    assertThat(process.info().state()).isEqualTo(JobState.QUEUED);
    assertThat(server.asked("PATCH")).isEmpty();
  }

  @Test
  void whyAnImageCannotBeHadIsToldBetweenTheAttemptsToo() {
    HPCProcess process = submit("image");
    server.put("jobs", createdAMinuteAgo(process));
    putWaitingPod(process, "ImagePullBackOff");
    String words = "Failed to pull image \"x\": rpc error: code = NotFound";
    event("Pod", podOf(process), "Failed", words, Instant.now());
    hpc.until("why is told", () -> reason(process).equals("ErrImagePull: " + words));
  }

  private HPCProcess submitHasty(String name) {
    Map<String, Object> config = new LinkedHashMap<>(config(server));
    config.put("start_timeout", "00:00:10");
    Backend hasty = hpc.runtime().open("k8s", Map.of("config", config));
    HPCProcess process = hasty.submit(hpc.job(name).command("true").build());
    server.put("jobs", createdAMinuteAgo(process));
    return process;
  }

  private static String podOf(HPCProcess process) {
    return process.id().nativeId().value() + "-x";
  }

  private void putWaitingPod(HPCProcess process, String reason) {
    server.put(
        "pods",
        JsonParser.parseString("""
            {"metadata": {"name": "%s", "labels": {"job-name": "%s", "%s": "x"},
              "creationTimestamp": "%s"},
             "status": {"phase": "Pending", "containerStatuses": [
              {"name": "main", "state": {"waiting": {"reason": "%s"}}}]}}
            """.formatted(
                    podOf(process),
                    process.id().nativeId().value(),
                    Names.TOKEN,
                    Instant.now().minusSeconds(50),
                    reason))
            .getAsJsonObject());
  }

  private JsonObject createdAMinuteAgo(HPCProcess process) {
    JsonObject job = job(process);
    job.getAsJsonObject("metadata")
        .addProperty("creationTimestamp", Instant.now().minusSeconds(60).toString());
    return job;
  }

  private void event(String kind, String name, String reason, String message, Instant when) {
    JsonObject subject = new JsonObject();
    subject.addProperty("kind", kind);
    subject.addProperty("name", name);
    JsonObject metadata = new JsonObject();
    metadata.addProperty("name", reason.toLowerCase(Locale.ROOT));
    JsonObject event = new JsonObject();
    event.add("metadata", metadata);
    event.add("involvedObject", subject);
    event.addProperty("reason", reason);
    event.addProperty("message", message);
    event.addProperty("lastTimestamp", when.toString());
    server.put("events", event);
  }

  @Test
  void eventsAreListedOnceForAllWhoAskWithinSeconds() {
    HPCProcess process = submit("refused");
    JsonObject job = createdAMinuteAgo(process);
    event("Job", Fields.name(job), "FailedCreate", "no room", Instant.now());
    server.put("jobs", job);
    Instant begun = Instant.now();
    hpc.until("the refusal is told", () -> reason(process).contains("no room"));
    for (int i = 0; i < 20; i++) {
      assertThat(reason(process)).contains("no room");
    }
    long seconds = Duration.between(begun, Instant.now()).toSeconds();
    assertThat((long) server.asked("/events ").size()).isBetween(1L, 2 + seconds / 5);
  }

  private String reason(HPCProcess process) {
    JobInfo info = hpc.backend().status(List.of(process.id())).get(process.id());
    return info == null ? "" : String.valueOf(info.reason());
  }

  @Test
  void anImageThatCannotBeHadIsToldAndGivenUpInTheEnd() {
    HPCProcess process = submit("image");
    JsonObject pod = Fields.objects(
            Samples.json(Samples.NEW, "badimage.2backoff.pods.json"), "items")
        .get(0);
    JsonObject labels = pod.getAsJsonObject("metadata").getAsJsonObject("labels");
    labels.addProperty("job-name", process.id().nativeId().value());
    labels.addProperty(Names.TOKEN, "x");
    server.put("pods", pod);
    hpc.until(
        "the reason is told",
        () -> String.valueOf(process.info().reason()).startsWith("ImagePullBackOff"));
    assertThat(process.info().state()).isEqualTo(JobState.QUEUED);
    // The pod of the sample is hours old, and ten minutes are what a job has.
    hpc.until("it is given up", () -> !server.asked("PATCH").isEmpty());
    assertThat(server.asked("BODY").get(0)).contains(Names.NOT_STARTED, "ImagePullBackOff");
    JsonObject job = job(process);
    job.getAsJsonObject("metadata")
        .getAsJsonObject("annotations")
        .addProperty(Names.NOT_STARTED, "ImagePullBackOff: no such image");
    end(job, "Failed", "DeadlineExceeded");
    JobInfo info = hpc.end(process);
    assertThat(info.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(info.reason()).contains("no such image");
  }
}
