// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.cli.Hpc;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class GenerateDocsTest {
  @TempDir
  Path folder;

  @BeforeEach
  void generate() throws IOException {
    GenerateDocs.main(new String[] {folder.toString()});
  }

  @Test
  void everyCommandHasAPageWithAllItsOptions() throws IOException {
    Session session = new Session(Map.of(), folder, new Installation(null, false, false, ""));
    CommandLine hpc = Hpc.commandLine(session);
    assertThat(hpc.getSubcommands())
        .containsKeys("backends", "launchers", "resources", "config", "doctor");
    for (Map.Entry<String, CommandLine> command : hpc.getSubcommands().entrySet()) {
      String page = page("hpc-" + command.getKey() + ".1");
      for (OptionSpec option : command.getValue().getCommandSpec().options()) {
        assertThat(page).contains(option.longestName().replace("-", "\\-"));
      }
      assertThat(page("hpc.1")).contains("hpc\\-" + command.getKey());
    }
    session.close();
  }

  @Test
  void thePageOfHpcLaunchHasEveryOptionOfItsOwn() throws IOException {
    assertThat(page("hpc-launch.1"))
        .contains(
            "\\-\\-backend",
            "\\-\\-config\\-file",
            "\\-\\-set",
            "\\-\\-profile",
            "\\-\\-dry\\-run",
            "\\-\\-debug",
            "\\-\\-help",
            "\\-\\-version",
            "HPC_RANK");
  }

  @Test
  void pagesAreTheSameEachTime() throws IOException {
    Path again = Files.createDirectory(folder.resolve("again"));
    GenerateDocs.main(new String[] {again.toString()});
    for (Path file : files(folder.resolve("share/man/man1"))) {
      assertThat(again.resolve("share/man/man1").resolve(file.getFileName()))
          .hasSameTextualContentAs(file);
    }
  }

  @Test
  void bashCompletes() throws Exception {
    assertThat(completions("hpc", "_complete_hpc", "hpc con")).contains("config");
    assertThat(completions("hpc-launch", "_hpc_launch", "hpc-launch --dr"))
        .containsExactly("--dry-run");
    assertThat(completions("hpc-launch", "_hpc_launch", "hpc-launch --backend mp"))
        .containsExactly("mpi", "mpiexec", "mpirun");
  }

  /** Loads a completion into a real bash and asks it, as readline does. */
  private List<String> completions(String file, String function, String line) throws Exception {
    String script = ". '" + folder.resolve("completions").resolve(file) + "'; COMP_LINE='" + line
        + "'; COMP_WORDS=(" + line
        + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_POINT=${#COMP_LINE}; "
        + function + " >/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"";
    Process bash =
        new ProcessBuilder("bash", "-c", script).redirectErrorStream(true).start();
    bash.getOutputStream().close();
    String out =
        new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(out).isZero();
    return out.lines().map(String::strip).toList();
  }

  private String page(String name) throws IOException {
    return Files.readString(folder.resolve("share/man/man1").resolve(name));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
