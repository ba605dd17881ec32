// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.SerializableFunction;
import io.hpclaunch.pool.TaskContext;
import io.hpclaunch.pool.code.AllowList;
import io.hpclaunch.pool.code.ObjectBytes;
import io.hpclaunch.pool.wire.Code;
import io.hpclaunch.pool.wire.Failure;
import io.hpclaunch.pool.wire.Outcome;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.ReduceInput;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Runs functions of Java in the worker's own process. */
final class JavaRunner implements TaskRunner {
  private final Values values;
  private final Functions functions;
  private final TimeLimits limits;
  private final Reducers reducers;
  private final Unheeded unheeded;

  /** Told of what does not end. */
  interface Unheeded {
    /** A task goes on though its time is over: its thread does not heed that it is interrupted. */
    void goesOn(Held task, Ending timedOut);
  }

  /** Gives reducers what they go over. */
  interface Reducers {
    /** Begins to gather what a reducer wants. */
    Iterable<@Nullable Object> begin(Held task, ReduceInput input, ReduceInputs.Reader reader);
  }

  JavaRunner(
      Values values, AllowList allowed, TimeLimits limits, Reducers reducers, Unheeded unheeded) {
    this.unheeded = unheeded;
    this.reducers = reducers;
    this.values = values;
    this.functions = new Functions(values, allowed);
    this.limits = limits;
  }

  @Override
  public Ending run(Held task) throws RefusedException, InterruptedException, IOException {
    Code.Java code = (Code.Java) task.code();
    Functions.Loaded loaded = functions.load(code);
    Object function = loaded.instance();
    Object input = input(task, loaded);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loaded.loader());
    TaskContext.enter(context(task));
    Runnable goesOn = () -> unheeded.goesOn(task, timedOut(task));
    try (TimeLimits.Timer timer = limits.start(task.task().limit(), thread::interrupt, goesOn)) {
      return call(task, function, input, timer);
    } finally {
      TaskContext.enter(null);
      thread.setContextClassLoader(before);
    }
  }

  private static TaskContext context(Held task) {
    List<String> gpus = task.share().gpus();
    return new TaskContext(
        task.key().batch(), task.key().index(), task.task().begun(), task.task().cpus(), gpus);
  }

  private @Nullable Object input(Held task, Functions.Loaded loaded)
      throws RefusedException, IOException {
    byte[] bytes = values.read(task.task().input());
    if (((Code.Java) task.code()).reduces()) {
      return reducers.begin(
          task,
          ReduceInput.decode(bytes),
          payload -> loaded.read(values.read(payload), "an input of the reducer"));
    }
    return bytes.length == 0 ? null : loaded.read(bytes, "the input of the task");
  }

  @SuppressWarnings({"unchecked", "CatchingUnchecked"}) // whatever a user's code throws is told
  private Ending call(Held task, Object function, @Nullable Object input, TimeLimits.Timer timer)
      throws InterruptedException, IOException {
    Object result;
    try {
      result = function instanceof Callable<?> callable
          ? callable.call()
          : apply((SerializableFunction<@Nullable Object, @Nullable Object>) function, input);
    } catch (Exception | Error e) {
      return thrown(task, e, timer);
    }
    if (timer.isOver()) {
      return timedOut(task);
    }
    byte[] bytes;
    try {
      bytes = ObjectBytes.write(result);
    } catch (IOException e) {
      return new Ending(Outcome.FAILED, failure(task, e), true);
    }
    return new Ending(Outcome.DONE, values.write(task, "result", bytes), false);
  }

  @SuppressWarnings("NullAway") // a function takes null where its user gave it
  private static @Nullable Object apply(
      SerializableFunction<@Nullable Object, @Nullable Object> function, @Nullable Object input)
      throws Exception {
    return function.apply(input);
  }

  private Ending thrown(Held task, Throwable e, TimeLimits.Timer timer)
      throws InterruptedException, IOException {
    if (timer.isOver()) {
      return timedOut(task);
    }
    if (task.isCancelled()) {
      throw new InterruptedException();
    }
    return new Ending(Outcome.FAILED, failure(task, e), true);
  }

  private static Ending timedOut(Held task) {
    return TimeLimits.ending("the task", task);
  }

  private Payload failure(Held task, Throwable e) throws IOException {
    byte[] serialized;
    try {
      serialized = ObjectBytes.write(e);
    } catch (IOException | RuntimeException notSerializable) {
      serialized = new byte[0];
    }
    return values.write(task, "failure", Failure.of(e, serialized).encode());
  }
}
