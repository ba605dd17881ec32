// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.HPCProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** What tests do to the real cluster behind hpc-launch's back, as its administrator. */
final class TestCluster {
  /** Some faults wait until the cluster has noticed them. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** The build runs these tests in the folder of their module. */
  private static final Path SCRIPTS = Path.of("..", "scripts").toAbsolutePath().normalize();

  /** A line of shell that goes on when {@link #go} is called. */
  static final String UNTIL_GO = "while [ ! -e /go ]; do sleep 0.1; done";

  private TestCluster() {}

  /** Lets a job go on that waits in {@link #UNTIL_GO}. */
  static void go(HPCProcess job) {
    String running = pods(job).stream()
        .filter(pod -> Fields.at(pod, "metadata", "deletionTimestamp") == null)
        .map(Fields::name)
        .findFirst()
        .orElseThrow();
    kubectl("exec", running, "--", "touch", "/go");
  }

  /** Whether a job has a pod that runs, and is not the one of this name. */
  static boolean runsElsewhere(HPCProcess job, String first) {
    return pods(job).stream()
        .anyMatch(pod -> !Fields.name(pod).equals(first)
            && "Running".equals(Fields.text(pod, "status", "phase")));
  }

  /** Runs kubectl, and returns what it printed. */
  static String kubectl(String... words) {
    return ran(command(OnKubernetes.Site.folder() + "/kubectl", words));
  }

  /** Creates what a YAML describes. */
  static void create(String yaml) {
    try {
      Path file = Files.createTempFile("hpc-k8s", ".yaml");
      try {
        Files.writeString(file, yaml);
        kubectl("create", "-f", file.toString());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stages a fault of {@code scripts/k8s-fault}; when this returns, it has happened. */
  static void fault(String fault) {
    ran(command(SCRIPTS.resolve("k8s-fault").toString(), fault));
  }

  /** A new namespace, in which pods can be made. */
  static String newNamespace() {
    String name = "hpc-" + UUID.randomUUID();
    kubectl("create", "namespace", name);
    Instant end = Instant.now().plus(LONGEST);
    while (objects(name, "serviceaccounts", "").isEmpty()) {
      assertThat(Instant.now()).as("pods need the account of " + name).isBefore(end);
    }
    return name;
  }

  static void deleteNamespace(String name) {
    kubectl("delete", "namespace", name, "--wait=false");
  }

  /** Objects of a kind that a selector of labels names. */
  static List<JsonObject> objects(String namespace, String kind, String selector) {
    String told =
        kubectl("get", kind, "--namespace=" + namespace, "--selector=" + selector, "--output=json");
    return Fields.objects(JsonParser.parseString(told), "items");
  }

  static List<JsonObject> pods(HPCProcess job) {
    return objects(namespace(job), "pods", "job-name=" + name(job));
  }

  /** The Job; none where there is none. */
  static List<JsonObject> jobs(HPCProcess job) {
    return objects(namespace(job), "jobs", "").stream()
        .filter(each -> Fields.name(each).equals(name(job)))
        .toList();
  }

  static String name(HPCProcess job) {
    return job.id().nativeId().value();
  }

  static String namespace(HPCProcess job) {
    return String.valueOf(job.id().nativeId().cluster());
  }

  private static List<String> command(String program, String... words) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(words));
    return command;
  }

  private static String ran(List<String> command) {
    try {
      Path out = Files.createTempFile("hpc-k8s", ".out");
      Path err = Files.createTempFile("hpc-k8s", ".err");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("KUBECONFIG", OnKubernetes.Site.kubeconfig("admin"));
        builder.environment().put("HPC_K8S_HOME", OnKubernetes.Site.folder());
        Process process = builder.start();
        if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
        assertThat(process.waitFor())
            .as("%s: %s", String.join(" ", command), Files.readString(err))
            .isZero();
        return Files.readString(out, StandardCharsets.UTF_8);
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + command + " ran", e);
    }
  }
}
