// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.StagedFile;
import io.hpclaunch.api.Token;
import io.hpclaunch.cli.job.HpcCommand.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitCommandTest {
  @TempDir
  Path folder;

  private HpcCommand hpc;

  @BeforeEach
  void start() {
    hpc = new HpcCommand(folder);
  }

  private JobSpec submitted(String... words) {
    Result result = hpc.run(words);
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out()).isEqualTo("cluster:" + hpc.cluster.submitted.size() + "\n");
    return hpc.cluster.submitted.get(hpc.cluster.submitted.size() - 1);
  }

  private static List<String> argv(JobSpec spec) {
    return ((JobSpec.Command) spec.program()).argv();
  }

  private static List<String> shell(JobSpec spec) {
    return ((JobSpec.Shell) spec.program()).lines();
  }

  @Test
  void theWordsOfAProgramAreItsOwn() {
    JobSpec spec = submitted(
        "submit", "--", "/opt/run me", "it's $HOME", "", "-h", "--", "@file", "\udcff", "--wait");
    assertThat(argv(spec))
        .containsExactly("/opt/run me", "it's $HOME", "", "-h", "--", "@file", "\udcff", "--wait");
    assertThat(spec.name()).isEqualTo("run me");
    assertThat(spec.workingDirectory()).isEqualTo(folder.toString());
  }

  @Test
  void everyOptionReachesTheJob() {
    hpc.environment(Map.of("MINE", "a=b \udcfe"));
    JobSpec spec = submitted(
        "submit",
        "-N",
        "my job",
        "--nodes",
        "2",
        "--tasks=8",
        "--tasks-per-node",
        "4",
        "--cpus",
        "3",
        "--gpus",
        "a100:2",
        "--mem",
        "16G",
        "--walltime",
        "1-02:00:00",
        "--partition",
        "p",
        "--account",
        "a",
        "--qos",
        "q",
        "--constraint",
        "c&d",
        "--reservation",
        "r",
        "--exclusive",
        "--array",
        "1-9:2%3",
        "--env",
        "A=x=y",
        "--env",
        "MINE",
        "--env",
        "E=",
        "-D",
        "sub",
        "-i",
        "in",
        "-o",
        "out.{id}",
        "-e",
        "err",
        "--module",
        "gcc",
        "--launcher",
        "mpi",
        "--native=--hint=x",
        "--warn",
        "SIGUSR1@5m",
        "--prologue",
        "ulimit -c 0",
        "--stage",
        "data.txt:in/data",
        "--image",
        "ubuntu",
        "--bind",
        "/a:/b:ro",
        "--",
        "prog");
    assertThat(spec.resources().toString())
        .isEqualTo("Resources[nodes=2, tasks=8, tasksPerNode=4, cpusPerTask=3, gpusPerNode=2,"
            + " gpuType=a100, memoryPerNode=17179869184, walltime=PT26H, queue=p, account=a,"
            + " qos=q, reservation=r, constraint=c&d, exclusive=true]");
    assertThat(spec.name()).isEqualTo("my job");
    assertThat(spec.array()).hasToString("1-9:2%3");
    assertThat(spec.environment())
        .containsExactly(
            Map.entry("A", "x=y"), Map.entry("MINE", "a=b \udcfe"), Map.entry("E", ""));
    assertThat(spec.workingDirectory()).isEqualTo(folder + "/sub");
    assertThat(List.of(spec.stdin(), spec.stdout(), spec.stderr()))
        .containsExactly("in", "out.{id}", "err");
    assertThat(spec.modules()).containsExactly("gcc");
    assertThat(spec.launcher()).isEqualTo("mpi");
    assertThat(spec.nativeOptions()).containsExactly("--hint=x");
    assertThat(spec.prologue()).containsExactly("ulimit -c 0");
    assertThat(spec.warning()).isEqualTo(new JobSpec.Warning("USR1", Duration.ofMinutes(5)));
    assertThat(spec.stageIn())
        .containsExactly(StagedFile.path(folder.resolve("data.txt"), "in/data"));
    assertThat(spec.container().image()).isEqualTo("ubuntu");
    assertThat(spec.container().binds()).hasToString("[/a:/b:ro]");
  }

  @Test
  void aContainerIsDescribedByOptions() {
    ContainerSpec container = submitted(
            "submit",
            "--image=registry/app:1",
            "--sif",
            "images/app.sif",
            "--bind=data:/input:ro",
            "--bind=/scratch",
            "--bind=scratch:ro",
            "--container-workdir=/work",
            "--container-env",
            "A=b=c",
            "--nv",
            "--container-option=--cleanenv",
            "--",
            "prog")
        .container();
    assertThat(container.image()).isEqualTo("registry/app:1");
    assertThat(container.sif()).isEqualTo(folder + "/images/app.sif");
    assertThat(container.binds())
        .hasToString("[%1$s/data:/input:ro, /scratch:/scratch, %1$s/scratch:%1$s/scratch:ro]"
            .formatted(folder));
    assertThat(container.workingDirectory()).isEqualTo("/work");
    assertThat(container.environment()).containsExactly(Map.entry("A", "b=c"));
    assertThat(container.gpu()).isTrue();
    assertThat(container.options()).containsExactly("--cleanenv");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "app.sif,        -,            {}/app.sif",
        "./app.sif,      -,            {}/./app.sif",
        "/images/a.sif,  -,            /images/a.sif",
        "oras://h/a.sif, oras://h/a.sif, -",
        "images/app,     images/app,   -"
      })
  void anImageMayBeAFile(String given, String image, String sif) {
    ContainerSpec container =
        submitted("submit", "--image", given, "--", "prog").container();
    assertThat(container.image()).isEqualTo(image);
    assertThat(container.sif())
        .isEqualTo(sif == null ? null : sif.replace("{}", folder.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--bind=/a",
        "--container-workdir=/a",
        "--container-env=A=b",
        "--nv",
        "--container-option=-x"
      })
  void whatIsForAContainerIsAlsoForTheConfiguredImage(String option) {
    ContainerSpec container = submitted("submit", option, "--", "prog").container();
    assertThat(container.image()).isNull();
    assertThat(container.sif()).isNull();
    assertThat(List.of(
            !container.binds().isEmpty(),
            container.workingDirectory() != null,
            !container.environment().isEmpty(),
            container.gpu(),
            !container.options().isEmpty()))
        .containsOnlyOnce(true);
  }

  @Test
  void optionsBeatTheWordsOfASchedulerThatTheyStandBeside() {
    JobSpec spec =
        submitted("submit", "--resources", "--nodes=2 --mem=4G", "--nodes", "3", "-c", "true");
    assertThat(spec.resources()).hasToString("Resources[nodes=3, memoryPerNode=4294967296]");
  }

  @Test
  void aLineOfShellIsAJob() {
    JobSpec spec = submitted("submit", "-c", "echo $HOME | wc");
    assertThat(shell(spec)).containsExactly("echo $HOME | wc");
    assertThat(spec.name()).isEqualTo("shell");
  }

  @Test
  void whatAScriptHoldsIsTheJob() throws IOException {
    Path script = Files.writeString(folder.resolve("go.sh"), "#!/bin/bash\necho \"$1\"\n");
    JobSpec spec = submitted("submit", script.toString());
    assertThat(shell(spec)).containsExactly("#!/bin/bash", "echo \"$1\"");
    assertThat(spec.name()).isEqualTo("go.sh");
    assertThat(shell(submitted("submit", "go.sh", "-N", "it's", "--", "x")))
        .containsExactly("set -- -N 'it'\\''s' -- x", "echo \"$1\"");
  }

  @Test
  void directivesOfASchedulerAreToldToBeComments() throws IOException {
    Files.writeString(folder.resolve("go.sh"), "#!/bin/bash\n#SBATCH -n 4\n#SBATCH -p x\ntrue\n");
    Result result = hpc.run("submit", "go.sh");
    assertThat(result.out()).isEqualTo("cluster:1\n");
    assertThat(result.err()).startsWith("hpc: note: ").contains("#SBATCH").hasLineCount(1);
  }

  @Test
  void jobsWaitForOthers() {
    hpc.remembers("cluster:abcdef", JobInfo.builder(JobState.RUNNING).build(), null);
    JobSpec spec =
        submitted("submit", "--depends-on", "AfterOk:abc,other:7/2,afterany:9", "-c", "true");
    assertThat(spec.dependencies())
        .containsExactly(
            Dependency.afterOk(JobId.parse("cluster:abcdef")),
            Dependency.afterOk(JobId.parse("other:7/2")),
            Dependency.afterAny(JobId.parse("cluster:9")));
  }

  @Test
  void aJobElsewhereDoesNotStartInADirectoryOfThisMachine() throws IOException {
    hpc.cluster.capabilities.clear();
    assertThat(submitted("submit", "-c", "true").workingDirectory()).isNull();
    hpc.cluster.capabilities.add(Capability.SHARED_FILES);
    Files.writeString(folder.resolve("hpc-launch.yaml"), """
        hpc:
          backends:
            - {name: cluster, type: fake, transport: {type: ssh, host: h}}
        """);
    assertThat(submitted("submit", "-c", "true").workingDirectory()).isNull();
    assertThat(submitted("submit", "-D", "/scratch", "-c", "true").workingDirectory())
        .isEqualTo("/scratch");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "submit",
        "submit --",
        "submit -c true -- true",
        "submit -c true go.sh",
        "submit missing.sh",
        "submit .",
        "submit --env NOT_THERE -c true",
        "submit --env =x -c true",
        "submit --walltime 60 -c true",
        "submit --walltime 00:00:00 -c true",
        "submit --nodes 0 -c true",
        "submit --cpus -1 -c true",
        "submit --cpus x -c true",
        "submit --gpus a100: -c true",
        "submit --gpus 0 -c true",
        "submit --mem 16 -c true",
        "submit --array 5-1 -c true",
        "submit --array 1,2 -c true",
        "submit --depends-on 7 -c true",
        "submit --depends-on afterok: -c true",
        "submit --warn USR1 -c true",
        "submit --warn NO+PE@x -c true",
        "submit --bind /a:b -c true",
        "submit --launcher mpi -c true",
        "submit -b nope -c true",
        "submit --stage ../x:../y -c true",
        "submit --nope -c true"
      })
  void whatCannotBeIsOneLineAndStatus2(String line) {
    Result result = hpc.run(line.split(" "));
    assertThat(result.status()).as(result.toString()).isEqualTo(2);
    assertThat(result.err()).startsWith("hpc: ").hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(hpc.cluster.submitted).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"two\nlines", "\u0007", ""})
  void aNameThatNoListCouldShowIsRefused(String name) {
    Result result = hpc.run("submit", "-N", name, "-c", "true");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("name").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETED, , 0, ''",
    "CANCELLED, , 130, 'cancelled'",
    "LOST, , 1, 'lost'",
    "FAILED, TIMEOUT, 124, 'timeout'",
    "FAILED, EXIT_CODE, 3, 'exit status 3'"
  })
  void whoWaitsGetsTheStatusOfTheJob(JobState state, Cause cause, int status, String told) {
    JobInfo.Builder end = JobInfo.builder(state);
    if (cause != null) {
      end.failed(cause).exitCode(cause == Cause.EXIT_CODE ? 3 : null);
    }
    hpc.cluster.set("1", end.build());
    Result result = hpc.run("submit", "--wait", "--", "x");
    assertThat(result.status()).isEqualTo(status);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(told).hasLineCount(told.isEmpty() ? 0 : 1);
  }

  @Test
  void theObjectOfTheJobIsPrinted() {
    JsonObject queued =
        JsonParser.parseString(hpc.run("submit", "--json", "--", "x").out()).getAsJsonObject();
    assertThat(queued.get("id").getAsString()).isEqualTo("cluster:1");
    assertThat(queued.get("state").getAsString()).isEqualTo("queued");
    hpc.cluster.set("2", JobInfo.builder(JobState.COMPLETED).exitCode(0).build());
    JsonObject ended = JsonParser.parseString(
            hpc.run("submit", "--json", "--wait", "--array", "1-2", "--", "x").out())
        .getAsJsonObject();
    assertThat(ended.get("state").getAsString()).isEqualTo("completed");
    assertThat(ended.has("array_index")).isFalse();
  }

  @Test
  void aDryRunSubmitsNothing() {
    assertThat(hpc.run("submit", "--dry-run", "--", "echo", "\udcff").out())
        .isEqualTo("#!/bin/bash\necho \u00ff\n");
    assertThat(hpc.cluster.calls).containsExactly("script");
  }

  @Test
  void whatTheSchedulerSaysIsOneLineAndStatus3() {
    hpc.cluster.failure = new Rejected("sbatch: error: invalid\npartition");
    Result rejected = hpc.run("submit", "-c", "true");
    assertThat(rejected.status()).isEqualTo(3);
    assertThat(rejected.err()).contains("invalid\\npartition").hasLineCount(1);
    hpc.cluster.failure = new OutcomeUnknown(Token.random(), "no answer", null);
    assertThat(hpc.run("submit", "-c", "true").status()).isEqualTo(3);
  }

  @Test
  void anIdThatCannotBePrintedIsToldElsewhere() {
    hpc.stdout(new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("No space left on device");
      }
    });
    Result result = hpc.run("submit", "-c", "true");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("cluster:1").hasLineCount(1);
  }
}
