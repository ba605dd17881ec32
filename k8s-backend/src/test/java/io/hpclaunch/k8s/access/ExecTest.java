// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.k8s.access.Cluster.Credentials;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Credential plugins: real scripts. */
class ExecTest {
  private static final String V1 = "client.authentication.k8s.io/v1";
  private static final String V1BETA1 = "client.authentication.k8s.io/v1beta1";
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir
  Path folder;

  private Instant now = START;

  /** A plugin that counts its calls in the file {@code calls}, then does this. */
  private void plugin(String body) throws IOException {
    Path script = Access.write(folder.resolve("bin/plugin"), """
        #!/bin/sh
        here=${0%%/*}/..
        echo "$*" >>"$here/calls"
        count=$(wc -l <"$here/calls" | tr -d ' ')
        %s
        """.formatted(body));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  private void answers(String version, String status) throws IOException {
    plugin("""
        cat <<END
        {"kind": "ExecCredential", "apiVersion": "%s", "status": {%s}}
        END""".formatted(version, status));
  }

  private int calls() throws IOException {
    Path calls = folder.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  private Credentials open(String exec) {
    return open("server: 'http://a.test'", exec).credentials();
  }

  private Cluster open(String cluster, String exec) {
    return Access.open(folder, cluster, "exec: {" + exec + "}", () -> now);
  }

  /** A plugin beside the kubeconfig, with these keys more. */
  private static String beside(String more) {
    return "apiVersion: " + V1BETA1 + ", command: ./bin/plugin, " + more;
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V1BETA1})
  void aPluginGivesAToken(String version) throws IOException {
    answers(version, "\"token\": \"token-$count\"");
    Credentials credentials = open("apiVersion: " + version
        + ", command: bin/plugin, args: [get, token, --x=y z], interactiveMode: IfAvailable");
    assertThat(calls()).as("nobody asked yet").isZero();
    assertThat(credentials.authorization()).contains("Bearer token-1");
    assertThat(credentials.authorization()).contains("Bearer token-1");
    assertThat(Files.readAllLines(folder.resolve("calls"))).containsExactly("get token --x=y z");
    credentials.refused();
    assertThat(credentials.authorization()).contains("Bearer token-2");
    assertThat(credentials.authorization()).contains("Bearer token-2");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-01T12:10:00Z, PT9M29S, PT9M30S",
    "2026-03-01T14:10:00.5+02:00, PT9M30S, PT9M31S",
    "2026-03-01T12:01:40Z, PT1M29S, PT1M30S", // a tenth of its life is less than 30 s
  })
  void aTokenServesUntilShortlyBeforeItExpires(String expiry, Duration still, Duration noMore)
      throws IOException {
    answers(V1BETA1, "\"token\": \"t$count\", \"expirationTimestamp\": \"" + expiry + "\"");
    Credentials credentials = open(beside(""));
    assertThat(credentials.authorization()).contains("Bearer t1");
    now = START.plus(still);
    assertThat(credentials.authorization()).contains("Bearer t1");
    now = START.plus(noMore);
    assertThat(credentials.authorization()).contains("Bearer t2");
  }

  @Test
  void anExpiredTokenIsSentAndAskedForAnew() throws IOException {
    answers(V1BETA1, "\"token\": \"t$count\", \"expirationTimestamp\": \"2026-03-01T11:00:00Z\"");
    Credentials credentials = open(beside(""));
    assertThat(credentials.authorization()).contains("Bearer t1");
    assertThat(credentials.authorization()).contains("Bearer t2");
  }

  @Test
  void aPluginKnowsItsEnvironment() throws IOException {
    answers(V1BETA1, "\"token\": \"$GREETING-$EMPTY-$HOME\"");
    Credentials credentials =
        open(beside("env: [{name: GREETING, value: hello}, {name: EMPTY, value: ''}]"));
    assertThat(credentials.authorization()).contains("Bearer hello--" + System.getenv("HOME"));
  }

  @Test
  void aPluginReadsNoInput() throws IOException {
    plugin("wc -c | tr -d ' \\n' >\"$here/input\"; exit 1");
    assertThatThrownBy(open(beside(""))::authorization).isInstanceOf(BackendUnavailable.class);
    assertThat(folder.resolve("input")).hasContent("0");
  }

