// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A host behind a real sshd with a jump host in front of it, by {@code scripts/sshd-up}, and a real
 * Slurm there, by {@code scripts/slurm-up}. Both are found up, or started; {@code scripts/test}
 * ends them. Where there can be none, the tests are skipped, and the reason says why.
 */
final class SshSite implements BeforeAllCallback, AfterAllCallback {
  private static final int NOT_TO_BE_HAD = 77;
  private static final Pattern OF_SCHEDULERS =
      Pattern.compile("sbatch|squeue|sacct.*|scancel|scontrol|sinfo|srun|salloc|q[a-z]+|pbs.*");

  /** The build runs these tests in the folder of their module. */
  private static final Path SCRIPTS = Path.of("..", "scripts").toAbsolutePath().normalize();

  private final Map<String, String> told = new TreeMap<>();
  private @Nullable Path folder;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    told.putAll(up("sshd-up"));
    told.putAll(up("slurm-up"));
    folder = Files.createTempDirectory("ssh-site");
    Files.createDirectory(programs());
    for (String each : System.getenv("PATH").split(":", -1)) {
      if (Files.isDirectory(Path.of(each))) {
        link(programs(), Path.of(each));
      }
    }
  }

  /** What a script that starts something, or finds it up, says of it. */
  static Map<String, String> up(String script) {
    Ran up = run(SCRIPTS.resolve(script).toString());
    Assumptions.assumeTrue(
        up.status() != NOT_TO_BE_HAD, script + " (" + up.err().strip() + ")");
    assertThat(up.status()).as(up.err()).isZero();
    Map<String, String> variables = new TreeMap<>();
    for (String line : up.out().lines().toList()) {
      String[] words = line.replaceFirst("^export ", "").split("=", 2);
      variables.put(words[0], words[1]);
    }
    return variables;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (folder != null) {
      run("rm", "-rf", folder.toString());
    }
  }

  /** A folder for the class. */
  Path folder() {
    return Objects.requireNonNull(folder);
  }

  private Path programs() {
    return folder().resolve("programs");
  }

  String slurmConf() {
    return told.get("SLURM_CONF");
  }

  private Path home() {
    return Path.of(told.get("HPC_SSHD_HOME"));
  }

  /** The user's home folder on the host. */
  Path remoteHome() {
    return home().resolve("user");
  }

  /** A private key; {@code id_ed25519} logs in. */
  Path key(String name) {
    return home().resolve("keys").resolve(name);
  }

  /** The host's own key, which lets nobody in. */
  Path hostKey() {
    return home().resolve("etc/host_ed25519_key");
  }

  /** As known_hosts has the host. */
  String hostName() {
    return "[127.0.0.1]:" + told.get("HPC_SSHD_PORT");
  }

  /** What an entry says to log in, in YAML. */
  String transport() {
    return "{type: ssh, host: 127.0.0.1, user: %s, port: %s, key_path: %s, known_hosts: %s}"
        .formatted(
            told.get("HPC_SSHD_USER"),
            told.get("HPC_SSHD_PORT"),
            key("id_ed25519"),
            home().resolve("known_hosts"));
  }

  /** The jump host, as {@code proxy_jump} has it. */
  String jump() {
    return told.get("HPC_SSHD_USER") + "@127.0.0.1:" + told.get("HPC_SSHD_JUMP_PORT");
  }

  /** A PATH with all that this machine has, but for what is a scheduler's. */
  String pathWithoutSchedulers() {
    return programs().toString();
  }

  private static void link(Path target, Path folder) throws IOException {
    try (DirectoryStream<Path> programs = Files.newDirectoryStream(folder)) {
      for (Path program : programs) {
        String name = program.getFileName().toString();
        Path link = target.resolve(name);
        if (!OF_SCHEDULERS.matcher(name).matches() && !Files.isSymbolicLink(link)) {
          Files.createSymbolicLink(link, program);
        }
      }
    }
  }

  // ---- what goes wrong

  /** Ends those who serve who is logged in, as a host does that goes down. */
  void endSessions() {
    daemon().children().forEach(ProcessHandle::destroyForcibly);
  }

  /** Lets the daemon accept connections and answer nothing, until this is closed. */
  Silence silence() {
    long pid = daemon().pid();
    signal("STOP", pid);
    return () -> signal("CONT", pid);
  }

  /** A host that says nothing. */
  @FunctionalInterface
  interface Silence extends AutoCloseable {
    @Override
    void close();
  }

  private static void signal(String name, long pid) {
    assertThat(run("kill", "-" + name, String.valueOf(pid)).status()).isZero();
  }

  private ProcessHandle daemon() {
    try {
      String pid = Files.readString(home().resolve("run/host.pid")).strip();
      return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a command of this machine ended. */
  record Ran(int status, String out, String err) {}

  static Ran run(String... command) {
    try {
      Path err = Files.createTempFile("ssh-site", null);
      Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
          .redirectError(err.toFile())
          .start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Ran ran = new Ran(process.waitFor(), out, Files.readString(err));
      Files.delete(err);
      return ran;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
