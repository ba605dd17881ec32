// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0.00001, 1e-05",
    "1, 1.0",
    "1e20, 1e+20",
    "0.0001, 0.0001",
    "1e15, 1000000000000000.0",
    "1e16, 1e+16",
    "123456789012345680, 1.2345678901234568e+17",
    "-0.0, -0.0",
    "0, 0.0",
    "2e-323, 2e-323",
    "4.9e-324, 5e-324",
    "1e-100, 1e-100",
    "0.1, 0.1",
    "-2.5, -2.5",
    "100, 100.0",
    "NaN, nan",
    "Infinity, inf",
    "-Infinity, -inf",
  })
  void floatsArePrintedAsPythonPrintsThem(double number, String text) {
    assertThat(Numbers.python(number)).isEqualTo(text);
  }

  @Test
  void pythonItselfAgrees(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is not installed");
    Random lot = new Random(1);
    List<String> ours = new ArrayList<>();
    Path bits = folder.resolve("bits");
    try (BufferedWriter out = Files.newBufferedWriter(bits)) {
      for (int i = 0; i < 20_000; i++) {
        double number = i % 2 == 0
            ? Double.longBitsToDouble(lot.nextLong())
            : (lot.nextInt(2_000_000) - 1_000_000) / Math.pow(10, lot.nextInt(12));
        if (Double.isFinite(number)) {
          ours.add(Numbers.python(number));
          out.write(Double.doubleToRawLongBits(number) + "\n");
        }
      }
    }
    Process python = new ProcessBuilder(
            "/usr/bin/python3",
            "-c",
            "import struct,sys\nfor l in open(sys.argv[1]):"
                + " print(repr(struct.unpack('<d', struct.pack('<q', int(l)))[0]))",
            bits.toString())
        .redirectErrorStream(true)
        .start();
    List<String> theirs = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
    assertThat(ours).isEqualTo(theirs);
  }
}
