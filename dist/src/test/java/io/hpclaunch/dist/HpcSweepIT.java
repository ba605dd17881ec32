// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.hpclaunch.dist.Installation.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sweeps by the command {@code hpc}, as a user has it, on this machine. */
class HpcSweepIT extends JobsByCommand {
  private Path definition;

  @BeforeEach
  void define() throws Exception {
    hpc.with("HPC_SHELL_IDLE", "1");
    hpc.with("HPC_BACKEND", "shell");
    definition = Files.writeString(
        folder.resolve("sweep.yaml"),
        "{sweep: {grid: {x: [1, 2, 3], s: ['a b', '$HOME']}},"
            + " command: [sh, -c, 'echo \"$@\" >&2; [ $HPC_PARAM_x != 2 ]', sh, '{args}']}");
  }

  @AfterEach
  void leaveNothing() throws Exception {
    endJobs();
  }

  private Result sweep(String... words) throws Exception {
    String[] all = new String[words.length + 2];
    all[0] = "sweep";
    all[1] = words[0];
    all[2] = "--sweep-dir=" + folder.resolve("sweeps");
    System.arraycopy(words, 1, all, 3, words.length - 1);
    return hpc.hpc(all);
  }

  @Test
  void combinationsAreCountedAndShownWithoutRunning() throws Exception {
    assertThat(sweep("run", definition.toString(), "--count-only").ok().out()).isEqualTo("6\n");
    String shown = sweep("run", definition.toString(), "--dry-run", "--json", "--max-runs=2")
        .ok()
        .out();
    assertThat(array(shown)).hasSize(2);
    assertThat(shown).contains("{\"index\": 2, \"params\": {\"x\": 1, \"s\": \"$HOME\"}}");
    assertThat(folder.resolve("sweeps")).doesNotExist();
  }

  @Test
  void aSweepRunsToItsEnd() throws Exception {
    Result ran = sweep("run", definition.toString(), "--wait", "--sweep-id=s", "--mode=array");
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err()).contains("completed 4, failed 2", "hpc sweep errors s");
    JsonObject status =
        new Gson().fromJson(sweep("status", "s", "--json").ok().out(), JsonObject.class);
    assertThat(status.getAsJsonObject("states").get("completed").getAsInt()).isEqualTo(4);
    assertThat(sweep("errors", "s").ok().out())
        .contains("failed: exit status 1, 1 task: 3", "    x=2 s=a b");
    assertThat(folder.resolve("sweeps/s/logs/task_002.log")).hasContent("x=1 s=$HOME\n");
    assertThat(sweep("collect", "s").ok().out()).startsWith("task,state,x,s\r\n1,completed,1,a b");
    assertThat(sweep("monitor").ok().out()).contains("6 of 6 ended");
    assertThat(sweep("monitor", "s", "--watch").ok().out()).contains("s: completed 4, failed 2");
    assertThat(sweep("list").ok().out()).contains("COMPLETED", "shell");
    assertThat(Path.of(sweep("report", "s").ok().out().strip())).isRegularFile();
    assertThat(sweep("resume", "s", "--no-retry-failed").ok().out()).contains("nothing to run");
    Files.writeString(folder.resolve("ids"), "3 # again\n3,1");
    Result again = sweep("resume", "s", "--task-ids=@" + folder.resolve("ids"), "--wait");
    assertThat(again.status()).isEqualTo(1);
    assertThat(folder.resolve("sweeps/s/submissions/2.json")).content().contains("\"tasks\":\"3\"");
    assertThat(sweep("cancel", "s").ok().err()).contains("no task of s waits or runs");
    sweep("cleanup", "s").ok();
    assertThat(folder.resolve("sweeps/s")).doesNotExist();
  }

  @Test
  void whatIsWrongIsToldInOneLine() throws Exception {
    String file = definition.toString();
    assertThat(sweep("run", file, "--mode=many").err())
        .isEqualTo("hpc: unknown mode 'many': there are auto, individual and array\n");
    assertThat(sweep("status", "none").err()).contains("is no sweep: 'hpc sweep list'");
    assertThat(sweep("run", folder.resolve("none.yaml").toString()).status()).isEqualTo(2);
    assertThat(sweep("run", file, "--resources=select=1:ncpus=1+1:ncpus=2").err())
        .contains("nothing was submitted");
    sweep("run", file, "--wait", "--sweep-id=s");
    assertThat(sweep("resume", "s", "--task-ids=3-1").err())
        .isEqualTo("hpc: --task-ids: '3-1' ends before it begins: write 1-3\n");
  }
}
