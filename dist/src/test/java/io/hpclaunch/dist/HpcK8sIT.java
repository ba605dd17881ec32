// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.hpclaunch.dist.Installation.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Jobs by the command {@code hpc}, as a user has it, on the Kubernetes of {@code scripts/k8s-up}.
 */
class HpcK8sIT extends JobsByCommand {
  private static final String CLUSTER = System.getenv("HPC_TEST_K8S");

  @BeforeEach
  void jobsRunInPods() throws Exception {
    assumeTrue(CLUSTER != null, "k8s (HPC_TEST_K8S is not set)");
    configure("admin");
  }

  private void configure(String user) throws Exception {
    hpc.write("hpc-launch.yaml", """
        hpc:
          backends:
            - name: k8s
              type: k8s
              config:
                kubeconfig: %s/%s.kubeconfig
                image: localhost/bash:lab
                image_pull_policy: IfNotPresent
                grace: 1
        """.formatted(CLUSTER, user));
  }

  @AfterEach
  void leaveNothing() throws Exception {
    if (CLUSTER != null) {
      configure("admin");
      endJobs();
    }
  }

  private String submit(String... words) throws Exception {
    String[] all = new String[words.length + 2];
    all[0] = "-b";
    all[1] = "k8s";
    System.arraycopy(words, 0, all, 2, words.length);
    return submitted("k8s:[a-z0-9-]+@default", all);
  }

  @Test
  void aWordIsNotEvaluatedOnItsWay() throws Exception {
    Result waited = hpc.bash(
            "\"$hpc\" submit -b k8s -N \"My Job\" --wait -- echo \"it's \\$HOME \\$(HOME)\"")
        .ok();
    assertThat(waited.out() + waited.err()).isEmpty();
    JsonObject job = jobs("status", "--json").get(0);
    assertThat(text(job, "name")).isEqualTo("My Job");
    assertThat(text(job, "state")).isEqualTo("completed");
    assertThat(job.get("nodes").getAsJsonArray()).hasSize(1);
    assertThat(hpc.hpc("logs", text(job, "id")).ok().out()).isEqualTo("it's $HOME $(HOME)\n");
  }

  @ParameterizedTest
  @CsvSource({"exit 7, 7", "kill -SEGV $$, 139"})
  void aWaitingCommandEndsAsTheJob(String line, int status) throws Exception {
    Result submitted = hpc.hpc("submit", "-b", "k8s", "--wait", "--", "bash", "-c", line);
    assertThat(submitted.status()).as(submitted.err()).isEqualTo(status);
    assertThat(text(job(only()), "state")).isEqualTo("failed");
  }

  @Test
  void aLogIsFollowedFromBeforeTheStartToTheEnd() throws Exception {
    String id = submit("-c", "for i in 1 2 3; do echo line $i; sleep 1; done; echo err >&2");
    Result followed = hpc.hpc("logs", "-f", id).ok();
    assertThat(followed.out()).isEqualTo("line 1\nline 2\nline 3\nerr\n");
    assertThat(hpc.hpc("wait", id).status()).isZero();
    assertThat(hpc.hpc("logs", id).ok().out()).isEqualTo(followed.out());
  }

  @Test
  void aCancelReturnsWhenTheJobIsGone() throws Exception {
    String id = submit("-c", "trap '' TERM; while :; do sleep 1; done");
    Process waiting = start("waiting", "wait", id);
    await("it runs", () -> text(job(id), "state").equals("running"));
    hpc.hpc("cancel", id).ok();
    assertThat(text(job(id), "state")).isEqualTo("cancelled");
    assertThat(status(waiting)).isEqualTo(130);
    assertThat(content("waiting.err")).contains(id + " cancelled").hasLineCount(1);
  }

  @Test
  void whatFitsOnNoNodeIsListedAndExplained() throws Exception {
    String id = submit("--name=my job/1", "--cpus", "1000", "--", "true");
    await(
        "the cluster has judged it",
        () -> hpc.hpc("explain", id).ok().out().contains("Unschedulable"));
    assertThat(hpc.hpc("explain", id).ok().out())
        .contains("Insufficient cpu", "No node has room for it");
    assertThat(jobs("queue", "-b", "k8s", "--json"))
        .filteredOn(job -> text(job, "id").equals(id))
        .extracting(job -> text(job, "name"), job -> text(job, "state"))
        .containsExactly(tuple("my job/1", "queued"));
  }

  @Test
  void theNodesAreListed() throws Exception {
    assertThat(hpc.hpc("resources", "-b", "k8s").ok().out())
        .contains("127.0.0.1", "Ready", "nvidia.com/gpu");
  }

  @Test
  void aRightThatIsMissingIsToldInOneLine() throws Exception {
    configure("nobody");
    Result result = hpc.hpc("submit", "-b", "k8s", "--", "true");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err())
        .contains("User \"nobody\" cannot create resource \"jobs\" in API group \"batch\"")
        .hasLineCount(1);
    assertThat(jobs("status", "--json")).isEmpty();
  }

  @Test
  void anArrayNeedsANewerServerAndSaysSo() throws Exception {
    Result result = hpc.hpc("submit", "-b", "k8s", "--array=0-2", "--", "true");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("too old for arrays").hasLineCount(1);
  }

  @Test
  void aDryRunIsTheObjectAndAsksNobody() throws Exception {
    Result result = hpc.hpc(
            "submit", "-b", "k8s", "--dry-run", "--cpus=4", "--mem=16G", "--", "run", "a b")
        .ok();
    assertThat(result.lines()).map(String::strip).contains("\"kind\": \"Job\",", "\"a b\"");
    assertThat(result.out()).contains("\"16Gi\"");
    assertThat(jobs("status", "--all", "--json")).isEmpty();
  }
}
