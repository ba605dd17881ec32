// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first lines that real launchers print for {@code --version}. */
class MpiImplementationTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          mpirun (Open MPI) 4.1.4 | OPEN_MPI_4
          mpiexec (OpenRTE) 4.1.4 | OPEN_MPI_4
          mpirun (Open MPI) 3.1.6 | OPEN_MPI_4
          mpirun (Open MPI) 1.10.7 | OPEN_MPI_4
          mpirun (Open MPI) 5.0.3 | OPEN_MPI_5
          mpirun (Open MPI) 10.0.0 | OPEN_MPI_5
          prterun (PRRTE) 3.0.8 | OPEN_MPI_5
          HYDRA build details: Version: 4.0.2 | MPICH
          Intel(R) MPI Library for Linux* OS, Version 2021.6 Build 20220227 | INTEL
          mpiexec from somebody else | UNKNOWN
          '' | UNKNOWN
          """)
  void isRecognised(String answer, MpiImplementation implementation) {
    assertThat(MpiImplementation.recognise(answer)).isEqualTo(implementation);
  }

  @Test
  void optionsHaveTheValuesOfTheirImplementation() {
    assertThat(MpiImplementation.OPEN_MPI_4.valuesOf("--map-by")).isEqualTo(1);
    assertThat(MpiImplementation.OPEN_MPI_4.valuesOf("-mca")).isEqualTo(2);
    assertThat(MpiImplementation.OPEN_MPI_4.valuesOf("--oversubscribe")).isZero();
    assertThat(MpiImplementation.OPEN_MPI_5.valuesOf("--prtemca")).isEqualTo(2);
    assertThat(MpiImplementation.MPICH.valuesOf("-genv")).isEqualTo(2);
    assertThat(MpiImplementation.MPICH.valuesOf("-x")).isZero();
    assertThat(MpiImplementation.INTEL.valuesOf("-ppn")).isEqualTo(1);
    assertThat(MpiImplementation.UNKNOWN.valuesOf("-genv")).isEqualTo(2);
    assertThat(MpiImplementation.UNKNOWN.valuesOf("--map-by")).isEqualTo(1);
    assertThat(MpiImplementation.UNKNOWN.valuesOf("-")).isZero();
    assertThat(MpiImplementation.UNKNOWN.valuesOf("--")).isZero();
  }

  @Test
  void onlyOpenMpiNeedsVariables() {
    assertThat(MpiImplementation.OPEN_MPI_4.needs(true, true))
        .isEqualTo(Map.of(
            "OMPI_ALLOW_RUN_AS_ROOT", "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1",
            "OMPI_MCA_rmaps_base_oversubscribe", "1"));
    assertThat(MpiImplementation.OPEN_MPI_4.needs(false, false)).isEmpty();
    assertThat(MpiImplementation.OPEN_MPI_5.needs(false, true))
        .containsOnlyKeys("PRTE_MCA_rmaps_default_mapping_policy");
    assertThat(MpiImplementation.MPICH.needs(true, true)).isEmpty();
    assertThat(MpiImplementation.INTEL.needs(true, true)).isEmpty();
    assertThat(MpiImplementation.UNKNOWN.needs(true, true)).isEmpty();
  }
}
