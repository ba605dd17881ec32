// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.core.shell.Quoting;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Backends that break one promise each, in ways that were seen in the field. */
@NullMarked
final class WrongBackends {
  private WrongBackends() {}

  /** A gone job is a good job. */
  public static final class CompletesUnknown extends FakeScheduler {
    @Override
    public String name() {
      return "completes-unknown";
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      Map<NativeId, Observation> told = super.query(ids);
      told.replaceAll((id, seen) -> seen instanceof Observation.NotKnown
          ? Observation.seen(JobInfo.builder(JobState.COMPLETED).exitCode(0).build())
          : seen);
      return told;
    }
  }

  /** Answers for the first id only. */
  public static final class AnswersFirst extends FakeScheduler {
    @Override
    public String name() {
      return "answers-first";
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      return super.query(ids.stream().limit(1).toList());
    }
  }

  /** Tells of jobs that nobody asked for. */
  public static final class AnswersMore extends FakeScheduler {
    @Override
    public String name() {
      return "answers-more";
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      Map<NativeId, Observation> told = super.query(ids);
      told.put(NativeId.of("4711"), Observation.notKnown("nobody asked"));
      return told;
    }
  }

  /** Every job that ended is well; and it runs no script but its own. */
  public static final class Optimist extends FakeScheduler {
    @Override
    public String script(SubmitRequest request) {
      return bareScript(request);
    }

    @Override
    public String name() {
      return "optimist";
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      return changed(
          super.query(ids),
          info -> info.state().isFinal()
              ? JobInfo.builder(JobState.COMPLETED).exitCode(0).build()
              : info);
    }
  }

  /** Takes a status above 128 for an exit code, and forgets why a job was ended. */
  public static final class NoSignals extends FakeScheduler {
    @Override
    public String script(SubmitRequest request) {
      return bareScript(request);
    }

    @Override
    public String name() {
      return "no-signals";
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      return changed(
          super.query(ids),
          info -> info.state() == JobState.FAILED
              ? info.toBuilder()
                  .failed(Cause.EXIT_CODE)
                  .exitCode(info.exitCode() == null ? 1 : info.exitCode())
                  .signal(null)
                  .build()
              : info);
    }
  }

  /** Its clock is a day ahead. */
  public static final class WrongClock extends FakeScheduler {
    @Override
    public String name() {
      return "wrong-clock";
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      return changed(
          super.query(ids),
          info -> info.started() == null
              ? info
              : info.toBuilder()
                  .started(info.started().plus(Duration.ofDays(1)))
                  .build());
    }
  }

  /** Says of everything that waits or runs that it waits. */
  public static final class NeverRuns extends FakeScheduler {
    @Override
    public String name() {
      return "never-runs";
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      return changed(
          super.query(ids),
          info -> info.state() == JobState.RUNNING
              ? info.toBuilder().state(JobState.QUEUED).build()
              : info);
    }
  }

  /** Cannot keep its hands off the user's words. */
  public static final class Mangler extends FakeScheduler {
    @Override
    public String name() {
      return "mangler";
    }

    @Override
    public String script(SubmitRequest request) {
      return super.script(request).replace("hi", "ho").replace("two  blanks", "two blanks");
    }
  }

  /** Writes secrets into the script. */
  public static final class Blabber extends FakeScheduler {
    @Override
    public String name() {
      return "blabber";
    }

    @Override
    public String script(SubmitRequest request) {
      return super.script(request) + "# " + request.spec().secretEnvironment() + "\n";
    }
  }

  /** Another text each time. */
  public static final class Moody extends FakeScheduler {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public String name() {
      return "moody";
    }

    @Override
    public String script(SubmitRequest request) {
      return super.script(request) + "# " + count.incrementAndGet() + "\n";
    }
  }

  /** Claims arrays and runs the first element. */
  public static final class FirstElement extends FakeScheduler {
    @Override
    public String name() {
      return "first-element";
    }

    @Override
    public NativeId submit(SubmitRequest request) {
      ArrayRange range = request.array();
      return range == null
          ? super.submit(request)
          : super.submit(with(request, "array", ArrayRange.of(range.first(), range.first())));
    }
  }

  /** Takes "at most N at once" for a remark. */
  public static final class AllAtOnce extends FakeScheduler {
    @Override
    public String name() {
      return "all-at-once";
    }

    @Override
    public NativeId submit(SubmitRequest request) {
      ArrayRange range = request.array();
      return range == null
          ? super.submit(request)
          : super.submit(with(
              request, "array", new ArrayRange(range.first(), range.last(), range.step(), null)));
    }
  }

  /** Tells of a whole array as of one job. */
  public static final class OneAnswerForAll extends FakeScheduler {
    @Override
    public String name() {
      return "one-answer-for-all";
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      Map<NativeId, Observation> told = super.query(ids);
      told.replaceAll((id, seen) -> seen instanceof Observation.SeenArray array
          ? Observation.seen(array.elements().values().iterator().next())
          : seen);
      return told;
    }
  }

