// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.dist.Installation.Result;
import io.hpclaunch.dist.SshSite.Silence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jobs by the command {@code hpc} from a laptop, which has no scheduler: on a cluster, on a host
 * without a scheduler, and on one behind a jump host.
 */
class HpcSshIT extends JobsByCommand {
  @RegisterExtension
  static final SshSite SITE = new SshSite();

  /** A folder of the test's own in the user's home folder on the host. */
  private final String place = "it-" + UUID.randomUUID();

  @BeforeEach
  void onALaptop() throws IOException {
    hpc.with("PATH", SITE.pathWithoutSchedulers());
    hpc.write("hpc-launch.yaml", """
        hpc:
          backend: box
          backends:
            - name: cluster
              type: slurm
              workspace: ~/%1$s/cluster
              config: {slurm_conf: %2$s}
              submit: {polling_interval: 0.5}
              transport: %3$s
            - name: box
              type: shell
              workspace: %1$s/box
              transport: %3$s
            - name: behind
              type: shell
              workspace: %1$s/behind
              transport: %3$s
        """.formatted(place, SITE.slurmConf(), SITE.transport()));
    hpc.with("HPC__backends__behind__transport__proxy_jump", SITE.jump());
  }

  @AfterEach
  void leaveNothing() throws Exception {
    endJobs();
    SshSite.run("rm", "-rf", SITE.remoteHome().resolve(place).toString());
  }

