// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.ResourceReport.NodeGroup;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kubeconfigs as real clusters hand them out, and what a real server makes of them. */
@OnKubernetes
class KubernetesAccessTest {
  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("k8s", OnKubernetes.Site.entry());

  private List<NodeGroup> nodes(String kubeconfig) {
    return hpc.runtime()
        .open("k8s", Map.of("config", Map.of("kubeconfig", kubeconfig)))
        .resources()
        .nodes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin", "admin-cert", "admin-sec1", "admin-rsa"})
  void tokensAndCertificatesAreTaken(String user) {
    NodeGroup node = nodes(OnKubernetes.Site.kubeconfig(user)).get(0);
    assertThat(node.state()).isEqualTo("Ready");
    assertThat(node.cpusPerNode()).isPositive();
    assertThat(node.gpusPerNode()).containsEntry("nvidia.com/gpu", 2);
  }

  /** The server's certificate is that of localhost, kubernetes.default.svc and 127.0.0.1. */
  private String named(String serverName) throws IOException {
    String text = Files.readString(Path.of(OnKubernetes.Site.kubeconfig("admin")));
    Path file = hpc.folder().resolve("named.kubeconfig");
    return Files.writeString(
            file,
            text.replaceFirst(
                "(?m)^( +)server:", "$1tls-server-name: " + serverName + "\n$1server:"))
        .toString();
  }

  @Test
  void aServerMayBeAskedForByAnotherName() throws Exception {
    assertThat(nodes(named("kubernetes.default.svc"))).hasSize(1);
  }

  @Test
  void aServerOfAnotherNameIsNotBelieved() throws Exception {
    String kubeconfig = named("kubernetes.example.org");
    assertThatThrownBy(() -> nodes(kubeconfig))
        .isInstanceOf(BackendUnavailable.class)
        .message()
        .contains("kubernetes.example.org")
        .hasLineCount(1);
  }

  @Test
  void aTokenThatIsNoneIsToldInOneLine() throws Exception {
    String text = Files.readString(Path.of(OnKubernetes.Site.kubeconfig("admin")));
    Path file = hpc.folder().resolve("expired.kubeconfig");
    Files.writeString(file, text.replaceFirst("token: \\w+", "token: 0123456789abcdef"));
    assertThatThrownBy(() -> nodes(file.toString()))
        .message()
        .contains("does not accept the credentials (Unauthorized): renew them")
        .hasLineCount(1);
  }
}
