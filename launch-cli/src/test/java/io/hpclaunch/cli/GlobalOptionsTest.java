// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class GlobalOptionsTest {
  @Command(name = "hpc", subcommands = Sub.class)
  static final class Hpc {
    @Mixin
    final GlobalOptions global = new GlobalOptions();
  }

  @Command(name = "sub")
  static final class Sub {}

  private static GlobalOptions parsed(String... words) {
    Hpc hpc = new Hpc();
    new CommandLine(hpc).parseArgs(words);
    return hpc.global;
  }

  @Test
  void keysAreSetAsOftenAsTheyAreGivenBeforeTheCommandAndBehindIt() {
    assertThat(parsed("sub").sets()).isEmpty();
    assertThat(parsed("sub", "--set", "a=1", "--set=b=2").sets()).containsExactly("a=1", "b=2");
    assertThat(parsed("--set", "a=1", "--set=b=2", "sub").sets()).containsExactly("a=1", "b=2");
    assertThat(parsed("--set=a=1", "--set=b=2", "sub", "--set=c=3", "--set=a=4").sets())
        .containsExactly("a=1", "b=2", "c=3", "a=4");
  }

  @Test
  void othersAreTakenOnEitherSide() {
    assertThat(parsed("--profile", "p", "sub").profile()).isEqualTo("p");
    assertThat(parsed("sub", "--profile", "p", "--config-file=f").configFile()).isEqualTo("f");
  }
}
