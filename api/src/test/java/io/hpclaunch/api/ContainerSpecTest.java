// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpclaunch.api.ContainerSpec.Bind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerSpecTest {
  @ParameterizedTest
  @CsvSource({
    "/data, /data, /data, false",
    "/data:/in, /data, /in, false",
    "/data:/in:ro, /data, /in, true",
    "/data:/in:rw, /data, /in, false",
    "/data:ro, /data, /data, true",
    "/data:rw, /data, /data, false",
    "~/my data:/größe, ~/my data, /größe, false"
  })
  void bindsAreRead(String text, String host, String container, boolean readOnly) {
    Bind bind = new Bind(host, container, readOnly);
    assertThat(Bind.parse(text)).isEqualTo(bind);
    assertThat(Bind.parse(bind.toString())).isEqualTo(bind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "ro", ":/in", "/a:", "/a:b", "data", "/a:/b:/c", "/a:/b:xx", "/a:/b:/c:ro"
      })
  void otherBindsAreRefused(String text) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> Bind.parse(text))
        .withMessageContaining("'" + text + "' is not a bind: write HOST:CONTAINER[:ro]");
  }

  @ParameterizedTest
  @CsvSource({
    "data, /home/me/data:/home/me/data",
    "./data:ro, /home/me/data:/home/me/data:ro",
    "., /home/me:/home/me",
    "../data:/in, /home/me/../data:/in",
    "/data, /data:/data"
  })
  void relativeBindsBeginWhereItIsSaid(String text, String bind) {
    assertThat(Bind.parse(text, "/home/me")).hasToString(bind);
  }

  /** What stands in the directory's name is no part of what a user wrote. */
  @Test
  void aDirectoryWithAColonIsNotDividedThere() {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> Bind.parse("data", "/a:/b"))
        .withMessageContaining("'/a:/b/data' is not a path of the host without ':'");
  }

  @Test
  void shortFormsBindWhereTheSeedsContainersLook() {
    ContainerSpec spec = ContainerSpec.image("app:1")
        .sifPath("/a.sif")
        .input("/i")
        .output("/o")
        .workspace("/w")
        .manifest("/m")
        .build();
    assertThat(spec.binds())
        .extracting(Bind::toString)
        .containsExactly("/i:/input:ro", "/o:/output", "/w:/workspace", "/m:/manifest.json:ro");
    assertThat(spec.image()).isEqualTo("app:1");
    assertThat(spec.sif()).isEqualTo("/a.sif");
    assertThat(spec.binds()).isUnmodifiable();
  }

  @Test
  void whatNoRuntimeCanBeGivenIsRefused() {
    for (UnaryOperator<ContainerSpec.Builder> change :
        List.<UnaryOperator<ContainerSpec.Builder>>of(
            b -> b.sifPath(""),
            b -> b.workingDirectory(""),
            b -> b.workingDirectory("work"),
            b -> b.environment("", "x"),
            b -> b.environment("A=B", "x"),
            b -> b.environment("A", "\0"),
            b -> b.options("a\0"),
            b -> b.input("a:b"),
            b -> b.output("a\0"))) {
      assertThatExceptionOfType(InvalidJob.class)
          .isThrownBy(() -> change.apply(ContainerSpec.image("app")).build());
    }
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> ContainerSpec.image("").build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a/b c", "größe/日", "..a", "a..", ".hidden", "a\nb"})
  void stagedFilesStayInTheWorkingDirectory(String target) {
    assertThat(StagedFile.content("x", target).target()).isEqualTo(target);
    assertThat(StagedFile.path(Path.of("in"), target).target()).isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "/a", "a/", "a//b", "a/../b", "../a", "./a", "a/.", "a\0"})
  void otherTargetsAreRefused(String target) {
    assertThatExceptionOfType(InvalidJob.class).isThrownBy(() -> StagedFile.content("x", target));
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> StagedFile.path(Path.of("in"), target));
  }

  @Test
  void stagedContentIsCopied() {
    byte[] bytes = "größe".getBytes(StandardCharsets.UTF_8);
    StagedFile.FromContent file = (StagedFile.FromContent) StagedFile.content(bytes, "x");
    bytes[0] = 0;
    file.content()[0] = 1;
    assertThat(file.content()).isEqualTo("größe".getBytes(StandardCharsets.UTF_8));
    assertThat(((StagedFile.FromContent) StagedFile.content("größe", "x")).content())
        .isEqualTo(file.content());
  }
}
