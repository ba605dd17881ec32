// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlurmDirectivesTest {
  /** A request as core would make it, for a job in {@code /jobs/t}. */
  private record Request(
      JobSpec spec,
      int attempt,
      String jobDirectory,
      @Nullable String stdin,
      String stdout,
      String stderr,
      @Nullable ArrayRange array)
      implements SubmitRequest {
    static Request of(JobSpec.Builder spec) {
      JobSpec job = spec.build();
      String out = job.stdout() == null ? "/jobs/t/stdout" : job.stdout();
      String err = job.stderr() == null ? out : job.stderr();
      return new Request(job, 1, "/jobs/t", job.stdin(), out, err, job.array());
    }

    @Override
    public Token token() {
      return new Token("htoken123");
    }

    @Override
    public String scriptPath() {
      return jobDirectory + "/script";
    }

    @Override
    public String script(ScriptForm form) {
      return "";
    }
  }

  private static JobSpec.Builder job(String name) {
    return JobSpec.builder(name).command("true");
  }

  private static List<String> lines(SubmitRequest request) {
    return SlurmDirectives.form(request).directives();
  }

  private static List<String> lines(JobSpec.Builder spec) {
    return lines(Request.of(spec));
  }

  @Test
  void whatIsUnsetGivesNoLine() {
    assertThat(lines(job("x")))
        .containsExactly(
            "#SBATCH --job-name=x",
            "#SBATCH --output=/jobs/t/stdout",
            "#SBATCH --comment=htoken123",
            "#SBATCH --chdir=/jobs/t",
            "#SBATCH --export=" + SlurmDirectives.EXPORTED,
            "export SLURM_EXPORT_ENV=ALL",
            "[ -z \"${SLURM_CPUS_PER_TASK-}\" ] || export SRUN_CPUS_PER_TASK=\"$SLURM_CPUS_PER_TASK\"");
  }

  @Test
  void theOrderIsFixed() {
    JobSpec.Builder spec = job("all")
        .resources(Resources.builder()
            .nodes(2)
            .tasks(8)
            .tasksPerNode(4)
            .cpusPerTask(4)
            .memoryPerNode(16L << 30)
            .gpusPerNode(2)
            .gpuType("a100")
            .walltime(Duration.ofHours(2))
            .queue("compute")
            .account("phys")
            .qos("high")
            .reservation("r1")
            .constraint("[a|b]&c")
            .exclusive(true)
            .build())
        .stdin("/in")
        .stdout("/out")
        .stderr("/err")
        .dependsOn(
            Dependency.afterOk(JobId.parse("slurm:1", "slurm")),
            Dependency.afterAny(JobId.parse("slurm:3", "slurm")),
            Dependency.afterOk(JobId.parse("slurm:2/7", "slurm")))
        .array(ArrayRange.parse("1-100:2%4"))
        .warn("USR1", Duration.ofMillis(1500))
        .nativeOptions("--mail-type=END", "-w", "node 1", "--comment=mine");
    assertThat(lines(spec))
        .containsExactly(
            "#SBATCH --job-name=all",
            "#SBATCH --time=02:00:00",
            "#SBATCH --nodes=2",
            "#SBATCH --ntasks=8",
            "#SBATCH --ntasks-per-node=4",
            "#SBATCH --cpus-per-task=4",
            "#SBATCH --mem=16G",
            "#SBATCH --output=/out",
            "#SBATCH --error=/err",
            "#SBATCH --input=/in",
            "#SBATCH --gres=gpu:a100:2",
            "#SBATCH --account=phys",
            "#SBATCH --partition=compute",
            "#SBATCH --qos=high",
            "#SBATCH --constraint=\"[a|b]&c\"",
            "#SBATCH --reservation=r1",
            "#SBATCH --exclusive",
            "#SBATCH --dependency=afterok:1:2_7,afterany:3",
            "#SBATCH --kill-on-invalid-dep=yes",
            "#SBATCH --array=1-100:2%4",
            "#SBATCH --comment=htoken123",
            "#SBATCH --chdir=/jobs/t",
            "#SBATCH --export=" + SlurmDirectives.EXPORTED,
            "#SBATCH --signal=B:USR1@2",
            "#SBATCH --mail-type=END",
            "#SBATCH -w \"node 1\"",
            "#SBATCH --comment=mine",
            "export SLURM_EXPORT_ENV=ALL",
            "[ -z \"${SLURM_CPUS_PER_TASK-}\" ] || export SRUN_CPUS_PER_TASK=\"$SLURM_CPUS_PER_TASK\"");
  }

  @Test
  void aTaskOfASweep() {
    assertThat(lines(job("sweep_task_001")
            .resources(Resources.parse("--nodes=1 --ntasks-per-node=4 --mem=16G --time=04:00:00"))
            .stdout("logs/task_001.log")))
        .startsWith(
            "#SBATCH --job-name=sweep_task_001",
            "#SBATCH --time=04:00:00",
            "#SBATCH --nodes=1",
            "#SBATCH --ntasks-per-node=4",
            "#SBATCH --mem=16G",
            "#SBATCH --output=logs/task_001.log");
  }

  @Test
  void memoryAndGpusInSlurmsUnits() {
    assertThat(lines(job("x").resources(r -> r.memoryPerCpu((1L << 30) + 1).gpusPerTask(2))))
        .contains("#SBATCH --mem-per-cpu=1048577K", "#SBATCH --gpus-per-task=2");
    assertThat(lines(job("x").resources(r -> r.gpusPerNode(1)))).contains("#SBATCH --gres=gpu:1");
    assertThat(lines(job("x").resources(r -> r.walltime(Duration.ofDays(7).plusMillis(1)))))
        .contains("#SBATCH --time=168:00:01");
  }

  /** Each was read back from squeue 22.05.8 as the word. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '`',
      value = {
        "a b @ \"a b\"",
        "a\"b @ \"a\\\"b\"",
        "a\"b\\c @ \"a\\\"b\\\\c\"",
        "it's @ \"it's\"",
        "#hash $HOME @ \"#hash $HOME\"",
        "x#y @ \"x#y\"",
        "plain-1.2_3:4/5,6+7=8%9 @ plain-1.2_3:4/5,6+7=8%9",
        "é @ \"é\"",
      })
  void wordsAreQuotedForSbatchsOwnReader(String word, String quoted) {
    assertThat(SlurmDirectives.quote(word)).isEqualTo(quoted);
  }

  @Test
  void anEmptyWordIsOne() {
    assertThat(SlurmDirectives.quote("")).isEqualTo("\"\"");
    assertThat(SlurmDirectives.quote("\uDCFF")).isEqualTo("\"\uDCFF\"");
  }

  @Test
  void placesInPathsBecomeSlurmsOwn() {
    assertThat(lines(job("x").stdout("/o/{id}-100%_%j.txt")))
        .contains("#SBATCH --output=/o/%A-100%%_%%j.txt");
    assertThat(lines(job("x").stdout("/o/{id}.{index}").array(ArrayRange.of(1, 3))))
        .contains("#SBATCH --output=/o/%A.%a");
    assertThat(lines(job("x").stdout("/o/a{index}"))).contains("#SBATCH --output=/o/a");
    assertThat(lines(job("x").stdout("/my dir/\"q\".txt")))
        .contains("#SBATCH --output=\"/my dir/\\\"q\\\".txt\"");
  }

  @ParameterizedTest
  @CsvSource({"'/o/back\\slash'", "'/o/line\nend'", "'/o/bell\u0007', '/o/{id}/out'"})
  void theScriptOpensWhatADirectiveCannotName(String path) {
    ScriptForm form = SlurmDirectives.form(Request.of(job("x").stdout("/o/x").stderr(path)));
    assertThat(form.opensStreams()).isTrue();
    assertThat(form.directives())
        .contains("#SBATCH --output=/dev/null")
        .noneMatch(line -> line.contains("--error"));
  }

  @Test
  void aChunkThatWasMovedOpensFilesNamedByTheUsersIndex() {
    JobSpec spec = job("x").stdout("/o/{index}").array(ArrayRange.of(0, 29)).build();
    ArrayRange chunk = ArrayRange.of(0, 9);
    Request named = new Request(spec, 1, "/jobs/t", null, "/o/{index}", "/o/{index}", chunk);
    assertThat(SlurmDirectives.form(named).opensStreams()).isTrue();
    assertThat(lines(named)).contains("#SBATCH --array=0-9");
    Request plain = new Request(spec, 1, "/jobs/t", null, "/o/x", "/o/x", chunk);
    assertThat(SlurmDirectives.form(plain).opensStreams()).isFalse();
  }

  @Test
  void slurmsOwnWordsForIds() {
    JobSpec spec = job("x").build();
    ScriptForm form = SlurmDirectives.form(new Request(spec, 3, "/jobs/t", null, "/o", "/o", null));
    assertThat(form.nativeId()).isEqualTo("${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}");
    assertThat(form.index()).isEqualTo("${SLURM_ARRAY_TASK_ID-}");
    assertThat(form.attempt()).isEqualTo("$((${SLURM_RESTART_COUNT:-0} + 3))");
    assertThat(form.opensStreams()).isFalse();
  }

  @Test
  void whatSlurmCannotDoIsNamed() {
    JobSpec spec = job("x").build();
    assertThatThrownBy(() -> lines(new Request(spec, 1, "/jobs\n/t", null, "/o", "/o", null)))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("line end");
  }
}
