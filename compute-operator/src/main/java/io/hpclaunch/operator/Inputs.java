// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.StagedFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Looks at tasks' input files, before anything runs. A file that several tasks share is read once.
 */
final class Inputs {
  private final Map<Path, String> hashes = new HashMap<>();

  /** What is kept of content that was given as such. */
  interface Keeper {
    void keep(String sha256, byte[] content) throws IOException;
  }

  /**
   * What a task's directory begins with.
   *
   * @throws InvalidJob when an input file is missing, or is neither file nor folder
   */
  Manifest look(Task task, Keeper keeper) throws IOException {
    List<Manifest.Input> files = new ArrayList<>();
    List<String> folders = new ArrayList<>();
    for (StagedFile file : task.files()) {
      if (file instanceof StagedFile.FromContent given) {
        byte[] content = given.content();
        String hash = Hashes.sha256(content);
        keeper.keep(hash, content);
        files.add(new Manifest.Input(file.target(), content.length, hash, false, null));
      } else if (file instanceof StagedFile.FromPath path) {
        look(task, path.source().toAbsolutePath().normalize(), file.target(), files, folders);
      }
    }
    return new Manifest(files, folders);
  }

  private void look(
      Task task, Path source, String target, List<Manifest.Input> files, List<String> folders)
      throws IOException {
    if (Files.isDirectory(source)) {
      folder(task, source, target, files, folders);
    } else if (Files.isRegularFile(source)) {
      files.add(file(source, target));
    } else {
      throw new InvalidJob("task " + task.id() + ": input file " + source
          + (Files.exists(source) ? " is neither a file nor a folder" : " does not exist"));
    }
  }

  private void folder(
      Task task, Path source, String target, List<Manifest.Input> files, List<String> folders)
      throws IOException {
    TreeSet<Path> entries = new TreeSet<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(source)) {
      stream.forEach(entries::add);
    }
    if (entries.isEmpty()) {
      folders.add(target);
    }
    for (Path each : entries) {
      boolean isLink = Files.isSymbolicLink(each);
      if (isLink && Files.isDirectory(each)) {
        throw new InvalidJob("task " + task.id() + ": " + each + " is a link to a folder, which"
            + " could lead anywhere: give that folder as an input of its own");
      }
      if (isLink && !each.toRealPath().startsWith(source.toRealPath())) {
        throw new InvalidJob("task " + task.id() + ": " + each + " is a link that leads out of its"
            + " folder: give that file as an input of its own");
      }
      look(task, each, target + "/" + each.getFileName(), files, folders);
    }
  }

  private Manifest.Input file(Path source, String target) throws IOException {
    String hash = hashes.get(source);
    if (hash == null) {
      hash = Hashes.sha256(source);
      hashes.put(source, hash);
    }
    long bytes = Files.size(source);
    return new Manifest.Input(target, bytes, hash, Files.isExecutable(source), source.toString());
  }
}