  // ---- what a user does

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "box", "behind"})
  void aJobIsSubmittedListedReadAndEnds(String backend) throws Exception {
    Path gate = folder.resolve("gate");
    String id = submitted(
        backend + ":[0-9a-f-]+",
        "-b",
        backend,
        "-N",
        "relax",
        "-c",
        "echo begun; until [ -e '" + gate + "' ]; do sleep 0.05; done; echo \"it's done\"");
    Process following = start("log", "logs", "-f", id);
    await("it has begun", () -> content("log").equals("begun\n"));
    assertThat(jobs("queue", "-b", backend, "--json"))
        .filteredOn(job -> text(job, "id").equals(id))
        .extracting(job -> text(job, "name"))
        .containsExactly("relax");
    assertThat(text(job(id), "state")).isEqualTo("running");
    Files.createFile(gate);
    assertThat(status(following)).as(content("log.err")).isZero();
    assertThat(content("log")).isEqualTo("begun\nit's done\n");
    assertThat(hpc.hpc("wait", id).status()).isZero();
    assertThat(text(job(id), "state")).isEqualTo("completed");
    assertThat(text(job(id), "stdout"))
        .startsWith(SITE.remoteHome().resolve(place).resolve(backend) + "/jobs/");
  }

  @Test
  void filesAreCopiedThereAndBack() throws Exception {
    hpc.write("in/deep/f", "content");
    hpc.write("in/ü", "odd");
    hpc.hpc("copy", "in", "box:" + place + "/data/").ok();
    Path there = SITE.remoteHome().resolve(place).resolve("data/in");
    assertThat(there.resolve("deep/f")).hasContent("content");
    Result again = hpc.hpc("copy", "in", "behind:~/" + place + "/data").ok();
    assertThat(again.out()).contains("copied 0 files").contains("2 were there already");
    Files.createSymbolicLink(there.resolve("out"), Path.of("/etc"));
    Result back = hpc.hpc("copy", "cluster:" + there, "back");
    assertThat(back.status()).isEqualTo(1);
    assertThat(back.err())
        .isEqualTo("hpc: not copied from " + there
            + ": out (a link that leads out of it, no file, or a name that is no UTF-8)\n");
    assertThat(folder.resolve("back/ü")).hasContent("odd");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "box"})
  void aJobIsCancelled(String backend) throws Exception {
    String id = submitted(backend + ":[0-9a-f-]+", "-b", backend, "--", "sleep", "600");
    Process waiting = start("waiting", "wait", id);
    hpc.hpc("cancel", id).ok();
    assertThat(status(waiting)).isEqualTo(130);
    assertThat(text(job(id), "state")).isEqualTo("cancelled");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "box"})
  void bytesReachTheJobAndItsStatusComesBack(String backend) throws Exception {
    Result waited = hpc.bash("export LC_ALL=C; \"$hpc\" submit -b " + backend
        + " --wait -- bash -c 'printf \"%s|\" \"$@\"; exit 7' sh"
        + " $'\\xff\\xc3\\xa9' '' $'two\\nlines' '$HOME'");
    assertThat(waited.status()).as(waited.err()).isEqualTo(7);
    assertThat(hpc.hpc("logs", only()).ok().out())
        .isEqualTo("\u00ff\u00c3\u00a9||two\nlines|$HOME|");
  }

  // ---- a host that cannot be used

  /** A wrong setting, and what is to be read of it. */
  private record Wrong(String key, String value, int status, List<String> words) {
    static Wrong of(String key, Object value, int status, String... words) {
      return new Wrong(key, value.toString(), status, List.of(words));
    }

    @Override
    public String toString() {
      return key + "=" + value;
    }
  }

  static Stream<Wrong> wrongSettings() throws IOException {
    Path none = SITE.folder().resolve("none");
    Path other = SITE.folder().resolve("other");
    String[] key = Files.readString(Path.of(SITE.key("id_ed25519") + ".pub")).split(" ", 3);
    Files.writeString(other, SITE.hostName() + " " + key[0] + " " + key[1] + "\n");
    return Stream.of(
        Wrong.of("host", "no-such-host.invalid", 3, "no-such-host.invalid", "check host"),
        Wrong.of("port", 1, 3, "127.0.0.1:1 refuses the connection", "check host and port"),
        Wrong.of("user", "no-such-user", 3, "lets nobody in as no-such-user", "check user"),
        Wrong.of("key_path", SITE.hostKey(), 3, "lets nobody in", "authorized_keys"),
        Wrong.of("key_path", "/nonexistent/id", 2, "--set", "/nonexistent/id", "ssh-keygen"),
        Wrong.of("key_path", SITE.key("id_encrypted"), 3, "HPC_SSH_PASSPHRASE", "ssh-add"),
        Wrong.of("known_hosts", none, 3, "not known", "ssh-keyscan", "accept_new"),
        Wrong.of("known_hosts", other, 3, "changed", other + ":1", "ssh-keygen -R"),
        Wrong.of("proxy_jump", "127.0.0.1:1", 3, "127.0.0.1:1 refuses the connection"));
  }

  @ParameterizedTest
  @MethodSource("wrongSettings")
  void aHostThatCannotBeLoggedInToIsToldInOneLine(Wrong wrong) throws Exception {
    Result result = hpc.hpc(
        "submit",
        "--set",
        "backends.box.transport." + wrong.key() + "=" + wrong.value(),
        "--",
        "true");
    refused(result, wrong.status(), wrong.words());
  }

  /** One line, with these words, and nothing was begun. */
  private void refused(Result result, int status, List<String> words) throws IOException {
    assertThat(result.err()).startsWith("hpc: ").hasLineCount(1).contains(words);
    assertThat(result.err()).doesNotContain("Exception");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).as(result.err()).isEqualTo(status);
    assertThat(jobFolders(SITE.remoteHome().resolve(place).resolve("box"))).isEmpty();
    assertThat(state.resolve("index/active"))
        .satisfiesAnyOf(
            active -> assertThat(active).doesNotExist(),
            active -> assertThat(active).isEmptyDirectory());
  }

  private static List<Path> jobFolders(Path workspace) throws IOException {
    if (!Files.isDirectory(workspace.resolve("jobs"))) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(workspace.resolve("jobs"))) {
      return folders.toList();
    }
  }

  @Test
  void aHostThatSaysNothingIsGivenUp() throws Exception {
    String id = submitted("box:[0-9a-f-]+", "--", "sleep", "600");
    String brief = "backends.box.transport.connect_timeout=00:00:01";
    try (Silence silence = SITE.silence()) {
      assertThat(silence).isNotNull();
      Result submitted = hpc.hpc("submit", "--set", brief, "--", "true");
      assertThat(submitted.status()).as(submitted.err()).isEqualTo(3);
      assertThat(submitted.err()).hasLineCount(1).contains("says nothing within 1 s");
      Result logs = hpc.hpc("logs", "--set", brief, id);
      assertThat(logs.status()).as(logs.err()).isEqualTo(3);
      assertThat(logs.err()).hasLineCount(1).contains("says nothing within 1 s");
    }
    assertThat(text(job(id), "state")).isEqualTo("running");
    assertThat(jobs("status", "--json")).hasSize(1);
  }

  @Test
  void whoeverFollowsTheLogsOutlivesTheConnection() throws Exception {
    Path gate = folder.resolve("gate");
    String id = submitted(
        "box:[0-9a-f-]+",
        "-c",
        "echo begun; until [ -e '" + gate + "' ]; do sleep 0.05; done; echo done");
    Process following = start("log", "logs", "-f", id);
    await("it has begun", () -> content("log").equals("begun\n"));
    SITE.endSessions();
    await("the loss is told", () -> content("log.err").contains("was lost"));
    Files.createFile(gate);
    assertThat(status(following)).as(content("log.err")).isZero();
    assertThat(content("log")).isEqualTo("begun\ndone\n");
  }

  // ---- a workspace that cannot be used

  @Test
  void aWorkspaceThatCannotBeMadeIsToldInOneLine() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    for (String wrong : List.of(file + "/work", "/proc/hpc-work")) {
      refused(
          hpc.hpc("submit", "--set", "backends.box.workspace=" + wrong, "--", "true"),
          3,
          List.of(wrong, "nothing was submitted"));
    }
  }

  @Test
  void aFullDiskOnTheHostIsToldInOneLine() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    SshSite.Ran mount =
        SshSite.run("mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", disk.toString());
    assumeTrue(mount.status() == 0, "a file system of a test's own (no permission to mount)");
    try {
      Files.write(disk.resolve("filler"), new byte[24_000]);
      Result result = hpc.hpc(
          "submit", "--set", "backends.box.workspace=" + disk, "-c", "echo " + "x".repeat(20_000));
      refused(result, 3, List.of("no space is left", "nothing was submitted"));
      assertThat(jobFolders(disk)).isEmpty();
    } finally {
      SshSite.run("umount", disk.toString());
    }
  }
}
