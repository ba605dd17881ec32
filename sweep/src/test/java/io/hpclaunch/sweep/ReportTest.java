// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.core.store.SpecJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page, in a real browser where one is installed. */
@Timeout(180)
class ReportTest {
  private static final List<String> BROWSERS =
      List.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");

  @TempDir
  Path folder;

  private SweepSite site;

  @BeforeEach
  void open() {
    site = new SweepSite(folder);
  }

  @AfterEach
  void close() {
    site.close();
  }

  /** A sweep that was never submitted: what became of it is made up. */
  private SweepRun run(int count) {
    Sweep sweep = Sweep.parse(
        "{grid: {x: {range: [" + count / 4 + "]}, opt: [adam, '</script>', null, [1, 2]]},"
            + " command: ['true']}",
        "s.yaml",
        folder);
    Submission submission = new Submission(
        1,
        "shell",
        true,
        TaskSet.first(count),
        null,
        "seed",
        SpecJson.write(JobSpec.builder("s").shell(":").build()),
        Instant.now(),
        false,
        null);
    SweepFolder.create(
        site.sweeps(),
        new SweepFolder.Begun("s", Instant.now(), count, folder.toString(), folder.toString()),
        sweep,
        sweep.command(),
        submission);
    return site.open("s");
  }

  private static SweepStatus status(int count) {
    List<@Nullable JobInfo> infos = new ArrayList<>();
    for (int task = 1; task <= count; task++) {
      Instant started = Instant.now().plusMillis(task * 37L);
      JobInfo.Builder info = task % 7 == 0
          ? JobInfo.builder(JobState.FAILED).failed(Cause.EXIT_CODE).exitCode(task % 3 + 1)
          : JobInfo.builder(JobState.COMPLETED).exitCode(0);
      infos.add(
          task % 100 == 0
              ? null
              : info.started(started)
                  .ended(started.plus(Duration.ofMillis(1000 + task * 7919L % 60_000)))
                  .nodes(List.of("node" + task % 40))
                  .build());
    }
    return new SweepStatus(infos);
  }

  private static Results results(SweepRun run, SweepStatus status) {
    List<Results.Row> rows = new ArrayList<>();
    for (int task = 1; task <= run.count(); task++) {
      Map<String, Value> measured =
          Map.of("loss", Value.of(1.0 / task), "acc", Value.of(Math.sin(task)));
      rows.add(new Results.Row(
          task, status.state(task), run.sweep().combinations().get(task - 1).params(), measured));
    }
    return new Results(run.sweep().parameters(), List.of("loss", "acc"), rows, List.of());
  }

  private Path page(int count) {
    SweepRun run = run(count);
    SweepStatus status = status(count);
    Path page = folder.resolve("report.html");
    FailureGroup odd =
        new FailureGroup("failed", List.of("<b>&amp;</script>"), TaskSet.first(1), null);
    Report.write(run, status, results(run, status), List.of(odd), "acc", page);
    return page;
  }

  @Test
  void thePageNeedsNoNetwork() throws IOException {
    String page = Files.readString(page(40));
    assertThat(page).doesNotContain("http://", "https://", " src=", "@import", "url(");
    assertThat(page.split("</script>", -1)).as("no value ends a script").hasSize(3);
  }

  @Test
  void aMetricThatNobodyMeasuredIsTold() {
    SweepRun run = run(4);
    SweepStatus status = status(4);
    assertThatThrownBy(() -> Report.write(
            run, status, results(run, status), List.of(), "lost", folder.resolve("r.html")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("lost", "loss, acc");
  }

  @Test
  void aBrowserShowsIt() throws Exception {
    String shown = shown(page(400), Duration.ofSeconds(60));
    assertThat(shown).contains("data-drawn=\"yes\"");
    assertThat(shown).contains("Sweep s", "completed 339", "failed 57", "missing 4");
    assertThat(shown).contains("&lt;b&gt;&amp;amp;&lt;/script&gt;", "page 1 of 4, 400 tasks");
    assertThat(shown).contains("<td>&lt;/script&gt;</td>", "<td>[1, 2]</td>");
  }

  @Test
  void aHundredThousandTasksHaveRoomAndAreShown() throws Exception {
    Path page = page(100_000);
    assertThat(Files.size(page)).isLessThanOrEqualTo(Report.LARGEST);
    String shown = shown(page, Duration.ofSeconds(60));
    assertThat(shown).contains("data-drawn=\"yes\"", "page 1 of 1000, 100000 tasks");
  }

  /** What the page is when its script has run. */
  private String shown(Path page, Duration longest) throws Exception {
    String browser = BROWSERS.stream()
        .flatMap(name ->
            Stream.of(System.getenv("PATH").split(":", -1)).map(where -> Path.of(where, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse("");
    assumeTrue(!browser.isEmpty(), "no browser: install chromium-headless-shell or chromium");
    Path dom = folder.resolve("dom.html");
    Process process = new ProcessBuilder(
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--user-data-dir=" + folder.resolve("profile"),
            "--dump-dom",
            page.toUri().toString())
        .redirectOutput(dom.toFile())
        .redirectError(folder.resolve("browser.err").toFile())
        .start();
    try {
      assertThat(process.waitFor(longest.toSeconds(), TimeUnit.SECONDS))
          .as(browser)
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(dom, StandardCharsets.UTF_8).replaceFirst("(?s)<script.*</script>", "");
  }
}
