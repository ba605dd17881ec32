// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Hpc;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code hpc pool map} does before there are tasks; its pool's backend is not there. */
class MapCommandTest {
  private static final Map<String, Object> POOLS = Map.of(
      "worker_pools",
      Map.of("small", Map.of("backend", "nowhere", "num_workers", 1, "cpus_worker", 1)));

  @TempDir
  Path folder;

  private record Result(int status, String err) {}

  private Result map(String input, String... options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status;
    try (Session session = new Session(Map.of(), folder, Installation.NONE);
        HpcRuntime runtime = HpcRuntime.builder()
            .environment(Map.of())
            .workingDirectory(folder)
            .stateDirectory(folder.resolve("state"))
            .configuration(POOLS)
            .build()) {
      session.runtime(runtime);
      session.stdin(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
      session.streams(out, err);
      String[] words = new String[options.length + 5];
      System.arraycopy(new String[] {"pool", "map", "small"}, 0, words, 0, 3);
      System.arraycopy(options, 0, words, 3, options.length);
      System.arraycopy(new String[] {"--", "echo"}, 0, words, options.length + 3, 2);
      status = Hpc.commandLine(session)
          .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
          .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
          .execute(words);
    }
    return new Result(status, err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void withoutAnyInputNothingIsStarted() {
    assertThat(map("")).isEqualTo(new Result(ExitStatus.OK, ""));
    assertThat(map("\n\n")).isEqualTo(new Result(ExitStatus.OK, ""));
    assertThat(folder.resolve("state")).doesNotExist();
    Result one = map("1\n");
    assertThat(one.status()).isEqualTo(ExitStatus.WRONG_USAGE);
    assertThat(one.err()).contains("nowhere");
  }

  @Test
  void aReportThatCannotBeWrittenIsRefusedBeforeAnythingElse() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    for (Path refused : List.of(folder, folder.resolve("none/page.html"), file.resolve("page"))) {
      Result result = map("1\n", "--report", refused.toString());
      assertThat(result.status()).isEqualTo(ExitStatus.WRONG_USAGE);
      assertThat(result.err()).contains("--report: " + refused + " cannot be written: ");
    }
    for (String taken : List.of("page.html", file.toString(), "/dev/null")) {
      assertThat(map("1\n", "--report", taken).err()).contains("nowhere");
    }
    assertThat(file).isEmptyFile();
    assertThat(folder.resolve("page.html")).doesNotExist();
  }

  @Test
  void aReportIntoAFolderOfOthersIsRefused() throws IOException {
    Path folderOfOthers = Files.createDirectory(folder.resolve("others"));
    Files.setPosixFilePermissions(folderOfOthers, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(folderOfOthers), "the superuser may write anywhere");
    assertThat(map("1\n", "--report", "others/page.html").err()).contains("no permission");
  }
}
