// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandFailed.Fate;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.CopyProgress;
import io.hpclaunch.api.transport.FileCopy;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.FileStat.Kind;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a {@link Transport} promises. Extend it, say how one is opened, and inherit all tests. It
 * looks at the host through the transport only, so that the host may be any.
 */
@Timeout(120)
public abstract class TransportContract {
  /** What a shell, a terminal or a protocol might take for something else. */
  private static final List<String> WORDS = List.of(
      "plain",
      "",
      " two  words ",
      "qu'o\"te",
      "'''",
      "$HOME `id` \\n \\\\0101 50%",
      "%".repeat(2) + "s",
      "hi!there !! !$ !-1",
      "-n",
      "--",
      "a\nb\n",
      "\n",
      "\r\n",
      "\t",
      "*?[a-z]{a,b}~ ~root",
      "#;&|<>()^=",
      "\u0001\u0002\u001e\u001b[31m\u007f",
      "\u001ehpc-launch 1",
      "xü",
      "日本語\n",
      "😀");

  /** A folder on this machine. */
  @TempDir
  Path here;

  private Transport transport = Unopened.TRANSPORT;
  private String folder = "";

  /** For the author of a transport. */
  protected TransportContract() {}

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
    folder = sh("mktemp -d").stdout().strip();
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

  private String at(String name) {
    return folder + "/" + name;
  }

  private CommandResult sh(String script, String... words) throws IOException {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    argv.addAll(List.of(words));
    return transport.run(Command.of(argv));
  }

  private List<String> names() throws IOException {
    return transport.list(folder).stream()
        .map(facts -> facts.path().substring(folder.length() + 1))
        .toList();
  }

  private void write(String name, String content) throws IOException {
    transport.write(content.getBytes(UTF_8), at(name), 0600);
  }

