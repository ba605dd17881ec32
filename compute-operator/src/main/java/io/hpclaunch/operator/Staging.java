// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.CopyProgress;
import io.hpclaunch.api.transport.FileCopy;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings an attempt's files to the backend's host.
 *
 * <pre>
 * RUNS/KEY/inputs/SHA256     each content once, for all tasks and attempts of the run
 * RUNS/KEY/tasks/TASK/N      the directory of an attempt: copies of its inputs, made there
 * </pre>
 *
 * A content that stands there under its hash is whole and is not uploaded again. The attempt's
 * directory is made anew each time: nothing was submitted as long as its files are being placed.
 */
final class Staging {
  private static final int PRIVATE_FOLDER = 0700;
  private static final int PRIVATE_FILE = 0600;
  private static final int WORDS_AT_ONCE = 600;
  private static final Duration LONG = Duration.ofHours(6);

  /** Words: root, directory, then hash, mode and place of each file. */
  private static final String PLACE = """
      set -eu
      inputs=$1 directory=$2
      shift 2
      while [ $# -gt 0 ]; do
        cp "$inputs/$1" "$directory/$3"
        chmod "$2" "$directory/$3"
        shift 3
      done
      """;

  /**
   * Words: files; prints a line with each one's hash. Status 127 where there is no such program.
   */
  private static final String HASH = """
      if command -v sha256sum >/dev/null 2>&1; then sha256sum "$@"
      elif command -v shasum >/dev/null 2>&1; then shasum -a 256 "$@"
      else exit 127; fi
      """;

  private static final int NO_SUCH_PROGRAM = 127;
  private static final int HASH_LENGTH = 64;

  private final Transport transport;
  private final RunFolder run;
  private final String root;

  /**
   * Prepares to bring files.
   *
   * @param transport the way to the host
   * @param root the run's folder there
   * @param run the run
   */
  Staging(Transport transport, String root, RunFolder run) {
    this.transport = transport;
    this.root = root;
    this.run = run;
  }

  /** An input file is not what it was when the run was prepared. */
  static final class InputChanged extends IOException {
    private static final long serialVersionUID = 1L;

    InputChanged(String message) {
      super(message);
    }
  }

  /**
   * Brings the files, unless they are there.
   *
   * @return the attempt's directory
   * @throws InputChanged when an input file is not what it was
   * @throws IOException when the host refused
   * @throws BackendUnavailable when the host cannot be reached
   */
  String bring(Task task, Attempt attempt, RunListener listener) throws IOException {
    Manifest manifest = run.manifest(task, attempt.number());
    makeFolders(root + "/inputs");
    upload(task, manifest, listener);
    String directory = root + "/tasks/" + task.id() + "/" + attempt.number();
    transport.remove(directory);
    makeFolders(directory);
    place(manifest, directory);
    return directory;
  }

  private void makeFolders(String folder) throws IOException {
    if (folder.isEmpty() || transport.stat(folder).isPresent()) {
      return;
    }
    makeFolders(folder.substring(0, folder.lastIndexOf('/')));
    transport.mkdir(folder, PRIVATE_FOLDER);
  }

  // ---- uploads -----------------------------------------------------------------------------

  private void upload(Task task, Manifest manifest, RunListener listener) throws IOException {
    Map<String, Manifest.Input> missing = missing(manifest);
    if (missing.isEmpty()) {
      return;
    }
    long bytes = missing.values().stream().mapToLong(Manifest.Input::bytes).sum();
    listener.uploading(task.id(), missing.size(), bytes);
    List<FileCopy> copies = new ArrayList<>();
    for (Manifest.Input input : missing.values()) {
      copies.add(copy(input));
    }
    transport.putAll(copies, CopyProgress.NONE);
    keep(List.copyOf(missing.values()));
  }

