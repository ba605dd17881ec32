// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.k8s.access.Cluster.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens, passwords and whom a user acts as. */
class UserTest {
  @TempDir
  Path folder;

  private Credentials credentials(String user) {
    return open(user).credentials();
  }

  private Cluster open(String user) {
    return Access.open(folder, "server: 'http://a.test'", user);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token: abc|Bearer abc",
        "token: 0123|Bearer 0123",
        "token: 1e5|Bearer 1e5",
        "token: true|Bearer true",
        "username: alice, password: 0042|Basic YWxpY2U6MDA0Mg==",
        "username: alice|Basic YWxpY2U6",
        "username: älice, password: x|Basic w6RsaWNlOng=",
      })
  void whatIsWrittenIsSent(String user, String authorization) {
    assertThat(credentials(user).authorization()).contains(authorization);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token: s3cret, username: a|token is given, and a username or password too",
        "tokenFile: x, username: a|token is given, and a username or password too",
        "password: s3cret|username is missing",
        "token: [s3cret]|token must be text",
        "token: 's3cret words'|token is not a token: it holds a space",
        "token: 's3crét'|token is not a token: it holds a space, a line end or a letter beyond",
        "tokenFile: gone|gone is not there, or not readable",
        "as-groups: [a]|as is missing, which as-uid, as-groups and as-user-extra need",
        "'as': älice|as and what belongs to it must be plain ASCII (Impersonate-User)",
        "'as': a, as-groups: b|as-groups must be a list",
        "auth-provider: {name: gcp}|'gcp' was removed from Kubernetes in 1.26: install gke-",
        "auth-provider: {name: azure}|'azure' was removed from Kubernetes in 1.26: install kubel",
        "auth-provider: {name: oidc}|'oidc' is not supported: use an exec plugin such as",
        "auth-provider: {name: x}|'x' is not supported: use its exec plugin",
      })
  void whatCannotBeUsedIsTold(String user, String message) {
    assertThatThrownBy(() -> open(user))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith(folder.resolve("config") + ": user 'alice': ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("s3cr");
  }

  @Test
  void aFileGoesBeforeATokenAndIsReadAgain() throws IOException {
    Path file = Access.write(folder.resolve("token"), "one\n");
    Credentials credentials = credentials("token: zero, tokenFile: token");
    assertThat(credentials.authorization()).contains("Bearer one");
    Access.write(file, "two");
    assertThat(credentials.authorization()).contains("Bearer two");
    Access.write(file, "\n"); // just being written
    assertThat(credentials.authorization()).contains("Bearer two");
    Files.delete(file);
    assertThat(credentials.authorization()).contains("Bearer two");
  }

  @Test
  void aTokenServesUntilItsFileIsThere() {
    Credentials credentials = credentials("token: zero, tokenFile: token");
    assertThat(credentials.authorization()).contains("Bearer zero");
    Access.write(folder.resolve("token"), "one");
    assertThat(credentials.authorization()).contains("Bearer one");
  }

  @Test
  void anEmptyFileIsNoToken() {
    Path file = Access.write(folder.resolve("token"), "\n");
    Credentials credentials = credentials("tokenFile: token");
    assertThatThrownBy(credentials::authorization)
        .isInstanceOf(BackendUnavailable.class)
        .hasMessage("token " + file + " is empty");
    Access.write(file, "s3cret words");
    assertThatThrownBy(credentials::authorization)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith(file + " is not a token")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aUserActsAsAnother() {
    Cluster cluster = open("token: abc, as: bob, as-uid: '7', as-groups: [dev, system:masters],"
        + " as-user-extra: {Scopes/x: [view, edit], 'a%ä': ['1']}");
    assertThat(cluster.credentials().headers())
        .containsExactly(
            Map.entry("Impersonate-User", List.of("bob")),
            Map.entry("Impersonate-Uid", List.of("7")),
            Map.entry("Impersonate-Group", List.of("dev", "system:masters")),
            Map.entry("Impersonate-Extra-scopes%2Fx", List.of("view", "edit")),
            Map.entry("Impersonate-Extra-a%25%C3%A4", List.of("1")));
    var sent = cluster.request("/api").build().headers();
    assertThat(sent.allValues("Authorization")).containsExactly("Bearer abc");
    assertThat(sent.allValues("Impersonate-Group")).containsExactly("dev", "system:masters");
    assertThat(sent.allValues("Impersonate-Extra-scopes%2Fx")).containsExactly("view", "edit");
  }
}
