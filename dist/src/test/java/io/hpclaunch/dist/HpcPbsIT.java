// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hpclaunch.dist.Installation.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs by the command {@code hpc}, as a user has it, where PBS is. */
class HpcPbsIT extends JobsByCommand {
  /** More than any node has. */
  private static final String TOO_MANY_CPUS = "999999";

  @RegisterExtension
  static final PbsSite SITE = new PbsSite();

  private Path configuration;

  @BeforeEach
  void jobsRunByPbs() throws Exception {
    SITE.environment().forEach(hpc::with);
    configuration = hpc.write("hpc-launch.yaml", """
        hpc:
          backend: pbs
          backends:
            - {name: pbs, type: pbs, submit: {polling_interval: 0.5}}
        """);
  }

  @AfterEach
  void leaveNothing() throws Exception {
    endJobs();
  }

  private String submit(String... words) throws Exception {
    return submitted("pbs:\\d+(\\[])?\\.[\\w.-]+", words);
  }

  @Test
  void aWordIsNotEvaluatedOnItsWay() throws Exception {
    Result waited =
        hpc.bash("\"$hpc\" submit -N hello --wait -- echo \"it's \\$HOME\"").ok();
    assertThat(waited.out() + waited.err()).isEmpty();
    JsonObject job = jobs("status", "--json").get(0);
    assertThat(text(job, "name")).isEqualTo("hello");
    assertThat(text(job, "id")).startsWith("pbs:");
    assertThat(job.get("nodes").getAsJsonArray()).hasSize(1);
    assertThat(hpc.hpc("logs", text(job, "id")).ok().out()).isEqualTo("it's $HOME\n");
  }

  @ParameterizedTest
  @CsvSource({"exit 7, 7", "kill -SEGV $$, 139"})
  void aWaitingCommandEndsAsTheJob(String line, int status) throws Exception {
    Result submitted = hpc.hpc("submit", "--wait", "--", "bash", "-c", line);
    assertThat(submitted.status()).as(submitted.err()).isEqualTo(status);
    assertThat(text(job(only()), "state")).isEqualTo("failed");
  }

  @Test
  void aDryRunShowsTheScriptInPbsOwnWords() throws Exception {
    Result result = hpc.hpc(
            "submit",
            "--dry-run",
            "--name=sweep_task_001",
            "--walltime=04:00:00",
            "--cpus=4",
            "--mem=16G",
            "--output=logs/task_001.log",
            "--",
            "python",
            "train.py",
            "lr=0.001")
        .ok();
    assertThat(result.lines())
        .containsSubsequence(
            "#!/bin/bash",
            "#PBS -N sweep_task_001",
            "#PBS -l walltime=04:00:00",
            "#PBS -l select=1:ncpus=4:mem=16gb",
            "#PBS -j oe",
            "#PBS -o " + folder.toRealPath().resolve("logs/task_001.log"));
    assertThat(result.out()).contains("python train.py lr=0.001");
    assertThat(jobs("status", "--all", "--json")).isEmpty();
  }

  @Test
  void elementsOfAnArrayAreReadAndCancelled() throws Exception {
    String id = submit(
        "--array",
        "1-3",
        "-c",
        "echo \"$HPC_ARRAY_INDEX of $HPC_ARRAY_COUNT\";"
            + " [ \"$HPC_ARRAY_INDEX\" = 2 ] || sleep 600");
    assertThat(hpc.hpc("logs", "-f", id + "/2").ok().out()).isEqualTo("2 of 3\n");
    hpc.hpc("cancel", id).ok();
    assertThat(hpc.hpc("wait", id).status()).isEqualTo(1);
    assertThat(jobs("status", id, "--json"))
        .extracting(element -> text(element, "state"))
        .containsExactly("cancelled", "completed", "cancelled");
    assertThat(hpc.hpc("logs", id + "/3").ok().out()).isIn("3 of 3\n", "");
  }

  @Test
  void workersOfAPoolAreElementsOfAnArray() throws Exception {
    hpc.write(
        "hpc-launch.yaml", """
        hpc:
          backend: pbs
          backends:
            - {name: pbs, type: pbs, submit: {polling_interval: 0.5}}
          worker_pools:
            small: {num_workers: 2, cpus_worker: 1, listen: 127.0.0.1, java: "%s"}
        """.formatted(Path.of(System.getProperty("java.home"), "bin", "java")));
    try {
      Result mapped =
          hpc.bash("seq 5 | \"$hpc\" pool map small -- echo 'line {}'").ok();
      assertThat(mapped.lines()).containsExactly("line 1", "line 2", "line 3", "line 4", "line 5");
      assertThat(hpc.hpc("pool", "status", "small").ok().out()).contains("1 job running");
      assertThat(jobs("status", "--all", "--json"))
          .extracting(element -> text(element, "id"))
          .allMatch(id -> id.matches("pbs:\\d+\\[]\\.[\\w.-]+/[01]"))
          .hasSize(2);
    } finally {
      hpc.hpc("pool", "delete", "small", "--patience=0s").ok();
    }
  }

