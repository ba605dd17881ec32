// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.core.shell.Quoting;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts are run by a real bash, in the way of a job's script: as lines for eval. */
class ScriptFileTest {
  @TempDir
  Path folder;

  private String output(String script, String... arguments) throws Exception {
    List<String> lines = ScriptFile.of("script", script).shell(List.of(arguments));
    Path job = Files.writeString(
        folder.resolve("job"), "eval " + Quoting.quote(String.join("\n", lines)) + "\n");
    Process process = new ProcessBuilder("bash", job.toString())
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"))
        .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + out;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "#!/bin/bash\n",
        "#! /bin/bash  \n",
        "#!/usr/bin/env bash\n",
        "#!/bin/bash -e\n",
        "#!/bin/sh\n",
        "#!/bin/sh -u\n",
        "#!/usr/bin/env -S bash -e\n"
      })
  void argumentsArriveAsTheyAre(String firstLine) throws Exception {
    String script = firstLine + "printf '[%s]' \"$#\" \"$@\"\nexit 3";
    assertThat(output(script, "it's $HOME", "", "a\nb", "*"))
        .isEqualTo("3 [4][it's $HOME][][a\nb][*]");
    assertThat(output(script)).isEqualTo("3 [0]");
  }

  @Test
  void anotherInterpreterReadsTheScriptAndNotItsInput() throws Exception {
    assertThat(output("#!/bin/cat\nEND_OF_SCRIPT\n'$x' `y` \\z\n"))
        .isEqualTo("0 #!/bin/cat\nEND_OF_SCRIPT\n'$x' `y` \\z\n");
    assertThat(output("#!/usr/bin/awk -f\nBEGIN { print \"of awk\" }\n")).isEqualTo("0 of awk\n");
  }

  @Test
  void pythonRuns() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 (not installed)");
    String script = "#!/usr/bin/env python3\nimport sys\nprint(sys.argv[1:], sys.stdin.read())\n";
    assertThat(output(script, "a b")).isEqualTo("0 ['a b'] \n");
  }

  @Test
  void aLongScriptRuns() throws Exception {
    String padding = "# ".concat("x".repeat(98)).concat("\n").repeat(3000);
    assertThat(output("#!/bin/sh\n" + padding + "echo end\n")).isEqualTo("0 end\n");
  }

  @Test
  void argumentsMoveNoLine() throws Exception {
    String script = "#!/bin/bash\ntrue\nno_such_command_here\n";
    assertThat(output(script, "argument")).isEqualTo(output(script)).contains(": line ");
  }

  @Test
  void aMissingInterpreterIs127() throws Exception {
    assertThat(output("#!/no/such/interpreter\n")).startsWith("127 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n\n", "\u007fELF\0\1", "#!/bin/bash\r\ntrue\r\n"})
  void whatIsNoScriptIsRefused(String text) {
    assertThatThrownBy(() -> ScriptFile.of("it", text))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("'it'");
  }

  @Test
  void bytesThatAreNoTextAreKept() throws IOException {
    Path file = Files.write(folder.resolve("f"), new byte[] {'e', (byte) 0xe9, '\n'});
    assertThat(ScriptFile.read("f", file).shell(List.of())).containsExactly("e\udce9");
  }

  @Test
  void directivesAreFound() {
    assertThat(ScriptFile.of("f", "#!/bin/sh\n#PBS -l x\n").directives()).isEqualTo("#PBS");
    assertThat(ScriptFile.of("f", "#!/bin/sh\necho '#SBATCH -n'\n").directives())
        .isEmpty();
  }

  @Test
  void theLastPartOfAPathIsAName() {
    assertThat(List.of("a/b.sh", "b.sh", "/a/b/", "/", ""))
        .extracting(ScriptFile::baseName)
        .containsExactly("b.sh", "b.sh", "b", "", "");
  }
}
