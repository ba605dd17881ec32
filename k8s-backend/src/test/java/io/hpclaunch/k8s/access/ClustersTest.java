// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a cluster is looked for, and what of several files counts. */
class ClustersTest {
  @TempDir
  Path folder;

  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void home() {
    environment.put("HOME", folder.resolve("home").toString());
  }

  private Cluster open(String kubeconfig, String context) {
    AccessSettings settings = new AccessSettings(kubeconfig, context, environment);
    return Clusters.open(settings, folder.resolve("pod"), InstantSource.system());
  }

  private Cluster open() {
    return open(null, null);
  }

  /** A kubeconfig with one context, cluster and user of this name. */
  private Path kubeconfig(String file, String name) {
    return Access.write(folder.resolve(file), """
        current-context: %1$s
        contexts: [{name: %1$s, context: {cluster: %1$s, user: %1$s}}]
        clusters: [{name: %1$s, cluster: {server: 'http://%1$s.test:8001/'}}]
        users: [{name: %1$s, user: {token: token-of-%1$s}}]
        """.formatted(name));
  }

  private void pod() throws IOException {
    environment.put("KUBERNETES_SERVICE_HOST", "10.96.0.1");
    environment.put("KUBERNETES_SERVICE_PORT", "443");
    Access.write(folder.resolve("pod/token"), "first\n");
    Access.write(folder.resolve("pod/namespace"), "sims\n");
  }

  private void expectServer(Cluster cluster, String server) {
    assertThat(cluster.server()).isEqualTo(URI.create(server));
  }

  @Test
  void aNamedFileGoesBeforeAllOthers() throws IOException {
    kubeconfig("home/.kube/config", "home");
    environment.put("KUBECONFIG", kubeconfig("listed", "listed").toString());
    pod();
    Cluster cluster = open(kubeconfig("named", "named").toString(), null);
    expectServer(cluster, "http://named.test:8001");
    assertThat(cluster.tls()).isNull();
    assertThat(cluster.namespace()).isNull();
    assertThat(cluster.credentials().authorization()).contains("Bearer token-of-named");
    assertThat(cluster.origin()).isEqualTo("context named of " + folder.resolve("named"));
    assertThat(cluster.toString()).doesNotContain("token-of-named");
  }

  @Test
  void aNamedFileMayBeInTheHomeFolder() {
    kubeconfig("home/other", "other");
    expectServer(open("~/other", null), "http://other.test:8001");
  }

  @Test
  void aNamedFileMustBeThere() throws IOException {
    pod();
    assertThatThrownBy(() -> open("/no/such", null))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("kubeconfig /no/such cannot be read: no such file");
  }

  @Test
  void aFolderIsNoKubeconfig() {
    assertThatThrownBy(() -> open(folder.toString(), null))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("kubeconfig " + folder + " cannot be read: it is a folder");
  }

  @Test
  void theVariableGoesBeforeTheHomeFolder() {
    kubeconfig("home/.kube/config", "home");
    environment.put("KUBECONFIG", kubeconfig("listed", "listed").toString());
    expectServer(open(), "http://listed.test:8001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", " : "})
  void aVariableThatNamesNothingIsUnset(String value) {
    kubeconfig("home/.kube/config", "home");
    environment.put("KUBECONFIG", value);
    expectServer(open(), "http://home.test:8001");
  }

  @Test
  void theFirstFileWinsPerEntry() {
    Path one = Access.write(folder.resolve("one"), """
        contexts: [{name: mixed, context: {cluster: lab, user: bob}}]
        clusters: [{name: lab, cluster: {server: 'http://one.test'}}]
        users: null
        """);
    Path two = Access.write(folder.resolve("two"), """
        current-context: mixed
        contexts: [{name: mixed, context: {cluster: other, user: bob, namespace: never}}]
        clusters: [{name: lab, cluster: {server: 'http://two.test', proxy-url: 'socks5://x'}}]
        users: [{name: bob, user: {tokenFile: bob.token}}]
        """);
    Path elsewhere = Access.write(folder.resolve("sub/three"), """
        current-context: another
        users: [{name: bob, user: {token: three}}, {name: eve, user: {tokenFile: eve.token}}]
        """);
    Access.write(folder.resolve("bob.token"), "bobs");
    environment.put("KUBECONFIG", one + ":" + folder.resolve("gone") + ":" + two + ":" + elsewhere);
    Cluster cluster = open();
    expectServer(cluster, "http://one.test");
    assertThat(cluster.namespace()).isNull();
    assertThat(cluster.credentials().authorization()).contains("Bearer bobs");
  }

