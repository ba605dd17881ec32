// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.core.scheduler.CarriedToken;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Reads an answer of squeue, from its text to what is told of each job. In the plugin's package,
 * since a parser is nobody else's business.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SqueueRows {
  private static final int ROWS = 11_000;

  private final String answer = answer();

  /** Half of the jobs wait, a quarter runs, a quarter has ended. */
  private static String answer() {
    List<String> rows = new ArrayList<>(ROWS);
    for (int i = 1; i <= ROWS; i++) {
      String folder = "/scratch/alice/hpc/jobs/h3k9x2m7q4v8b5n1c6z0w%07d".formatted(i);
      String state = switch (i % 4) {
        case 0 ->
          "RUNNING|None|1795254432|1795254433|1795258033|1:00:00|1:05|0|0" + "|node[1-2]|2|8|node1";
        case 1 ->
          "COMPLETED|None|1795254432|1795254432|1795254433|1:00:00|0:01|0|0"
              + "|node[1-2]|2|8|node1";
        default -> "PENDING|Priority|1795254432|0|0|1:00:00|0:00|0|0||2|8|n/a";
      };
      rows.add("%d|%1$d|%s|compute|4294901739|alice|%s|%3$s/script|sweep_task_%1$05d|%s|%1$d\n"
          .formatted(i, state, folder, folder.substring(folder.lastIndexOf('/') + 1)));
    }
    return String.join("", rows).replace('|', Rows.DELIMITER);
  }

  /**
   * Reads it.
   *
   * @param blackhole takes what was read
   */
  @Benchmark
  public void read(Blackhole blackhole) {
    Squeue.Listing listing = Squeue.parse(answer);
    if (listing.rows().size() != ROWS) {
      throw new IllegalStateException(listing.rejected() + " rows are none");
    }
    for (Squeue.Row row : listing.rows()) {
      blackhole.consume(row.info());
      blackhole.consume(CarriedToken.of(row.workDir(), row.command()));
    }
  }
}
