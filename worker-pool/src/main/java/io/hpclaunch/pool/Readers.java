// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.code.AllowList;
import io.hpclaunch.pool.code.ObjectBytes;
import io.hpclaunch.pool.store.ObjectStore;
import io.hpclaunch.pool.wire.CommandEnd;
import io.hpclaunch.pool.wire.Failure;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.TaskResult;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How results become what futures give. */
final class Readers {
  private final ObjectStore store;
  private final boolean keeps;

  /**
   * Makes readers.
   *
   * @param store has what is large
   * @param keeps whether an object of the store may be read once more, by another client; else it
   *     is removed when it was read
   */
  Readers(ObjectStore store, boolean keeps) {
    this.store = store;
    this.keeps = keeps;
  }

  /** What a payload holds. */
  private byte[] bytes(Payload payload) throws IOException {
    if (payload instanceof Payload.Inline inline) {
      return inline.bytes();
    }
    String key = ((Payload.Stored) payload).key();
    byte[] bytes = store.get(key);
    if (!keeps) {
      store.remove(key);
    }
    return bytes;
  }

  /** Results of commands. */
  ResultReader<CommandResult> commands() {
    return new ResultReader<>() {
      @Override
      public CommandResult read(TaskResult result) throws IOException {
        CommandEnd end = CommandEnd.decode(bytes(result.value()));
        return new CommandResult(end.status(), bytes(end.stdout()), bytes(end.stderr()));
      }

      @Override
      public Throwable failure(TaskResult result) throws IOException {
        return exception(result, Failure.decode(bytes(result.value())));
      }
    };
  }

  /** Results of functions, of classes that a loader knows and a list allows. */
  <T extends @Nullable Object> ResultReader<T> functions(ClassLoader loader, AllowList allowed) {
    return new ResultReader<>() {
      @Override
      @SuppressWarnings({"unchecked", "NullAway"}) // what the function gave is of its type
      public T read(TaskResult result) throws IOException, ClassNotFoundException {
        return (T) ObjectBytes.read(bytes(result.value()), loader, allowed, "the result");
      }

      @Override
      public Throwable failure(TaskResult result) throws IOException {
        Failure failure = Failure.decode(bytes(result.value()));
        Throwable thrown = thrown(failure, loader, allowed);
        return thrown == null ? exception(result, failure) : thrown;
      }
    };
  }

  /** Results that go on to a reducer: they are not read here. */
  ResultReader<@Nullable Object> relayed(ClassLoader loader, AllowList allowed) {
    ResultReader<@Nullable Object> functions = functions(loader, allowed);
    return new ResultReader<>() {
      @Override
      @SuppressWarnings("NullAway") // it says of its type that it may be null
      public @Nullable Object read(TaskResult result) {
        return null;
      }

      @Override
      public Throwable failure(TaskResult result) throws IOException {
        return functions.failure(result);
      }
    };
  }

  /** What the task threw, as it was, or null where it cannot be read here. */
  private static @Nullable Throwable thrown(
      Failure failure, ClassLoader loader, AllowList allowed) {
    if (failure.serialized().length == 0) {
      return null;
    }
    try {
      Object read = ObjectBytes.read(failure.serialized(), loader, allowed, "the exception");
      return read instanceof Throwable thrown ? thrown : null;
    } catch (IOException | ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  private static TaskException exception(TaskResult result, Failure failure) {
    String message = failure.message();
    String task = "task " + result.index() + ": ";
    return switch (result.outcome()) {
      case DONE, FAILED, CANCELLED ->
        new TaskException(
            TaskException.Reason.THREW,
            task + failure.type() + (message == null ? "" : ": " + message),
            failure.stack(),
            null);
      case TIMED_OUT ->
        new TaskException(TaskException.Reason.TIMED_OUT, task + message, failure.stack(), null);
      case KILLED ->
        new TaskException(TaskException.Reason.WORKERS_DIED, task + message, failure.stack(), null);
      case REFUSED ->
        new TaskException(
            TaskException.Reason.REFUSED,
            task + (failure.type().isEmpty() ? "" : failure.type() + ": ") + message,
            failure.stack(),
            null);
    };
  }
}
