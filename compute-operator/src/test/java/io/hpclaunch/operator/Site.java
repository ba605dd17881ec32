// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HpcRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * Where runs are tried: the shell backend here, the same behind a real sshd, and a real Slurm
 * behind it. What cannot be had here aborts the test, and the reason says why. The daemons are
 * those of {@code scripts/sshd-up} and {@code scripts/slurm-up}; {@code scripts/test} ends them.
 */
enum Site {
  HERE,
  SSH,
  SLURM;

  private static final int NOT_TO_BE_HAD = 77;

  /** The folder of an sshd that tells commands where Slurm is. */
  private static final String OWN_SSHD = System.getProperty("java.io.tmpdir")
      + "/hpc-sshd-operator-" + ProcessHandle.current().pid();

  /** What an entry of the configuration says, and the backend's type. */
  record Entry(String type, Map<String, Object> values) {}

  Entry entry(Path workspace) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", "site");
    values.put("workspace", workspace.toString());
    values.put("submit", Map.of("polling_interval", 0.2));
    if (this == HERE) {
      return new Entry("shell", values);
    }
    Map<String, String> settings = new HashMap<>();
    if (this == SLURM) {
      String conf = String.valueOf(up("slurm-up", Map.of()).get("SLURM_CONF"));
      settings.put("HPC_SSHD_SETTINGS", "SetEnv=SLURM_CONF=" + conf);
      settings.put("HPC_SSHD_HOME", OWN_SSHD);
    }
    values.put("transport", login(up("sshd-up", settings)));
    return new Entry(this == SLURM ? "slurm" : "shell", values);
  }

  /** What a user would write to log in with a plain key. */
  private static Map<String, Object> login(Map<String, String> sshd) {
    String home = sshd.get("HPC_SSHD_HOME");
    return Map.of(
        "type",
        "ssh",
        "host",
        "127.0.0.1",
        "port",
        Integer.valueOf(String.valueOf(sshd.get("HPC_SSHD_PORT"))),
        "user",
        String.valueOf(sshd.get("HPC_SSHD_USER")),
        "key_path",
        home + "/keys/id_ed25519",
        "known_hosts",
        home + "/known_hosts");
  }

  /** Starts daemons, unless they are up, and gives what a shell needs to use them. */
  private static Map<String, String> up(String script, Map<String, String> environment) {
    try {
      Path err = Files.createTempFile("up", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(scripts().resolve(script).toString()).redirectError(err.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError(script + " does not end");
      }
      String words = Files.readString(err).strip();
      Files.delete(err);
      if (process.exitValue() == NOT_TO_BE_HAD) {
        throw new TestAbortedException(script + " (" + words + ")");
      }
      if (process.exitValue() != 0) {
        throw new AssertionError(script + ": " + words);
      }
      Map<String, String> variables = new HashMap<>();
      for (String line : out.lines().toList()) {
        String[] pair = line.replaceFirst("^export ", "").split("=", 2);
        variables.put(pair[0], pair[1].replaceAll("^'|'$", ""));
      }
      return variables;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Ends the sshd that was started for Slurm; the others serve the whole build. */
  static void end() throws IOException, InterruptedException {
    if (Files.isDirectory(Path.of(OWN_SSHD))) {
      ProcessBuilder down =
          new ProcessBuilder(scripts().resolve("sshd-down").toString(), "--wipe").inheritIO();
      down.environment().put("HPC_SSHD_HOME", OWN_SSHD);
      if (down.start().waitFor() != 0) {
        throw new AssertionError("sshd-down has failed");
      }
    }
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

  static HpcRuntime runtime(Path folder) {
    return HpcRuntime.builder()
        .configuration(Map.of())
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .clock(Clock.systemUTC())
        .build();
  }

  static Backend open(HpcRuntime runtime, Entry entry) {
    return runtime.open(entry.type(), entry.values());
  }
}
