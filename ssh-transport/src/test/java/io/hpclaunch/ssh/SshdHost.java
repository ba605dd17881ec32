// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A real host behind SSH, and one to jump from: the daemons of {@code scripts/sshd-up}, which says
 * what there is. Register it in a static field.
 *
 * <p>One without settings is started by the first class that wants it and serves all others of the
 * build; {@code scripts/test} ends it, or {@code scripts/sshd-down}. One with settings is the
 * class's own. Where there can be none, the tests are skipped, and the reason says why.
 */
final class SshdHost implements BeforeAllCallback, AfterAllCallback {
  private static final int NOT_TO_BE_HAD = 77;
  private static final String PASSPHRASE = "open sesame";

  private final String settings;
  private Map<String, String> told = Map.of();

  private SshdHost(String settings) {
    this.settings = settings;
  }

  /** The one that all share. */
  static SshdHost shared() {
    return new SshdHost("");
  }

  /**
   * One whose sshd_config says something else.
   *
   * @param settings as {@code HPC_SSHD_SETTINGS}
   */
  static SshdHost with(String settings) {
    return new SshdHost(settings);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Map<String, String> environment = new HashMap<>();
    if (!settings.isEmpty()) {
      environment.put("HPC_SSHD_SETTINGS", settings);
      environment.put("HPC_SSHD_HOME", own().toString());
    }
    Ran up = exec(List.of(script("sshd-up")), environment);
    if (up.exit() == NOT_TO_BE_HAD) {
      throw new TestAbortedException("sshd (" + up.err().strip() + ")");
    }
    if (up.exit() != 0) {
      throw new AssertionError("sshd-up: " + up.err());
    }
    Map<String, String> variables = new HashMap<>();
    for (String line : up.out().lines().toList()) {
      String[] words = line.replaceFirst("^export ", "").split("=", 2);
      variables.put(words[0], words[1]);
    }
    told = Map.copyOf(variables);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (!settings.isEmpty()) {
      exec(List.of(script("sshd-down"), "--wipe"), Map.of("HPC_SSHD_HOME", own().toString()));
    }
  }

  private Path own() {
    return Path.of(
        System.getProperty("java.io.tmpdir"),
        "hpc-sshd-%d-%08x".formatted(ProcessHandle.current().pid(), settings.hashCode()));
  }

  Path home() {
    return Path.of(Objects.requireNonNull(told.get("HPC_SSHD_HOME")));
  }

  String user() {
    return Objects.requireNonNull(told.get("HPC_SSHD_USER"));
  }

  int port() {
    return Integer.parseInt(Objects.requireNonNull(told.get("HPC_SSHD_PORT")));
  }

  int jumpPort() {
    return Integer.parseInt(Objects.requireNonNull(told.get("HPC_SSHD_JUMP_PORT")));
  }

  Path key(String name) {
    return home().resolve("keys").resolve(name);
  }

  Path knownHosts() {
    return home().resolve("known_hosts");
  }

  static String passphrase() {
    return PASSPHRASE;
  }

  /** An entry's {@code transport}. */
  Map<String, Object> transport() {
    Map<String, Object> values = settings();
    values.put("type", "ssh");
    return values;
  }

  /** What a user would write to log in with a plain key; to be added to. */
  Map<String, Object> settings() {
    Map<String, Object> values = new HashMap<>();
    values.put("host", "127.0.0.1");
    values.put("port", port());
    values.put("user", user());
    values.put("key_path", key("id_ed25519").toString());
    values.put("known_hosts", knownHosts().toString());
    return values;
  }

  Transport open() {
    return open(Map.of());
  }

  /** Opens a way to it. */
  Transport open(Map<String, ?> more) {
    Map<String, Object> values = settings();
    values.putAll(more);
    return Opening.of(values).open();
  }

  /** How many have logged in so far. */
  long logins() {
    try (Stream<String> lines = Files.lines(home().resolve("log/host"))) {
      return lines.filter(line -> line.startsWith("Accepted publickey")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until nobody is logged in any more: what was sent before a loss is done late. */
  void awaitNobody() {
    ProcessHandle daemon = daemon();
    while (daemon.children().anyMatch(ProcessHandle::isAlive)) {
      Thread.onSpinWait();
    }
  }

  /** Ends all who are logged in, as a reboot or an administrator would. */
  void cutAll() {
    ProcessHandle daemon = daemon();
    daemon.descendants().forEach(ProcessHandle::destroyForcibly);
    awaitNobody();
  }

  /** Lets those who serve who is logged in stop where they are; {@link #cutAll} ends them. */
  void stallAll() {
    List<String> command = new ArrayList<>(List.of("kill", "-STOP"));
    daemon()
        .descendants()
        .filter(process -> process.info().command().orElse("").contains("/sshd"))
        .map(process -> String.valueOf(process.pid()))
        .forEach(command::add);
    Ran stopped = exec(command, Map.of());
    if (stopped.exit() != 0) {
      throw new AssertionError(command + ": " + stopped.err());
    }
  }

  private ProcessHandle daemon() {
    try {
      String pid = Files.readString(home().resolve("run/host.pid")).strip();
      return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a command answered. */
  record Ran(int exit, String out, String err) {}

  static Ran exec(List<String> command, Map<String, String> environment) {
    try {
      Path err = Files.createTempFile("sshd", ".err");
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError(command + " does not end");
      }
      Ran ran = new Ran(process.exitValue(), out, Files.readString(err));
      Files.delete(err);
      return ran;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** A script of the project's. */
  static String script(String name) {
    return scripts().resolve(name).toString();
  }

  private static Path scripts() {
    for (Path path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
      if (Files.exists(path.resolve("scripts/sshd-up"))) {
        return path.resolve("scripts");
      }
    }
    throw new IllegalStateException(
        "scripts/sshd-up is not above " + Path.of("").toAbsolutePath());
  }

  /** A transport that is opened as a user of a made-up home would. */
  record Opening(
      Map<String, Object> values, Path home, Map<String, String> environment, List<String> asked) {
    static Opening of(Map<String, Object> values) {
      return new Opening(values, Path.of("/nonexistent"), Map.of(), new ArrayList<>());
    }

    Opening home(Path folder) {
      return new Opening(values, folder, environment, asked);
    }

    Opening environment(Map<String, String> variables) {
      return new Opening(values, home, variables, asked);
    }

    Surroundings surroundings() {
      return new Surroundings(
          home,
          System.getProperty("user.name"),
          environment,
          Path.of("/nonexistent"),
          Path.of("/nonexistent"),
          question -> {
            asked.add(question);
            return Optional.empty();
          });
    }

    Transport open() {
      return new SshTransportProvider(surroundings()).open(MapSettings.of(values));
    }
  }
}
