// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transfer.CopyResult;
import io.hpclaunch.core.transfer.TreeCopy;
import io.hpclaunch.core.transfer.TreeFilter;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is promised of trees of files that are copied over a transport. The author of one extends
 * this beside {@link TransportContract}.
 */
public abstract class TransferContract {
  private static final Instant THEN = Instant.parse("2001-02-03T04:05:06Z");
  private static final Transport LOCAL = new LocalTransport();

  /** A folder on this machine. */
  @TempDir
  Path here;

  private Transport transport = LOCAL;
  private String folder = "";

  /** For the author of a transport. */
  protected TransferContract() {}

  /**
   * Opens the transport. It is closed after each test.
   *
   * @return the transport
   * @throws IOException when that fails, which fails the test
   */
  protected abstract Transport open() throws IOException;

  /** Makes a folder on the host for one test. */
  @BeforeEach
  void makeFolder() throws IOException {
    transport = open();
    folder = transport.run(Command.of("mktemp", "-d")).stdout().strip();
  }

  /** Removes it. */
  @AfterEach
  void removeFolder() throws IOException {
    try (Transport last = transport) {
      if (!folder.isEmpty()) {
        last.run(Command.of("chmod", "-R", "u+rwx", folder));
        last.remove(folder);
      }
    }
  }

  private Path file(String path, String content, int mode) throws IOException {
    Path file = here.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setAttribute(file, "unix:mode", mode);
    Files.setLastModifiedTime(file, FileTime.from(THEN));
    return file;
  }

  /**
   * What stands below a folder: kind, permissions, second of change, and content or text of links.
   */
  private static Map<String, String> content(Transport way, String top) throws IOException {
    Map<String, String> all = new TreeMap<>();
    collect(way, top, "", all);
    return all;
  }

  private static void collect(Transport way, String top, String path, Map<String, String> all)
      throws IOException {
    for (FileStat each : way.list(top + path)) {
      String its = each.path().substring(top.length());
      String tells = each.kind() + " "
          + (each.kind() == FileStat.Kind.LINK
              ? way.readLink(each.path())
              : Integer.toOctalString(each.mode()) + " " + each.modified().getEpochSecond());
      if (each.kind() == FileStat.Kind.FILE) {
        tells += " " + new String(way.read(each.path(), 0).readAllBytes(), UTF_8);
      }
      all.put(its, tells);
      if (each.kind() == FileStat.Kind.FOLDER) {
        collect(way, top, its, all);
      }
    }
  }

  private Path tree() throws IOException {
    file("tree/a", "a", 0644);
    file("tree/empty file", "", 0600);
    file("tree/run it", "#!/bin/sh\n", 0755);
    file("tree/deep/er/ü 'q' $x\n", "odd", 0640);
    file("tree/deep/.hidden", "h".repeat(100_000), 0444);
    Files.createDirectories(here.resolve("tree/empty"));
    Files.createSymbolicLink(here.resolve("tree/deep/up"), Path.of("../a"));
    Files.createSymbolicLink(here.resolve("tree/dangling"), Path.of("not/there"));
    Files.setAttribute(here.resolve("tree/deep/er"), "unix:mode", 0550);
    for (String each : List.of("tree/deep/er", "tree/deep", "tree/empty", "tree")) {
      Files.setLastModifiedTime(here.resolve(each), FileTime.from(THEN));
    }
    return here.resolve("tree");
  }

  private static void assertSays(IOException error, String words) {
    assertTrue(String.valueOf(error.getMessage()).contains(words), error.toString());
  }

  @Test
  void aTreeGoesThereAndBack() throws IOException {
    Path tree = tree();
    CopyResult up = TreeCopy.over(transport).upload(tree, folder + "/new/tree");
    assertEquals(new CopyResult(5, 100_014, 0, List.of()), up);
    Map<String, String> original = content(LOCAL, tree.toString());
    assertEquals(original, content(transport, folder + "/new/tree"));

    Path back = here.resolve("not yet/back");
    CopyResult down = TreeCopy.over(transport).download(folder + "/new/tree", back);
    assertEquals(up, down);
    assertEquals(original, content(LOCAL, back.toString()));
    assertEquals(
        Files.getLastModifiedTime(tree).toInstant(),
        transport.stat(folder + "/new/tree").orElseThrow().modified());
    Files.setAttribute(tree.resolve("deep/er"), "unix:mode", 0750);
    Files.setAttribute(back.resolve("deep/er"), "unix:mode", 0750);
  }

