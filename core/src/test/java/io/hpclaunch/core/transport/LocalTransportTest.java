// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalTransportTest {
  @TempDir
  Path folder;

  private final Transport transport = new LocalTransport();

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0600, 0644, 0777, 0400, 02755})
  void writesWithTheModeAskedForWhateverTheUmask(int mode) throws IOException {
    transport.write("new".getBytes(UTF_8), at("f"), mode);
    assertThat(folder.resolve("f")).hasContent("new");
    assertThat(transport.stat(at("f")).orElseThrow().mode()).isEqualTo(mode);
    assertThat(names()).containsExactly("f");
  }

  @Test
  void writesInPlaceOfWhatStoodThere() throws IOException {
    transport.write("a long old text".getBytes(UTF_8), at("f"), 0600);
    transport.write("new".getBytes(UTF_8), at("f"), 0600);
    assertThat(folder.resolve("f")).hasContent("new");
  }

  @Test
  void writesToALinksPlaceAndNotThroughIt() throws IOException {
    Files.writeString(folder.resolve("victim"), "safe");
    Files.createSymbolicLink(folder.resolve("f"), folder.resolve("victim"));
    transport.write("new".getBytes(UTF_8), at("f"), 0600);
    assertThat(folder.resolve("victim")).hasContent("safe");
    assertThat(Files.isSymbolicLink(folder.resolve("f"))).isFalse();
  }

  @Test
  void aFailedWriteLeavesNothingBehind() throws IOException {
    Files.createDirectories(folder.resolve("taken/inner"));
    assertThatThrownBy(() -> transport.write(new byte[1], at("taken"), 0600))
        .isInstanceOf(IOException.class);
    assertThat(names()).containsExactly("taken");
    assertThatThrownBy(() -> transport.write(new byte[1], at("gone/f"), 0600))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aNameAsLongAsCanBeIsWritten() throws IOException {
    String name = "n".repeat(255);
    transport.write("x".getBytes(UTF_8), at(name), 0600);
    assertThat(names()).containsExactly(name);
  }

  @Test
  void putsAndGets() throws IOException {
    Path source = Files.writeString(folder.resolve("source"), "text");
    Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwx------"));
    transport.put(source, at("there"));
    transport.get(at("there"), folder.resolve("back"));
    assertThat(folder.resolve("back")).hasContent("text");
    assertThat(Files.isExecutable(folder.resolve("there"))).isTrue();
    assertThat(names()).containsExactly("back", "source", "there");
    assertThatThrownBy(() -> transport.get(at("gone"), folder.resolve("x")))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(names()).containsExactly("back", "source", "there");
  }

  @Test
  void readsFromAnOffsetToTheEndThatTheFileHasThen() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "0123456789");
    try (InputStream in = transport.read(at("f"), 4)) {
      Files.writeString(file, "0123456789 and more");
      assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("456789");
    }
    try (InputStream in = transport.read(at("f"), 1000)) {
      assertThat(in.readAllBytes()).isEmpty();
    }
    assertThatThrownBy(() -> transport.read(at("f"), -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> transport.read(at("gone"), 0)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void listsByNameAndFollowsNoLink() throws IOException {
    Files.writeString(folder.resolve("b file"), "12345");
    Files.createDirectory(folder.resolve("c"));
    Files.createSymbolicLink(folder.resolve("a"), Path.of("/nonexistent"));
    Files.writeString(folder.resolve(".hidden"), "");
    List<FileStat> all = transport.list(folder.toString());
    assertThat(all)
        .extracting(FileStat::path)
        .containsExactly(at(".hidden"), at("a"), at("b file"), at("c"));
    assertThat(all)
        .extracting(FileStat::kind)
        .containsExactly(
            FileStat.Kind.FILE, FileStat.Kind.LINK, FileStat.Kind.FILE, FileStat.Kind.FOLDER);
    assertThat(all.get(2).size()).isEqualTo(5);
    assertThat(all.get(2).modified())
        .isEqualTo(Files.getLastModifiedTime(folder.resolve("b file")).toInstant());
    assertThatThrownBy(() -> transport.list(at("gone"))).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void statsWhatIsThereAndWhatIsNot() throws IOException {
    assertThat(transport.stat(at("gone"))).isEmpty();
    assertThat(transport.stat("/dev/null").orElseThrow().kind()).isEqualTo(FileStat.Kind.OTHER);
    Files.createSymbolicLink(folder.resolve("link"), folder);
    assertThat(transport.stat(at("link")).orElseThrow().kind()).isEqualTo(FileStat.Kind.LINK);
  }

  @Test
  void renamesInPlaceOfWhatStoodThere() throws IOException {
    Files.writeString(folder.resolve("a"), "a");
    Files.writeString(folder.resolve("b"), "b");
    transport.rename(at("a"), at("b"));
    assertThat(folder.resolve("b")).hasContent("a");
    assertThat(names()).containsExactly("b");
    assertThatThrownBy(() -> transport.rename(at("a"), at("c")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0700, 0755, 0777, 02770})
  void aFolderIsMadeByOneCallOnly(int mode) throws IOException {
    assertThat(transport.mkdir(at("d"), mode)).isTrue();
    assertThat(transport.mkdir(at("d"), 0700)).isFalse();
    assertThat(transport.stat(at("d")).orElseThrow().mode()).isEqualTo(mode);
    Files.writeString(folder.resolve("f"), "");
    assertThat(transport.mkdir(at("f"), 0700)).isFalse();
    assertThatThrownBy(() -> transport.mkdir(at("gone/d"), 0700))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void removesEverythingButWhatLinksPointTo() throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("f"), "");
    Files.createDirectories(folder.resolve("d/e/f"));
    Files.writeString(folder.resolve("d/e/g"), "");
    Files.createSymbolicLink(folder.resolve("d/link"), kept);
    Files.createSymbolicLink(folder.resolve("dangling"), Path.of("/nonexistent"));
    transport.remove(at("d"));
    transport.remove(at("dangling"));
    transport.remove(at("gone"));
    assertThat(names()).containsExactly("kept");
    assertThat(kept.resolve("f")).exists();
  }

  @Test
  void refusesPathsThatAreNone() {
    assertThatThrownBy(() -> transport.stat("relative"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("relative");
    assertThatThrownBy(() -> transport.stat("/a\0b"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NUL");
  }
}
