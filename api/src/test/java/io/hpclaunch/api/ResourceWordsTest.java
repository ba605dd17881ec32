// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The forms are those of sbatch(1) and qsub(1B). */
class ResourceWordsTest {
  private static final long GIB = MemorySize.GIB;

  private static Arguments reads(String text, Resources.Builder expected) {
    return Arguments.of(text, expected.build());
  }

  private static Resources.Builder b() {
    return Resources.builder();
  }

  static Stream<Arguments> slurm() {
    return Stream.of(
        reads("--nodes=2 --mem 32G", b().nodes(2).memoryPerNode(32 * GIB)),
        reads("-N2 -n 8", b().nodes(2).tasks(8)),
        reads(
            "-N 2 -n8 --ntasks-per-node=4 -c 2",
            b().nodes(2).tasks(8).tasksPerNode(4).cpus(2)),
        reads("--ntasks 4 --cpus-per-task 2", b().tasks(4).cpus(2)),
        reads("--mem=2048", b().memoryPerNode(2 * GIB)),
        reads("--mem=16g", b().memoryPerNode(16 * GIB)),
        reads("--mem=16GB", b().memoryPerNode(16 * GIB)),
        reads("--mem-per-cpu 500M", b().memoryPerCpu(500 * MemorySize.MIB)),
        reads("--gres=gpu", b().gpusPerNode(1)),
        reads("--gres=gpu:2", b().gpusPerNode(2)),
        reads("--gres=gpu:a100", b().gpusPerNode(1).gpuType("a100")),
        reads("--gres gpu:a100:2", b().gpusPerNode(2).gpuType("a100")),
        reads("--gpus-per-node=a100:2", b().gpusPerNode(2).gpuType("a100")),
        reads("--gpus-per-task=1", b().gpusPerTask(1)),
        reads("--gres=gpu:0 -c1", b().cpus(1)),
        reads("-G 4 -N 2", b().nodes(2).gpusPerNode(2)),
        reads("--gpus=v100:8 --ntasks=4", b().tasks(4).gpusPerTask(2).gpuType("v100")),
        reads("--gpus=1", b().gpusPerNode(1)),
        reads("--gpus=0 -n1", b().tasks(1)),
        reads("-t 90", b().walltime(Duration.ofMinutes(90))),
        reads("-t 90:30", b().walltime(Duration.ofSeconds(5430))),
        reads("--time=04:00:00", b().walltime(Duration.ofHours(4))),
        reads("--time=30:00:00", b().walltime(Duration.ofHours(30))),
        reads("--time=1-12", b().walltime(Duration.ofHours(36))),
        reads("--time=1-12:30", b().walltime(Duration.ofMinutes(36 * 60 + 30))),
        reads("--time=1-12:30:05", b().walltime(Duration.ofSeconds(131405))),
        reads("-p debug -A acct -q high", b().queue("debug").account("acct").qos("high")),
        reads("--reservation='my res' -C 'ib&gpu'", b().reservation("my res").constraint("ib&gpu")),
        reads("--exclusive --nodes=1", b().exclusive(true).nodes(1)),
        reads("-A größe", b().account("größe")),
        reads("--nodes=2 --nodes=3", b().nodes(3)));
  }

  static Stream<Arguments> pbs() {
    return Stream.of(
        reads("select=2:ncpus=8:mem=32gb:ngpus=1", b().select("2:ncpus=8:mem=32gb:ngpus=1")),
        reads("-l select=1:ncpus=4+2:ncpus=8", b().select("1:ncpus=4+2:ncpus=8")),
        reads("-lselect=4", b().select("4")),
        reads("select=ncpus=8:ngpus=0", b().nodes(1).cpus(8).select("ncpus=8:ngpus=0")),
        reads(
            "-l select=2:ncpus=8 -l walltime=1:00:00 -q queue -A account",
            b().select("2:ncpus=8")
                .walltime(Duration.ofHours(1))
                .queue("queue")
                .account("account")),
        reads(
            "-l ncpus=4,mem=16gb -P project",
            b().cpus(4).memoryPerNode(16 * GIB).account("project")),
        reads("-q debug -A a -P a -l ncpus=1", b().cpus(1).queue("debug").account("a")),
        reads("nodes=2:ppn=8", b().nodes(2).tasksPerNode(8)),
        reads(
            "-l nodes=1:ppn=4:gpus=2,walltime=30:00",
            b().nodes(1).tasksPerNode(4).gpusPerNode(2).walltime(Duration.ofMinutes(30))),
        reads("nodes=4 mem=2gb", b().nodes(4).memoryPerNode(GIB / 2)),
        reads("mem=100b nodes=3", b().nodes(3).memoryPerNode(34L)),
        reads("mem=2147483648", b().memoryPerNode(2 * GIB)),
        reads("ngpus=2", b().gpusPerNode(2)),
        reads("walltime=3600", b().walltime(Duration.ofHours(1))),
        reads("walltime=100:00:00", b().walltime(Duration.ofHours(100))),
        reads("walltime=00:00:01.5", b().walltime(Duration.ofSeconds(2))),
        reads("walltime=00:00:01.000", b().walltime(Duration.ofSeconds(1))),
        reads("-l place=excl -l ncpus=1", b().exclusive(true).cpus(1)));
  }

