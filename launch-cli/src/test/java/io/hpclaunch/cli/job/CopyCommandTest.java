// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.cli.job.HpcCommand.Result;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyCommandTest {
  @TempDir
  Path folder;

  private Path there;
  private HpcCommand hpc;

  @BeforeEach
  void makeFiles() throws IOException {
    hpc = new HpcCommand(folder);
    there = Files.createDirectory(folder.resolve("there"));
    Files.createDirectories(folder.resolve("in/deep"));
    Files.writeString(folder.resolve("in/deep/f"), "12345");
    Files.writeString(folder.resolve("one"), "1");
  }

  @Test
  void aFolderGoesThereAndBack() {
    Result up = hpc.run("copy", "in", "cluster:" + there + "/new");
    assertThat(up.lines()).containsExactly("copied 1 files (5 B) to " + there + "/new");
    assertThat(there.resolve("new/deep/f")).hasContent("12345");
    Result again = hpc.run("copy", "in", "cluster:" + there + "/new/..//new");
    assertThat(again.err()).isEmpty();
    Result down = hpc.run("copy", "cluster:" + there + "/new", "back");
    assertThat(down.status()).isZero();
    assertThat(folder.resolve("back/deep/f")).hasContent("12345");
  }

  @Test
  void intoAFolderThingsKeepTheirNames() {
    assertThat(hpc.run("copy", "in/", "one", "cluster:" + there).status()).isZero();
    assertThat(there.resolve("in/deep/f")).hasContent("12345");
    assertThat(there.resolve("one")).hasContent("1");
    assertThat(hpc.run("copy", "one", ":" + there + "/not yet/").status()).isZero();
    assertThat(there.resolve("not yet/one")).hasContent("1");
    assertThat(hpc.run("copy", "cluster:" + there + "/one", ".").status()).isZero();
  }

  @Test
  void twoOfOneNameAreRefused() {
    Result result = hpc.run("copy", "one", "in/../one", "cluster:" + there);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("two sources are called one");
    assertThat(hpc.run("copy", "one", "cluster:" + there + "/b\udcff").err()).contains("is UTF-8");
  }

  @Test
  void jsonTellsOfEachSource() throws IOException {
    Files.createSymbolicLink(folder.resolve("in/out"), Path.of("/etc"));
    Result told = hpc.run("copy", "--json", "in", "cluster:" + there);
    JsonObject first =
        JsonParser.parseString(told.out()).getAsJsonArray().get(0).getAsJsonObject();
    assertThat(first.get("files").getAsLong()).isEqualTo(1);
    assertThat(first.get("bytes").getAsLong()).isEqualTo(5);
    assertThat(first.get("left_out").getAsJsonArray().get(0).getAsString()).isEqualTo("out");
    assertThat(told.status()).isEqualTo(1);
    assertThat(hpc.run("copy", "in", "cluster:" + there).err()).contains("not copied from in: out");
  }

  @ParameterizedTest
  @CsvSource({
    "one, two, one side is on this machine",
    "cluster:/one, cluster:/two, one side is on this machine",
    "gone, cluster:/tmp/x, gone",
    "one, nobody:/tmp/x, nobody",
    "cluster:~other/x, here, of homes only one's own",
    "cluster:/, here/, has no name"
  })
  void whatCannotBeIsToldInOneLine(String source, String target, String words) {
    Result result = hpc.run("copy", source, target);
    assertThat(result.status()).isIn(2, 3);
    assertThat(result.err()).contains(words).startsWith("hpc: ");
  }

  @Test
  void theMeterTellsHowFarHowFastAndHowLong() {
    StringWriter shown = new StringWriter();
    AtomicLong now = new AtomicLong();
    CopyMeter meter = new CopyMeter(new Progress(new PrintWriter(shown), true), now::get);
    meter.planned(4, 40 * 1024 * 1024);
    for (int i = 0; i < 2; i++) {
      now.addAndGet(TimeUnit.SECONDS.toNanos(1));
      meter.copied(10 * 1024 * 1024);
      meter.finished("f" + i);
    }
    assertThat(shown.toString())
        .endsWith("[##########..........]  50%  20.0 MiB of 40.0 MiB, 1 of 4 files, 10.0 MiB/s,"
            + " 0:06 left");
  }
}
