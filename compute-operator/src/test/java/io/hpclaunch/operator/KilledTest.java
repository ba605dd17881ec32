// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clients that drive one run to its end are killed one after the other, each a little later than
 * the one before it: between any two steps, and within uploads and downloads. In the end each job
 * has run once, every file is whole, and the run stands as it should.
 */
@Timeout(900)
class KilledTest {
  private static final int LARGE = 3 << 20;
  private static final int MOST_CLIENTS = 400;
  private static final Gson GSON =
      new GsonBuilder().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create();

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("shell", Map.of());

  private final List<String> deaths = new ArrayList<>();

  @AfterAll
  static void endDaemons() throws Exception {
    Site.end();
  }

  @Test
  void killedAtOneMomentAfterTheOtherOnThisMachine() throws Exception {
    survives(Site.HERE, 1, 1);
  }

  @Test
  void killedInLargerStepsOnThisMachine() throws Exception {
    survives(Site.HERE, 2, 5);
  }

  @Test
  void killedThroughSsh() throws Exception {
    survives(Site.SSH, 3, 4);
  }

  @Test
  @Tag("long")
  void killedAtOneMomentAfterTheOtherThroughSsh() throws Exception {
    survives(Site.SSH, 1, 1);
  }

  @Test
  @Tag("long")
  void killedOnSlurmThroughSsh() throws Exception {
    survives(Site.SLURM, 1, 2);
  }

  private void survives(Site site, int first, int step) throws Exception {
    Path folder = hpc.folder();
    Site.Entry entry = site.entry(hpc.workspace());
    Files.writeString(folder.resolve("entry.json"), GSON.toJson(entry.values()));
    byte[] large = new byte[LARGE];
    new Random(1).nextBytes(large);
    Path input = Files.write(folder.resolve("large"), large);
    Path ran = Files.createFile(folder.resolve("ran"));
    try (HpcRuntime runtime = Site.runtime(folder);
        ComputeOperator operator =
            ComputeOperator.over(Site.open(runtime, entry)).directory(folder).build()) {
      operator.prepare(run(input, ran));
    }
    int clients = 0;
    for (int moment = first; !ends(entry.type(), moment); moment += step) {
      assertThat(++clients).as(deaths::toString).isLessThan(MOST_CLIENTS);
    }
    assertThat(clients).as("clients that were killed").isGreaterThan(3);
    check(entry, large, ran);
  }

  private static RunSpec run(Path input, Path ran) {
    return RunSpec.builder("r")
        .task(Task.builder("good")
            .shell(
                "echo \"good\" >> '" + ran.toString().replace("'", "'\\''") + "'",
                "mkdir -p out/deep tmp",
                "cat in/large in/large > out/deep/twice",
                "cp text out/text; echo x > tmp/left",
                "echo changed > text")
            .fileFromPath("in/large", input)
            .fileFromContent("text", "some text")
            .download("out/*", "text")
            .build())
        .task(Task.builder("bad")
            .shell("echo bad >> '" + ran.toString().replace("'", "'\\''") + "'", "exit 3")
            .fileFromPath("again", input)
            .dependsOn("good")
            .doNotDownload("again")
            .build())
        .build();
  }

  /** Whether a client came to the end before it was to be killed. */
  private boolean ends(String type, int moment) throws Exception {
    Process client = new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Client.class.getName(),
            hpc.folder().toString(),
            type,
            Integer.toString(moment))
        .redirectError(hpc.folder().resolve("client.err").toFile())
        .start();
    try (BufferedReader out = new BufferedReader(
        new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      assertThat(line).as(() -> deaths + ": " + error()).isNotNull();
      client.toHandle().destroyForcibly();
      client.waitFor();
      if (line.startsWith("at ")) {
        deaths.add(moment + " " + line);
        return false;
      }
      assertThat(line).as(() -> deaths + ": " + error()).isEqualTo("over");
      return true;
    }
  }

  private String error() {
    try {
      return Files.readString(hpc.folder().resolve("client.err"));
    } catch (IOException e) {
      return String.valueOf(e);
    }
  }

  private void check(Site.Entry entry, byte[] large, Path ran) throws IOException {
    RunStatus end;
    try (HpcRuntime runtime = Site.runtime(hpc.folder());
        ComputeOperator operator = ComputeOperator.over(Site.open(runtime, entry))
            .directory(hpc.folder())
            .build()) {
      end = operator.status("r");
    }
    String story = String.join("\n", deaths);
    assertThat(end.isOver()).as(story).isTrue();
    assertThat(end.task("good").words()).as(story).isEqualTo("completed");
    assertThat(end.task("bad").words()).as(story).startsWith("failed: exit status 3");
    assertThat(ran).as(story).content().isEqualTo("good\nbad\n");
    Path good = hpc.folder().resolve("runs/r/tasks/good/attempts/1/results");
    assertThat(files(good))
        .as(story)
        .containsExactly(
            "exit_code", "out/deep/twice", "out/text", "stderr.log", "stdout.log", "text");
    byte[] twice = new byte[2 * large.length];
    System.arraycopy(large, 0, twice, 0, large.length);
    System.arraycopy(large, 0, twice, large.length, large.length);
    assertThat(Hashes.sha256(good.resolve("out/deep/twice")))
        .as(story)
        .isEqualTo(Hashes.sha256(twice));
    assertThat(good.resolve("out/text")).as(story).content().isEqualTo("some text");
    assertThat(good.resolve("text")).as(story).content().isEqualTo("changed\n");
    Path bad = hpc.folder().resolve("runs/r/tasks/bad/attempts/1/results");
    assertThat(files(bad)).as(story).containsExactly("exit_code", "stderr.log", "stdout.log");
    assertThat(bad.resolve("exit_code")).content().isEqualTo("3\n");
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  /** Drives the run until it is over, or stops at a moment to be killed. */
  static final class Client {
    private Client() {}

    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      Map<String, Object> values = GSON.fromJson(
          Files.readString(folder.resolve("entry.json")),
          new TypeToken<Map<String, Object>>() {}.getType());
      Deadly deadly = new Deadly(Integer.parseInt(args[2]));
      try (HpcRuntime runtime = Site.runtime(folder);
          ComputeOperator operator = ComputeOperator.over(
                  deadly.around(Site.open(runtime, new Site.Entry(args[1], values))))
              .directory(folder)
              .clock(deadly.clock())
              .build()) {
        RunStatus end = operator.go("r");
        System.out.println(end.isOver() ? "over" : end.words());
      }
    }
  }
}
