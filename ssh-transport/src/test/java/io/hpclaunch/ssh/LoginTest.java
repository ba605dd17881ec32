// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.ssh.SshdHost.Opening;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, agents, known hosts, hosts to go through, and what goes wrong before there is a login. */
@Timeout(60)
class LoginTest {
  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @TempDir
  Path folder;

  private static void works(Transport opened) throws IOException {
    try (Transport transport = opened) {
      assertThat(transport.run(Command.of("echo", "hello")).stdout()).isEqualTo("hello\n");
    }
  }

  /** Fails in one line, and names the host. */
  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(Transport opened) {
    try (opened) {
      return assertThatThrownBy(() -> opened.run(Command.of("true")))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageStartingWith("cannot reach " + opened.host() + ": ")
          .satisfies(
              e -> assertThat(e.getMessage()).doesNotContain("\n").doesNotContain("Exception"));
    }
  }

  private Map<String, Object> settings(Map<String, ?> more, String... without) {
    Map<String, Object> values = HOST.settings();
    values.putAll(more);
    List.of(without).forEach(values::remove);
    return values;
  }

  private Path home() throws IOException {
    Files.createDirectories(folder.resolve(".ssh"));
    return folder;
  }

  private Path config(String text) throws IOException {
    Files.writeString(home().resolve(".ssh/config"), text);
    return folder;
  }

  @ParameterizedTest
  @ValueSource(strings = {"id_ed25519", "id_rsa", "id_ecdsa"})
  void keysOfAllKindsOpen(String key) throws IOException {
    works(HOST.open(Map.of("key_path", HOST.key(key).toString())));
  }

  @ParameterizedTest
  @CsvSource({
    "id_rsa, PEM, BEGIN RSA PRIVATE KEY",
    "id_ecdsa, PEM, BEGIN EC PRIVATE KEY",
    "id_rsa, PKCS8, BEGIN ENCRYPTED PRIVATE KEY",
    "id_ecdsa, PKCS8, BEGIN ENCRYPTED PRIVATE KEY"
  })
  void encryptedKeysInOtherFormatsOpen(String name, String format, String begin)
      throws IOException {
    Path key = Files.copy(HOST.key(name), folder.resolve("key"));
    List<String> convert = List.of(
        "ssh-keygen", "-q", "-p", "-m", format, "-P", "", "-N", "secret", "-f", key.toString());
    assertThat(SshdHost.exec(convert, Map.of()).exit()).isZero();
    assertThat(key).content().contains(begin, "ENCRYPTED");
    Opening opening = Opening.of(settings(Map.of("key_path", key.toString())));
    works(opening.environment(Map.of("HPC_SSH_PASSPHRASE", "secret")).open());
    refused(opening.environment(Map.of("HPC_SSH_PASSPHRASE", "wrong")).open())
        .hasMessageContaining("the passphrase of " + key + " is wrong");
    refused(opening.open()).hasMessageContaining("ssh-add");
  }

