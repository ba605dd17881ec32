// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom we believe and what we show, before real servers. */
class TlsTest {
  @TempDir
  static Path certificates;

  private static OpenSsl openssl;

  /** Certified as localhost and kube.test. */
  private static EchoServer server;

  private static EchoServer oldServer;

  @TempDir
  Path folder;

  @BeforeAll
  static void servers() throws Exception {
    openssl = OpenSsl.in(certificates);
    openssl.authority("ca");
    openssl.authority("clients");
    openssl.authority("stranger");
    openssl.certificate("ca", "server", "DNS:localhost,DNS:kube.test", "rsa:2048");
    openssl.certificate("clients", "rsa", "", "rsa:2048");
    openssl.certificate("clients", "ec", "", "ec", "-pkeyopt", "ec_paramgen_curve:P-384");
    openssl.certificate("clients", "ed", "", "ed25519");
    openssl.run("rsa", "-in", "rsa.key", "-traditional", "-out", "rsa1.key");
    openssl.run("ec", "-in", "ec.key", "-out", "ec1.key");
    Files.writeString(openssl.file("both.crt"), text("stranger.crt") + text("ca.crt"));
    Identity identity = Identity.of(pem("server.crt"), pem("server.key"));
    server = new EchoServer(identity, pem("clients.crt"), "TLSv1.3");
    oldServer = new EchoServer(identity, pem("clients.crt"), "TLSv1.2");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
      oldServer.close();
    }
  }

  private static String text(String name) throws IOException {
    return Files.readString(openssl.file(name));
  }

  private static Pem pem(String name) throws IOException {
    return new Pem(text(name), name);
  }

  private Cluster open(String cluster, String user) {
    return open(server, "localhost", cluster, user);
  }

  private Cluster open(EchoServer to, String host, String cluster, String user) {
    return Access.open(folder, "server: '" + to.address(host) + "', " + cluster, user);
  }

  private static String ca() {
    return "certificate-authority: " + openssl.file("ca.crt");
  }

  private static String client(String certificate, String key) {
    return "client-certificate: %s, client-key: %s"
        .formatted(openssl.file(certificate), openssl.file(key));
  }

  @Test
  void aServerIsBelievedByItsAuthority() throws Exception {
    assertThat(EchoServer.ask(open(ca(), ""), "/version"))
        .isEqualTo("nobody asks [localhost] for /version\n");
  }

  @Test
  void anAuthorityMayBeWrittenInline() throws Exception {
    String inline = "certificate-authority-data: " + openssl.base64("ca.crt");
    assertThat(EchoServer.ask(open(inline, ""), "/")).startsWith("nobody asks");
  }

  @Test
  void oneOfSeveralAuthoritiesIsEnough() throws Exception {
    String both = "certificate-authority: " + openssl.file("both.crt");
    assertThat(EchoServer.ask(open(both, ""), "/")).startsWith("nobody asks");
  }

  @Test
  void aServersOwnCertificateIsAnAuthorityToo() throws Exception {
    String own = "certificate-authority: " + openssl.file("server.crt");
    assertThat(EchoServer.ask(open(own, ""), "/")).startsWith("nobody asks");
  }

  @Test
  void anotherAuthorityIsNotBelieved() {
    Cluster stranger = open("certificate-authority: " + openssl.file("stranger.crt"), "");
    assertThatThrownBy(() -> EchoServer.ask(stranger, "/"))
        .isInstanceOf(SSLHandshakeException.class);
    Cluster java = open("", "");
    assertThatThrownBy(() -> EchoServer.ask(java, "/")).isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void anotherNameIsNotBelieved() {
    Cluster cluster = open(server, "127.0.0.1", ca(), "");
    assertThatThrownBy(() -> EchoServer.ask(cluster, "/"))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("127.0.0.1");
  }

  @Test
  void insecureBelievesAnyServerByAnyName() throws Exception {
    Cluster cluster = open(server, "127.0.0.1", "insecure-skip-tls-verify: true", "");
    assertThat(EchoServer.ask(cluster, "/")).startsWith("nobody asks");
  }

  @Test
  void insecureTogetherWithAnAuthorityIsAnError() {
    assertThatThrownBy(() -> open("insecure-skip-tls-verify: true, " + ca(), ""))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(
            "%s: cluster 'lab': insecure-skip-tls-verify is true, and"
                + " certificate-authority is given too: keep one of them",
            folder.resolve("config"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void anotherNameMayBeAskedForAndVerified(String host) throws Exception {
    String name = "tls-server-name: kube.test, " + ca();
    assertThat(EchoServer.ask(open(server, host, name, client("ec.crt", "ec.key")), "/"))
        .startsWith("CN=ec asks [kube.test] for /");
    assertThat(EchoServer.ask(open(oldServer, host, name, ""), "/"))
        .startsWith("nobody asks [kube.test] for /");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void theAddressDoesNotDoWhereAnotherNameIsAskedFor(String host) {
    Cluster cluster = open(server, host, "tls-server-name: other.test, " + ca(), "");
    assertThatThrownBy(() -> EchoServer.ask(cluster, "/"))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("other.test");
  }

  @Test
  void aServerNameMustBeOne() {
    assertThatThrownBy(() -> open("tls-server-name: 'a b', " + ca(), ""))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("cluster 'lab': tls-server-name 'a b' is not a host's name");
  }

  @ParameterizedTest
  @CsvSource({
    "rsa, rsa, CN=rsa",
    "rsa, rsa1, CN=rsa",
    "ec, ec, CN=ec",
    "ec, ec1, CN=ec",
    "ed, ed, CN=ed",
  })
  void aClientCertificateIsShown(String certificate, String key, String name) throws Exception {
    String user = client(certificate + ".crt", key + ".key");
    assertThat(EchoServer.ask(open(ca(), user), "/")).startsWith(name + " asks");
    assertThat(EchoServer.ask(open(oldServer, "localhost", ca(), user), "/"))
        .startsWith(name + " asks");
  }

  @Test
  void aClientCertificateMayBeWrittenInline() throws Exception {
    String user = "client-certificate-data: %s, client-key-data: %s"
        .formatted(openssl.base64("ec.crt"), openssl.base64("ec1.key"));
    assertThat(EchoServer.ask(open(ca(), user), "/")).startsWith("CN=ec asks");
  }

  @Test
  void aCertificateAndATokenGoTogether() throws Exception {
    String user = "token: abc, as: bob, as-groups: [a, b], " + client("ec.crt", "ec.key");
    assertThat(EchoServer.ask(open(ca(), user), "/"))
        .contains("CN=ec asks", "[Bearer abc]", "Impersonate-User: [bob]", "[a, b]");
  }

  @Test
  void aKeyOfAnotherCertificateIsAnError() {
    assertThatThrownBy(() -> open(ca(), client("ec.crt", "rsa.key")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("user 'alice': client-key is not the key of the certificate in")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> open(ca(), client("ec.crt", "clients.key")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("is not the key");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "client-key: x|cannot be read: no such file",
        "client-certificate-data: QUJD|user 'alice': client-certificate is given, but no client-key",
        "client-key-data: QUJD|user 'alice': client-key is given, but no client-certificate",
        "client-certificate-data: '***', client-key-data: QUJD"
            + "|user 'alice': client-certificate-data is not base64",
        "client-certificate-data: QUJD, client-key-data: QUJD"
            + "|user 'alice': client-certificate-data holds no certificate in PEM",
        "client-key: x, client-key-data: QUJD"
            + "|user 'alice': client-key is given, and client-key-data too: keep one",
      })
  void whatIsMissingOrTooMuchIsNamed(String user, String message) {
    assertThatThrownBy(() -> open(ca(), user))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(folder.resolve("config") + ": user 'alice': ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("QUJD");
  }

  @Test
  void aBrokenCertificateIsNamed() {
    Path broken = Access.write(folder.resolve("broken.crt"), """
        -----BEGIN CERTIFICATE-----
        QUJD
        -----END CERTIFICATE-----
        """);
    assertThatThrownBy(() -> open("certificate-authority: " + broken, ""))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(
            "%s: cluster 'lab': certificate-authority has a broken certificate",
            folder.resolve("config"));
  }
}
