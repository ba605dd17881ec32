// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskPageTest {
  private static final Instant BEGUN = Instant.parse("2025-03-01T12:00:00.250Z");

  private static TaskPage page(int decimals) {
    return new TaskPage("Pool", "small", "cluster", BEGUN)
        .tasks(
            List.of("completed", "failed"),
            List.of(
                new TaskPage.Task(
                    "failed", BEGUN.plusMillis(1530), BEGUN.plusMillis(2750), 3, "n1"),
                new TaskPage.Task("completed", null, null, null, null)),
            decimals)
        .failures(
            List.of(new TaskPage.Failure("exit status 3", 1, "1", List.of("no </script> here"))));
  }

  private static String html(TaskPage page) throws IOException {
    return new String(page.render(), StandardCharsets.UTF_8);
  }

  @Test
  void tasksAreColumnsAndWhatIsNotKnownIsNull() throws IOException {
    assertThat(html(page(3)))
        .contains("\"states\":\"10\"", "\"starts\":[1.53,null]", "\"ends\":[2.75,null]")
        .contains("\"codes\":[3,null]", "\"nodes\":[0,null]", "\"nodeNames\":[\"n1\"]");
    assertThat(html(page(1))).contains("\"starts\":[1.5,null]", "\"ends\":[2.8,null]");
  }

  @Test
  void noTextEndsTheScriptAndNothingIsFetched() throws IOException {
    String page = html(page(3));
    assertThat(page.split("</script>", -1)).hasSize(3);
    assertThat(page).doesNotContain("http://", "https://", " src=", "@import", "@DATA@");
  }

  @Test
  void whatIsLeftOutIsTold() throws IOException {
    assertThat(html(page(3))).contains("\"left\":\"\"");
    assertThat(html(page(3).isShortened())).contains("\"left\":\"yes\"");
  }
}