  private String read(String name) throws IOException {
    try (InputStream in = transport.read(at(name), 0)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private FileStat facts(String name) throws IOException {
    return transport.stat(at(name)).orElseThrow();
  }

  private static Fate fate(Executable work) {
    return assertThrows(CommandFailed.class, work).fate();
  }

  private static void assertSays(Throwable error, String text) {
    String message = String.valueOf(error.getMessage());
    assertTrue(message.contains(text), message);
  }

  @Test
  void homeIsAFolder() throws IOException {
    assertEquals(
        Kind.FOLDER, transport.stat(realPath(transport.home())).orElseThrow().kind());
  }

  private String realPath(String path) throws IOException {
    return sh("cd -- \"$1\" && pwd -P", path).stdout().strip();
  }

  @Test
  void argumentsArriveByteForByte() throws IOException {
    List<String> argv = new ArrayList<>(List.of("printf", "%s\\0"));
    argv.addAll(WORDS);
    CommandResult result = transport.run(Command.of(argv));
    assertEquals("", result.stderr());
    assertEquals(String.join("\0", WORDS) + "\0", result.stdout());
  }

  @Test
  void variablesAreSetAndUnset() throws IOException {
    Map<String, @Nullable String> variables = new HashMap<>();
    for (int i = 0; i < WORDS.size(); i++) {
      variables.put("HPC_V" + i, WORDS.get(i));
    }
    variables.put("PATH_THAT_IS_NOT_SET", null);
    variables.put("HOME", null);
    String script = IntStream.range(0, WORDS.size())
        .mapToObj(i -> " \"$HPC_V" + i + "\"")
        .collect(Collectors.joining("", "printf '%s\\0' \"${HOME-unset}\"", ""));
    Command command = Command.of("/bin/sh", "-c", script).withEnvironment(variables);
    assertEquals(
        "unset\0" + String.join("\0", WORDS) + "\0", transport.run(command).stdout());
  }

  @Test
  void nothingElseIsAddedToTheEnvironment() throws IOException {
    assertFalse(sh("env").stdout().contains("_hpc_"));
  }

  @Test
  void longWordsArrive() throws IOException {
    String word = "x'".repeat(50_000);
    assertEquals(
        word + "|" + word,
        transport.run(Command.of("printf", "%s|%s", word, word)).stdout());
  }

  @Test
  void aStatusIsAResultAndASignalIsOneToo() throws IOException {
    assertEquals(3, sh("exit 3").status());
    assertEquals(127, sh("exit 127").status());
    assertEquals(137, sh("kill -9 $$").status());
    assertEquals(143, sh("kill -TERM $$").status());
  }

  @Test
  void outputAndErrorsAreApart() throws IOException {
    CommandResult result = sh("echo out; echo err >&2; exit 1");
    assertEquals("out\n", result.stdout());
    assertEquals("err\n", result.stderr());
    assertEquals(1, result.status());
  }

  @Test
  void megabytesInAllThreeStreamsDoNotBlockOneAnother() throws IOException {
    byte[] input = new byte[5_000_000];
    Arrays.fill(input, (byte) 'x');
    Command command = Command.of("sh", "-c", "tee /dev/fd/2").withInput(input);
    CommandResult result = transport.run(command);
    assertArrayEquals(input, result.stdoutBytes());
    assertArrayEquals(input, result.stderrBytes());
  }

  @Test
  void anyBytesPassThrough() throws IOException {
    byte[] input = new byte[512];
    for (int i = 0; i < input.length; i++) {
      input[i] = (byte) i;
    }
    assertArrayEquals(input, transport.run(Command.of("cat").withInput(input)).stdoutBytes());
  }

  @Test
  void inputThatNobodyReadsDoesNoHarm() throws IOException {
    Command command = Command.of("true").withInput(new byte[1_000_000]);
    assertEquals(0, transport.run(command).status());
  }

  @Test
  void withoutInputTheEndIsThereAtOnce() throws IOException {
    assertEquals("", transport.run(Command.of("cat")).stdout());
  }

  @Test
  void whatDoesNotExistWasNotStarted() {
    for (String program : List.of("hpc-no-such-program", "/nonexistent", "/", "/etc/passwd")) {
      CommandFailed e = assertThrows(CommandFailed.class, () -> transport.run(Command.of(program)));
      assertEquals(Fate.NOT_STARTED, e.fate());
      assertSays(e, "'" + program + "'");
      assertEquals(Fate.NOT_STARTED, fate(() -> transport.start(Command.of(program))));
    }
  }

  @Test
  void whatTakesTooLongIsEndedWithAllThatItStarted() throws Exception {
    String script = """
        trap '' TERM
        sh -c 'trap "" TERM; echo $$ >>"$1"; while :; do sleep 0.1; done' sh "$1" &
        echo $$ >>"$1"
        while :; do sleep 0.1; done
        """;
    Command command =
        Command.of("sh", "-c", script, "sh", at("pids")).withTimeout(Duration.ofSeconds(2));
    CommandFailed e = assertThrows(CommandFailed.class, () -> transport.run(command));
    assertEquals(Fate.TIMED_OUT, e.fate());
    assertSays(e, "longer than 2 s");
    List<String> pids = read("pids").lines().toList();
    assertEquals(2, pids.size());
    for (String pid : pids) {
      awaitEnd(pid);
    }
  }

  @Test
  void aProgramThatHeedsTermEndsBeforeTheGraceIsOver() throws IOException {
    String script = "trap 'echo tidy >\"$1\"; exit 0' TERM; while :; do sleep 0.1; done";
    Command command =
        Command.of("sh", "-c", script, "sh", at("mark")).withTimeout(Duration.ofMillis(500));
    CommandFailed e = assertThrows(CommandFailed.class, () -> transport.run(command));
    assertSays(e, "longer than 0.5 s");
    assertEquals("tidy\n", read("mark"));
  }

  @Test
  void aDaemonThatHoldsTheStreamsHoldsNobodyUp() throws Exception {
    long before = System.nanoTime();
    CommandResult result = sh("sleep 100 & echo $!");
    assertTrue(System.nanoTime() - before < Duration.ofSeconds(50).toNanos());
    String pid = result.stdout().strip();
    sh("kill -9 \"$1\"", pid);
    awaitEnd(pid);
  }

  @Test
  void anInterruptEndsTheProgram() throws Exception {
    List<Object> seen = new ArrayList<>();
    Thread thread = new Thread(() -> {
      try {
        sh("echo $$ >\"$1.t\"; mv \"$1.t\" \"$1\"; exec sleep 100", at("pid"));
      } catch (CommandFailed e) {
        seen.add(e.fate());
      } catch (IOException e) {
        seen.add(e);
      }
      seen.add(Thread.currentThread().isInterrupted());
    });
    thread.start();
    while (transport.stat(at("pid")).isEmpty()) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    thread.join();
    assertEquals(List.of(Fate.UNKNOWN, true), seen);
    awaitEnd(read("pid").strip());
  }

  /** A process that ended and was not waited for yet has ended all the same. */
  private void awaitEnd(String pid) throws IOException {
    while (!sh("ps -o stat= -p \"$1\" | grep -v '^Z'", pid).stdout().isBlank()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aRunningCommandIsTalkedTo() throws IOException {
    Command command =
        Command.of("sh", "-c", "while read -r w; do echo \"<$w>\"; done; echo bye >&2");
    try (RunningCommand running = transport.start(command);
        BufferedReader out = new BufferedReader(new InputStreamReader(running.output(), UTF_8))) {
      for (String word : List.of("one", "zwö", "three")) {
        running.input().write((word + "\n").getBytes(UTF_8));
        running.input().flush();
        assertEquals("<" + word + ">", out.readLine());
      }
      running.input().close();
      assertEquals(null, out.readLine());
      while (running.errors().isEmpty()) {
        Thread.onSpinWait();
      }
      assertEquals("bye\n", running.errors());
    }
  }

  @Test
  void aRunningCommandIsEndedWhenItIsClosed() throws IOException {
    String script = "trap '' TERM; echo $$; while :; do sleep 0.1; done";
    String pid;
    try (RunningCommand running = transport.start(Command.of("sh", "-c", script))) {
      pid = new BufferedReader(new InputStreamReader(running.output(), UTF_8)).readLine();
    }
    awaitEnd(pid);
  }

  @Test
  void aRunningCommandsOutputWaitsForItsReader() throws IOException {
    Command command = Command.of("sh", "-c", "head -c 20000000 /dev/zero; echo end");
    try (RunningCommand running = transport.start(command)) {
      assertEquals("x", sh("printf x").stdout());
      byte[] all = running.output().readAllBytes();
      assertEquals(20_000_004, all.length);
      assertEquals("end\n", new String(all, all.length - 4, 4, UTF_8));
    }
  }

  @Test
  void writesWithTheModeAskedForWhateverTheUmask() throws IOException {
    for (int mode : List.of(0600, 0644, 0777, 0400, 02755)) {
      String name = Integer.toOctalString(mode);
      transport.write("new".getBytes(UTF_8), at(name), mode);
      assertEquals(mode, facts(name).mode());
      assertEquals(3, facts(name).size());
    }
    assertEquals(List.of("2755", "400", "600", "644", "777"), names());
  }

  @Test
  void writesInPlaceOfWhatStoodThere() throws IOException {
    write("f", "a long old text");
    write("f", "new");
    assertEquals("new", read("f"));
    assertEquals(List.of("f"), names());
  }

  @Test
  void writesToALinksPlaceAndNotThroughIt() throws IOException {
    write("victim", "safe");
    sh("ln -s victim \"$1\"", at("f"));
    write("f", "new");
    assertEquals("safe", read("victim"));
    assertEquals(Kind.FILE, facts("f").kind());
  }

  @Test
  void aFailedWriteLeavesNothingBehind() throws IOException {
    sh("mkdir -p \"$1\"", at("taken/inner"));
    assertThrows(FileSystemException.class, () -> write("taken", "x"));
    assertEquals(List.of("taken"), names());
    NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> write("gone/f", "x"));
    assertSays(e, "gone/");
  }

  @Test
  void aNameAsLongAsCanBeIsWritten() throws IOException {
    String name = "n".repeat(255);
    write(name, "x");
    assertEquals(List.of(name), names());
  }

  @Test
  void namesOfAnyKindAreWrittenListedAndRemoved() throws IOException {
    List<String> all = WORDS.stream()
        .filter(word -> !word.isEmpty() && word.indexOf('/') < 0)
        .sorted()
        .toList();
    for (String name : all) {
      write(name, name);
      assertEquals(name, read(name));
    }
    assertEquals(all, names());
    for (String name : all) {
      transport.remove(at(name));
    }
    assertEquals(List.of(), names());
  }

  @Test
  void putsAndGets() throws IOException {
    byte[] bytes = new byte[3_000_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((i * 31) >> 3);
    }
    Path source = Files.write(here.resolve("source"), bytes);
    Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwx------"));
    transport.put(source, at("there"));
    assertEquals(List.of("there"), names());
    assertEquals(0700, facts("there").mode());
    transport.get(at("there"), here.resolve("back"));
    assertArrayEquals(bytes, Files.readAllBytes(here.resolve("back")));
    assertTrue(Files.isExecutable(here.resolve("back")));
    assertThrows(NoSuchFileException.class, () -> transport.get(at("gone"), here.resolve("x")));
    assertThrows(NoSuchFileException.class, () -> transport.put(here.resolve("gone"), at("x")));
    assertEquals(List.of("there"), names());
    try (Stream<Path> files = Files.list(here)) {
      assertEquals(
          List.of("back", "source"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aCopyKeepsTheTimeOfItsSource() throws IOException {
    Path source = Files.writeString(here.resolve("old"), "old");
    Instant then = Instant.parse("2001-02-03T04:05:06Z");
    Files.setLastModifiedTime(source, FileTime.from(then));
    transport.put(source, at("old"));
    assertEquals(then, facts("old").modified());
    transport.get(at("old"), here.resolve("back"));
    assertEquals(then, Files.getLastModifiedTime(here.resolve("back")).toInstant());
  }

  @Test
  void manyFilesAreCopiedEachWay() throws IOException {
    List<FileCopy> up = new ArrayList<>();
    List<FileCopy> down = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[i % 7 == 0 ? 0 : i % 97 == 0 ? 2_500_000 : i * 31];
      Arrays.fill(bytes, (byte) i);
      Path file = Files.write(here.resolve("f " + i), bytes);
      Files.setAttribute(file, "unix:mode", i % 2 == 0 ? 0640 : 0750);
      FileStat its = new LocalTransport().stat(file.toString()).orElseThrow();
      up.add(new FileCopy(file, at("f " + i), its.size(), its.modified(), its.mode()));
      down.add(new FileCopy(
          here.resolve("back " + i), at("f " + i), its.size(), its.modified(), its.mode()));
    }
    Counted uploaded = new Counted();
    transport.putAll(up, uploaded);
    Counted downloaded = new Counted();
    transport.getAll(down, downloaded);
    long bytes = up.stream().mapToLong(FileCopy::size).sum();
    assertEquals(
        List.of(bytes, 300L, bytes, 300L),
        List.of(
            uploaded.bytes.get(),
            uploaded.files.get(),
            downloaded.bytes.get(),
            downloaded.files.get()));
    assertEquals(300, names().size()); // no temporary one is left
    for (FileCopy copy : down) {
      Path source = here.resolve(copy.here().getFileName().toString().replace("back", "f"));
      assertEquals(-1, Files.mismatch(source, copy.here()), copy.there());
      FileStat there = transport.stat(copy.there()).orElseThrow();
      FileStat back = new LocalTransport().stat(copy.here().toString()).orElseThrow();
      assertEquals(List.of(copy.mode(), copy.mode()), List.of(there.mode(), back.mode()));
      assertEquals(copy.modified().getEpochSecond(), there.modified().getEpochSecond());
      assertEquals(copy.modified().getEpochSecond(), back.modified().getEpochSecond());
    }
  }

  /** What is told of a copying. */
  private static final class Counted implements CopyProgress {
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong files = new AtomicLong();

    @Override
    public void copied(FileCopy file, long more) {
      bytes.addAndGet(more);
    }

    @Override
    public void finished(FileCopy file) {
      files.incrementAndGet();
    }
  }

  @Test
  void aFileThatCannotBeCopiedIsNamedAndNothingHalfDoneIsLeft() throws IOException {
    Path good = Files.writeString(here.resolve("good"), "good");
    Files.createDirectories(here.resolve("x"));
    FileCopy present = new FileCopy(good, at("good"), 4, Instant.EPOCH, 0644);
    FileCopy missing = new FileCopy(here.resolve("gone"), at("gone"), 4, Instant.EPOCH, 0644);
    FileCopy nowhere = new FileCopy(good, at("no folder/f"), 4, Instant.EPOCH, 0644);
    assertSays(
        assertThrows(
            IOException.class,
            () -> transport.putAll(List.of(present, missing), CopyProgress.NONE)),
        "gone");
    assertSays(
        assertThrows(
            IOException.class,
            () -> transport.putAll(List.of(nowhere, present), CopyProgress.NONE)),
        "no folder");
    transport.putAll(List.of(present), CopyProgress.NONE);
    assertEquals(List.of("good"), names());
    FileCopy notThere = new FileCopy(here.resolve("back"), at("not there"), 4, Instant.EPOCH, 0644);
    assertSays(
        assertThrows(
            IOException.class, () -> transport.getAll(List.of(notThere), CopyProgress.NONE)),
        "not there");
    try (Stream<Path> files = Files.list(here)) {
      assertEquals(
          List.of("good", "x"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void linksAreMadeAndRead() throws IOException {
    write("file", "content");
    for (String text : List.of("file", "/no/such file", "../'; x\n")) {
      transport.makeLink(text, at("link"));
      assertEquals(FileStat.Kind.LINK, facts("link").kind());
      assertEquals(text, transport.readLink(at("link")));
      assertThrows(IOException.class, () -> transport.makeLink(text, at("link")));
      transport.remove(at("link"));
    }
    assertThrows(IOException.class, () -> transport.readLink(at("file")));
    assertThrows(IOException.class, () -> transport.readLink(at("gone")));
  }

  @Test
  void setsPermissionsAndTimes() throws IOException {
    Instant then = Instant.parse("2001-02-03T04:05:06Z");
    write("file", "content");
    transport.mkdir(at("folder"), 0700);
    for (String name : List.of("file", "folder")) {
      transport.setAttributes(at(name), 0550, then);
      assertEquals(0550, facts(name).mode());
      assertEquals(then, facts(name).modified());
    }
    assertThrows(IOException.class, () -> transport.setAttributes(at("gone"), 0600, then));
  }

  @Test
  void anEmptyFileIsAFile() throws IOException {
    write("f", "");
    assertEquals("", read("f"));
    transport.get(at("f"), here.resolve("f"));
    assertEquals(0, Files.size(here.resolve("f")));
    transport.put(here.resolve("f"), at("g"));
    assertEquals(0, facts("g").size());
  }

  @Test
  void readsFromAnOffsetToTheEndThatTheFileHasThen() throws IOException {
    write("f", "0123456789");
    try (InputStream in = transport.read(at("f"), 4)) {
      sh("printf ' and more' >>\"$1\"", at("f"));
      assertEquals("456789", new String(in.readAllBytes(), UTF_8));
    }
    try (InputStream in = transport.read(at("f"), 1000)) {
      assertEquals(-1, in.read());
    }
    assertThrows(IllegalArgumentException.class, () -> transport.read(at("f"), -1));
    assertThrows(NoSuchFileException.class, () -> transport.read(at("gone"), 0));
  }

  @Test
  void aStreamThatIsNotReadToItsEndIsClosed() throws IOException {
    sh("head -c 10000000 /dev/zero >\"$1\"", at("f"));
    for (int i = 0; i < 20; i++) {
      try (InputStream in = transport.read(at("f"), i)) {
        assertEquals(0, in.read());
      }
    }
    assertEquals(10_000_000, facts("f").size());
  }

  @Test
  void listsByNameAndFollowsNoLink() throws IOException {
    write("b file", "12345");
    transport.mkdir(at("c"), 0755);
    sh("ln -s /nonexistent \"$1\"", at("a"));
    write(".hidden", "");
    List<FileStat> all = transport.list(folder);
    assertEquals(
        List.of(at(".hidden"), at("a"), at("b file"), at("c")),
        all.stream().map(FileStat::path).toList());
    assertEquals(
        List.of(Kind.FILE, Kind.LINK, Kind.FILE, Kind.FOLDER),
        all.stream().map(FileStat::kind).toList());
    assertEquals(5, all.get(2).size());
    assertThrows(NoSuchFileException.class, () -> transport.list(at("gone")));
    assertThrows(FileSystemException.class, () -> transport.list(at("b file")));
  }

  @Test
  void tellsWhenAFileWasChanged() throws IOException {
    sh("TZ=UTC touch -t 202001020304.05 \"$1\"", at("f"));
    assertEquals(Instant.parse("2020-01-02T03:04:05Z"), facts("f").modified());
  }

  @Test
  void statsWhatIsThereAndWhatIsNot() throws IOException {
    assertTrue(transport.stat(at("gone")).isEmpty());
    write("f", "");
    assertTrue(transport.stat(at("f/below")).isEmpty());
    assertEquals(Kind.OTHER, transport.stat("/dev/null").orElseThrow().kind());
    sh("ln -s . \"$1\"", at("link"));
    assertEquals(Kind.LINK, facts("link").kind());
  }

  @Test
  void renamesInPlaceOfWhatStoodThere() throws IOException {
    write("a", "a");
    write("b", "b");
    transport.rename(at("a"), at("b"));
    assertEquals("a", read("b"));
    assertEquals(List.of("b"), names());
    assertThrows(NoSuchFileException.class, () -> transport.rename(at("a"), at("c")));
  }

  @Test
  void aFolderIsMadeByOneCallOnly() throws IOException {
    for (int mode : List.of(0700, 0755, 0777, 02770)) {
      String name = Integer.toOctalString(mode);
      assertTrue(transport.mkdir(at(name), mode));
      assertFalse(transport.mkdir(at(name), 0700));
      assertEquals(mode, facts(name).mode());
    }
    write("f", "");
    assertFalse(transport.mkdir(at("f"), 0700));
    sh("ln -s /nonexistent \"$1\"", at("link"));
    assertFalse(transport.mkdir(at("link"), 0700));
    assertThrows(NoSuchFileException.class, () -> transport.mkdir(at("gone/d"), 0700));
  }

  @Test
  void ofManyWhoMakeAFolderOneDoes() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(() -> transport.mkdir(at("d"), 0700));
      }
      int made = 0;
      for (Future<Boolean> one : threads.invokeAll(all)) {
        made += one.get() ? 1 : 0;
      }
      assertEquals(1, made);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void removesEverythingButWhatLinksPointTo() throws IOException {
    sh(
        "cd \"$1\" && mkdir kept d d/e d/e/f && echo >kept/f && echo >d/e/g"
            + " && ln -s ../kept d/link && ln -s kept link && ln -s /nonexistent dangling",
        folder);
    transport.remove(at("d"));
    transport.remove(at("dangling"));
    transport.remove(at("link"));
    transport.remove(at("gone"));
    transport.mkdir(at("empty"), 0700);
    transport.remove(at("empty"));
    assertEquals(List.of("kept"), names());
    assertEquals("\n", read("kept/f"));
  }

  @Test
  void whatIsNotAllowedIsSaidSo() throws IOException {
    if (sh("id -u").stdout().strip().equals("0")) {
      return; // root is allowed everything
    }
    transport.mkdir(at("closed"), 0500);
    assertThrows(AccessDeniedException.class, () -> write("closed/f", "x"));
    assertThrows(AccessDeniedException.class, () -> transport.mkdir(at("closed/d"), 0700));
    transport.write(new byte[1], at("secret"), 0000);
    assertThrows(AccessDeniedException.class, () -> read("secret"));
  }

  @Test
  void refusesPathsThatAreNone() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> transport.stat("relative"));
    assertSays(e, "relative");
    IOException nul = assertThrows(IOException.class, () -> transport.stat("/a\0b"));
    assertSays(nul, "NUL");
  }

  @Test
  void servesSeveralThreadsAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(20);
    try {
      List<Callable<String>> all = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        String name = "f" + i;
        all.add(() -> {
          write(name, name);
          return sh("cat \"$1\"", at(name)).stdout() + read(name);
        });
      }
      List<Future<String>> done = threads.invokeAll(all);
      for (int i = 0; i < done.size(); i++) {
        assertEquals(("f" + i).repeat(2), done.get(i).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** In place of null until there is one. */
  private static final class Unopened {
    private static final Transport TRANSPORT = FaultyTransport.unreachable();
  }
}