  @Test
  void aSecondTimeOnlyWhatDiffersIsCopied() throws IOException {
    Path tree = tree();
    TreeCopy.over(transport).upload(tree, folder + "/t");
    transport.write("mine".getBytes(UTF_8), folder + "/t/deep/of the job", 0600);
    assertEquals(
        new CopyResult(0, 0, 5, List.of()), TreeCopy.over(transport).upload(tree, folder + "/t"));
    file("tree/a", "longer", 0644);
    file("tree/run it", "#!/bin/no\n", 0755);
    Files.setLastModifiedTime(tree.resolve("run it"), FileTime.from(THEN.plusSeconds(1)));
    assertEquals(
        new CopyResult(2, 16, 3, List.of()), TreeCopy.over(transport).upload(tree, folder + "/t"));
    assertTrue(content(transport, folder + "/t").getOrDefault("/a", "").endsWith(" longer"));
    assertTrue(transport.stat(folder + "/t/deep/of the job").isPresent());

    Path back = here.resolve("back");
    TreeCopy.over(transport).download(folder + "/t", back);
    assertEquals(
        new CopyResult(0, 0, 6, List.of()), TreeCopy.over(transport).download(folder + "/t", back));
    Files.setAttribute(tree.resolve("deep/er"), "unix:mode", 0750);
    Files.setAttribute(back.resolve("deep/er"), "unix:mode", 0750);
  }

  @Test
  void permissionsThatChangedAreCopied() throws IOException {
    Path one = file("tree/f", "f", 0644);
    TreeCopy.over(transport).upload(here.resolve("tree"), folder + "/t");
    Files.setAttribute(one, "unix:mode", 0600);
    TreeCopy.over(transport).upload(here.resolve("tree"), folder + "/t");
    assertEquals(0600, transport.stat(folder + "/t/f").orElseThrow().mode());
  }

  /** Neither a device nor a pipe is taken for an old copy. */
  @Test
  void onlyFilesAreReplaced() throws IOException {
    transport.run(Command.of("mkfifo", folder + "/pipe"));
    IOException error = assertThrows(
        IOException.class,
        () -> TreeCopy.over(transport).upload(file("f", "f", 0600), folder + "/pipe"));
    assertSays(error, "a file is to stand there");
    assertEquals(
        FileStat.Kind.OTHER, transport.stat(folder + "/pipe").orElseThrow().kind());
  }

  @Test
  void aNameThatIsNoTextIsLeftOutAndTold() throws IOException {
    transport.mkdir(folder + "/t", 0700);
    String script = "cd \"$1\" && echo 1 >\"$(printf 'b\\377')\" && echo 2 >good";
    transport.run(Command.of("sh", "-c", script, "sh", folder + "/t"));
    CopyResult down = TreeCopy.over(transport).download(folder + "/t", here.resolve("back"));
    assertEquals(1, down.files());
    assertEquals(1, down.leftOut().size());
    assertEquals(List.of("/good"), List.copyOf(content(LOCAL, here + "/back").keySet()));
  }

  @Test
  void noLinkIsFollowedOutOfTheTree() throws IOException {
    file("secret/s", "secret", 0600);
    file("tree/f", "f", 0600);
    Files.createSymbolicLink(here.resolve("tree/out"), Path.of("../secret"));
    Files.createSymbolicLink(here.resolve("tree/absolute"), here.resolve("secret/s"));
    Files.createSymbolicLink(here.resolve("tree/by way of"), Path.of("f/../../secret"));
    CopyResult result = TreeCopy.over(transport).upload(here.resolve("tree"), folder + "/t");
    assertEquals(List.of("absolute", "by way of", "out"), result.leftOut());
    assertEquals(1, content(transport, folder + "/t").size());

    transport.makeLink("/etc", folder + "/t/etc");
    transport.run(Command.of("mkfifo", folder + "/t/pipe"));
    result = TreeCopy.over(transport).download(folder + "/t", here.resolve("back"));
    assertEquals(List.of("etc", "pipe"), result.leftOut());
    assertEquals(List.of("/f"), List.copyOf(content(LOCAL, here + "/back").keySet()));
  }

  @Test
  void noLinkIsWrittenThrough() throws IOException {
    file("tree/sub/f", "f", 0600);
    transport.mkdir(folder + "/t", 0700);
    transport.mkdir(folder + "/elsewhere", 0700);
    transport.makeLink("../elsewhere", folder + "/t/sub");
    IOException error = assertThrows(
        IOException.class,
        () -> TreeCopy.over(transport).upload(here.resolve("tree"), folder + "/t"));
    assertSays(error, folder + "/t/sub");
    assertEquals(List.of(), transport.list(folder + "/elsewhere"));
  }

