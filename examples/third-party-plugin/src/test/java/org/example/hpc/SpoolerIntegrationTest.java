// SPDX-License-Identifier: Apache-2.0
package org.example.hpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The backend on a true task-spooler, with a queue of its own. */
class SpoolerIntegrationTest {
  @TempDir
  Path folder;

  private final SpoolerBackend backend = new SpoolerBackend();

  @BeforeEach
  void initialize() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(element -> Files.isExecutable(Path.of(element, "tsp"))),
        "task-spooler (not installed)");
    Transport transport = mock(Transport.class);
    when(transport.run(any())).thenAnswer(call -> run(call.getArgument(0)));
    BackendContext context = mock(BackendContext.class);
    when(context.transport()).thenReturn(transport);
    backend.initialize(context);
  }

  @AfterEach
  void endTheQueue() throws Exception {
    run(Command.of("tsp", "-K"));
  }

  @Test
  void aJobRunsUnderItsId() throws Exception {
    NativeId id = submit("a b/$c", "my script", "echo \"$HPC_NATIVE_ID\" >stdout");
    JobInfo end = end(id);
    assertThat(end.state()).as("%s", end).isEqualTo(JobState.COMPLETED);
    assertThat(end.exitCode()).isZero();
    assertThat(folder.resolve("a b/$c/stdout")).hasContent(id.value());
  }

  @Test
  void aFailureCarriesItsExitCode() throws Exception {
    JobInfo end = end(submit("job", "script", "exit 3"));
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).isEqualTo(3);
  }

  @Test
  void cancelEndsARunningJobAndTakesAQueuedOneOutAndMayBeRepeated() throws Exception {
    NativeId first = submit("first", "script", "touch started; exec sleep 1000");
    NativeId second = submit("second", "script", "touch started");
    await(() -> Files.exists(folder.resolve("first/started")));
    assertThat(info(second).state()).isEqualTo(JobState.QUEUED);
    backend.cancel(List.of(second, first));
    assertThat(end(first).state()).isEqualTo(JobState.FAILED);
    assertThat(query(second)).isInstanceOf(Observation.NotKnown.class);
    assertThat(folder.resolve("second/started")).doesNotExist();
    backend.cancel(List.of(first, second, NativeId.of("never0000")));
  }

  @Test
  void aJobOfAnotherQueueIsNotKnown() {
    assertThat(query(NativeId.of("never0000"))).isInstanceOf(Observation.NotKnown.class);
  }

  private NativeId submit(String job, String script, String text) throws IOException {
    Path jobFolder = Files.createDirectories(folder.resolve(job));
    Files.writeString(jobFolder.resolve(script), "cd \"${0%/*}\"; " + text);
    return backend.submit(request(Token.random(), jobFolder.toString(), script));
  }

  static SubmitRequest request(Token token, String jobFolder, String script) {
    JobSpec spec = JobSpec.builder("job").command("true").build();
    SubmitRequest request = mock(SubmitRequest.class);
    when(request.token()).thenReturn(token);
    when(request.spec()).thenReturn(spec);
    when(request.scriptPath()).thenReturn(jobFolder + "/" + script);
    return request;
  }

  private JobInfo end(NativeId id) throws Exception {
    await(() -> info(id).state().isFinal());
    return info(id);
  }

  private JobInfo info(NativeId id) {
    return ((Observation.Seen) query(id)).info();
  }

  private Observation query(NativeId id) {
    return backend.query(List.of(id)).get(id);
  }

  private static void await(java.util.function.BooleanSupplier condition) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("has not happened within 30 s");
      }
      Thread.sleep(10);
    }
  }

  /** Runs a command here, in a queue that belongs to this test. */
  private CommandResult run(Command command) throws IOException, InterruptedException {
    Path err = folder.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command.argv()).redirectError(err.toFile());
    builder.environment().put("TS_SOCKET", folder.resolve("queue").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    byte[] out = process.getInputStream().readAllBytes();
    return new CommandResult(process.waitFor(), out, Files.readAllBytes(err));
  }
}
