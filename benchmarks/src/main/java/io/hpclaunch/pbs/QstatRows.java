// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
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
 * Reads an answer of {@code qstat -x -f -F json}, from its bytes to what is told of each job,
 * beside Gson, which makes a tree of it and no more. In the plugin's package, since a parser is
 * nobody else's business.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class QstatRows {
  private static final int JOBS = 1_000;

  /** As OpenPBS 23.06.06 tells a job; the marks are replaced. */
  private static final String JOB = """
      \t\t"@ID@.server":\t{
      \t\t\t"Job_Name":\t"sweep_task_@ID@",
      \t\t\t"Job_Owner":\t"alice@login1",
      @USED@\t\t\t"job_state":\t"@STATE@",
      \t\t\t"queue":\t"workq",
      \t\t\t"server":\t"server",
      \t\t\t"Checkpoint":\t"u",
      \t\t\t"ctime":\t"Sat Nov 21 01:33:46 2026",
      \t\t\t"Error_Path":\t"login1:@FOLDER@/stderr",
      \t\t\t"Hold_Types":\t"n",
      \t\t\t"Join_Path":\t"n",
      \t\t\t"Keep_Files":\t"n",
      \t\t\t"Mail_Points":\t"a",
      \t\t\t"mtime":\t"Sat Nov 21 01:33:50 2026",
      \t\t\t"Output_Path":\t"login1:@FOLDER@/stdout",
      \t\t\t"Priority":\t0,
      \t\t\t"qtime":\t"Sat Nov 21 01:33:46 2026",
      \t\t\t"Rerunable":\t"True",
      \t\t\t"Resource_List":\t{
      \t\t\t\t"mem":\t"16gb",
      \t\t\t\t"ncpus":\t4,
      \t\t\t\t"nodect":\t1,
      \t\t\t\t"place":\t"free",
      \t\t\t\t"select":\t"1:ncpus=4:mem=16gb",
      \t\t\t\t"walltime":\t"04:00:00"
      \t\t\t},
      \t\t\t"substate":\t10,
      \t\t\t"Variable_List":\t{
      \t\t\t\t"@TOKEN@":\t"@VALUE@",
      \t\t\t\t"PBS_O_HOME":\t"/home/alice",
      \t\t\t\t"PBS_O_LANG":\t"C.UTF-8",
      \t\t\t\t"PBS_O_LOGNAME":\t"alice",
      \t\t\t\t"PBS_O_PATH":\t"/opt/pbs/bin:/usr/local/bin:/usr/bin:/bin",
      \t\t\t\t"PBS_O_SHELL":\t"/bin/bash",
      \t\t\t\t"PBS_O_WORKDIR":\t"@FOLDER@",
      \t\t\t\t"PBS_O_SYSTEM":\t"Linux",
      \t\t\t\t"PBS_O_QUEUE":\t"workq",
      \t\t\t\t"PBS_O_HOST":\t"login1"
      \t\t\t},
      \t\t\t"comment":\t"Not Running: Not enough free nodes available",
      \t\t\t"etime":\t"Sat Nov 21 01:33:46 2026",
      \t\t\t"Submit_arguments":\t"@FOLDER@/script",
      \t\t\t"project":\t"_pbs_project_default",
      \t\t\t"Submit_Host":\t"login1"
      \t\t}""".replace("@TOKEN@", PbsDirectives.TOKEN);

  private static final String USED = """
      \t\t\t"resources_used":\t{
      \t\t\t\t"cpupercent":\t98,
      \t\t\t\t"cput":\t"00:12:31",
      \t\t\t\t"mem":\t"738012kb",
      \t\t\t\t"ncpus":\t4,
      \t\t\t\t"vmem":\t"1038012kb",
      \t\t\t\t"walltime":\t"00:13:03"
      \t\t\t},
      \t\t\t"exec_host":\t"node1/0*4",
      \t\t\t"exec_vnode":\t"(node1:ncpus=4:mem=16777216kb)",
      \t\t\t"stime":\t"Sat Nov 21 01:33:50 2026",
      """;

  private final byte[] answer = answer();

  /** Half of the jobs wait, a quarter runs, a quarter has ended. */
  private static byte[] answer() {
    List<String> jobs = new ArrayList<>(JOBS);
    for (int i = 1; i <= JOBS; i++) {
      String token = "h3k9x2m7q4v8b5n1c6z0w%05d".formatted(i);
      String used = switch (i % 4) {
        case 0 -> USED;
        case 1 -> USED + "\t\t\t\"Exit_status\":\t0,\n";
        default -> "";
      };
      jobs.add(JOB.replace("@STATE@", List.of("R", "F", "Q", "Q").get(i % 4))
          .replace("@USED@", used)
          .replace("@FOLDER@", "/scratch/alice/hpc/jobs/" + token)
          .replace("@VALUE@", token)
          .replace("@ID@", String.valueOf(i)));
    }
    return """
        {
        \t"timestamp":\t1795224833,
        \t"pbs_version":\t"23.06.06",
        \t"pbs_server":\t"server",
        \t"Jobs":\t{
        %s
        \t}
        }
        """.formatted(String.join(",\n", jobs)).getBytes(UTF_8);
  }

  /**
   * Reads it.
   *
   * @param blackhole takes what was read
   */
  @Benchmark
  public void read(Blackhole blackhole) {
    Listing listing = QstatJson.parse(answer);
    if (listing.jobs().size() != JOBS || listing.rejected() != 0) {
      throw new IllegalStateException(listing.rejected() + " jobs are none");
    }
    for (PbsJob job : listing.jobs()) {
      blackhole.consume(PbsStates.info(job));
      blackhole.consume(PbsListings.token(job));
    }
  }

  /**
   * Makes a tree of it.
   *
   * @return the tree
   */
  @Benchmark
  public JsonElement gson() {
    return JsonParser.parseString(new String(answer, UTF_8));
  }
}
