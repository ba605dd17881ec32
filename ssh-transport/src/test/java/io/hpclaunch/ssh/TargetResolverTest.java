// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetResolverTest {
  @TempDir
  Path home;

  private Path ssh;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void makeFolder() throws IOException {
    ssh = Files.createDirectory(home.resolve(".ssh"));
  }

  private void config(String text) throws IOException {
    Files.writeString(ssh.resolve("config"), text);
  }

  private Target resolve(Map<String, ?> settings) {
    Surroundings surroundings = new Surroundings(
        home,
        "me",
        environment,
        home.resolve("etc/ssh_config"),
        home.resolve("etc/ssh_known_hosts"),
        question -> Optional.empty());
    return new TargetResolver(surroundings).resolve(SshSettings.of(MapSettings.of(settings)));
  }

  private Target resolve(String host) {
    return resolve(Map.of("host", host));
  }

  @Test
  void withoutAConfigurationTheDefaultsHold() throws IOException {
    Files.createFile(ssh.resolve("id_ed25519"));
    assertThat(resolve("box"))
        .isEqualTo(new Target(
            "box",
            "box",
            22,
            "me",
            null,
            List.of(ssh.resolve("id_ed25519")),
            false,
            false,
            null,
            List.of(
                ssh.resolve("known_hosts"),
                ssh.resolve("known_hosts2"),
                home.resolve("etc/ssh_known_hosts")),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            3,
            false,
            List.of()));
  }

  @Test
  void theFirstValueCountsAndTheEntryCountsMore() throws IOException {
    Files.createDirectory(home.resolve("etc"));
    Files.writeString(home.resolve("etc/ssh_config"), "User system\nConnectTimeout 7\n");
    config("""
        Host box
          User first
          User second
        Host *
          User third
          Port 2200
          ServerAliveInterval 5
          ServerAliveCountMax 2
          StrictHostKeyChecking accept-new
        """);
    Target target = resolve("box");
    assertThat(target.user()).isEqualTo("first");
    assertThat(target.port()).isEqualTo(2200);
    assertThat(target.connectTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(target.keepalive()).isEqualTo(Duration.ofSeconds(5));
    assertThat(target.keepaliveMost()).isEqualTo(2);
    assertThat(target.acceptNew()).isTrue();
    Target own = resolve(Map.of(
        "host",
        "box",
        "user",
        "own",
        "port",
        1,
        "keepalive",
        0,
        "connect_timeout",
        9,
        "accept_new",
        false));
    assertThat(own.name()).isEqualTo("own@box");
    assertThat(own.port()).isEqualTo(1);
    assertThat(own.keepalive()).isZero();
    assertThat(own.connectTimeout()).isEqualTo(Duration.ofSeconds(9));
    assertThat(own.acceptNew()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "a.cluster.edu, yes",
    "A.CLUSTER.EDU, yes",
    "b.cluster.edu, me",
    "cluster.edu, me",
    "n1, yes",
    "n12, me",
    "[x], me"
  })
  void patternsChooseHosts(String host, String user) throws IOException {
    config("Host *.cluster.edu n? !b.cluster.edu\n  User yes\n");
    assertThat(resolve(host).user()).isEqualTo(user);
  }

  @Test
  void matchBlocksAreReadAsFarAsTheyGo() throws IOException {
    config("""
        Match originalhost box user me
          HostName box.cluster.edu
        Match host box.cluster.edu
          Port 1
        Match exec "true"
          Port 2
        Match !all
          Port 3
        Match localuser somebody
          Port 4
        Match all
          User last
        """);
    Target target = resolve("box");
    assertThat(target.hostName()).isEqualTo("box.cluster.edu");
    assertThat(target.port()).isEqualTo(1);
    assertThat(target.user()).isEqualTo("last");
  }

  @Test
  void wordsInPathsAreReplaced() throws IOException {
    environment.put("KEYS", "keys");
    environment.put("AGENT", "/run/agent");
    Path keys = Files.createDirectory(ssh.resolve("keys"));
    Files.createFile(keys.resolve("a box.edu 22 you me%"));
    Files.createFile(keys.resolve("other.pub"));
    config("""
        Host *
          HostName %h.edu
          User you
          IdentityFile "~/.ssh/${KEYS}/a %h %p %r %u%%"
          IdentityFile=%d/.ssh/keys/other
          IdentityFile none
          IdentityAgent $AGENT
          IdentitiesOnly yes
          UserKnownHostsFile ~/.ssh/known_%n ~/more
        """);
    Target target = resolve("box");
    assertThat(target.identities())
        .containsExactly(keys.resolve("a box.edu 22 you me%"), keys.resolve("other"));
    assertThat(target.namedIdentities()).isTrue();
    assertThat(target.identitiesOnly()).isTrue();
    assertThat(target.agent()).isEqualTo(Path.of("/run/agent"));
    assertThat(target.knownHosts()).startsWith(ssh.resolve("known_box"), home.resolve("more"));
  }

  @Test
  void filesThatAreIncludedBelongToTheirBlock() throws IOException {
    config("Host box\n  Include conf.d/*\nHost *\n  User outer\n");
    Path folder = Files.createDirectory(ssh.resolve("conf.d"));
    Files.writeString(
        folder.resolve("1"), "Port 11\nHost other\n  Port 12\nHost *\n  User inner\n");
    assertThat(resolve("box").port()).isEqualTo(11);
    assertThat(resolve("box").user()).isEqualTo("inner");
    assertThat(resolve("other").port()).isEqualTo(22);
    assertThat(resolve("other").user()).isEqualTo("outer");
  }

  @Test
  void aFileThatIncludesItselfIsAnError() throws IOException {
    config("Include config\n");
    assertThatThrownBy(() -> resolve("box"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("Include");
  }

  @Test
  void theWayLeadsThroughTheHostsThatAreNamed() throws IOException {
    Files.createFile(ssh.resolve("gate_key"));
    config("""
        Host inner
          ProxyJump you@gate:2222,[::1]:3
        Host gate
          HostName gate.edu
          IdentityFile ~/.ssh/gate_key
          ProxyJump outer
        Host direct
          ProxyJump none
        """);
    assertThat(resolve("inner").jumps())
        .extracting(Target::name, Target::hostName, Target::port)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("me@outer", "outer", 22),
            org.assertj.core.groups.Tuple.tuple("you@gate", "gate.edu", 2222),
            org.assertj.core.groups.Tuple.tuple("me@::1", "::1", 3));
    assertThat(resolve("direct").jumps()).isEmpty();
    assertThat(resolve(Map.of("host", "inner", "proxy_jump", "none")).jumps()).isEmpty();
    Path key = Files.createFile(home.resolve("key"));
    Target own =
        resolve(Map.of("host", "box", "proxy_jump", "other,gate", "key_path", key.toString()));
    assertThat(own.jumps().get(0).identities()).containsExactly(key);
    assertThat(own.jumps().get(1).identities()).containsExactly(ssh.resolve("gate_key"));
  }

  @Test
  void aWayThatLeadsBackIsAnError() throws IOException {
    config("Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n");
    assertThatThrownBy(() -> resolve("a"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("lead back");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Port many",
        "IdentityFile %Z",
        "IdentityFile ${NOT_SET}/x",
        "User \"open",
        "IdentityFile ~/.ssh/not-there",
        "ProxyCommand nc %h %p",
        "ConnectTimeout x"
      })
  void whatMakesNoSenseIsAnError(String line) throws IOException {
    config("Host box\n  " + line + "\n");
    assertThatThrownBy(() -> resolve("box"))
        .isInstanceOf(InvalidConfiguration.class)
        .satisfies(e -> assertThat(e.getMessage()).contains("config").doesNotContain("\n"));
  }

  @Test
  void anOtherHostsErrorsAreNobodysBusiness() throws IOException {
    config("Host other\n  ProxyCommand nc %h %p\n  IdentityFile ~/.ssh/not-there\n");
    assertThat(resolve("box").identities()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:0", "a:x", "@a", "a,,b", "me@", "a:70000"})
  void aHostToGoThroughMustBeOne(String jump) {
    assertThatThrownBy(() -> resolve(Map.of("host", "box", "proxy_jump", jump)))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("[user@]host[:port]");
  }
}
