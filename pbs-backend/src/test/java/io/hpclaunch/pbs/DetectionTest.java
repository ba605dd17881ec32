// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.hpclaunch.api.Detectable;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on PATH under the names of PBS's commands. */
@Timeout(60)
class DetectionTest {
  @TempDir
  private Path own;

  private Duration longestLimit = Duration.ZERO;

  private void program(String name, String lines) throws IOException {
    Path file = own.resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + lines + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Looks with less patience, which the plugin is not told. */
  private Detectable.Finding find(Path bin) throws IOException {
    Transport here = mock(Transport.class);
    when(here.run(any(Command.class))).thenAnswer(call -> run(bin, call.getArgument(0)));
    return new PbsBackend().detect(here);
  }

  private CommandResult run(Path bin, Command command) throws IOException {
    longestLimit = longestLimit.compareTo(command.timeout()) < 0 ? command.timeout() : longestLimit;
    String[] words = command.argv().toArray(String[]::new);
    words[0] = bin.resolve(words[0]).toString();
    return new LocalTransport().run(Command.of(words).withTimeout(Duration.ofSeconds(2)));
  }

  @Test
  void openPbsIsFoundAndSoItIsWithoutItsServer() throws IOException {
    try (FakePbs pbs = FakePbs.openPbs()) {
      pbs.start();
      Detectable.Finding found = find(pbs.bin());
      assertThat(found.present()).isTrue();
      assertThat(found.explanation()).isEqualTo("qsub and qstat answer: pbs_version = 23.06.06");
      assertThat(longestLimit).as("bounded").isLessThanOrEqualTo(Duration.ofSeconds(10));
    }
  }

  /** On a real one the version needs no server. */
  @Test
  void aServerThatIsDownIsAPbsAllTheSame() throws IOException {
    program("qsub", "echo 'pbs_version = 2022.1.3'");
    program("qstat", """
        [[ $1 != --version ]] || exec echo 'pbs_version = 2022.1.3'
        echo 'qstat: cannot connect to server vm (errno=15010)' >&2; exit 255""");
    assertThat(find(own).present()).isTrue();
  }

  @Test
  void torqueIsFound() throws IOException {
    try (FakePbs torque = FakePbs.torque()) {
      torque.start();
      Detectable.Finding found = find(torque.bin());
      assertThat(found.present()).isTrue();
      assertThat(found.explanation()).contains("6.1.2").doesNotContain("\n");
    }
  }

  @ParameterizedTest
  @CsvSource({"slurm, Slurm's wrappers", "gridengine, Grid Engine's"})
  void whatLooksLikePbsIsNone(String scheduler, String whose) throws IOException {
    Detectable.Finding found = find(FakePbs.impostor(scheduler));
    assertThat(found.present()).isFalse();
    assertThat(found.explanation()).contains(whose).doesNotContain("\n");
  }

  /** One of both is not enough: somebody's own qsub beside another's qstat. */
  @ParameterizedTest
  @ValueSource(strings = {"qsub", "qstat"})
  void aMissingCommandIsNamed(String missing) throws IOException {
    program("qsub", "echo 'pbs_version = 23.06.06'");
    program("qstat", "echo 'pbs_version = 23.06.06'");
    Files.delete(own.resolve(missing));
    Detectable.Finding found = find(own);
    assertThat(found.present()).isFalse();
    assertThat(found.explanation()).isEqualTo("there is no " + missing + " on PATH");
    assertThat(found.remedy()).contains("module", "PBS_EXEC");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exec sleep 30        | did not answer",
        "exit 0               | say nothing",
        "echo GE 8.1.9        | Grid Engine's",
        "echo SGE 8.1.9       | Grid Engine's",
        "echo slurm 22.05.8   | Slurm's",
        "echo hello           | hello",
      })
  void aCommandThatDoesNotAnswerAsPbssIsNotPbs(String lines, String explanation)
      throws IOException {
    program("qsub", lines);
    program("qstat", lines);
    Detectable.Finding found = find(own);
    assertThat(found.present()).isFalse();
    assertThat(found.explanation()).contains(explanation).doesNotContain("\n");
  }

  @Test
  void aPbsThatSaysNothingOfItselfCanBeNamed() throws IOException {
    program("qsub", "exit 2");
    program("qstat", "exit 2");
    assertThat(find(own).remedy()).contains("config.dialect");
  }

  /** A true qstat beside an impostor's qsub would submit to the wrong scheduler. */
  @ParameterizedTest
  @ValueSource(strings = {"slurm", "gridengine"})
  void oneOfEachIsNone(String scheduler) throws IOException {
    program("qstat", "echo 'pbs_version = 23.06.06'");
    program("qsub", "exec " + FakePbs.impostor(scheduler).resolve("qsub") + " \"$@\"");
    Detectable.Finding found = find(own);
    assertThat(found.present()).isFalse();
    assertThat(found.explanation()).doesNotContain("\n");
  }

  /** It comes before Slurm, which is asked at 200. */
  @Test
  void pbsIsAskedFirst() {
    assertThat(new PbsBackend().detectionOrder()).isEqualTo(100);
    for (String name : new String[] {"pbs", "qsub", "openpbs", "torque"}) {
      assertThat(new PbsBackend().matches(name)).as(name).isTrue();
    }
    assertThat(new PbsBackend().matches("PBS")).isFalse();
    assertThat(new PbsBackend().matches("slurm")).isFalse();
  }
}
