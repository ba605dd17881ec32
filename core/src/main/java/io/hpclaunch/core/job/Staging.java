// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.StagedFile;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Brings a job's files to its working directory. */
final class Staging {
  private static final int FILE = 0644;
  private static final int EXECUTABLE = 0755;

  private final Transport transport;

  Staging(Transport transport) {
    this.transport = transport;
  }

  void bring(JobSpec spec) throws IOException {
    String directory = String.valueOf(spec.workingDirectory());
    for (StagedFile file : spec.stageIn()) {
      String target = directory + "/" + file.target();
      JobFolder.makeFolders(transport, JobFolder.parent(target));
      if (file instanceof StagedFile.FromContent content) {
        transport.write(content.content(), target, FILE);
      } else if (file instanceof StagedFile.FromPath path) {
        bring(path.source(), target);
      }
    }
  }

  private void bring(Path source, String target) throws IOException {
    if (!Files.isDirectory(source)) {
      put(source, target);
      return;
    }
    List<Path> tree;
    try (Stream<Path> walk = Files.walk(source)) {
      tree = walk.toList();
    }
    for (Path each : tree) {
      String there = target + below(source, each);
      if (Files.isDirectory(each)) {
        JobFolder.makeFolders(transport, there);
      } else if (Files.isRegularFile(each)) {
        put(each, there);
      }
    }
  }

  private static String below(Path source, Path each) {
    StringBuilder path = new StringBuilder();
    for (Path name : source.relativize(each)) {
      if (!name.toString().isEmpty()) {
        path.append('/').append(name);
      }
    }
    return path.toString();
  }

  /** A program stays one. */
  private void put(Path source, String target) throws IOException {
    if (Files.isExecutable(source)) {
      transport.write(Files.readAllBytes(source), target, EXECUTABLE);
    } else {
      transport.put(source, target);
    }
  }
}
