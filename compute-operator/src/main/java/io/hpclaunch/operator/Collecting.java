// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transfer.CopyResult;
import io.hpclaunch.core.transfer.TreeCopy;
import io.hpclaunch.core.transfer.TreeFilter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Brings the results of attempts that have ended, well or badly. */
final class Collecting {
  private static final List<String> LOGS = List.of(Task.STDOUT, Task.STDERR);

  private final Work work;
  private final RunFolder run;
  private final FailedCollections failed;

  Collecting(Work work, RunFolder run, FailedCollections failed) {
    this.work = work;
    this.run = run;
    this.failed = failed;
  }

  /** Collects what was not collected; what cannot be is told, and tried again the next time. */
  void collect() throws IOException {
    for (Task task : run.spec().tasks()) {
      Attempt last = run.last(task);
      if (last.awaitsCollection()) {
        try {
          collect(task, last);
        } catch (HpcException | IOException e) {
          if (!(e instanceof BackendUnavailable)) {
            failed.add(task.id(), last.number(), String.valueOf(e.getMessage()));
          }
          work.listener()
              .problem(
                  "the results of task " + task.id() + " cannot be collected: " + e.getMessage());
        }
      }
    }
  }

  private void collect(Task task, Attempt attempt) throws IOException {
    Path results = Files.createDirectories(run.results(task, attempt.number()));
    Backend backend = work.backend(attempt.backend());
    Transport transport = backend.transport();
    String directory = String.valueOf(attempt.directory());
    if (transport.stat(directory).isPresent()) {
      awaitOutput(backend, transport, attempt, directory);
      CopyResult copied = TreeCopy.over(transport)
          .filter(new Wanted(task.downloadPatterns().filter()))
          .progress(progress(task))
          .download(directory, results);
      Trees.removeUnfinished(results);
      tellLeftOut(task, copied);
    } else {
      work.listener()
          .problem("the directory " + directory + " of task " + task.id() + " is gone from "
              + transport.host());
    }
    for (String log : LOGS) {
      makeIfMissing(results.resolve(log));
    }
    exitCode(results.resolve(Task.EXIT_CODE), attempt);
    run.save(task, attempt.collected(work.now()));
  }

  /** The logs always, the exit code never: that file is ours. Everything else by the patterns. */
  private record Wanted(TreeFilter patterns) implements TreeFilter {
    @Override
    public boolean enters(String folder) {
      return !folder.equals(Task.EXIT_CODE) && patterns.enters(folder);
    }

    @Override
    public boolean takes(String file) {
      return LOGS.contains(file) || (!file.equals(Task.EXIT_CODE) && patterns.takes(file));
    }

    @Override
    public boolean emptyFolders() {
      return patterns.emptyFolders();
    }
  }

  private CopyListener progress(Task task) {
    return new CopyListener() {
      @Override
      public void planned(long files, long bytes) {
        work.listener().collecting(task.id(), files, bytes);
      }

      @Override
      public void copied(long bytes) {
        // the whole is told beforehand
      }
    };
  }

  private void tellLeftOut(Task task, CopyResult copied) {
    List<String> leftOut = copied.leftOut();
    if (!leftOut.isEmpty()) {
      work.listener()
          .problem("task " + task.id()
              + ": not collected, being devices, pipes, links that lead elsewhere, or named in bytes"
              + " that are no UTF-8: "
              + String.join(", ", leftOut.subList(0, Math.min(3, leftOut.size())))
              + (leftOut.size() > 3 ? " and " + (leftOut.size() - 3) + " more" : ""));
    }
  }

  /** Some schedulers bring output to its place only after a job's end: its logs tell when. */
  private static void awaitOutput(
      Backend backend, Transport transport, Attempt attempt, String directory) throws IOException {
    JobId job = attempt.job();
    if (job != null
        && attempt.started() != null
        && transport.stat(directory + "/" + Task.STDOUT).isEmpty()) {
      try (InputStream log = backend.logs(job).follow(JobLogs.Stream.STDOUT)) {
        log.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  private static void makeIfMissing(Path file) throws IOException {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // it was collected
    }
  }

  /** The exit code as a shell tells it; an empty file where it is not known. */
  private static void exitCode(Path file, Attempt attempt) throws IOException {
    Integer status = attempt.status();
    byte[] text = (status == null ? "" : status + "\n").getBytes(StandardCharsets.US_ASCII);
    if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), text)) {
      Documents.write(file, text);
    }
  }
}
