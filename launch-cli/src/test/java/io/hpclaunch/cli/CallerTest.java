// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallerTest {
  @TempDir
  Path folder;

  private final Properties properties = new Properties();

  @Test
  void wordsComeFromTheirFileByteForByte() throws IOException {
    Path file = folder.resolve("words");
    Files.write(file, "a\0\0\u00e9\0b\nc\0".getBytes(StandardCharsets.ISO_8859_1));
    properties.setProperty("hpc.words", file.toString());
    assertThat(Caller.words(properties, new String[] {"not", "these"}))
        .containsExactly("a", "", "\udce9", "b\nc");
  }

  @Test
  void withoutAFileTheyAreTheJvmsOwn() {
    assertThat(Caller.words(properties, new String[] {"x"})).containsExactly("x");
  }

  @Test
  void variablesAreReadByteForByte() {
    byte[] environ = "A=b=c\0E=\0X=\u00e9\0odd\0=x\0A=2\0".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(Caller.read(environ))
        .containsOnly(Map.entry("A", "b=c"), Map.entry("E", ""), Map.entry("X", "\udce9"));
  }

  @Test
  void theLocaleIsTheCallersOwn() {
    properties.setProperty("hpc.home", "/opt/hpc");
    Map<String, String> told = Map.of("LC_ALL", "C.UTF-8");
    assertThat(Caller.environment(properties, told)).doesNotContainKey("LC_ALL");
    properties.setProperty("hpc.user.LC_ALL", "POSIX");
    assertThat(Caller.environment(properties, told)).containsEntry("LC_ALL", "POSIX");
  }
}
