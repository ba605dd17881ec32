// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The unpacked tarball, a scratch folder to work in, and an environment that holds nothing of the
 * person who runs the tests.
 */
final class Installation {
  private static final int SECONDS = 60;

  private final Path home;
  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  private Installation(Path home, Path folder) {
    this.home = home;
    this.folder = folder;
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("HPC_STATE_DIR", sharedState().toString());
    environment.put("TMPDIR", folder.toString());
  }

  /** One state folder for all tests of a run, so that the class-data archive is made once. */
  private static Path sharedState() {
    return dist().resolveSibling("it-state");
  }

  private static Path dist() {
    return Path.of(System.getProperty("hpc.test.dist"));
  }

  static Installation in(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("home"));
    return new Installation(dist(), folder);
  }

  /** The same scratch folder with an installation elsewhere. */
  Installation at(Path otherHome) {
    Installation other = new Installation(otherHome, folder);
    other.environment.clear();
    other.environment.putAll(environment);
    return other;
  }

  static Path tarball() {
    return Path.of(System.getProperty("hpc.test.tarball"));
  }

  static Stream<String> javaHomes() {
    String others = System.getProperty("hpc.test.javaHomes", "");
    return Stream.concat(
        Stream.of(System.getProperty("java.home")),
        Arrays.stream(others.split(File.pathSeparator)).filter(home -> !home.isEmpty()));
  }

  static boolean onPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(element -> Files.isExecutable(Path.of(element, program)));
  }

  Installation with(String variable, @Nullable String value) {
    if (value == null) {
      environment.remove(variable);
    } else {
      environment.put(variable, value);
    }
    return this;
  }

  Path home() {
    return home;
  }

  Path folder() {
    return folder;
  }

  Path state() {
    return Path.of(environment.get("HPC_STATE_DIR"));
  }

  Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** Writes a script that can be executed. */
  Path program(String name, String body) throws IOException {
    Path file = write(name, "#!/bin/bash\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** How a command ended. */
  record Result(int status, String out, String err) {
    Result ok() {
      assertThat(status).as("status; out: %s err: %s", out, err).isZero();
      return this;
    }

    List<String> lines() {
      return out.lines().toList();
    }
  }

  Result launch(String... args) throws IOException, InterruptedException {
    return run(command("hpc-launch", args));
  }

  Result hpc(String... args) throws IOException, InterruptedException {
    return run(command("hpc", args));
  }

  /**
   * Waits until the class-data archive of hpc is made, which its first start lets others do: before
   * that the state folder cannot be removed.
   */
  void awaitArchive() throws IOException, InterruptedException {
    Instant end = Instant.now().plusSeconds(SECONDS);
    Path archives = state().resolve("cache/jvm");
    while (files(archives, "hpc-[0-9]*/making.*").findAny().isPresent()
        || files(archives, "hpc-[0-9]*/options").findAny().isEmpty()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("no archive was made in " + archives);
      }
      Thread.sleep(20);
    }
  }

  private static Stream<Path> files(Path folder, String glob) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    PathMatcher matcher = folder.getFileSystem().getPathMatcher("glob:" + folder + "/" + glob);
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> each = Files.newDirectoryStream(folder)) {
      for (Path one : each) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(one)) {
          entries.forEach(found::add);
        }
      }
    }
    return found.stream().filter(matcher::matches);
  }

  List<String> command(String program, String... args) {
    List<String> argv =
        new ArrayList<>(List.of(home.resolve("bin").resolve(program).toString()));
    argv.addAll(Arrays.asList(args));
    return argv;
  }

  /** Runs a line of bash in which {@code $hpc_launch} and {@code $hpc} stand for the commands. */
  Result bash(String script) throws IOException, InterruptedException {
    with("hpc_launch", home.resolve("bin/hpc-launch").toString());
    with("hpc", home.resolve("bin/hpc").toString());
    return run(List.of("bash", "-c", script));
  }

  Result run(List<String> argv) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", null);
    Path err = Files.createTempFile(folder, "err", null);
    Process process = start(argv, out, err);
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError(argv + " has not ended; err: " + Files.readString(err));
    }
    // bytes that are no UTF-8 count as what they are
    return new Result(
        process.exitValue(), Files.readString(out, StandardCharsets.ISO_8859_1), text(err));
  }

  Process start(List<String> argv, Path out, Path err) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(argv)
        .directory(folder.toFile())
        .redirectInput(new File("/dev/null"))
        .redirectOutput(out.toFile())
        .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** Copies the installation, for tests that change it. */
  Path copy(String name) throws IOException {
    Path copy = folder.resolve(name);
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            copy.resolve(home.relativize(file).toString()),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }
}
