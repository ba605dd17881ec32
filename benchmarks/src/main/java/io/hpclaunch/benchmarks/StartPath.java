// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import io.hpclaunch.api.Resources;
import io.hpclaunch.api.ShellWords;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.Word;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.launch.PlanScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Parts of the start of {@code hpc-launch}, in a JVM that is warm. They find a part that became
 * slow in itself; what a start costs is mostly the loading of classes, which only the script
 * {@code launch-overhead} sees.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StartPath {
  private static final String SITE = """
      hpc:
        backend: site
        backends:
          - name: site
            type: shell
            config: {cores_per_socket: 16, sockets_per_node: 2}
            launch:
              type: mpi
              exec: mpirun
              default_options: [--map-by, "ppr:%(ranks_per_socket)d:socket"]
              variables: {OMP_NUM_THREADS: "1"}
      """;

  private final LaunchPlan plan = new LaunchPlan(
      List.of(
          Word.of("mpirun"),
          Word.of("--map-by"),
          Word.of("ppr:16:socket"),
          new Word.User(3, "-n"),
          new Word.User(4, "32"),
          new Word.User(5, "./app"),
          new Word.User(6, "a name with 'quotes'")),
      Map.of("OMP_NUM_THREADS", "1"),
      Set.of(),
      List.of());

  private Path folder = Path.of("");

  /**
   * Writes a configuration file, and reads it once so that its cache is there.
   *
   * @throws IOException when the folder for temporary files cannot be written to
   */
  @Setup
  public void writeConfiguration() throws IOException {
    folder = Files.createTempDirectory("hpc-benchmark");
    Files.writeString(folder.resolve("hpc-launch.yaml"), SITE);
    Configuration.load(sources());
  }

  /**
   * Removes the folder.
   *
   * @throws IOException when it cannot be removed
   */
  @TearDown
  public void removeConfiguration() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /**
   * A configuration file whose parsed form is remembered, as at every start but the first.
   *
   * @return the configuration
   */
  @Benchmark
  public Configuration configurationFromCache() {
    return Configuration.load(sources());
  }

  /**
   * The words of an option that was written as one string.
   *
   * @return the words
   */
  @Benchmark
  public List<String> shellWords() {
    return ShellWords.split("--bind-to core --mca btl 'self,vader' \"a b\" c\\ d");
  }

  /**
   * The lines that the wrapper evaluates.
   *
   * @return the script
   */
  @Benchmark
  public String planScript() {
    return PlanScript.exec(plan, 6);
  }

  /**
   * Resources in the words of PBS.
   *
   * @return the resources
   */
  @Benchmark
  public Resources resourcesOfPbs() {
    return Resources.parse("select=2:ncpus=8:mem=32gb:ngpus=1");
  }

  /**
   * Resources in the words of Slurm.
   *
   * @return the resources
   */
  @Benchmark
  public Resources resourcesOfSlurm() {
    return Resources.parse("--nodes=2 --ntasks-per-node=4 --mem 32G");
  }

  private ConfigSources sources() {
    return ConfigSources.builder()
        .environment(Map.of("HOME", folder.toString()))
        .workingDirectory(folder)
        .home(folder)
        .stateDirectory(folder.resolve("state"))
        .build();
  }
}