  @Test
  void theEndsThemselvesMayBeLinks() throws IOException {
    file("tree/f", "f", 0600);
    Files.createSymbolicLink(here.resolve("link"), Path.of("tree"));
    transport.mkdir(folder + "/real", 0700);
    transport.makeLink("real", folder + "/target");
    TreeCopy.over(transport).upload(here.resolve("link"), folder + "/target");
    assertEquals(List.of("/f"), List.copyOf(content(transport, folder + "/real").keySet()));
    TreeCopy.over(transport).download(folder + "/target", here.resolve("back"));
    assertEquals(List.of("/f"), List.copyOf(content(LOCAL, here + "/back").keySet()));
  }

  @Test
  void oneFileIsCopiedByItsPath() throws IOException {
    Path one = file("one", "1", 0750);
    AtomicLong bytes = new AtomicLong();
    CopyListener listener = new CopyListener() {
      @Override
      public void planned(long files, long all) {
        assertEquals(List.of(1L, 1L), List.of(files, all));
      }

      @Override
      public void copied(long more) {
        bytes.addAndGet(more);
      }
    };
    TreeCopy copy = TreeCopy.over(transport).progress(listener);
    assertEquals(new CopyResult(1, 1, 0, List.of()), copy.upload(one, folder + "/a/b"));
    assertEquals(0750, transport.stat(folder + "/a/b").orElseThrow().mode());
    assertEquals(
        new CopyResult(1, 1, 0, List.of()), copy.download(folder + "/a/b", here.resolve("c/d")));
    assertEquals("1", Files.readString(here.resolve("c/d")));
    assertEquals(2, bytes.get());
  }

  @Test
  void aFilterSaysWhatIsTaken() throws IOException {
    file("tree/keep.txt", "1", 0600);
    file("tree/drop.dat", "2", 0600);
    file("tree/in/keep.txt", "3", 0600);
    file("tree/skipped/keep.txt", "4", 0600);
    file("tree/only dat/drop.dat", "5", 0600);
    TreeFilter filter = new TreeFilter() {
      @Override
      public boolean enters(String path) {
        return !path.equals("skipped");
      }

      @Override
      public boolean takes(String path) {
        return path.endsWith(".txt");
      }

      @Override
      public boolean emptyFolders() {
        return false;
      }
    };
    TreeCopy.over(transport).upload(here.resolve("tree"), folder + "/all");
    CopyResult down =
        TreeCopy.over(transport).filter(filter).download(folder + "/all", here.resolve("some"));
    assertEquals(2, down.files());
    assertEquals(
        List.of("/in", "/in/keep.txt", "/keep.txt"),
        List.copyOf(content(LOCAL, here + "/some").keySet()));
  }

  @Test
  void whatIsInTheWayIsNamed() throws IOException {
    file("tree/x", "file", 0600);
    file("other/x/y", "in a folder", 0600);
    TreeCopy.over(transport).upload(here.resolve("tree"), folder + "/t");
    IOException error = assertThrows(
        IOException.class,
        () -> TreeCopy.over(transport).upload(here.resolve("other"), folder + "/t"));
    assertSays(error, "a folder is to stand there");
    TreeCopy.over(transport).upload(here.resolve("other"), folder + "/o");
    error = assertThrows(
        IOException.class,
        () -> TreeCopy.over(transport).upload(here.resolve("tree"), folder + "/o"));
    assertSays(error, "a file is to stand there");
    assertThrows(
        NoSuchFileException.class,
        () -> TreeCopy.over(transport).upload(here.resolve("gone"), folder + "/g"));
    assertThrows(
        NoSuchFileException.class,
        () -> TreeCopy.over(transport).download(folder + "/gone", here.resolve("g")));
    assertFalse(Files.exists(here.resolve("g")));
  }

  /** What others have left unfinished is no part of a tree, and goes when it is old. */
  @Test
  void unfinishedCopiesAreNotCopied() throws IOException {
    String name = ".hpc-0a1b2c3d-0000-4000-8000-0123456789ab.tmp";
    file("tree/f", "f", 0600);
    file("tree/" + name, "half", 0600);
    transport.mkdir(folder + "/t", 0700);
    transport.write(new byte[1], folder + "/t/" + name.replace(".tmp", ".part"), 0600);
    transport.write(new byte[1], folder + "/t/" + name, 0600);
    transport.setAttributes(folder + "/t/" + name, 0600, THEN);
    TreeCopy.over(transport).upload(here.resolve("tree"), folder + "/t");
    assertEquals(
        List.of("/" + name.replace(".tmp", ".part"), "/f"),
        List.copyOf(content(transport, folder + "/t").keySet()));
  }
}
