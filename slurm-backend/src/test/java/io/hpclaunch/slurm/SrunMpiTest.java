// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SrunMpiTest {
  /** {@code srun --mpi=list} of 22.05.8. */
  private static final String LIST = """
      MPI plugin types are...
      \tpmix
      \tnone
      \tcray_shasta
      \tpmi2
      specific pmix plugin versions available: pmix_v4
      """;

  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource({
    "libmpi.so.40, OPEN_MPI",
    "libmpi_mpifh.so.40, OPEN_MPI",
    "libmpi_cxx.so.40, OPEN_MPI",
    "libmpi.so.20, OPEN_MPI",
    "libmpich.so.12, MPICH",
    "libmpichfort.so.12, MPICH",
    "libmpi.so.12, MPICH",
    "libmpifort.so.12, MPICH"
  })
  void isRecognised(String library, SrunMpi mpi) {
    assertThat(SrunMpi.of(List.of("libm.so.6", library, "libc.so.6"))).isEqualTo(mpi);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "libc.so.6",
        "libmpi.so",
        "libmpi_cray.so.12",
        "libmpi_gnu_91.so.12",
        "libmpi.so.1",
        "",
        "notlibmpi.so.40",
        "libmpi.so.40.1"
      })
  void othersAreLeftAlone(String library) {
    assertThat(SrunMpi.of(List.of(library))).isNull();
  }

  @Test
  void srunsTypesAreRead() {
    String types = new SrunMpi.Types().apply(LIST);
    assertThat(SrunMpi.Types.have(types, SrunMpi.OPEN_MPI)).isTrue();
    assertThat(SrunMpi.Types.have(types, SrunMpi.MPICH)).isTrue();
    String older = new SrunMpi.Types().apply("srun: MPI types are...\nsrun: none\nsrun: pmi2\n");
    assertThat(SrunMpi.Types.have(older, SrunMpi.MPICH)).isTrue();
    assertThat(SrunMpi.Types.have(older, SrunMpi.OPEN_MPI)).isFalse();
    assertThat(SrunMpi.Types.have("", SrunMpi.MPICH)).isFalse();
    String error = new SrunMpi.Types().apply("srun: fatal: Could not establish pmi2 pmix\n");
    assertThat(SrunMpi.Types.have(error, SrunMpi.MPICH)).isFalse();
  }

  @Test
  void aProgramsLibrariesAreRead() {
    Path java = ProcessHandle.current().info().command().map(Path::of).orElseThrow();
    assertThat(SrunElf.libraries(java)).contains("libc.so.6").allMatch(l -> l.contains(".so"));
  }

  @Test
  void whatIsNoProgramHasNone() throws IOException {
    assertThat(SrunElf.libraries(folder.resolve("missing"))).isEmpty();
    assertThat(SrunElf.libraries(folder)).isEmpty();
    assertThat(SrunElf.libraries(file("script", "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8))))
        .isEmpty();
    assertThat(SrunElf.libraries(file("empty", new byte[0]))).isEmpty();
  }

  @Test
  void aProgramThatIsCutOffOrDamagedHasNoneOrSome() throws IOException {
    byte[] whole = Files.readAllBytes(
        ProcessHandle.current().info().command().map(Path::of).orElseThrow());
    for (int length = 0; length < 1000; length += 7) {
      assertThat(SrunElf.libraries(file("cut", Arrays.copyOf(whole, length)))).isNotNull();
    }
    for (int at = 4; at < 1000; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0xff;
      assertThat(SrunElf.libraries(file("damaged", damaged))).isNotNull();
    }
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }
}