  @Test
  void aRelativePathCountsFromTheFileThatHoldsIt() {
    kubeconfig("a/config", "a");
    Path b = Access.write(folder.resolve("b/config"), """
        contexts: [{name: b, context: {cluster: a, user: b}}]
        users: [{name: b, user: {tokenFile: secrets/../b.token}}]
        """);
    Access.write(folder.resolve("b/b.token"), "from-b");
    environment.put("KUBECONFIG", folder.resolve("a/config") + ":" + b);
    assertThat(open(null, "b").credentials().authorization()).contains("Bearer from-b");
  }

  @Test
  void aListWithoutAnyFileIsAnError() throws IOException {
    kubeconfig("home/.kube/config", "home");
    pod();
    environment.put("KUBECONFIG", "/no/a:/no/b");
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("/no/a:/no/b")
        .hasMessageContaining("unset it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "contexts: null\nclusters: []\nkind: Config\n"})
  void aFileThatSaysNothingIsAsGoodAsNone(String text) throws IOException {
    Access.write(folder.resolve("home/.kube/config"), text);
    pod();
    expectServer(open(), "https://10.96.0.1:443");
  }

  @Test
  void aPodsTokenIsReadAgain() throws IOException {
    pod();
    Cluster cluster = open();
    assertThat(cluster.namespace()).isEqualTo("sims");
    assertThat(cluster.tls()).isNotNull();
    assertThat(cluster.origin()).isEqualTo("the service account of this pod");
    assertThat(cluster.credentials().authorization()).contains("Bearer first");
    Access.write(folder.resolve("pod/token"), "second");
    assertThat(cluster.credentials().authorization()).contains("Bearer second");
    Files.delete(folder.resolve("pod/token"));
    assertThat(cluster.credentials().authorization()).contains("Bearer second");
  }

  @Test
  void aPodsTokenThatWasNeverThereIsUnavailable() throws IOException {
    pod();
    Cluster cluster = open();
    Files.delete(folder.resolve("pod/token"));
    assertThatThrownBy(() -> cluster.credentials().authorization())
        .isInstanceOf(BackendUnavailable.class)
        .hasMessage("token " + folder.resolve("pod/token") + " cannot be read: no such file");
  }

  @ParameterizedTest
  @CsvSource({"fd00::1, https://[fd00::1]:443", "kubernetes.default, https://kubernetes.default:443"
  })
  void aPodsServerMayHaveAnyAddress(String host, String server) throws IOException {
    pod();
    environment.put("KUBERNETES_SERVICE_HOST", host);
    expectServer(open(), server);
  }

  @Test
  void aPodsServerMustBeAnAddress() throws IOException {
    pod();
    environment.put("KUBERNETES_SERVICE_PORT", "https");
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("KUBERNETES_SERVICE_PORT");
  }

  @Test
  void aPodsBrokenAuthorityIsAnError() throws IOException {
    pod();
    Access.write(folder.resolve("pod/ca.crt"), "nothing");
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(folder.resolve("pod/ca.crt") + " holds no certificate in PEM");
  }

  @Test
  void withoutAnythingTheErrorSaysWhereItLooked() {
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(
            "no Kubernetes cluster is configured: KUBECONFIG is not set; there is no %s;"
                + " this is not a pod (KUBERNETES_SERVICE_HOST is not set); name a kubeconfig, or"
                + " set KUBECONFIG",
            folder.resolve("home/.kube/config"));
  }

  @Test
  void aPodWithoutATokenIsTold() throws IOException {
    pod();
    environment.remove("HOME");
    Files.delete(folder.resolve("pod/token"));
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("HOME is not set")
        .hasMessageContaining("automountServiceAccountToken");
  }

  @Test
  void aContextNeedsAKubeconfig() throws IOException {
    pod();
    assertThatThrownBy(() -> open(null, "lab"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith("context 'lab' needs a kubeconfig, and there is none: KUBECONFIG");
  }

  @Test
  void anUnknownContextListsTheKnown() {
    String file = kubeconfig("named", "frontier").toString();
    assertThatThrownBy(() -> open(file, "fronteir"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(
            "kubeconfig %s has no context 'fronteir'; did you mean 'frontier'? Known are"
                + " frontier",
            file);
  }

  @Test
  void withoutACurrentContextOneMustBeNamed() {
    String text =
        Access.kubeconfig("server: 'http://a.test'", "").replace("current-context: lab", "");
    String file = Access.write(folder.resolve("named"), text).toString();
    assertThatThrownBy(() -> open(file, null))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("kubeconfig %s has no current-context: name a context, one of lab", file);
    expectServer(open(file, "lab"), "http://a.test");
    assertThat(open(file, "lab").namespace()).isEqualTo("sims");
  }

  @Test
  void aContextMayNameNobody() {
    String text = Access.kubeconfig("server: 'http://a.test'", "").replace(", user: alice", "");
    Cluster cluster = open(Access.write(folder.resolve("named"), text).toString(), null);
    assertThat(cluster.credentials().authorization()).isEmpty();
    assertThat(cluster.credentials().headers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "user: alice|user: bob|context 'lab': user 'bob' is not defined; known are alice",
        "cluster: lab,|cluster: lap,|context 'lab': cluster 'lap' is not defined; did you mean"
            + " 'lab'? Known are lab",
        "cluster: lab,|x: lab,|context 'lab': cluster is missing",
        "current-context: lab|current-context: old|has no context 'old' (its current-context);"
            + " known are lab",
        "- {name: alice|- {nam: alice|kubeconfig: users: name is missing",
        "current-context: lab|users: 3|line 8: key 'users' is written twice",
        "contexts:|contexts: 3\\nx:|kubeconfig: contexts must be a list",
      })
  void whatDoesNotFitIsNamed(String from, String to, String message) {
    String text =
        Access.kubeconfig("server: 'http://a.test'", "").replace(from, to.replace("\\n", "\n"));
    String file = Access.write(folder.resolve("named"), text).toString();
    assertThatThrownBy(() -> open(file, null))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(file)
        .hasMessageContaining(message);
  }

  @Test
  void twoEntriesOfOneNameAreAnError() {
    String text = kubeconfigWithTwoUsers();
    String file = Access.write(folder.resolve("named"), text).toString();
    assertThatThrownBy(() -> open(file, null))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("users has two entries with the name 'alice'");
  }

  private static String kubeconfigWithTwoUsers() {
    return Access.kubeconfig("server: 'http://a.test'", "") + "- {name: alice, user: {token: x}}\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password: *s3cret",
        "password: !s3cret x",
        "password: 's3cret",
        "s3cret",
        "- s3cret",
        "? [s3cret]\n: x",
        "\ts3cret: x",
        "a: &a [*a, s3cret]",
        "a: s3cret\u0000",
      })
  void brokenYamlIsNeverQuoted(String text) {
    String file = Access.write(folder.resolve("named"), text).toString();
    assertThatThrownBy(() -> open(file, null))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(file)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void bytesThatAreNoTextAreAnError() throws IOException {
    Path file = Files.write(folder.resolve("named"), new byte[] {'a', ':', (byte) 0xFF});
    assertThatThrownBy(() -> open(file.toString(), null))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("kubeconfig " + file + " is not UTF-8 text");
  }

  @Test
  void jsonIsYamlToo() {
    String json = """
        {"kind": "Config", "current-context": "lab",
         "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "alice"}}],
         "clusters": [{"name": "lab", "cluster": {"server": "http://a.test/k8s/clusters/c-1/"}}],
         "users": [{"name": "alice", "user": {"token": "abc"}}]}""";
    Cluster cluster =
        open(Access.write(folder.resolve("named"), "\uFEFF" + json).toString(), null);
    expectServer(cluster, "http://a.test/k8s/clusters/c-1");
    assertThat(cluster.request("/api/v1/pods?limit=1").build().uri())
        .isEqualTo(URI.create("http://a.test/k8s/clusters/c-1/api/v1/pods?limit=1"));
  }

  @Test
  void settingsHideTheEnvironment() {
    AccessSettings settings = new AccessSettings("a", "b", Map.of("KEY", "s3cret"));
    assertThat(settings).hasToString("AccessSettings[kubeconfig=a, context=b]");
  }
}
