// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Token;
import io.hpclaunch.k8s.access.AccessSettings;
import io.hpclaunch.k8s.access.Clusters;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a real Kubernetes takes and what it refuses: nothing twice, and in its own words. */
@OnKubernetes
@Timeout(240)
class KubernetesSubmitTest {
  private static String namespace;

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("k8s", OnKubernetes.Site.entry());

  @BeforeAll
  static void makeNamespace() {
    namespace = TestCluster.newNamespace();
  }

  @AfterAll
  static void removeNamespace() {
    TestCluster.deleteNamespace(namespace);
  }

  private Backend as(String user, String inNamespace) {
    return hpc.runtime().open("k8s", entry(user, inNamespace, hpc.workspace()));
  }

  private static Map<String, ?> entry(String user, String inNamespace, Path workspace) {
    return Map.of(
        "config",
        OnKubernetes.Site.config(user, Map.of("namespace", inNamespace)),
        "submit",
        Map.of("polling_interval", 0.1),
        "workspace",
        workspace.toString());
  }

  private JobSpec.Builder sleeper(String name) {
    return hpc.job(name).command("sleep", "3600");
  }

  // ---- once

  @Test
  void twoWhoSubmitTheSameHaveOneJob() {
    Token token = Token.random();
    HPCProcess one = hpc.backend().submit(sleeper("twin").build(), token);
    HPCProcess two = hpc.stranger().submit(sleeper("twin").build(), token);
    assertThat(two.id()).isEqualTo(one.id());
    assertThat(TestCluster.objects("default", "jobs", Names.TOKEN + "=" + token))
        .hasSize(1);
    one.cancel();
    assertThat(hpc.end(two).state()).isEqualTo(JobState.CANCELLED);
  }

