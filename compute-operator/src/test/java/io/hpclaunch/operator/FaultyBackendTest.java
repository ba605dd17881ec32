// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Backends that refuse, do not answer, lose jobs; and others that work on the same run. */
@Timeout(120)
class FaultyBackendTest {
  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("shell", Map.of());

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Fault> faults = new HashMap<>();

  private interface Fault {
    Object answer(Object... arguments) throws Exception;
  }

  private Backend faulty() {
    Backend real = hpc.backend();
    return (Backend) Proxy.newProxyInstance(
        Backend.class.getClassLoader(),
        new Class<?>[] {Backend.class},
        (proxy, method, arguments) -> {
          Fault fault = faults.get(method.getName());
          if (fault != null) {
            return fault.answer(arguments);
          }
          try {
            return method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private ComputeOperator operator() {
    InstantSource source = now::get;
    Clock clock = source.withZone(ZoneOffset.UTC);
    return ComputeOperator.over(faulty())
        .directory(hpc.folder())
        .clock(clock)
        .patience(Duration.ofMillis(200))
        .listener(new RunListener() {
          @Override
          public void problem(String problem) {
            problems.add(problem);
          }
        })
        .build();
  }

  private ComputeOperator prepared(Task.Builder task) {
    ComputeOperator operator = operator();
    operator.prepare(RunSpec.builder("r").task(task.build()).build());
    return operator;
  }

  private static Task.Builder task(String... lines) {
    return Task.builder("a").shell(lines);
  }

  @Test
  void whatTheBackendCannotDoIsRefusedBeforeAnythingRuns() {
    faults.put("capabilities", arguments -> Capabilities.of(Capability.STAGE_IN));
    assertThatThrownBy(() -> prepared(task("true").image("ubuntu:22.04")))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("task a needs: containers (container, by --image or --bind)");
  }

  @Test
  void aSubmissionThatNeverGetsAnIdFailsAfterAnHourAndMayBeTriedAgain() throws Exception {
    ComputeOperator operator = prepared(task("true"));
    faults.put("submit", arguments -> {
      throw new OutcomeUnknown((Token) arguments[1], "the answer was lost", null);
    });
    faults.put("find", arguments -> Optional.empty());
    assertThat(operator.submit("r").task("a").state()).isEqualTo(TaskState.SUBMITTING);
    now.updateAndGet(time -> time.plus(Duration.ofMinutes(59)));
    operator.submit("r");
    TaskStatus before = operator.poll("r").task("a");
    assertThat(before.state()).isEqualTo(TaskState.SUBMITTING);
    assertThat(before.reason()).isEqualTo("the answer was lost");
    now.updateAndGet(time -> time.plus(Duration.ofMinutes(1)));
    TaskStatus after = operator.poll("r").task("a");
    assertThat(after.cause()).isEqualTo(FailureCause.NO_ID);
    assertThat(after.reason()).contains("never got an id within 60 min", "the answer was lost");
    faults.clear();
    operator.retry("r", RetryRequest.ALL);
    assertThat(operator.go("r").isWell()).isTrue();
  }

  @Test
  void aJobThatWasSubmittedWithoutOurKnowingIsFoundBeforeItsAttemptFails() {
    ComputeOperator operator = prepared(task("sleep 600"));
    Backend real = hpc.backend();
    faults.put("submit", arguments -> {
      real.submit((io.hpclaunch.api.JobSpec) arguments[0], (Token) arguments[1]);
      throw new OutcomeUnknown((Token) arguments[1], "the answer was lost", null);
    });
    operator.submit("r");
    now.updateAndGet(time -> time.plus(Duration.ofHours(2)));
    assertThat(operator.poll("r").task("a").state()).isIn(TaskState.QUEUED, TaskState.RUNNING);
    operator.cancel("r", List.of());
  }

  @Test
  void aLostJobFailsItsAttemptWithTheReason() {
    ComputeOperator operator = prepared(task("true"));
    operator.submit("r");
    faults.put("status", arguments -> {
      Map<JobId, JobInfo> told = new HashMap<>();
      ((Collection<?>) arguments[0])
          .forEach(id -> told.put(
              (JobId) id,
              JobInfo.builder(JobState.LOST).reason("denied for five minutes").build()));
      return told;
    });
    TaskStatus lost = operator.poll("r").task("a");
    assertThat(lost.words()).isEqualTo("failed: lost (denied for five minutes)");
    operator.collect("r");
    assertThat(lost.attempt().number()).isEqualTo(1);
    assertThat(hpc.folder().resolve("runs/r/tasks/a/attempts/1/results/exit_code"))
        .isEmptyFile();
  }

  @Test
  void aJobThatNobodyKnowsIsLost() {
    ComputeOperator operator = prepared(task("true"));
    operator.submit("r");
    faults.put("status", arguments -> Map.of());
    assertThat(operator.poll("r").task("a").cause()).isEqualTo(FailureCause.LOST);
  }

  @Test
  void whatIsNotKnownNowChangesNothing() {
    ComputeOperator operator = prepared(task("sleep 600"));
    TaskState before = operator.submit("r").task("a").state();
    faults.put("status", arguments -> {
      throw new BackendUnavailable("no way to the scheduler");
    });
    assertThat(operator.poll("r").task("a").state()).isEqualTo(before);
    assertThat(problems).containsExactly("no way to the scheduler");
    faults.clear();
    operator.cancel("r", List.of());
  }

  @Test
  void aRefusalIsTheAttemptsEndWithTheSchedulersWords() {
    ComputeOperator operator = prepared(task("true"));
    faults.put("submit", arguments -> {
      throw new Rejected("no such account");
    });
    assertThat(operator.submit("r").task("a").words())
        .isEqualTo("failed: rejected (no such account)");
    assertThat(operator.submit("r").task("a").attempt().number()).isEqualTo(1);
  }

  @Test
  void whileTheHostCannotBeReachedTasksWait() throws Exception {
    ComputeOperator operator = prepared(task("true").fileFromContent("f", "x"));
    faults.put("workspace", arguments -> {
      throw new BackendUnavailable("the host does not answer");
    });
    assertThat(operator.submit("r").task("a").state()).isEqualTo(TaskState.WAITING);
    assertThat(problems).containsExactly("the host does not answer");
    faults.clear();
    assertThat(operator.go("r").isWell()).isTrue();
  }

  @Test
  void aRunThatAnotherProcessWorksOnIsLeftToIt() throws Exception {
    ComputeOperator operator = prepared(task("true"));
    Path file = hpc.folder().resolve("runs/r/.lock");
    Process other = new ProcessBuilder(
            "python3",
            "-c",
            "import fcntl,sys,time\nf=open(sys.argv[1],'w')\nfcntl.lockf(f,fcntl.LOCK_EX)\n"
                + "print('locked',flush=True)\ntime.sleep(600)",
            file.toString())
        .start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("locked");
      assertThatThrownBy(() -> operator.submit("r"))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("run r is being worked on by another process");
      assertThat(operator.status("r").task("a").state()).isEqualTo(TaskState.WAITING);
    } finally {
      other.toHandle().destroyForcibly();
      other.waitFor();
    }
    assertThat(operator.submit("r").task("a").attempt().job())
        .as("a lock ends with its owner")
        .isNotNull();
    operator.go("r");
  }

  @Test
  void threadsTakeTurnsToo() throws Exception {
    ComputeOperator operator = prepared(task("true"));
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Backend real = hpc.backend();
    faults.put("submit", arguments -> {
      inside.countDown();
      leave.await();
      return real.submit((io.hpclaunch.api.JobSpec) arguments[0], (Token) arguments[1]);
    });
    Thread first = new Thread(() -> operator.submit("r"));
    first.start();
    inside.await();
    assertThatThrownBy(() -> operator.submit("r"))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("another thread");
    leave.countDown();
    first.join();
    faults.clear();
    assertThat(operator.go("r").isWell()).isTrue();
  }

  @Test
  void whatWasLeftHalfPreparedIsRemovedWhenItsOwnerIsGone() throws Exception {
    Path runs = Files.createDirectories(hpc.folder().resolve("runs"));
    String owner = io.hpclaunch.core.store.ProcessIdentity.current().toString();
    Path gone = Files.createDirectory(
        runs.resolve(".r." + owner.substring(0, owner.lastIndexOf('-')) + "-gone.1"));
    Files.createFile(gone.resolve("x"));
    Path alive = Files.createDirectory(runs.resolve(".r." + owner + ".77"));
    Path others = Files.createDirectory(runs.resolve(".something"));
    prepared(task("true"));
    assertThat(gone).doesNotExist();
    assertThat(alive).exists();
    assertThat(others).exists();
  }

  @Test
  void aTokenIsTheAttemptsFromItsPreparationOn() throws Exception {
    List<Token> used = new ArrayList<>();
    Backend real = hpc.backend();
    ComputeOperator operator = prepared(task("true"));
    faults.put("submit", arguments -> {
      used.add((Token) arguments[1]);
      if (used.size() < 3) {
        throw new BackendUnavailable("try later");
      }
      return real.submit((io.hpclaunch.api.JobSpec) arguments[0], (Token) arguments[1]);
    });
    Token token = operator.status("r").task("a").attempt().token();
    assertThat(operator.go("r").isWell()).isTrue();
    assertThat(used).containsExactly(token, token, token);
  }

  @Test
  void theDirectoryIsNotTouchedOnceTheSubmissionHasBegun() throws Exception {
    ComputeOperator operator = prepared(task("cat f").fileFromContent("f", "x"));
    faults.put("submit", arguments -> {
      throw new BackendUnavailable("try later");
    });
    String directory = operator.submit("r").task("a").attempt().directory();
    Path file = Path.of(String.valueOf(directory), "f");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
    faults.clear();
    operator.go("r");
    assertThat(file).isEmptyFile();
  }
}
