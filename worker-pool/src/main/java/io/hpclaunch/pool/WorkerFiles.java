// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.store.ObjectStore;
import io.hpclaunch.pool.worker.WorkerMain;
import io.hpclaunch.pool.worker.WorkerSettings;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What a worker needs where it runs: its classes, the file with its settings, and the script that
 * starts it.
 */
final class WorkerFiles {
  /** Each of these classes stands for the jar that it is in. */
  private static final List<Class<?>> NEEDED =
      List.of(WorkerMain.class, com.rabbitmq.client.Connection.class, org.slf4j.Logger.class);

  /** Starts the worker. */
  private static final String SCRIPT = "hpc-worker";

  private WorkerFiles() {}

  /**
   * Brings them to the store, and gives the words that start a worker.
   *
   * @param java the program, as the nodes know it
   * @param options for the JVM
   * @param settings what the worker is told
   * @param store where the nodes find it
   * @return an argument vector
   * @throws IOException when something cannot be written there
   */
  static List<String> command(
      String java, List<String> options, WorkerSettings settings, ObjectStore store)
      throws IOException {
    List<Path> jars = new ArrayList<>();
    for (Class<?> type : NEEDED) {
      Path jar = ClassPath.of(type);
      if (jar == null) {
        throw new IOException("no jar of " + type.getName() + " could be found");
      }
      jars.add(jar);
    }
    List<String> files = new ArrayList<>();
    for (String hash : ClassPath.upload(jars, store)) {
      files.add(store.file("jars/" + hash + ".jar").toString());
    }
    String folder = "workers/" + UUID.randomUUID() + "/";
    store.put(folder + SCRIPT, script());
    String key = folder + "settings.properties";
    store.put(key, settings.toText().getBytes(StandardCharsets.UTF_8));
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of("bash", store.file(folder + SCRIPT).toString(), store.file(key).toString(), java));
    // Without it, each process that a task starts costs a helper of the JDK's.
    words.add("-Djdk.lang.Process.launchMechanism=VFORK");
    words.add("-Dslf4j.internal.verbosity=ERROR");
    words.addAll(options);
    words.add("-cp");
    words.add(files.stream().collect(Collectors.joining(File.pathSeparator)));
    words.add(WorkerMain.class.getName());
    words.add(store.file(key).toString());
    return words;
  }

  private static byte[] script() throws IOException {
    try (InputStream in = WorkerFiles.class.getResourceAsStream(SCRIPT)) {
      return Objects.requireNonNull(in, SCRIPT).readAllBytes();
    }
  }
}