  @Test
  void anEncryptedKeyThatBreaksOffIsToldSo() throws IOException {
    Path key = Files.writeString(
        folder.resolve("key"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIHsMFcGCSqGSIb3DQEFDT\n");
    refused(Opening.of(settings(Map.of("key_path", key.toString())))
            .environment(Map.of("HPC_SSH_PASSPHRASE", "secret"))
            .open())
        .hasMessageContaining(key.toString())
        .hasMessageNotContaining("passphrase");
  }

  @Test
  void aKeyThatIsNotThereIsAnErrorBeforeAnybodyConnects() {
    long before = HOST.logins();
    assertThatThrownBy(() -> HOST.open(Map.of("key_path", "~/no/such/key")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("key_path")
        .hasMessageContaining("/no/such/key");
    assertThat(HOST.logins()).isEqualTo(before);
  }

  @Test
  void aKeyThatTheHostDoesNotKnowIsRefused() {
    Path key = folder.resolve("own");
    SshdHost.exec(
        List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()), Map.of());
    refused(HOST.open(Map.of("key_path", key.toString())))
        .hasMessageContaining("lets nobody in as " + HOST.user())
        .hasMessageContaining(key.toString())
        .hasMessageContaining("authorized_keys");
  }

  @Test
  void aFileThatIsNoKeyIsToldSo() throws IOException {
    Path key = Files.writeString(folder.resolve("key"), "not a key\n");
    refused(HOST.open(Map.of("key_path", key.toString()))).hasMessageContaining(key.toString());
  }

  @Test
  void anotherUserIsRefused() {
    refused(HOST.open(Map.of("user", "hpc-nobody-here"))).hasMessageContaining("hpc-nobody-here");
  }

  @Test
  void anEncryptedKeyOpensWithItsPassphraseOnly() throws IOException {
    Map<String, Object> values =
        settings(Map.of("key_path", HOST.key("id_encrypted").toString()));
    works(Opening.of(values)
        .environment(Map.of("HPC_SSH_PASSPHRASE", SshdHost.passphrase()))
        .open());
    refused(Opening.of(values)
            .environment(Map.of("HPC_SSH_PASSPHRASE", "wrong"))
            .open())
        .hasMessageContaining("passphrase of " + HOST.key("id_encrypted") + " is wrong");
    Opening nobody = Opening.of(values);
    refused(nobody.open())
        .hasMessageContaining("ssh-add")
        .hasMessageContaining("HPC_SSH_PASSPHRASE");
    assertThat(nobody.asked()).singleElement().asString().contains("id_encrypted");
  }

  @Test
  void anAgentOpensWithoutAPassphrase() throws IOException {
    try (SshAgentProcess agent = new SshAgentProcess(folder)) {
      agent.add(HOST.key("id_encrypted"), SshdHost.passphrase());
      Opening encrypted = Opening.of(
              settings(Map.of("key_path", HOST.key("id_encrypted").toString())))
          .environment(agent.environment());
      works(encrypted.open());
      assertThat(encrypted.asked()).isEmpty();
      works(Opening.of(settings(Map.of(), "key_path"))
          .environment(agent.environment())
          .open());
      agent.removeAll();
      agent.add(HOST.key("id_rsa"), "");
      works(Opening.of(settings(Map.of(), "key_path"))
          .environment(agent.environment())
          .open());
    }
  }

  @Test
  void anAgentThatIsNoMoreIsTold() throws IOException {
    refused(Opening.of(settings(Map.of(), "key_path"))
            .environment(Map.of("SSH_AUTH_SOCK", folder.resolve("gone").toString()))
            .open())
        .hasMessageContaining("agent")
        .hasMessageContaining("gone");
  }

  @Test
  void aHostThatIsNotKnownIsRefusedUnlessNewOnesAreAccepted() throws IOException {
    Path known = folder.resolve("deep/known_hosts");
    Map<String, String> none = Map.of("known_hosts", known.toString());
    refused(HOST.open(none))
        .hasMessageContaining("SHA256:")
        .hasMessageContaining("ssh-keyscan -p " + HOST.port() + " 127.0.0.1")
        .hasMessageContaining("accept_new");
    assertThat(known).doesNotExist();
    works(HOST.open(Map.of("known_hosts", known.toString(), "accept_new", true)));
    assertThat(known).content().startsWith("[127.0.0.1]:" + HOST.port() + " ssh-ed25519 ");
    works(HOST.open(none));
  }

  @Test
  void severalWhoMeetANewHostAtOnceAllGetIn() {
    String known = folder.resolve("known_hosts").toString();
    List<CompletableFuture<Void>> all = Stream.generate(() -> CompletableFuture.runAsync(
            () -> {
              try {
                works(HOST.open(Map.of("known_hosts", known, "accept_new", true)));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            task -> new Thread(task).start()))
        .limit(8)
        .toList();
    all.forEach(CompletableFuture::join);
  }

  @Test
  void aChangedKeyIsRefusedEvenWhereNewOnesAreAccepted() throws IOException {
    String[] other = Files.readString(HOST.key("id_ed25519.pub")).split(" ", 3);
    Path known = Files.writeString(
        folder.resolve("known_hosts"),
        "# comment\n[127.0.0.1]:" + HOST.port() + " " + other[0] + " " + other[1] + "\n");
    refused(HOST.open(Map.of("known_hosts", known.toString(), "accept_new", true)))
        .hasMessageContaining("changed")
        .hasMessageContaining(known + ":2")
        .hasMessageContaining("ssh-keygen -R '[127.0.0.1]:" + HOST.port() + "'")
        .satisfies(e -> assertThat(e.getMessage().split("SHA256:", -1)).hasSize(3));
    assertThat(Files.readAllLines(known)).hasSize(2);
  }

  @Test
  void aRevokedKeyIsRefusedAndAnAuthorityIsNoHost() throws IOException {
    List<String> lines = Files.readAllLines(HOST.knownHosts());
    Path revoked = Files.write(
        folder.resolve("revoked"),
        List.of(
            lines.get(0), lines.get(1), "@revoked " + lines.get(0), "@revoked " + lines.get(1)));
    refused(HOST.open(Map.of("known_hosts", revoked.toString()))).hasMessageContaining("revoked");
    Path authority =
        Files.write(folder.resolve("authority"), List.of("@cert-authority " + lines.get(0)));
    refused(HOST.open(Map.of("known_hosts", authority.toString())))
        .hasMessageContaining("not known");
  }

  @Test
  void theKeyThatIsKnownIsAskedFor() throws IOException {
    String rsa = Files.readAllLines(HOST.knownHosts()).stream()
        .filter(line -> line.startsWith("[127.0.0.1]:" + HOST.port() + " ssh-rsa"))
        .findFirst()
        .orElseThrow();
    Path known = Files.writeString(folder.resolve("known_hosts"), rsa + "\n");
    works(HOST.open(Map.of("known_hosts", known.toString())));
  }

  @Test
  void hashedNamesAreRead() throws IOException {
    Path known = Files.copy(HOST.knownHosts(), folder.resolve("known_hosts"));
    SshdHost.exec(List.of("ssh-keygen", "-q", "-H", "-f", known.toString()), Map.of());
    assertThat(known).content().contains("|1|").doesNotContain("127.0.0.1");
    works(HOST.open(Map.of("known_hosts", known.toString())));
  }

  @Test
  void theWayThroughAnotherIsNotOpenToOthers() throws IOException {
    try (Transport transport = HOST.open(Map.of("proxy_jump", jump()))) {
      byte[] much = new byte[1_000_000];
      assertThat(transport.run(Command.of("cat").withInput(much)).stdoutBytes()).isEqualTo(much);
      assertThat(listeningHere()).isEmpty();
    }
  }

  /** Ports on which this process listens: 0A is LISTEN, and its sockets are open files. */
  private static List<String> listeningHere() throws IOException {
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path file : open.toList()) {
        try {
          sockets.add(Files.readSymbolicLink(file).toString());
        } catch (NoSuchFileException e) {
          // It was closed meanwhile.
        }
      }
    }
    return Stream.concat(
            Files.readAllLines(Path.of("/proc/net/tcp")).stream(),
            Files.readAllLines(Path.of("/proc/net/tcp6")).stream())
        .map(line -> line.strip().split("\\s+", -1))
        .filter(words -> words[3].equals("0A") && sockets.contains("socket:[" + words[9] + "]"))
        .map(words -> words[1])
        .toList();
  }

  @Test
  void aHostIsReachedThroughAnother() throws IOException {
    works(HOST.open(Map.of("proxy_jump", HOST.user() + "@127.0.0.1:" + HOST.jumpPort())));
    works(HOST.open(Map.of(
        "proxy_jump",
        HOST.user() + "@127.0.0.1:" + HOST.jumpPort() + ",ssh://" + HOST.user() + "@127.0.0.1:"
            + HOST.port())));
  }

  @Test
  void whatIsWrongOnTheWayIsTold() {
    refused(HOST.open(Map.of("port", closedPort(), "proxy_jump", jump())))
        .hasMessageContaining("jump");
    Transport opened = HOST.open(Map.of("proxy_jump", HOST.user() + "@127.0.0.1:" + closedPort()));
    try (opened) {
      assertThatThrownBy(() -> opened.run(Command.of("true")))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("refuses the connection");
    }
    assertThatThrownBy(() -> HOST.open(Map.of("proxy_jump", "a:b:c@")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("a:b:c@");
  }

  private static String jump() {
    return HOST.user() + "@127.0.0.1:" + HOST.jumpPort();
  }

  private static int closedPort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void openSshsConfigurationIsHonoured() throws IOException {
    Path home = config("""
        # the user's
        Include config.d/*
        Host behind
          ProxyJump jump
        Host *
          User %s
          IdentitiesOnly yes
          UserKnownHostsFile "%s"
        """.formatted(HOST.user(), HOST.knownHosts()));
    Files.createDirectories(home.resolve(".ssh/config.d"));
    Files.copy(HOST.key("id_ed25519"), home.resolve(".ssh/key-127.0.0.1"));
    Files.writeString(
        home.resolve(".ssh/config.d/one"), """
        Host box behind
          HostName = 127.0.0.1
          Port %d
        Host jump
          HostName 127.0.0.1
          Port %d
        Host box behind jump !other
          IdentityFile ~/.ssh/key-%%h
        """.formatted(HOST.port(), HOST.jumpPort()));
    for (String name : List.of("box", "behind")) {
      works(Opening.of(Map.of("host", name)).home(home).open());
    }
  }

  @Test
  void aProxyCommandIsNotPassedOver() throws IOException {
    Path home = config("Host box\n  ProxyCommand nc %h %p\n");
    assertThatThrownBy(() -> Opening.of(Map.of("host", "box")).home(home).open())
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("ProxyCommand")
        .hasMessageContaining("proxy_jump");
  }

  @Test
  void aHostKeyAliasIsLookedUp() throws IOException {
    String key = Files.readAllLines(HOST.knownHosts()).get(0).replaceFirst("\\S+ ", "");
    Path known = Files.writeString(folder.resolve("known"), "cluster " + key + "\n");
    Path home = config("Host 127.0.0.1\n  HostKeyAlias cluster\n");
    works(
        Opening.of(settings(Map.of("known_hosts", known.toString()))).home(home).open());
  }

  @Test
  void aPortThatNobodyListensOnIsTold() {
    int port = closedPort();
    refused(HOST.open(Map.of("port", port)))
        .hasMessageContaining("127.0.0.1:" + port + " refuses the connection");
  }

  @Test
  void aHostThatNobodyKnowsIsTold() {
    refused(HOST.open(Map.of("host", "no-such-host.invalid")))
        .hasMessageContaining("no-such-host.invalid");
  }

  @Test
  void aServerThatSaysNothingIsGivenUp() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      refused(HOST.open(Map.of("port", silent.getLocalPort(), "connect_timeout", 1)))
          .hasMessageContaining("says nothing within 1 s")
          .hasMessageContaining("connect_timeout");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {60, 1500})
  void aServerThatStallsIsGivenUp(long bytes) throws IOException {
    try (CutProxy proxy = new CutProxy(HOST.port())) {
      proxy.stallAfter(bytes);
      refused(HOST.open(Map.of(
              "port",
              proxy.port(),
              "connect_timeout",
              2,
              "accept_new",
              true,
              "known_hosts",
              folder.resolve("known").toString())))
          .hasMessageContaining("within 2 s");
    }
  }

  @Test
  void aServerOfAnotherKindIsTold() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> {
        try (var socket = other.accept()) {
          socket
              .getOutputStream()
              .write("HTTP/1.1 400 Bad Request\r\n\r\n"
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      thread.start();
      refused(HOST.open(Map.of("port", other.getLocalPort(), "connect_timeout", 5)))
          .hasMessageContaining("no SSH server");
      thread.join();
    }
  }

  @Test
  void afterAFailureTheHostIsLeftAloneForAWhile() {
    try (Transport transport = HOST.open(Map.of("port", closedPort()))) {
      assertThatThrownBy(() -> transport.run(Command.of("true")))
          .hasMessageNotContaining("tried again");
      assertThatThrownBy(() -> transport.run(Command.of("true")))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("refuses the connection")
          .hasMessageContaining("tried again in 1 s");
    }
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    for (Map<String, ?> wrong : List.of(
        Map.of("host", "me@box"), Map.of("host", ""), Map.of("port", 0), Map.of("port", 70000))) {
      assertThatThrownBy(() -> HOST.open(wrong))
          .isInstanceOf(InvalidConfiguration.class)
          .hasMessageContaining("transport ssh");
    }
    assertThatThrownBy(() -> Opening.of(new HashMap<>()).open())
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("host is missing");
  }
}