  @ParameterizedTest
  @MethodSource({"slurm", "pbs"})
  void theSchedulersOwnWordsAreRead(String text, Resources expected) {
    assertThat(Resources.parse(text)).isEqualTo(expected);
  }

  @Test
  void chunkOfPbsIsNodesWithCpusMemoryAndGpus() {
    Resources r = Resources.parse("select=2:ncpus=8:mem=32gb:ngpus=1");
    assertThat(r.nodes()).isEqualTo(2);
    assertThat(r.cpusPerTask()).isEqualTo(8);
    assertThat(r.memoryPerNode()).isEqualTo(32 * GIB);
    assertThat(r.gpusPerNode()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
          ''                              ; there is none
          banana                          ; 'banana' is no resource that is known
          2                               ; '2' is no resource
          --nodes=2 -l walltime=1:00:00   ; '-l' is PBS's and '--nodes' is Slurm's
          select=1:ncpus=2 --mem=4G       ; 'select=1:ncpus=2' is PBS's and '--mem' is Slurm's
          -P project -N 2                 ; '-P' is PBS's and '-N' is Slurm's
          -q debug                        ; '-q' is a queue to PBS and a qos to Slurm
          -j oe                           ; '-j' is no resource that is known here
          --requeue                       ; '--requeue' is no resource that is known here
          -l ncpus=1 -j oe                ; '-j' is no resource that is known here
          --nodes                         ; --nodes needs a value
          -l                              ; -l needs a value
          --nodes 2-4                     ; is a range
          --nodes=1,3                     ; is a range
          --nodes=0                       ; must be at least 1
          --ntasks=four                   ; needs one whole number, not 'four'
          --ntasks=-4                     ; needs one whole number
          --ntasks=99999999999            ; needs one whole number
          --mem=                          ; is not a size of memory
          --mem=0                         ; --mem=0 (all that there is) has no field here
          --mem=lots                      ; 'lots' is not a size
          --mem=1G --mem-per-cpu=1G       ; memory is given per node and per cpu
          --gres=gpu:a100:2,gpu:v100:1    ; has no field here
          --gres=shard:2                  ; --gres=shard:2 has no field here
          --gres=gpux:2                   ; has no field here
          --gpus-per-node=a:2,b:1         ; several types
          --gres=gpu:a:b:2                ; needs one whole number
          --gpus-per-node=:2              ; gpu type is empty
          --gres=gpu:                     ; gpu type is empty
          --gpus=4                        ; cannot be spread evenly
          --gpus=3 -N 2                   ; cannot be spread evenly
          --time=UNLIMITED                ; is no limit
          --time=0                        ; is no limit to Slurm
          --time=1:2:3:4                  ; is neither minutes nor
          --exclusive=user                ; --exclusive=user has no field here
          --partition=                    ; queue is empty
          --mem='16G                      ; not closed
          select=                         ; is neither a count nor
          select=2:ncpus=8 mem=4gb        ; mem= cannot stand beside select=
          select=2 nodes=2                ; nodes= cannot stand beside select=
          nodes=2 ncpus=4                 ; ncpus= cannot stand beside nodes=
          nodes=n1+n2                     ; has several chunks
          nodes=2:bigmem                  ; 'bigmem' in nodes=2:bigmem has no field here
          nodes=2:ppn=x                   ; ppn needs one whole number
          walltime=1-00:00:00             ; is neither seconds nor
          walltime=0                      ; is zero
          walltime=unlimited              ; is no limit
          place=scatter                   ; place=scatter has no field here
          -A a -P b -l ncpus=1            ; -A and -P name 'a' and 'b'
          ncpus=1,,mem=1gb                ; '' is no resource
          """)
  void whatIsNotUnderstoodIsRefusedByName(String text, String message) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> Resources.parse(text))
        .withMessageStartingWith("resources '" + text + "': ")
        .withMessageContaining(message);
  }
}
