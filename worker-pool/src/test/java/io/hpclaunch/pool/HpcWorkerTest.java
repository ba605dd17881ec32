// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script between a job and its worker, with workers of bash. */
@Timeout(60)
final class HpcWorkerTest {
  /** Tells that it is there, and ends with 5 some time after TERM. */
  private static final String WORKER =
      "trap 'sleep 0.2; echo asked; exit 5' TERM; echo ready;" + " while :; do sleep 0.05; done";

  @TempDir
  Path folder;

  private Process script;

  @AfterEach
  void stop() {
    if (script != null) {
      script.destroyForcibly();
    }
  }

  private void start(String... words) throws IOException, URISyntaxException {
    Path file = Path.of(
        Objects.requireNonNull(WorkerFiles.class.getResource("hpc-worker")).toURI());
    List<String> command = new ArrayList<>(
        List.of("bash", file.toString(), folder.resolve("settings.properties").toString()));
    command.addAll(List.of(words));
    script = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(out().toFile())
        .start();
  }

  private Path out() {
    return folder.resolve("out");
  }

  private Path warned() {
    return folder.resolve("warned");
  }

  private void awaitOutput(String text) {
    await().until(() -> Files.readString(out()).contains(text));
  }

  private void signal(String name) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-s", name, "--", String.valueOf(script.pid()))
            .start()
            .waitFor())
        .isZero();
  }

  private int status() throws InterruptedException {
    assertThat(script.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return script.exitValue();
  }

  @Test
  void theWarningIsToldApartFromTheEnd() throws Exception {
    start("bash", "-c", WORKER);
    awaitOutput("ready");
    signal("USR1");
    assertThat(status()).isZero();
    assertThat(Files.readString(out())).contains("asked");
    assertThat(warned()).exists();
  }

  /** INT and HUP are as TERM, where whoever runs this test does not have them ignored. */
  @Test
  void theEndIsAwaitedAndIsNoFailure() throws Exception {
    Files.createFile(warned()); // of an attempt before
    start("bash", "-c", WORKER);
    awaitOutput("ready");
    signal("TERM");
    assertThat(status()).isZero();
    assertThat(Files.readString(out())).contains("asked");
    assertThat(warned()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"exit 3, 3", "kill -KILL $$, 137", "exit 0, 0"})
  void aWorkerThatEndsByItselfIsTold(String line, int status) throws Exception {
    start("bash", "-c", line);
    assertThat(status()).isEqualTo(status);
  }

  @Test
  void aJavaThatIsNotThereIsTold() throws Exception {
    start("/no/such/java");
    assertThat(status()).isEqualTo(127);
    assertThat(Files.readString(out())).contains("/no/such/java");
  }

  /** Some schedulers signal all processes of a step. */
  @Test
  void theWarningEndsNoTask() throws Exception {
    start("bash", "-c", "bash -c 'kill -s USR1 $$; echo lives'; kill -s USR1 $$; echo too");
    assertThat(status()).isZero();
    assertThat(Files.readString(out())).isEqualTo("lives\ntoo\n");
  }

  @Test
  void theWorkerDiesWithTheScript() throws Exception {
    start("bash", "-c", "echo pid $$; exec sleep 60");
    awaitOutput("\n");
    long pid = Long.parseLong(Files.readString(out()).strip().substring("pid ".length()));
    script.destroyForcibly().waitFor();
    await().until(() -> isDead(pid));
  }

  /** A careless init keeps zombies. */
  private static boolean isDead(long pid) throws IOException {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(pid), "stat")).contains(") Z ");
    } catch (NoSuchFileException e) {
      return true;
    }
  }
}