  /** F26: the cluster has the job, and its client died before it heard of that. */
  @Test
  void aClientThatIsKilledAfterTheCreationHasMadeOneJob() throws Exception {
    Token token = Token.random();
    AtomicReference<Process> client = new AtomicReference<>();
    try (Deadly server = new Deadly(client)) {
      Path kubeconfig = server.kubeconfig(hpc.folder());
      client.set(new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              Client.class.getName(),
              hpc.folder().toString(),
              kubeconfig.toString(),
              token.value())
          .redirectError(hpc.folder().resolve("client.err").toFile())
          .redirectOutput(hpc.folder().resolve("client.out").toFile())
          .start());
      assertThat(client.get().waitFor()).as("killed by a signal").isEqualTo(128 + 9);
    }
    assertThat(TestCluster.objects("default", "jobs", Names.TOKEN + "=" + token))
        .hasSize(1);
    try (HpcRuntime next = Client.runtime(hpc.folder())) {
      Backend k8s = next.open("k8s", entry("admin", "default", hpc.workspace()));
      HPCProcess found = k8s.find(token).orElseThrow();
      HPCProcess again = k8s.submit(Client.SPEC, token);
      assertThat(again.id()).isEqualTo(found.id());
      assertThat(TestCluster.objects("default", "jobs", Names.TOKEN + "=" + token))
          .hasSize(1);
      hpc.until("it runs", () -> found.info().state() == JobState.RUNNING);
      found.cancel();
      assertThat(hpc.end(found).state()).isEqualTo(JobState.CANCELLED);
    }
  }

  /** Stands before the API server, and kills the client when that has taken the job. */
  private static final class Deadly implements AutoCloseable {
    private final ApiClient real = new ApiClient(Clusters.open(
        new AccessSettings(OnKubernetes.Site.kubeconfig("admin"), null, System.getenv())));
    private final HttpServer server;

    Deadly(AtomicReference<Process> client) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", exchange -> {
        create(exchange);
        client.get().destroyForcibly();
      });
      server.start();
    }

    private void create(HttpExchange exchange) throws IOException {
      assertThat(exchange.getRequestMethod()).isEqualTo("POST");
      JsonObject object = JsonParser.parseString(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
          .getAsJsonObject();
      real.create(exchange.getRequestURI().toString(), object);
    }

    Path kubeconfig(Path folder) throws IOException {
      return StubServer.kubeconfig(folder, server.getAddress().getPort(), "default");
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  /** Submits one job. */
  static final class Client {
    static final JobSpec SPEC =
        JobSpec.builder("orphan").command("sleep", "3600").build();

    private Client() {}

    public static void main(String[] args) {
      Path folder = Path.of(args[0]);
      Map<String, String> config = Map.of("kubeconfig", args[1], "image", "localhost/bash:lab");
      try (HpcRuntime runtime = runtime(folder)) {
        runtime
            .open(
                "k8s",
                Map.of(
                    "config", config, "workspace", folder.resolve("workspace").toString()))
            .submit(SPEC, new Token(args[2]));
      }
    }

    static HpcRuntime runtime(Path folder) {
      return HpcRuntime.builder()
          .configuration(Map.of())
          .workingDirectory(folder)
          .stateDirectory(folder.resolve("state"))
          .build();
    }
  }

  // ---- quotas

  private static String quota(String inNamespace, String limits) {
    return """
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: few, namespace: %s}
        spec: {hard: {%s}}
        """.formatted(inNamespace, limits);
  }

  private void untilCounted(String inNamespace) {
    hpc.until(
        "the quota is in force",
        () -> TestCluster.objects(inNamespace, "resourcequotas", "").stream()
            .allMatch(each -> Fields.at(each, "status", "used") != null));
  }

  @Test
  void aQuotaThatIsTooSmallRefusesInTheServersWords() {
    String small = TestCluster.newNamespace();
    try {
      TestCluster.create(quota(small, "count/jobs.batch: 0"));
      untilCounted(small);
      Backend k8s = as("admin", small);
      assertThatThrownBy(() -> k8s.submit(sleeper("refused").build()))
          .isInstanceOf(Rejected.class)
          .message()
          .contains("exceeded quota: few, requested: count/jobs.batch=1")
          .hasLineCount(1);
      assertThat(TestCluster.objects(small, "jobs", "")).isEmpty();
    } finally {
      TestCluster.deleteNamespace(small);
    }
  }

  /** F18: there will be room. */
  @Test
  void aQuotaThatIsUsedUpHoldsTheJobUntilThereIsRoom() {
    String small = TestCluster.newNamespace();
    try {
      TestCluster.create(quota(small, "count/jobs.batch: 1"));
      untilCounted(small);
      Backend k8s = as("admin", small);
      HPCProcess first = k8s.submit(sleeper("first").build());
      HPCProcess second = k8s.submit(sleeper("second").build());
      assertThat(second.info().state()).isEqualTo(JobState.QUEUED);
      assertThat(second.info().reason()).contains("exceeded quota: few");
      first.cancel();
      hpc.until("the second one runs", () -> second.info().state() == JobState.RUNNING);
      second.cancel();
      assertThat(hpc.end(second).state()).isEqualTo(JobState.CANCELLED);
    } finally {
      TestCluster.deleteNamespace(small);
    }
  }

  @Test
  void aQuotaOfPodsIsTheReasonWhyAJobWaits() {
    String small = TestCluster.newNamespace();
    try {
      TestCluster.create(quota(small, "pods: 0"));
      untilCounted(small);
      HPCProcess job = as("admin", small).submit(sleeper("podless").build());
      hpc.until(
          "the reason is told",
          () -> String.valueOf(job.info().reason()).contains("exceeded quota: few"));
      assertThat(job.info().state()).isEqualTo(JobState.QUEUED);
      job.cancel();
      assertThat(hpc.end(job).state()).isEqualTo(JobState.CANCELLED);
    } finally {
      TestCluster.deleteNamespace(small);
    }
  }

  // ---- rights

  private static void allow(String name, String group, String resource, String verbs) {
    TestCluster.create("""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: %1$s, namespace: %2$s}
        rules: [{apiGroups: ["%3$s"], resources: [%4$s], verbs: [%5$s]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: %1$s, namespace: %2$s}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: alice}]
        """.formatted(name, namespace, group, resource, verbs));
  }

  @Test
  void whoMayNotSubmitIsToldWhichRightIsMissing() {
    Backend k8s = as("nobody", namespace);
    assertThatThrownBy(() -> k8s.submit(sleeper("forbidden").build()))
        .isInstanceOf(Rejected.class)
        .message()
        .contains("User \"nobody\" cannot create resource \"jobs\" in API group \"batch\"")
        .contains("in the namespace \"" + namespace + "\"")
        .hasLineCount(1);
    assertThatThrownBy(k8s::resources)
        .message()
        .contains("User \"nobody\" cannot list resource \"nodes\"")
        .hasLineCount(1);
    assertThatThrownBy(() -> k8s.queue(true))
        .message()
        .contains("User \"nobody\" cannot list resource \"jobs\"")
        .hasLineCount(1);
  }

  @Test
  void whoMaySubmitAndNotLookIsToldWhichRightIsMissing() {
    allow("jobs", "batch", "jobs", "create, get");
    Backend k8s = as("alice", namespace);
    HPCProcess job = k8s.submit(hpc.job("unseen").command("true").build());
    hpc.until(
        "the missing right is told",
        () -> String.valueOf(job.info().reason())
            .contains("User \"alice\" cannot list resource \"pods\""));
    assertThat(job.info().state()).isEqualTo(JobState.UNKNOWN);
    assertThat(job.info().reason()).hasLineCount(1);
    assertThatThrownBy(job::cancel)
        .message()
        .contains("User \"alice\" cannot list resource \"pods\"")
        .hasLineCount(1);
    allow("pods", "", "pods", "list, watch");
    allow("more", "batch", "jobs", "list, watch");
    JobInfo end = hpc.end(job);
    assertThat(end.state()).isEqualTo(JobState.COMPLETED);
    assertThatThrownBy(() -> job.logs().stdout())
        .message()
        .contains("User \"alice\" cannot get resource \"pods/log\"")
        .hasLineCount(1);
  }

  @Test
  void theRightsThatTheDocumentationNamesAreEnough() throws IOException {
    String own = TestCluster.newNamespace();
    try {
      TestCluster.create(documentedRole(own) + """
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: RoleBinding
          metadata: {name: hpc-launch, namespace: %s}
          roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: hpc-launch}
          subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: alice}]
          """.formatted(own));
      Backend k8s = as("alice", own);
      HPCProcess job = k8s.submit(hpc.job("allowed")
          .command("sh", "-c", "echo $WORD")
          .secretEnvironment("WORD", "secret")
          .build());
      assertThat(hpc.end(job).state()).isEqualTo(JobState.COMPLETED);
      assertThat(job.logs().stdout()).isEqualTo("secret\n");
      HPCProcess other = k8s.submit(sleeper("cancelled").build());
      assertThat(k8s.queue(true)).hasSize(1);
      other.cancel();
      assertThat(hpc.end(other).state()).isEqualTo(JobState.CANCELLED);
    } finally {
      TestCluster.deleteNamespace(own);
    }
  }

  private static String documentedRole(String inNamespace) throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "kubernetes.md"));
    int from = docs.indexOf("apiVersion: rbac");
    String role = docs.substring(from, docs.indexOf("```", from));
    assertThat(role).contains("namespace: workflows-staging");
    return role.replace("workflows-staging", inNamespace);
  }

  @Test
  void aNamespaceThatIsNotThereIsToldInTheServersWords() {
    Backend k8s = as("admin", "nowhere");
    assertThatThrownBy(() -> k8s.submit(sleeper("lost").build()))
        .isInstanceOf(Rejected.class)
        .message()
        .contains("namespaces \"nowhere\" not found")
        .hasLineCount(1);
  }
}
