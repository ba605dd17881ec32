// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static io.hpclaunch.pbs.Dialect.OPENPBS;
import static io.hpclaunch.pbs.Dialect.TORQUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Unsupported;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PbsResourcesTest {
  private static List<String> words(String resources, Dialect dialect) {
    return PbsResources.of(Resources.parse(resources), dialect, "gpu_type");
  }

  private static String openPbs(String resources) {
    return String.join(" ", words(resources, OPENPBS));
  }

  private static String torque(String resources) {
    return String.join(" ", words(resources, TORQUE));
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void whatIsUnsetIsNotSaid(Dialect dialect) {
    assertThat(PbsResources.of(Resources.builder().build(), dialect, "t")).isEmpty();
    assertThat(words("--time=01:00:00 --partition=q", dialect)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1:ncpus=4:mem=16gb",
        "2:ncpus=8:mem=32GB:ngpus=1",
        "2:ncpus=08:mpiprocs=4:mem=1000mb",
        "1:ncpus=1+1:ncpus=2",
        "1:ncpus=16:host=n1+3:ncpus=4:mem=2gb:bigmem=true",
        "ncpus=4",
      })
  void theUsersOwnSelectIsUntouched(String select) {
    assertThat(openPbs("select=" + select)).isEqualTo("select=" + select);
  }

  @Test
  void placesBesideTheUsersSelectAreHisOwn() {
    assertThat(PbsResources.of(
            Resources.parse("select=2:ncpus=8").toBuilder().exclusive(true).build(), OPENPBS, "t"))
        .containsExactly("select=2:ncpus=8", "place=excl");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nodes 1                                 | select=1",
        "--nodes 3                                 | select=3 place=scatter",
        "--cpus-per-task 4                         | select=1:ncpus=4",
        "--cpus-per-task 4 --mem 16G               | select=1:ncpus=4:mem=16gb",
        "--mem 1500M                               | select=1:mem=1500mb",
        "--ntasks 5                                | select=5:ncpus=1:mpiprocs=1",
        "--ntasks 5 --cpus-per-task 2"
            + "                      | select=5:ncpus=2:mpiprocs=1:ompthreads=2",
        "--ntasks 4 --mem-per-cpu 2G               | select=4:ncpus=1:mpiprocs=1:mem=2gb",
        "--nodes 2 --ntasks-per-node 4             | select=2:ncpus=4:mpiprocs=4 place=scatter",
        "--nodes 2 --ntasks 5"
            + " | select=1:ncpus=3:mpiprocs=3+1:ncpus=2:mpiprocs=2 place=scatter",
        "--nodes 2 --ntasks 8 --mem-per-cpu 1G"
            + "             | select=2:ncpus=4:mpiprocs=4:mem=4gb place=scatter",
        "--ntasks 10 --ntasks-per-node 4" + " | select=1:ncpus=4:mpiprocs=4+2:ncpus=3:mpiprocs=3",
        "--nodes 1 --gpus-per-node 2               | select=1:ngpus=2",
        "--nodes 1 --gpus-per-node a100:2          | select=1:ngpus=2:gpu_type=a100",
        "--ntasks 2 --gpus-per-task 1              | select=2:ncpus=1:mpiprocs=1:ngpus=1",
        "--nodes 1 --constraint bigmem=true        | select=1:bigmem=true",
        "--nodes 1 --exclusive                     | select=1 place=excl",
        "--nodes 2 --exclusive                     | select=2 place=scatter:excl",
      })
  void chunksOfOpenPbs(String resources, String words) {
    assertThat(openPbs(resources)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nodes 3                                 | nodes=3:ppn=1",
        "--cpus-per-task 4 --mem 16G               | nodes=1:ppn=4 mem=16gb",
        "--nodes 2 --ntasks-per-node 4 --mem 8G    | nodes=2:ppn=4 mem=16gb",
        "--nodes 2 --ntasks 5                      | nodes=1:ppn=3+1:ppn=2",
        "--ntasks 4 --mem-per-cpu 2G               | nodes=4:ppn=1 mem=8gb",
        "--nodes 1 --gpus-per-node a100:2          | nodes=1:ppn=1:gpus=2:a100",
        "--nodes 1 --constraint bigmem             | nodes=1:ppn=1:bigmem",
        "--qos high                                | qos=high",
        "--nodes 1 --exclusive                     | nodes=1:ppn=1 naccesspolicy=singlejob",
        "select=2:ncpus=8:mem=4gb                  | nodes=2:ppn=8 mem=8gb",
      })
  void nodesOfTorque(String resources, String words) {
    assertThat(torque(resources)).isEqualTo(words);
  }

  @Test
  void theSitesOwnResourceForKindsOfGpus() {
    assertThat(PbsResources.of(
            Resources.parse("--nodes 1 --gpus-per-node h100:4"), OPENPBS, "gputype"))
        .containsExactly("select=1:ngpus=4:gputype=h100");
  }

  @Test
  void whatPbsHasNoWordsForIsRefusedByName() {
    assertThatThrownBy(() -> openPbs("--qos high"))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("qos=high");
    assertThatThrownBy(() -> torque("select=1:ncpus=1+1:ncpus=2"))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("select=1:ncpus=1+1:ncpus=2");
    assertThatThrownBy(() -> openPbs("--ntasks 4 --mem 2G"))
        .isInstanceOf(Unsupported.class)
        .hasMessageContainingAll("4 tasks", "per node");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1kb",
    "1024, 1kb",
    "1025, 2kb",
    "1048576, 1mb",
    "1073741824, 1gb",
    "1073741825, 1048577kb",
    "1572864000, 1500mb",
    "1099511627776, 1024gb",
    "0, 0kb",
  })
  void sizesInTheLargestWholeUnit(long bytes, String size) {
    assertThat(PbsResources.size(bytes)).isEqualTo(size);
  }
}