  /** The contents that the host does not have, each once. */
  private Map<String, Manifest.Input> missing(Manifest manifest) throws IOException {
    Set<String> there = new HashSet<>();
    for (FileStat each : transport.list(root + "/inputs")) {
      there.add(name(each.path()) + " " + each.size());
    }
    Map<String, Manifest.Input> missing = new LinkedHashMap<>();
    for (Manifest.Input input : manifest.files()) {
      if (!there.contains(input.sha256() + " " + input.bytes())) {
        missing.putIfAbsent(input.sha256(), input);
      }
    }
    return missing;
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Under a name that says that it was not looked at yet. */
  private FileCopy copy(Manifest.Input input) throws IOException {
    Path source = source(input);
    if (!Files.isRegularFile(source)) {
      throw new InputChanged("input file " + source + " is not there any more");
    }
    if (Files.size(source) != input.bytes()) {
      throw changed(input);
    }
    return new FileCopy(
        source.toRealPath(),
        arrived(input),
        input.bytes(),
        Files.getLastModifiedTime(source).toInstant(),
        PRIVATE_FILE);
  }

  private Path source(Manifest.Input input) {
    return input.source() == null ? run.content(input.sha256()) : Path.of(input.source());
  }

  private String arrived(Manifest.Input input) {
    return root + "/inputs/" + input.sha256() + ".new";
  }

  private static InputChanged changed(Manifest.Input input) {
    return new InputChanged("input file " + input.source()
        + " was changed since the run was prepared: 'hpc run retry' takes it as it is now");
  }

  /** What arrived gets its hash as its name when the host finds that very hash. */
  private void keep(List<Manifest.Input> inputs) throws IOException {
    for (int i = 0; i < inputs.size(); i += WORDS_AT_ONCE) {
      keepSome(inputs.subList(i, Math.min(inputs.size(), i + WORDS_AT_ONCE)));
    }
  }

  private void keepSome(List<Manifest.Input> inputs) throws IOException {
    List<String> hashes = hashes(inputs);
    for (int i = 0; i < inputs.size(); i++) {
      Manifest.Input input = inputs.get(i);
      if (!hashes.get(i).equals(input.sha256())) {
        transport.remove(arrived(input));
        throw changed(input);
      }
      transport.rename(arrived(input), root + "/inputs/" + input.sha256());
    }
  }

  /** As the host finds them; where it has no program for that, as they are here. */
  private List<String> hashes(List<Manifest.Input> inputs) throws IOException {
    List<String> words = new ArrayList<>(List.of("sh", "-c", HASH, "sh"));
    inputs.forEach(input -> words.add(arrived(input)));
    CommandResult result = transport.run(Command.of(words).withTimeout(LONG));
    List<String> hashes = new ArrayList<>();
    if (result.status() == NO_SUCH_PROGRAM) {
      for (Manifest.Input input : inputs) {
        hashes.add(Hashes.sha256(source(input)));
      }
      return hashes;
    }
    result.stdout().lines().map(Staging::hash).forEach(hashes::add);
    if (result.status() != 0 || hashes.size() != inputs.size()) {
      throw new IOException(
          "files on " + transport.host() + " cannot be checked: " + firstLine(result));
    }
    return hashes;
  }

  /** A name with odd characters has a backslash before the line. */
  private static String hash(String line) {
    String text = line.startsWith("\\") ? line.substring(1) : line;
    return text.length() < HASH_LENGTH ? "" : text.substring(0, HASH_LENGTH);
  }

  private static String firstLine(CommandResult result) {
    return result.stderr().lines().findFirst().orElse("exit status " + result.status());
  }

  // ---- the attempt's directory ------------------------------------------------------------

  private void place(Manifest manifest, String directory) throws IOException {
    Set<String> folders = new LinkedHashSet<>(manifest.folders());
    for (Manifest.Input input : manifest.files()) {
      int slash = input.target().lastIndexOf('/');
      if (slash > 0) {
        folders.add(input.target().substring(0, slash));
      }
    }
    List<String> paths =
        folders.stream().map(folder -> directory + "/" + folder).toList();
    for (List<String> some : inParts(paths)) {
      List<String> words = new ArrayList<>(List.of("mkdir", "-p"));
      words.addAll(some);
      run(words);
    }
    List<String> triples = new ArrayList<>();
    for (Manifest.Input input : manifest.files()) {
      triples.addAll(List.of(input.sha256(), input.isExecutable() ? "755" : "644", input.target()));
    }
    for (List<String> some : inParts(triples)) {
      List<String> words =
          new ArrayList<>(List.of("sh", "-c", PLACE, "sh", root + "/inputs", directory));
      words.addAll(some);
      run(words);
    }
  }

  /** A multiple of three, so that what belongs together stays so. */
  private static List<List<String>> inParts(List<String> words) {
    List<List<String>> parts = new ArrayList<>();
    for (int i = 0; i < words.size(); i += WORDS_AT_ONCE) {
      parts.add(words.subList(i, Math.min(words.size(), i + WORDS_AT_ONCE)));
    }
    return parts;
  }

  private void run(List<String> words) throws IOException {
    CommandResult result = transport.run(Command.of(words).withTimeout(LONG));
    if (result.status() != 0) {
      throw new IOException(
          "files cannot be placed on " + transport.host() + ": " + firstLine(result));
    }
  }
}