  /** Knows neither dependencies nor walltimes, and claims both. */
  public static final class Hasty extends FakeScheduler {
    @Override
    public String name() {
      return "hasty";
    }

    @Override
    public NativeId submit(SubmitRequest request) {
      JobSpec.Builder patient = JobSpec.builder(request.spec().name()).command("ignored");
      return super.submit(with(request, "spec", patient.build()));
    }
  }

  /** Runs every job twice. */
  public static final class Twice extends FakeScheduler {
    @Override
    public String name() {
      return "twice";
    }

    @Override
    public NativeId submit(SubmitRequest request) {
      super.submit(request);
      return super.submit(request);
    }
  }

  /** Cancels nothing: a job runs before anybody can ask its script not to start the command. */
  public static final class NeverCancels extends FakeScheduler {
    @Override
    public String name() {
      return "never-cancels";
    }

    @Override
    public NativeId submit(SubmitRequest request) {
      NativeId id = super.submit(request);
      awaitCommands(id);
      return id;
    }

    @Override
    public void cancel(Collection<NativeId> ids) {}
  }

  /** Refuses to cancel what it does not know. */
  public static final class StrictCancel extends FakeScheduler {
    @Override
    public String name() {
      return "strict-cancel";
    }

    @Override
    public void cancel(Collection<NativeId> ids) {
      super.cancel(ids);
      query(ids).forEach((id, seen) -> {
        if (seen instanceof Observation.NotKnown) {
          throw new Rejected("no such job: " + id);
        }
      });
    }
  }

  /** Finds tokens that nobody asked for. */
  public static final class FindsMore extends FakeScheduler {
    @Override
    public String name() {
      return "finds-more";
    }

    @Override
    public Map<Token, NativeId> find(Collection<Token> tokens, Instant since) {
      Map<Token, NativeId> found = new HashMap<>(super.find(tokens, since));
      tokens.forEach(token -> found.putIfAbsent(token, NativeId.of("4711")));
      return found;
    }
  }

  /** Can do something else each time it is asked. */
  public static final class Fickle extends FakeScheduler {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public String name() {
      return "fickle";
    }

    @Override
    public Capabilities capabilities() {
      Set<Capability> all = EnumSet.copyOf(super.capabilities().all());
      if (count.incrementAndGet() % 2 == 0) {
        all.remove(Capability.ARRAYS);
      }
      return new Capabilities(all, null);
    }
  }

  /** Answers to every name. */
  public static final class AnyName extends FakeScheduler {
    @Override
    public String name() {
      return "any-name";
    }

    @Override
    public boolean matches(String name) {
      return name.equals(name()) || name.isEmpty();
    }
  }

  /** Bears to be closed once only. */
  public static final class ClosesOnce extends FakeScheduler {
    private final List<String> closed = new ArrayList<>();

    @Override
    public String name() {
      return "closes-once";
    }

    @Override
    public void close() {
      if (!closed.isEmpty()) {
        throw new IllegalStateException("closed already");
      }
      closed.add(name());
    }
  }

  /** Runs a command for each question, and takes its failure for an answer. */
  public static final class FailureIsAnswer extends FakeScheduler {
    private @Nullable BackendContext context;

    @Override
    public String name() {
      return "failure-is-answer";
    }

    @Override
    public void initialize(BackendContext given) {
      context = given;
      ask();
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      return ask() ? super.query(ids) : Map.of();
    }

    @Override
    public NativeId submit(SubmitRequest request) {
      NativeId id = super.submit(request);
      if (!ask()) {
        throw new Rejected("no answer");
      }
      return id;
    }

    private boolean ask() {
      try {
        return context != null && context.transport().run(Command.of("true")).status() == 0;
      } catch (IOException | HpcException e) {
        return false;
      }
    }
  }

  private static String bareScript(SubmitRequest request) {
    return request.spec().program() instanceof JobSpec.Shell shell
        ? String.join("\n", shell.lines())
        : Quoting.join(((JobSpec.Command) request.spec().program()).argv());
  }

  private static Map<NativeId, Observation> changed(
      Map<NativeId, Observation> told, UnaryOperator<JobInfo> change) {
    told.replaceAll((id, observation) -> observation instanceof Observation.Seen seen
        ? Observation.seen(change.apply(seen.info()))
        : observation);
    return told;
  }

  /** A request one of whose answers is another. */
  private static SubmitRequest with(SubmitRequest request, String method, Object answer) {
    return (SubmitRequest) Proxy.newProxyInstance(
        SubmitRequest.class.getClassLoader(),
        new Class<?>[] {SubmitRequest.class},
        (proxy, called, arguments) ->
            called.getName().equals(method) ? answer : called.invoke(request, arguments));
  }
}
