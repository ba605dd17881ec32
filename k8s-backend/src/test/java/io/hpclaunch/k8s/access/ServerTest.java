// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses of servers, and the proxies on the way. */
class ServerTest {
  @TempDir
  Path folder;

  private Cluster open(String cluster, Map<String, String> environment) {
    Path file = Access.write(folder.resolve("config"), Access.kubeconfig(cluster, ""));
    return Clusters.open(
        new AccessSettings(file.toString(), null, environment), folder, InstantSource.system());
  }

  private Cluster open(String cluster) {
    return open(cluster, Map.of());
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.test, http://a.test",
    "https://a.test:6443/, https://a.test:6443",
    "https://a.test/k8s/clusters/c-m-1//, https://a.test/k8s/clusters/c-m-1",
    "HTTPS://a.test, HTTPS://a.test",
    "https://[::1]:6443, https://[::1]:6443",
  })
  void anAddressKeepsItsPath(String written, String address) {
    Cluster cluster = open("server: '" + written + "'");
    assertThat(cluster.server()).isEqualTo(URI.create(address));
    assertThat(cluster.tls() == null).isEqualTo(written.startsWith("http:"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: y|server is missing",
        "server: ''|server is missing",
        "server: 'a.test:6443'|server 'a.test:6443' has no scheme: write https://a.test:6443",
        "server: 'ftp://a.test'|server 'ftp://a.test' must begin with https:// or http://",
        "server: 'https://u:s3cret@a.test'|server must be https://HOST:PORT",
        "server: 'https://a.test?a=b'|server must be https://HOST:PORT",
        "server: 'https://a.test:x'|server must be https://HOST:PORT",
        "server: 'https://'|server must be https://HOST:PORT",
        "server: {}|server must be text",
        "server: 'https://a.test', insecure-skip-tls-verify: 'no'"
            + "|insecure-skip-tls-verify must be true or false",
        "server: 'https://a.test', proxy-url: 'socks5://p.test:1080'"
            + "|proxy-url: a proxy by socks5 is not supported, only http://HOST:PORT",
        "server: 'https://a.test', proxy-url: 'https://p.test'|a proxy by https is not supported",
        "server: 'https://a.test', proxy-url: 'http://u:s3cret@p.test'"
            + "|proxy-url: a proxy that wants a password is not supported",
        "server: 'https://a.test', proxy-url: 'p.test:s3cret'|proxy-url is not http://HOST:PORT",
        "server: 'https://a.test', proxy-url: 'http://'|proxy-url is not http://HOST:PORT",
      })
  void whatCannotBeUsedIsTold(String cluster, String message) {
    assertThatThrownBy(() -> open(cluster))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith(folder.resolve("config") + ": cluster 'lab': ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void theKubeconfigsProxyGoesBeforeTheEnvironments() {
    Cluster cluster = open(
        "server: 'https://a.test', proxy-url: 'http://p.test:3128/'",
        Map.of("HTTPS_PROXY", "http://q.test", "NO_PROXY", "*"));
    assertThat(cluster.proxy()).isEqualTo(URI.create("http://p.test:3128"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.test, HTTPS_PROXY, http://p.test:3128, http://p.test:3128",
    "https://a.test, https_proxy, p.test, http://p.test:80",
    "http://a.test, HTTP_PROXY, http://p.test:3128, http://p.test:3128",
    "http://a.test, HTTPS_PROXY, http://p.test:3128,",
    "https://a.test, HTTP_PROXY, http://p.test:3128,",
    "https://localhost, HTTPS_PROXY, http://p.test:3128,",
    "https://127.0.0.1:6443, HTTPS_PROXY, http://p.test:3128,",
    "https://[::1]:6443, HTTPS_PROXY, http://p.test:3128,",
  })
  void theEnvironmentsProxyServesOthersThanThisMachine(
      String server, String variable, String value, String proxy) {
    Cluster cluster = open("server: '" + server + "'", Map.of(variable, value));
    assertThat(cluster.proxy()).isEqualTo(proxy == null ? null : URI.create(proxy));
  }

  @Test
  void anUnusableProxyOfTheEnvironmentIsNamed() {
    assertThatThrownBy(
            () -> open("server: 'https://a.test'", Map.of("HTTPS_PROXY", "socks5://p.test")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("HTTPS_PROXY: a proxy by socks5 is not supported, only http://HOST:PORT");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*|https://a.test|true",
        "a.test|https://a.test|true",
        "A.Test|https://a.tesT|true",
        "a.test|https://b.a.test|true",
        "a.test|https://ba.test|false",
        ".a.test|https://b.a.test|true",
        ".a.test|https://a.test|false",
        "*.a.test|https://b.a.test|true",
        "a.test:443|https://a.test|true",
        "a.test:443|https://a.test:6443|false",
        "x, a.test:6443|https://a.test:6443|true",
        "10.0.0.0/8|https://10.9.8.7:6443|true",
        "10.0.0.0/8|https://11.9.8.7:6443|false",
        "10.0.0.0/8|https://a.test|false",
        "10.0.0.0/40|https://10.9.8.7|false",
        "10.0.0.0/x|https://10.9.8.7|false",
        "fd00::/8|https://[fd12::1]:6443|true",
        "fd00::/8|https://10.9.8.7|false",
        "10.9.8.7|https://10.9.8.7:6443|true",
        "10.9.8.7:6443|https://10.9.8.7:6443|true",
        "10.9.8.7:443|https://10.9.8.7:6443|false",
        "8.7|https://10.9.8.7:6443|false",
        "[fd12::1]:6443|https://[fd12::1]:6443|true",
        "fd12::1|https://[fd12::0:1]:6443|true",
        ",,|https://a.test|false",
        "999.0.0.1/8|https://10.9.8.7|false",
      })
  void serversAreExempt(String list, String server, boolean exempt) {
    assertThat(NoProxy.of(list).covers(URI.create(server))).isEqualTo(exempt);
    Cluster cluster = open(
        "server: '" + server + "'", Map.of("HTTPS_PROXY", "http://p.test:3128", "no_proxy", list));
    assertThat(cluster.proxy() == null).isEqualTo(exempt);
  }
}
