// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.cli.Hpc;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
    Session session = new Session(Map.of(), folder, Installation.NONE);
    CommandLine hpc = Hpc.commandLine(session);
    assertThat(hpc.getSubcommands())
        .containsKeys("backends", "launchers", "resources", "config", "doctor")
        .containsKeys("submit", "status", "wait", "cancel", "logs", "attach")
        .containsKeys("queue", "explain", "script", "report", "clean", "sweep", "pool");
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
    for (String kind : List.of("share/man/man1", "completions")) {
      for (Path file : files(folder.resolve(kind))) {
        assertThat(again.resolve(kind).resolve(file.getFileName())).hasSameTextualContentAs(file);
      }
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "hpc-launch --backend = mp     | mpi mpiexec mpirun",
        "hpc-launch --backend =        | fork mpi mpiexec mpirun shell",
        "hpc-launch --set a = b --prof | --profile",
        "hpc-launch --dry-run --back   | --backend",
        "hpc-launch --backend mpi -n 2 prin | printenv",
        "hpc-launch -n 1 true : -n 1 prin   | printenv"
      })
  void hpcLaunchKnowsWhereAWordStands(String line, String expected) throws Exception {
    assertThat(completions("hpc-launch", "_hpc_launch", line)).contains(expected.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hpc-launch bash --dry", // the program's own option
        "hpc-launch -n 2 --dry", // the launcher's
        "hpc-launch bash prin", // an argument
        "hpc-launch --profile prin"
      })
  void hpcLaunchLeavesToBashWhatIsNotItsOwn(String line) throws Exception {
    assertThat(completions("hpc-launch", "_hpc_launch", line)).isEmpty();
  }

  @Test
  void groffFindsNothingToWarnOf() throws Exception {
    assumeTrue(installed("groff"), "groff (not installed)");
    for (Path page : files(folder.resolve("share/man/man1"))) {
      // Of man's own macros; -ww warns of all, and of what a page of normal width cannot hold.
      assertThat(run("groff", "-man", "-ww", "-Tutf8", "-z", page.toString()))
          .as(page.toString())
          .isEmpty();
    }
  }

  @Test
  void aShellLineOfAPageCanBeCopied() throws Exception {
    assumeTrue(installed("groff"), "groff (not installed)");
    Path page = folder.resolve("share/man/man1/hpc-launch.1");
    assertThat(run("groff", "-man", "-Tutf8", "-P-c", page.toString()))
        .contains("sh -c 'echo \"$HPC_RANK of $HPC_SIZE\"'");
  }

  @Test
  void textThatLooksLikeRoffIsText() {
    assertThat(new Roff().text(".so /etc/passwd").toString()).isEqualTo("\\&.so /etc/passwd\n");
    assertThat(new Roff().text("'br").toString()).isEqualTo("\\(aqbr\n");
    assertThat(Roff.escape("a\\fBb -x\n.c … ^~`\""))
        .isEqualTo("a\\efBb \\-x .c \\[u2026] \\(ha\\(ti\\(ga\\(dq");
  }

  @Test
  void optionsComeInAnOrderOfTheirOwn() throws IOException {
    List<String> names = page("hpc-resources.1")
        .lines()
        .filter(line -> line.startsWith("\\fB"))
        .map(line -> line.replaceAll(".*\\\\fB\\\\-\\\\-(.*?)\\\\fR.*", "$1"))
        .filter(name -> name.matches("[a-z\\\\-]+"))
        .toList();
    assertThat(names)
        .containsExactly(
            "backend", "json", "config\\-file", "debug", "help", "profile", "set", "version");
    assertThat(folder.resolve("completions/hpc"))
        .content()
        .contains("arg_opts=\"'--config-file' '--profile' '--set'\"");
  }

  @Test
  void pagesNameTheVersion() throws IOException {
    GenerateDocs.write(folder, "1.2.3");
    for (Path page : files(folder.resolve("share/man/man1"))) {
      assertThat(page).content().contains("\"hpc\\-launch 1.2.3\"").doesNotContain("@SOURCE@");
    }
  }

  @Test
  void zshLoadsThoseOfBash() throws Exception {
    assumeTrue(installed("zsh"), "zsh (not installed)");
    String script = "fpath=($1/completions $fpath); autoload -Uz compinit; compinit -u -D; cd /;"
        + "service=$2; _hpc >/dev/null 2>&1; print -r -- $_comps[$2]";
    assertThat(run("zsh", "-fc", script, "zsh", folder.toString(), "hpc"))
        .contains("-F _complete_hpc");
    assertThat(run("zsh", "-fc", script, "zsh", folder.toString(), "hpc-launch"))
        .contains("-F _hpc_launch");
  }

  /** Loads a completion into a real bash and asks it, as readline does. */
  private List<String> completions(String file, String function, String line) throws Exception {
    String script = ". '" + folder.resolve("completions").resolve(file) + "'; COMP_LINE='" + line
        + "'; COMP_WORDS=(" + line
        + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_POINT=${#COMP_LINE}; "
        + function + " >/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"";
    return run("bash", "-c", script)
        .lines()
        .map(String::strip)
        .filter(l -> !l.isEmpty())
        .toList();
  }

  /** What a program prints, errors included; it must end with 0. */
  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  private static boolean installed(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
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