  @Test
  void aPluginIsToldAboutTheCluster() throws Exception {
    OpenSsl openssl = OpenSsl.in(folder);
    openssl.authority("ca");
    plugin("printf %s \"$KUBERNETES_EXEC_INFO\" >\"$here/info\"; exit 1");
    String cluster = "server: 'https://a.test/x/', tls-server-name: b.test,"
        + " certificate-authority: ca.crt, proxy-url: 'http://p.test:3128', extensions: [{name:"
        + " client.authentication.k8s.io/exec, extension: {audience: lab, n: [1, true, null]}}]";
    Credentials credentials = open(cluster, beside("provideClusterInfo: true")).credentials();
    assertThatThrownBy(credentials::authorization).isInstanceOf(BackendUnavailable.class);
    JsonObject info = info();
    assertThat(info.get("kind").getAsString()).isEqualTo("ExecCredential");
    assertThat(info.get("apiVersion").getAsString()).isEqualTo(V1BETA1);
    JsonObject spec = info.getAsJsonObject("spec");
    assertThat(spec.get("interactive").getAsBoolean()).isFalse();
    JsonObject told = spec.getAsJsonObject("cluster");
    assertThat(told.get("server").getAsString()).isEqualTo("https://a.test/x");
    assertThat(told.get("tls-server-name").getAsString()).isEqualTo("b.test");
    assertThat(told.get("certificate-authority-data").getAsString())
        .isEqualTo(openssl.base64("ca.crt"));
    assertThat(told.get("proxy-url").getAsString()).isEqualTo("http://p.test:3128");
    assertThat(told.has("insecure-skip-tls-verify")).isFalse();
    assertThat(told.get("config").toString())
        .isEqualTo("{\"audience\":\"lab\",\"n\":[1,true,null]}");
  }

