// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.JobSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A job that runs until a file is there. */
final class Gate {
  private Gate() {}

  static JobSpec job(HpcTestRuntime hpc, String name, Path gate) {
    return hpc.job(name).command(argv(gate)).build();
  }

  /** The command: tells by GATE.started that it runs, and ends when there is GATE. */
  static String[] argv(Path gate) {
    return argv(gate, ":");
  }

  /** The same, with a line of shell that runs before the end. */
  static String[] argv(Path gate, String last) {
    String wait = ": >\"$0.started\"; until [ -e \"$0\" ]; do sleep 0.05; done";
    return new String[] {"sh", "-c", wait + "; " + last, gate.toString()};
  }

  static boolean isReached(Path gate) {
    return Files.exists(Path.of(gate + ".started"));
  }

  static void open(Path gate) {
    try {
      Files.createFile(gate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
