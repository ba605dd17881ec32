// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.fail;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives each test a backend with a state folder and a workspace of its own, and clears away what
 * the test leaves: its jobs are cancelled, processes that go on are ended by their ids.
 *
 * <pre>{@code
 * @RegisterExtension
 * final HpcTestRuntime hpc = HpcTestRuntime.of("tsp", Map.of());
 *
 * @Test
 * void greets() throws Exception {
 *   HPCProcess job = hpc.submit(hpc.job("hello").command("echo", "hello").build());
 *   hpc.end(job);
 *   assertThat(job.logs().stdout()).isEqualTo("hello\n");
 * }
 * }</pre>
 *
 * @since 0.1
 */
public final class HpcTestRuntime implements BeforeEachCallback, AfterEachCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration CLEARING = Duration.ofSeconds(10);
  private static final long LOOK_AGAIN_MILLIS = 20;

  /** In the environment of each job, so that its processes are found wherever they went. */
  private static final String MARKER = "HPC_TESTKIT";

  private final Supplier<String> type;
  private final Supplier<? extends Map<String, ? extends @Nullable Object>> entry;
  private final Supplier<Duration> patience;
  private final List<HpcRuntime> runtimes = new ArrayList<>();
  private final List<HPCProcess> submitted = new ArrayList<>();
  private @Nullable Path folder;
  private @Nullable HpcRuntime runtime;
  private @Nullable Backend backend;

  private HpcTestRuntime(
      Supplier<String> type,
      Supplier<? extends Map<String, ? extends @Nullable Object>> entry,
      Supplier<Duration> patience) {
    this.type = type;
    this.entry = entry;
    this.patience = patience;
  }

  /**
   * For tests of one backend.
   *
   * @param type its type
   * @param entry what an entry of the configuration says of it, such as {@code config}
   * @return the extension, to be registered
   */
  public static HpcTestRuntime of(String type, Map<String, ? extends @Nullable Object> entry) {
    return new HpcTestRuntime(() -> type, () -> entry, () -> PATIENCE);
  }

  /** Asks when a test begins: a field of the author's class may serve the answers. */
  static HpcTestRuntime of(BackendUnderTest test) {
    return new HpcTestRuntime(test::type, test::entry, test::patience);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    // A name that finds out who forgets to quote.
    folder = Files.createTempDirectory("hpc testkit's ").toRealPath();
  }

  /**
   * A folder of this test's own; a blank and a quote are in its name.
   *
   * @return an absolute path
   */
  public Path folder() {
    return Objects.requireNonNull(folder, "no test is running");
  }

  /**
   * The workspace of all runtimes of this test.
   *
   * @return the folder in which {@code jobs} holds a folder for each job
   */
  public Path workspace() {
    return folder().resolve("workspace");
  }

  /** The state folder of all runtimes but strangers'. */
  Path stateFolder() {
    return folder().resolve("state");
  }

  /**
   * The runtime.
   *
   * @return the same one during a test
   */
  public HpcRuntime runtime() {
    if (runtime == null) {
      runtime = newRuntime(stateFolder());
    }
    return runtime;
  }

  /**
   * The backend.
   *
   * @return the same one during a test
   */
  public Backend backend() {
    if (backend == null) {
      backend = open(runtime());
    }
    return backend;
  }

  /**
   * The backend as another process has it that shares the state folder.
   *
   * @return a new one
   */
  public Backend another() {
    return open(newRuntime(stateFolder()));
  }

  /**
   * The backend as somebody has it who shares nothing but the workspace.
   *
   * @return a new one
   */
  public Backend stranger() {
    return open(newRuntime(folder().resolve("state-" + runtimes.size())));
  }

  private HpcRuntime newRuntime(Path stateFolder) {
    HpcRuntime made = HpcRuntime.builder()
        .configuration(Map.of())
        .environment(System.getenv())
        .workingDirectory(folder())
        .stateDirectory(stateFolder)
        .build();
    runtimes.add(made);
    return made;
  }

  private Backend open(HpcRuntime from) {
    return from.open(type.get(), wholeEntry());
  }

  /** The author's entry, with the workspace, and asked often where it does not say how often. */
  Map<String, @Nullable Object> wholeEntry() {
    Map<String, @Nullable Object> whole = new LinkedHashMap<>();
    whole.put("submit", Map.of("polling_interval", 0.1));
    whole.putAll(entry.get());
    whole.putIfAbsent("workspace", workspace().toString());
    return whole;
  }

  /**
   * Begins the description of a job. Its processes are found by what it adds to the environment.
   *
   * @param name the job's name
   * @return the builder
   */
  public JobSpec.Builder job(String name) {
    return JobSpec.builder(name).environment(MARKER, folder().toString());
  }

  /**
   * Submits a job, which is cancelled when the test ends.
   *
   * @param spec what to run
   * @return the handle
   */
  public HPCProcess submit(JobSpec spec) {
    HPCProcess job = backend().submit(spec);
    submitted.add(job);
    return job;
  }

  /**
   * Submits a job and waits for its end.
   *
   * @param spec what to run
   * @return how it ended
   */
  public JobInfo run(JobSpec spec) {
    return end(submit(spec));
  }

  /**
   * Waits for the end of a job; fails when it does not come in time.
   *
   * @param job the job
   * @return how it ended
   */
  public JobInfo end(HPCProcess job) {
    try {
      Optional<JobInfo> end = job.waitFor(patience.get());
      return end.orElseGet(
          () -> fail(job.id() + " has not ended within " + patience.get() + ": " + job.info()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail("interrupted while waiting for " + job.id(), e);
    }
  }

  /**
   * What a job has written to standard output, byte for byte.
   *
   * @param job the job
   * @return the bytes
   */
  public byte[] output(HPCProcess job) {
    try (InputStream bytes = job.logs().open(JobLogs.Stream.STDOUT)) {
      return bytes.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until something is so; fails when that does not happen in time.
   *
   * @param what what is waited for, for the message
   * @param condition asked again and again
   */
  public void until(String what, Callable<Boolean> condition) {
    if (!within(patience.get(), condition)) {
      fail(what + ": not within " + patience.get());
    }
  }

  private static boolean within(Duration limit, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!condition.call()) {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail("interrupted while waiting", e);
    } catch (Exception e) {
      return fail("could not look", e);
    }
  }

  /**
   * The processes of this test's jobs that live on this machine.
   *
   * @return those with the test's mark in their environment; empty where there is no /proc
   */
  public List<ProcessHandle> processes() {
    return Processes.withEnvironment(MARKER + "=" + folder());
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    try {
      cancelWhatIsLeft();
    } finally {
      runtimes.forEach(HpcRuntime::close);
      runtimes.clear();
      submitted.clear();
      runtime = null;
      backend = null;
      processes().forEach(ProcessHandle::destroyForcibly);
      Processes.withWord(folder().toString()).forEach(ProcessHandle::destroyForcibly);
      within(CLEARING, () -> {
        Folders.remove(folder());
        return !Files.exists(folder());
      });
    }
  }

  private Duration clearing() {
    return patience.get().compareTo(CLEARING) < 0 ? patience.get() : CLEARING;
  }

  /** What a broken backend does here is no news: the test has told. */
  private void cancelWhatIsLeft() {
    try {
      List<HPCProcess> open =
          submitted.stream().filter(job -> !job.info().state().isFinal()).toList();
      if (!open.isEmpty()) {
        backend().cancel(open.stream().map(HPCProcess::id).toList());
        within(clearing(), () -> processes().isEmpty());
      }
    } catch (HpcException | IllegalStateException e) {
      // The processes are ended one by one.
    }
  }
}