  private JsonObject info() throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve("info"))).getAsJsonObject();
  }

  @Test
  void aPluginIsToldNothingUnasked() throws IOException {
    plugin("printf %s \"$KUBERNETES_EXEC_INFO\" >\"$here/info\"; exit 1");
    Credentials credentials = open(
            "server: 'https://a.test', insecure-skip-tls-verify: true", beside(""))
        .credentials();
    assertThatThrownBy(credentials::authorization).isInstanceOf(BackendUnavailable.class);
    assertThat(info().getAsJsonObject("spec")).hasToString("{\"interactive\":false}");
  }

  @Test
  void whatIsWrittenGoesBeforeThePlugin() throws IOException {
    answers(V1BETA1, "\"token\": \"t\"");
    String user = "token: written, exec: {" + beside("") + "}";
    Credentials credentials =
        Access.open(folder, "server: 'http://a.test'", user).credentials();
    assertThat(credentials.authorization()).contains("Bearer written");
    assertThat(calls()).isZero();
  }

  @Test
  void aPluginGivesACertificateAndThenAnother() throws Exception {
    OpenSsl openssl = OpenSsl.in(folder);
    openssl.authority("ca");
    openssl.certificate(
        "ca", "server", "DNS:localhost", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
    openssl.certificate("ca", "user1", "", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
    openssl.certificate("ca", "user2", "", "rsa:2048");
    for (String user : new String[] {"user1", "user2"}) {
      JsonObject status = new JsonObject();
      status.addProperty("clientCertificateData", Files.readString(openssl.file(user + ".crt")));
      status.addProperty("clientKeyData", Files.readString(openssl.file(user + ".key")));
      Access.write(
          openssl.file(user + ".json"),
          "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" + V1BETA1 + "\",\"status\":" + status
              + "}");
    }
    plugin("cat \"$here/user$count.json\"");
    Pem authority = new Pem(Files.readString(openssl.file("ca.crt")), "ca");
    Identity server = Identity.of(pem(openssl, "server.crt"), pem(openssl, "server.key"));
    try (EchoServer echo = new EchoServer(server, authority, "TLSv1.3")) {
      Cluster cluster = open(
          "certificate-authority: ca.crt, server: '" + echo.address("localhost") + "'", beside(""));
      assertThat(EchoServer.ask(cluster, "/")).startsWith("CN=user1 asks");
      assertThat(EchoServer.ask(cluster, "/")).startsWith("CN=user1 asks");
      assertThat(cluster.credentials().authorization()).isEmpty();
      cluster.credentials().refused();
      assertThat(EchoServer.ask(cluster, "/")).startsWith("CN=user2 asks");
    }
    assertThat(calls()).isEqualTo(2);
  }

  private static Pem pem(OpenSsl openssl, String name) throws IOException {
    return new Pem(Files.readString(openssl.file(name)), name);
  }

  @Test
  void aFailureIsToldInThePluginsOwnWords() throws IOException {
    plugin("echo s3cret; echo reading >&2; echo 'session expired: log in again' >&2; echo >&2;"
        + " exit 7");
    Credentials credentials = open(beside(""));
    assertThatThrownBy(credentials::authorization)
        .isInstanceOf(BackendUnavailable.class)
        .hasMessage(
            "%s: user 'alice': exec: '%s' ended with status 7: session expired: log in" + " again",
            folder.resolve("config"), folder.resolve("bin/plugin"));
    answers(V1BETA1, "\"token\": \"better\"");
    assertThat(credentials.authorization()).contains("Bearer better");
  }

  @Test
  void aMissingPluginComesWithItsHint() {
    Credentials credentials = open("apiVersion: " + V1BETA1
        + ", command: hpc-no-such-plugin, installHint: \"Get it\\n\\n" + "  from a.test\"");
    assertThatThrownBy(credentials::authorization)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith(folder.resolve("config") + ": user 'alice': exec: cannot start")
        .hasMessageContaining("hpc-no-such-plugin")
        .hasMessageEndingWith("; Get it from a.test");
  }

  @Test
  void aPluginThatHangsIsEnded() throws IOException {
    plugin("exec sleep 600");
    Section exec = new Section(
        folder.resolve("config"),
        "exec",
        JsonParser.parseString(
                "{\"apiVersion\": \"%s\", \"command\": \"bin/plugin\"}".formatted(V1BETA1))
            .getAsJsonObject());
    Server server = new Server(URI.create("http://a.test"), null, null, false, null, null);
    ExecPlugin plugin = ExecPlugin.of(exec, server, Duration.ofSeconds(1));
    assertThatThrownBy(plugin::ask)
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("bin/plugin' took longer than 1 s and was ended");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "s3cret|did not print an ExecCredential in JSON",
        "[\"s3cret\"]|did not print an ExecCredential in JSON",
        "{\"token\": \"s3cret|did not print an ExecCredential in JSON",
        "{\"token\": \"s3cret\"}|apiVersion is missing",
        "{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\"}"
            + "|but 'client.authentication.k8s.io/v1beta1', 'ExecCredential' was asked",
        "{\"apiVersion\": \"client.authentication.k8s.io/v1beta1\", \"kind\": \"Config\"}"
            + "|apiVersion or kind is 'client.authentication.k8s.io/v1beta1', 'Config'",
        "{\"apiVersion\": \"client.authentication.k8s.io/v1beta1\", \"kind\": \"ExecCredential\"}"
            + "|status is missing",
      })
  void anAnswerOfAnotherShapeIsTold(String answer, String message) throws IOException {
    Access.write(folder.resolve("answer"), answer);
    plugin("cat \"$here/answer\"");
    expectInvalid(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"x\": 1|status: token is missing, and there is no clientCertificateData either",
        "\"token\": \"s3cret x\"|status: token is not a token",
        "\"token\": \"s3cret\", \"expirationTimestamp\": \"soon\""
            + "|status: expirationTimestamp 'soon' is not a time as in RFC 3339",
        "\"clientKeyData\": \"s3cret\"|status: clientCertificateData is missing",
        "\"clientCertificateData\": \"s3cret\"|status: clientKeyData is missing",
        "\"clientCertificateData\": \"s3cret\", \"clientKeyData\": \"s3cret\""
            + "|status: clientCertificateData holds no certificate in PEM",
      })
  void anUnusableStatusIsTold(String status, String message) throws IOException {
    answers(V1BETA1, status);
    expectInvalid(message);
  }

  private void expectInvalid(String message) {
    Credentials credentials = open(beside(""));
    assertThatThrownBy(credentials::authorization)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith(folder.resolve("config") + ": user 'alice': exec: ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("s3cret")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "command: x|apiVersion is missing",
        "apiVersion: client.authentication.k8s.io/v1alpha1, command: x"
            + "|v1alpha1 was removed from Kubernetes in 1.24: bring the plugin up to date",
        "apiVersion: v3, command: x|apiVersion 'v3' is not known; known are client.auth",
        "apiVersion: client.authentication.k8s.io/v1, command: x"
            + "|interactiveMode is missing, which v1 needs: write IfAvailable or Never",
        "apiVersion: client.authentication.k8s.io/v1beta1, command: x, interactiveMode: Always"
            + "|interactiveMode is Always, and plugins have no terminal here",
        "apiVersion: client.authentication.k8s.io/v1beta1, command: x, interactiveMode: Perhaps"
            + "|interactiveMode 'Perhaps' is not known; known are Never, IfAvailable, Always",
        "apiVersion: client.authentication.k8s.io/v1beta1|command is missing",
        "apiVersion: client.authentication.k8s.io/v1beta1, command: x, args: [[a]]"
            + "|args must be a list of texts",
        "apiVersion: client.authentication.k8s.io/v1beta1, command: x, env: [{value: s3cret}]"
            + "|env: name is missing",
        "apiVersion: client.authentication.k8s.io/v1beta1, command: x,"
            + " env: [{name: a=b, value: s3cret}]|variable 'a=b' of x has a bad name",
      })
  void whatCannotBeRunIsToldBeforehand(String exec, String message) {
    assertThatThrownBy(() -> open(exec))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith(folder.resolve("config") + ": user 'alice': exec")
        .hasMessageContaining(message)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void answersHideTheirSecrets() {
    String token = Base64.getEncoder().encodeToString("x".getBytes(StandardCharsets.UTF_8));
    assertThat(new ExecPlugin.Answer(token, null, START))
        .hasToString("credential until 2026-03-01T12:00:00Z");
  }
}
