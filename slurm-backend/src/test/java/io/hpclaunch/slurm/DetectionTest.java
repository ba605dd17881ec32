// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on PATH under the names of Slurm's commands, here in a folder of the test's own. */
@Timeout(60)
class DetectionTest {
  private static final String SLURM = "echo 'slurm-wlm 22.05.8'";

  @TempDir
  private Path bin;

  private Duration longestLimit = Duration.ZERO;

  @BeforeEach
  void haveSlurm() throws IOException {
    program("sbatch", SLURM);
    program("squeue", SLURM);
  }

  private void program(String name, String lines) throws IOException {
    Path file = bin.resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + lines + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Looks with less patience, which the plugin is not told. */
  private Detectable.Finding find() throws IOException {
    Transport here = mock(Transport.class);
    when(here.run(any(Command.class))).thenAnswer(call -> run(call.getArgument(0)));
    return new SlurmBackend().detect(here);
  }

  private CommandResult run(Command command) throws IOException {
    longestLimit = longestLimit.compareTo(command.timeout()) < 0 ? command.timeout() : longestLimit;
    String[] words = command.argv().toArray(String[]::new);
    words[0] = bin.resolve(words[0]).toString();
    return new LocalTransport().run(Command.of(words).withTimeout(Duration.ofSeconds(2)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"slurm-wlm 22.05.8", "slurm 25.05.0", "slurm 24.11.1-1.el9"})
  void bothCommandsAnswerAsSlurms(String version) throws IOException {
    program("squeue", "[[ $1 == --version ]] && echo '" + version + "'");
    Detectable.Finding found = find();
    assertThat(found.present()).isTrue();
    assertThat(found.explanation()).contains(version);
    assertThat(longestLimit).as("bounded").isLessThanOrEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo 'pbs_version = 23.06.06' | answered 'pbs_version = 23.06.06'",
        "echo 'GE 8.1.9' | answered 'GE 8.1.9'",
        "echo 22.05.8 | answered '22.05.8'",
        "echo 'not slurm 22' | answered 'not slurm 22'",
        "echo 'usage: sbatch FILE' >&2; exit 2 | answered ''",
        "printf '\\377\\n' | and not as Slurm's does",
        "echo 'slurm 22.05.8'; exit 1 | and not as Slurm's does",
        "echo 'a: Could not establish a configuration source' >&2; exit 1 | finds no cluster",
        "exec sleep 30 | did not answer",
      })
  void anImpostorIsNotSlurm(String lines, String explanation) throws IOException {
    for (String name : new String[] {"sbatch", "squeue"}) {
      program(name, lines);
      Detectable.Finding found = find();
      assertThat(found.present()).as(name).isFalse();
      assertThat(found.explanation()).contains(name).contains(explanation).doesNotContain("\n");
      program(name, SLURM);
    }
  }

  @Test
  void aMissingCommandIsNamed() throws IOException {
    Files.delete(bin.resolve("squeue"));
    assertThat(find()).satisfies(found -> {
      assertThat(found.present()).isFalse();
      assertThat(found.explanation()).isEqualTo("there is no squeue on PATH");
      assertThat(found.remedy()).contains("module");
    });
    Files.delete(bin.resolve("sbatch"));
    assertThat(find().explanation()).isEqualTo("there is no sbatch on PATH");
  }
}
