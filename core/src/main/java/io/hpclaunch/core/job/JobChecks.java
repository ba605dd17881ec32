// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.StagedFile;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What can be seen of a job before it is submitted: each complaint comes before anything runs. */
final class JobChecks {
  private final String backend;
  private final Transport transport;

  JobChecks(String backend, Transport transport) {
    this.backend = backend;
    this.transport = transport;
  }

  /**
   * What the backend lacks.
   *
   * @param given the job as its user gave it
   * @param spec the same with what the configuration adds
   */
  void capabilities(JobSpec given, JobSpec spec, Capabilities has) {
    Lacking lacking = Lacking.of(given, spec, has);
    if (!lacking.isNone()) {
      throw new Unsupported("backend " + backend + " cannot do what job '" + spec.name()
          + "' needs: " + lacking + remedy(lacking) + "; nothing was submitted");
    }
  }

  private String remedy(Lacking lacking) {
    return lacking.has(Capability.LAUNCHERS) && !transport.isLocal()
        ? "; of jobs on another host: start the launcher in the job's command"
        : "";
  }

  /** Files that the job names. */
  void files(JobSpec spec, Capabilities has) {
    String directory = spec.workingDirectory();
    if (directory != null && !directory.startsWith("/")) {
      throw new InvalidJob("the working directory '" + directory + "' is not an absolute path");
    }
    for (StagedFile file : spec.stageIn()) {
      if (file instanceof StagedFile.FromPath path && !Files.isReadable(path.source())) {
        throw new InvalidJob("the file to stage in is missing or cannot be read: " + path.source());
      }
    }
    if (!has.has(Capability.SHARED_FILES)) {
      return;
    }
    try {
      paths(spec);
    } catch (IOException e) {
      throw new BackendUnavailable(
          transport.host() + " cannot be asked about the job's files: " + e.getMessage(), e);
    }
  }

  private void paths(JobSpec spec) throws IOException {
    String directory = spec.workingDirectory();
    if (directory != null) {
      require(directory, "working directory", FileStat.Kind.FOLDER, Files::isExecutable);
    }
    String base = String.valueOf(directory);
    String in = spec.stdin();
    if (in != null && in.indexOf('{') < 0 && (in.startsWith("/") || directory != null)) {
      String path = JobPaths.absolute(in, base);
      require(path, "standard input", FileStat.Kind.FILE, Files::isReadable);
    }
    for (String out : outputs(spec)) {
      if (out.indexOf('{') < 0 && (out.startsWith("/") || directory != null)) {
        writable(JobPaths.absolute(out, base));
      }
    }
  }

  private static List<String> outputs(JobSpec spec) {
    String out = spec.stdout();
    String err = spec.stderr();
    return out == null
        ? err == null ? List.of() : List.of(err)
        : err == null ? List.of(out) : List.of(out, err);
  }

  private void require(String path, String what, FileStat.Kind kind, Predicate<Path> allows)
      throws IOException {
    Optional<FileStat> stat = transport.stat(path);
    FileStat.Kind found = stat.map(FileStat::kind).orElse(null);
    if (found == null) {
      throw new InvalidJob(what + " " + path + " does not exist on " + transport.host());
    }
    boolean wrong =
        kind == FileStat.Kind.FOLDER ? found == FileStat.Kind.FILE : found == FileStat.Kind.FOLDER;
    if (wrong) {
      throw new InvalidJob(what + " " + path + " is a "
          + (found == FileStat.Kind.FILE ? "file" : "folder") + " on " + transport.host());
    }
    Path here = local(path);
    if (here != null && !allows.test(here)) {
      throw new InvalidJob(what + " " + path + " cannot be "
          + (kind == FileStat.Kind.FOLDER ? "entered" : "read") + ": no permission");
    }
  }

  /** Missing folders above an output are made by the job: the first one that is there counts. */
  private void writable(String path) throws IOException {
    Optional<FileStat> stat = transport.stat(path);
    if (stat.isPresent() && stat.get().kind() == FileStat.Kind.FOLDER) {
      throw new InvalidJob("the output " + path + " is a folder on " + transport.host());
    }
    String at = path;
    while (stat.isEmpty() && !at.isEmpty()) {
      at = JobFolder.parent(at);
      stat = at.isEmpty() ? Optional.empty() : transport.stat(at);
      if (stat.isPresent() && stat.get().kind() == FileStat.Kind.FILE) {
        throw new InvalidJob(
            "the output " + path + " cannot be made: " + at + " is a file on " + transport.host());
      }
    }
    Path here = at.isEmpty() ? null : local(at);
    if (here != null && !Files.isWritable(here)) {
      throw new InvalidJob("the output " + path + " cannot be written: no permission for " + at);
    }
  }

  /** Permissions can be judged on this machine only. */
  private @Nullable Path local(String path) {
    if (!transport.isLocal()) {
      return null;
    }
    try {
      Path here = Path.of(path);
      return Files.exists(here) ? here : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