  @Test
  void aCancelledJobIs130() throws Exception {
    String id = submit("--", "sleep", "600");
    Process waiting = start("waiting", "wait", id);
    hpc.hpc("cancel", id).ok();
    assertThat(status(waiting)).isEqualTo(130);
    assertThat(content("waiting.err")).contains(id + " cancelled").hasLineCount(1);
  }

  @Test
  void aJobThatCanNeverRunIsExplainedAndListedByItsUsersName() throws Exception {
    String id = submit("--name=my job/1", "--cpus", TOO_MANY_CPUS, "--", "true");
    await("PBS has judged it", () -> hpc.hpc("explain", id).ok().out().contains("Can Never Run"));
    assertThat(hpc.hpc("explain", id).ok().out())
        .contains(
            "It asks for more ncpus than there is: " + TOO_MANY_CPUS + " asked for",
            "What to do: cancel it");
    assertThat(jobs("queue", "--json"))
        .filteredOn(job -> text(job, "id").equals(id))
        .extracting(job -> text(job, "name"))
        .containsExactly("my job/1");
  }

  @ParameterizedTest
  @CsvSource({
    "--queue=nosuch, Unknown queue",
    "--resources=select=1:nosuch=1, Unknown resource: nosuch",
    "--native=-lwalltime=abc, Illegal attribute or resource value Resource_List.walltime"
  })
  void whatPbsRefusesIsToldInItsWords(String option, String words) throws Exception {
    Result result = hpc.hpc("submit", option, "--", "true");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).isEqualTo("hpc: PBS refused the job: " + words + "\n");
    assertThat(jobs("status", "--json")).isEmpty();
  }

  @Test
  void nodesAndQueuesAreListed() throws Exception {
    assertThat(hpc.hpc("resources").ok().out())
        .contains("CPUS", "free", "workq", "enabled,started");
  }

  @Test
  void whatPbsKeepsUntilTheEndIsAwaited() throws Exception {
    if (!PbsSite.isReal()) {
      SITE.set("end_delay=4"); // the time from the end of the command to the delivery
    }
    String id = submit("--output=out/told.log", "-c", "echo delivered");
    await("it ends", () -> List.of("E", "F").contains(nativeState(id)));
    Result logs = hpc.hpc("logs", id);
    if (!PbsSite.isReal()) {
      SITE.set("end_delay=0.1");
    }
    assertThat(logs.ok().out()).isEqualTo("delivered\n");
    assertThat(content("out/told.log")).isEqualTo("delivered\n");
  }

  private String nativeState(String id) throws Exception {
    JsonElement state = job(id).get("native_state");
    return state.isJsonNull() ? "" : state.getAsString();
  }

  // ---- which scheduler is taken

  @Test
  void pbsIsTakenBeforeSlurmUnlessTheUserSaysOtherwise() throws Exception {
    Files.delete(configuration);
    for (String command : List.of("sbatch", "squeue")) {
      hpc.program("slurm/" + command, "echo slurm 22.05.8");
    }
    putFirst(folder.resolve("slurm"));
    Result backends = hpc.hpc("backends").ok();
    assertThat(backends.out()).contains("the detected one is pbs");
    assertThat(backends.lines()).anyMatch(line -> line.matches("slurm +yes .*"));
    assertThat(hpc.hpc("submit", "--dry-run", "--", "true").ok().out()).contains("#PBS -N true");
    hpc.with("HPC_BACKEND", "slurm");
    assertThat(hpc.hpc("submit", "--dry-run", "--", "true").ok().out())
        .contains("#SBATCH")
        .doesNotContain("#PBS");
  }

  @ParameterizedTest
  @CsvSource({"slurm, Slurm's wrappers", "gridengine, Grid Engine's"})
  void commandsOfTheSameNamesAreNotTakenForPbs(String impostor, String words) throws Exception {
    Files.delete(configuration);
    putFirst(PbsSite.impostor(impostor));
    Result backends = hpc.hpc("backends").ok();
    assertThat(backends.out()).doesNotContain("the detected one is pbs");
    assertThat(backends.lines()).anyMatch(line -> line.matches("pbs +no .*" + words + ".*"));
  }

  private void putFirst(Path bin) {
    String path = SITE.environment().getOrDefault("PATH", System.getenv("PATH"));
    hpc.with("PATH", bin + ":" + path);
  }
}
