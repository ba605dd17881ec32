// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of files, and when it is not believed. */
class TreeCacheTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2024-01-01T00:00:00Z"));
  private static final String TEXT = """
      hpc:
        backend: grün
        defaults: {walltime: "01:00:00", exclusive: true, nodes: 2}
        backends:
          - {name: grün, type: shell, launch: {exec: mine, default_options: [-a, 1, 1.5]}}
      """;

  @TempDir
  Path folder;

  private Site site;
  private Path file;

  @BeforeEach
  void site() throws IOException {
    site = new Site(folder);
    file = site.local(TEXT);
    Files.setLastModifiedTime(file, LONG_AGO);
  }

  private List<Path> cached() throws IOException {
    Path cache = folder.resolve("state/cache/config");
    if (!Files.exists(cache)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(cache)) {
      return files.toList();
    }
  }

  @Test
  void theMemoryIsBelievedWhileTimeSizeAndInodeAreTheSame() throws IOException {
    assertThat(site.load().defaultBackend()).contains("grün");
    Files.writeString(file, TEXT.replace("grün", "faded"));
    Files.setLastModifiedTime(file, LONG_AGO);
    assertThat(Files.size(file)).isEqualTo(TEXT.getBytes(StandardCharsets.UTF_8).length);
    assertThat(site.load().defaultBackend()).contains("grün");
  }

  @Test
  void theMemoryIsTheSameAsTheFile() {
    List<Configuration.Value> parsed = site.load().effective();
    assertThat(site.load().effective()).isEqualTo(parsed);
    assertThat(site.load().root().asMap()).isEqualTo(site.load().root().asMap());
  }

  @Test
  void anotherTimeSizeOrInodeIsAnotherFile() throws IOException {
    site.load();
    Files.writeString(file, TEXT.replace("backend: grün", "backend: blau"));
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.toInstant().plusNanos(1_000)));
    assertThat(site.load().defaultBackend()).contains("blau");
    Files.writeString(file, "hpc: {backend: short}");
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.toInstant().plusNanos(1_000)));
    assertThat(site.load().defaultBackend()).contains("short");
    Path other = site.write("other.yaml", "hpc: {backend: other}");
    Files.setLastModifiedTime(other, FileTime.from(LONG_AGO.toInstant().plusNanos(1_000)));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(site.load().defaultBackend()).contains("other");
  }

  @Test
  void aFileThatHasJustChangedIsNotRemembered() throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    site.load();
    assertThat(cached()).isEmpty();
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(3600)));
    site.load();
    assertThat(cached()).isEmpty();
  }

  @Test
  void whatIsWrongIsNotRemembered() throws IOException {
    Files.writeString(file, "hpc: {bakend: x}");
    Files.setLastModifiedTime(file, LONG_AGO);
    site.error();
    site.error();
    assertThat(cached()).isEmpty();
  }

  @Test
  void itIsForItsOwnerOnly() throws IOException {
    site.load();
    assertThat(cached()).hasSize(1);
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(cached().get(0))))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
        .isEqualTo("rwx------");
  }

  @Test
  void damageIsPassedOverAtEveryByte() throws IOException {
    site.load();
    Path entry = cached().get(0);
    byte[] good = Files.readAllBytes(entry);
    List<Configuration.Value> expected = site.load().effective();
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x55;
      Files.write(entry, bad);
      assertThat(site.load().effective()).isEqualTo(expected);
      Files.write(entry, Arrays.copyOf(good, i));
      assertThat(site.load().effective()).isEqualTo(expected);
    }
    assertThat(Files.readAllBytes(entry)).as("mended").isEqualTo(good);
  }

  @Test
  void aStateFolderThatCannotBeWrittenDoesNotMatter() throws IOException {
    Files.writeString(folder.resolve("state"), "a file in the way");
    assertThat(site.load().defaultBackend()).contains("grün");
  }

  @Test
  void messagesNameTheFileAsItIsNamedNow() throws IOException {
    Path named =
        site.write("home/project/deep/site.yaml", "hpc:\n  defaults: {resources: '--nodes=1'}\n");
    Files.setLastModifiedTime(named, LONG_AGO);
    site.environment.put("HPC_CONFIG", "site.yaml");
    assertThat(site.load().defaults().origin("resources")).contains("site.yaml:2");
    site.environment.put("HPC_CONFIG", named.toString());
    assertThat(site.load().defaults().origin("resources")).contains(named + ":2");
    assertThat(cached()).hasSize(1);
  }

  @Test
  void aTranslatedFileStaysTold() throws IOException {
    Files.delete(file);
    Path theirs = site.write("home/project/hpc_connect.yaml", "backend: x");
    Files.setLastModifiedTime(theirs, LONG_AGO);
    site.load();
    assertThat(cached()).hasSize(1);
    assertThat(site.load().root().origin("backend")).contains(theirs + ":1 (hpc_connect)");
  }

  @Test
  void withAWarmCacheNoYamlGuavaPatternOrLambdaIsLoaded() throws Exception {
    assertThat(probe("C.UTF-8", "debug=true")).anyMatch(l -> l.contains("org.snakeyaml"));
    assertThat(cached()).hasSize(1);
    List<String> warm = probe("C.UTF-8", "backends.grün.launch.exec=./x", "debug=true");
    assertThat(warm).contains("exec=./x");
    assertThat(warm).anyMatch(l -> l.contains("io.hpclaunch.core.config.TreeCache"));
    assertThat(warm)
        .noneMatch(l -> l.contains("org.snakeyaml"))
        .noneMatch(l -> l.contains("com.google.common"))
        .noneMatch(l -> l.contains("org.slf4j"))
        .noneMatch(l -> l.contains("io.hpclaunch") && l.contains("$$Lambda"));
  }

  @Test
  void withAWarmCacheNoTomlIsLoadedEither() throws Exception {
    Files.delete(file);
    Path toml = site.write("home/project/hpc-launch.toml", """
        [hpc]
        backend = "site"
        [[hpc.backends]]
        name = "site"
        type = "shell"
        launch.exec = "mine"
        """);
    Files.setLastModifiedTime(toml, LONG_AGO);
    assertThat(probe("C")).contains("exec=mine").anyMatch(l -> l.contains("org.tomlj"));
    assertThat(cached()).hasSize(1);
    assertThat(probe("C"))
        .contains("exec=mine")
        .noneMatch(l -> l.contains("org.tomlj"))
        .noneMatch(l -> l.contains("io.hpclaunch") && l.contains("$$Lambda"));
    assertThat(site.load().root().origin("backend")).contains(toml + ":2");
  }

  @Test
  void withYamlAloneNoTomlIsLoaded() throws Exception {
    assertThat(probe("C.UTF-8")).noneMatch(l -> l.contains("org.tomlj"));
  }

  @Test
  void filesAreUtf8WhateverTheLocale() throws Exception {
    assertThat(probe("C")).contains("exec=mine");
    assertThat(probe("C")).contains("exec=mine");
  }

  /** What the probe prints, and a line for each class that its JVM loads. */
  private List<String> probe(String locale, String... sets) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xlog:class+load:stdout");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.hpclaunch.core.config.CacheProbe");
    command.add(site.project.toString());
    command.addAll(List.of(sets));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("LC_ALL", locale);
    environment.put("HOME", site.home.toString());
    environment.put("HPC_STATE_DIR", folder.resolve("state").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines().toList();
  }
}
