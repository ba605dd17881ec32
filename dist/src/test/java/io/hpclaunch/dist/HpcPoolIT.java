// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.hpclaunch.dist.Installation.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Worker pools by the command {@code hpc}, as a user has it: on this machine, nothing installed.
 */
class HpcPoolIT extends JobsByCommand {
  @BeforeEach
  void describe() throws Exception {
    hpc.with("HPC_SHELL_IDLE", "1");
    hpc.write(
        "hpc-launch.yaml",
        "hpc: {backend: shell, backends: [{type: shell, config: {slots: 4}}], worker_pools:"
            + " {small: {backend: shell, num_workers: 1, cpus_worker: 2},"
            + " other: {num_workers: 1, cpus_worker: 1}}}\n");
  }

  @AfterEach
  void leaveNothing() throws Exception {
    hpc.hpc("pool", "delete", "small", "--patience=0s").ok();
    endJobs();
  }

  private static JsonObject object(Result result) {
    return new Gson().fromJson(result.ok().out(), JsonObject.class);
  }

  @Test
  void aPoolLivesFromItsDeploymentToItsEnd() throws Exception {
    JsonObject deployed = object(hpc.hpc("pool", "deploy", "--json"));
    assertThat(text(deployed, "name")).isEqualTo("small");
    assertThat(deployed.getAsJsonArray("workers")).hasSize(1);
    assertThat(hpc.hpc("pool", "status").ok().out()).contains("1 job running", "No client uses it");
    assertThat(hpc.hpc("pool", "list").ok().out())
        .containsPattern("small +shell +1 +2 +deployed: 1 job running")
        .containsPattern("other +shell +1 +1 +not deployed");

    JsonObject hello = object(hpc.hpc("pool", "hello", "--json"));
    assertThat(hello.get("cold_start").getAsBoolean()).isFalse();
    assertThat(text(hello, "worker")).hasSize(8);

    commandsRunForEachLine();
    othersAskAndScaleWhatOneUses();

    assertThat(hpc.hpc("pool", "logs", "small").ok().out())
        .contains("connected to the broker at 127.0.0.1:");
    hpc.hpc("pool", "delete", "small").ok();
    hpc.hpc("pool", "delete", "small").ok();
    assertThat(hpc.hpc("pool", "status", "small").ok().out()).contains("not deployed");
    Result unknown = hpc.hpc("pool", "status", "smal");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err())
        .isEqualTo("hpc: no worker pool is named 'smal'; there are: small, other\n");
  }

  private void commandsRunForEachLine() throws Exception {
    Path page = folder.resolve("page.html");
    Result mapped =
        hpc.bash("printf 'a b\\n\\n\\377$HOME\\n3\\n' | \"$hpc\" pool map small --report " + page
            + " -- sh -c 'echo \"<$1> in ${PWD##*/}\"; echo \"$1\" >&2; [ \"$1\" != 3 ]' sh {}");
    String here = String.valueOf(folder.getFileName());
    assertThat(mapped.status()).isEqualTo(123);
    assertThat(mapped.lines())
        .containsExactly("<a b> in " + here, "<\u00ff$HOME> in " + here, "<3> in " + here);
    assertThat(mapped.err())
        .contains("3\n", "hpc: 1 of 3 tasks failed, the first is task 2: exit status 1\n");
    assertThat(Files.readString(page)).contains("exit status 1", "\"kind\":\"Pool\"");
  }

  /** A client in the middle of its work, another one that looks at it, and its end by a signal. */
  private void othersAskAndScaleWhatOneUses() throws Exception {
    Path begun = folder.resolve("begun");
    Process client = hpc.start(
        List.of(
            "bash",
            "-c",
            "seq 1 50 | exec \"$hpc\" pool map small -- sh -c 'echo $$ >>" + begun
                + "; exec sleep 600'"),
        folder.resolve("map"),
        folder.resolve("map.err"));
    await("two tasks run", () -> content("begun").lines().count() == 2);
    JsonObject worker = object(hpc.hpc("pool", "status", "small", "--json"))
        .getAsJsonArray("workers")
        .get(0)
        .getAsJsonObject();
    assertThat(text(worker, "state")).isEqualTo("ready");
    assertThat(worker.get("running").getAsInt()).isEqualTo(2);
    Result refused = hpc.hpc("pool", "hello", "small");
    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.err()).contains("is in use by another process");
    assertThat(hpc.hpc("pool", "scale", "small", "2").ok().out()).contains("2 workers of 2 cpus");
    await("four tasks run", () -> content("begun").lines().count() == 4);
    assertThat(hpc.hpc("pool", "scale", "small", "1").ok().out()).contains("1 worker of 2 cpus");

    ProcessHandle jvm = client
        .descendants()
        .filter(each -> each.info().command().orElse("").endsWith("java"))
        .findFirst()
        .orElseThrow();
    assertThat(jvm.destroy()).isTrue(); // as Ctrl-C, which not every parent lets through
    assertThat(status(client)).isEqualTo(143);
    for (String pid : content("begun").lines().limit(2).toList()) { // of the worker that stays
      await(
          "the end of task " + pid,
          () -> ProcessHandle.of(Long.parseLong(pid))
              .filter(ProcessHandle::isAlive)
              .isEmpty());
    }
  }
}
