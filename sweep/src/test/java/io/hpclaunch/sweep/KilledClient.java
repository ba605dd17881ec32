// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.HpcRuntime;
import java.nio.file.Path;

/** A client that begins a sweep, tells each submission, and is killed by the test. */
final class KilledClient {
  static final int TASKS = 12;

  private KilledClient() {}

  static String yaml() {
    return "{grid: {x: {range: [" + TASKS + "]}}, command: 'echo {x} >>ran'}";
  }

  /**
   * Begins a sweep.
   *
   * @param args the folder, the backend, the mode, the sweep's name
   */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    HpcRuntime runtime = SweepSite.runtime(folder);
    SweepOptions options = SweepOptions.builder()
        .mode(Mode.parse(args[2]))
        .id(args[3])
        .folder(folder.resolve("sweeps"))
        .workingDirectory(folder)
        .build();
    System.out.println("begun");
    SweepRun.start(
        Sweep.parse(yaml(), "s.yaml", folder),
        runtime,
        runtime.backend(args[1]),
        options,
        done -> System.out.println("submitted " + done));
    System.out.println("done");
    runtime.close();
  }
}
