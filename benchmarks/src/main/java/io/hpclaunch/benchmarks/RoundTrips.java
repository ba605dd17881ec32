// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Runs {@code true} on the host of the backend {@code box}, again and again over one connection,
 * and prints how many microseconds each took: {@code RoundTrips CONFIG PLUGINS NUMBER}.
 */
public final class RoundTrips {
  private RoundTrips() {}

  /**
   * Runs the benchmark.
   *
   * @param args the configuration file, the folder of plugins, and how often
   * @throws IOException when the host cannot be reached
   */
  public static void main(String[] args) throws IOException {
    try (HpcRuntime runtime = HpcRuntime.builder()
        .configuration(Path.of(args[0]))
        .pluginPath(Path.of(args[1]))
        .build()) {
      Transport way = runtime.backend("box").transport();
      Command command = Command.of("true");
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        long begin = System.nanoTime();
        way.run(command);
        System.out.println(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin));
      }
    }
  }
}
