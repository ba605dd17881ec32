// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.hpclaunch.pool.amqp.BrokerFile;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.amqp.Publisher;
import io.hpclaunch.pool.store.FolderStore;
import io.hpclaunch.pool.wire.Code;
import io.hpclaunch.pool.wire.Failure;
import io.hpclaunch.pool.wire.Order;
import io.hpclaunch.pool.wire.Outcome;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.ReduceInput;
import io.hpclaunch.pool.wire.Task;
import io.hpclaunch.pool.wire.TaskMessage;
import io.hpclaunch.pool.wire.TaskResult;
import io.hpclaunch.pool.wire.WireException;
import io.hpclaunch.pool.wire.WorkerReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes tasks from the broker, runs them, sends what they give.
 *
 * <p>The broker keeps a message until it is acknowledged, and it is acknowledged when the broker
 * has the results of all of its tasks. A worker that dies so gives its tasks back. Who receives a
 * message that somebody had before sends each of its tasks on alone, with a death counted, before
 * it acknowledges: so a task that kills its workers takes no others with it, and is known. What
 * comes again after this worker's own connection was lost is no such sign: the broker was away, or
 * the way to it, and others lost theirs, too.
 */
final class Worker implements BrokerSession.Listener {
  /** So many workers may die while a task runs; then the task is held to be why. */
  static final int MOST_DEATHS = 3;

  /**
   * Messages with one short task each that are here at once: RabbitMQ confirms a result when its
   * disk has it, and before that no other message comes.
   */
  private static final int SHORT_SINGLES = 50;

  /** How long after an outage messages come again that nobody died of. */
  private static final Duration AFTER_OUTAGE = Duration.ofSeconds(10);

  /** Processes that do not heed TERM are killed after five seconds. */
  private static final Duration TO_STOP = Duration.ofSeconds(6);

  private static final Duration REPORT_EVERY = Duration.ofSeconds(5);

  /** For tasks that run when the pool is deleted: who deletes it ends the job when it likes. */
  private static final Duration NO_LIMIT = Duration.ofDays(366);

  /** A time that is left may be cut meanwhile. */
  private static final Duration LOOK = Duration.ofMillis(200);

  /** Who ends a job signals its processes one after the other. */
  private static final Duration SIGNALS_APART = Duration.ofMillis(500);

  private final WorkerIdentity identity;
  private final WorkerSettings settings;
  private final PoolQueues queues;
  private final Shares shares;
  private final Publisher publisher = new Publisher();
  private final BrokerSession session;
  private final ResultSender results;
  private final Board board;
  private final Gatherings gatherings;
  private final TaskRunner commands;
  private final TaskRunner functions;
  private final ExecutorService threads = Executors.newCachedThreadPool(Worker::thread);
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Worker::thread);
  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicLong deadline = new AtomicLong();
  private WorkerReport.State state = WorkerReport.State.READY;
  private @Nullable Thread main;
  private volatile boolean isExited;
  private boolean wasCutOff;
  private long connectedAt;
  private long lostAt = System.nanoTime();
  private String whyLost = "";
  private @Nullable Channel talk;
  private @Nullable Inbox tasks;
  private @Nullable Inbox returned;
  private List<Inbox> inboxes = List.of();

  Worker(WorkerIdentity identity, WorkerSettings settings) {
    this.identity = identity;
    this.settings = settings;
    this.queues = new PoolQueues(settings.pool());
    this.shares = new Shares(settings.cpus(), identity.gpus(settings.gpus()));
    Values values = new Values(new FolderStore(settings.store()), settings.inlineLimit());
    TimeLimits limits = new TimeLimits(clock);
    this.commands =
        new CommandRunner(values, limits, threads, settings.gpus() > 0, this::isToldToEnd);
    this.functions = new JavaRunner(values, settings.allow(), limits, this::gather, this::goesOn);
    this.gatherings = new Gatherings(queues);
    this.board = new Board(shares, settings.cpusTask(), threads, this::run, this::ended);
    this.results = new ResultSender(identity.id(), queues, publisher, board::forget);
    this.session =
        new BrokerSession(() -> BrokerFile.read(settings.store()), "worker " + identity.id(), this);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "worker");
    thread.setDaemon(true);
    return thread;
  }

  /** Works until it is told to end, or has had nothing to do for long enough. */
  void work() throws InterruptedException {
    main = Thread.currentThread();
    threads.execute(results);
    session.start();
    Future<?> unused = clock.scheduleWithFixedDelay(
        this::tick, REPORT_EVERY.toMillis(), REPORT_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    ended.await();
  }

  @Override
  public void connected(Connection connection) throws IOException {
    Channel made = BrokerSession.channel(connection);
    queues.declare(made);
    queues.hear(made, queues.orders(), this::obey);
    publisher.connected(connection);
    gatherings.connected(connection);
    synchronized (this) {
      talk = made;
      connectedAt = System.nanoTime();
      if (state == WorkerReport.State.READY) {
        tasks = new Inbox(connection, queues.tasks(), prefetch(), this::receive);
        returned = new Inbox(connection, queues.returned(), singles(), this::receive);
        inboxes = List.of(
            tasks,
            returned,
            new Inbox(connection, queues.suspects(), 1, this::receive),
            new Inbox(connection, queues.reducers(), board.slots(), this::receive));
      }
    }
    report();
    WorkerLog.say("connected to the broker at " + connection.getAddress().getHostAddress() + ":"
        + connection.getPort());
  }

  @Override
  public void lost(String why) {
    boolean isNew;
    synchronized (this) {
      isNew = talk != null || !why.equals(whyLost);
      whyLost = why;
      if (talk != null) {
        wasCutOff = true;
        lostAt = System.nanoTime();
      }
      talk = null;
      tasks = null;
      returned = null;
      inboxes = List.of();
    }
    publisher.lost();
    gatherings.lost();
    board.dropWaiting();
    if (isNew) { // and not at each attempt to connect again
      WorkerLog.say(why);
    }
  }

  /** Long tasks must not lie here while others have nothing to do. */
  private int prefetch() {
    return board.isShort() ? Math.max(4, 2 * board.slots()) : board.slots();
  }

  private int singles() {
    return board.isShort() ? Math.max(SHORT_SINGLES, board.slots()) : board.slots();
  }

  /** Sorts out a message. */
  private void receive(Channel channel, long tag, boolean isRedelivered, byte[] body)
      throws InterruptedException {
    TaskMessage message;
    try {
      message = TaskMessage.decode(body);
    } catch (WireException e) {
      WorkerLog.say("a message was passed over: " + e.getMessage());
      new Delivery(channel, tag, 1).settle();
      return;
    }
    Delivery delivery = new Delivery(channel, tag, message.tasks().size());
    List<Held> fresh = new ArrayList<>();
    for (Task task : message.tasks()) {
      Code code = message.codes().get(task.code());
      Held known = board.find(new Held.Key(message.batch(), task.index()));
      if (known != null) {
        known.deliveredAgain(delivery);
      } else if (isRedelivered && !isAfterOutage()) {
        sendOn(message.batch(), code, task.afterDeath().withCode(0), delivery);
      } else {
        fresh.add(new Held(message.batch(), code, task, delivery));
      }
    }
    int before = board.slots();
    board.add(fresh);
    if (board.slots() > before) { // else when a task ends
      threads.execute(this::takeAsMany);
    }
  }

  private synchronized boolean isAfterOutage() {
    return wasCutOff && System.nanoTime() - connectedAt < AFTER_OUTAGE.toNanos();
  }

  private void sendOn(String batch, Code code, Task task, Delivery delivery)
      throws InterruptedException {
    String afterDeath = task.isSuspect() ? queues.suspects() : queues.returned();
    String queue = isReducer(code) ? queues.reducers() : afterDeath;
    byte[] body = TaskMessage.of(batch, code, task).encode();
    publisher.publish(new Publisher.Outgoing(queue, body, delivery::settle));
  }

  /** They have a queue of their own: those that wait must not keep away what they wait for. */
  private static boolean isReducer(Code code) {
    return code instanceof Code.Java java && java.reduces();
  }

  /** Begins to gather what a reducer takes in; ends when the broker has what became of it. */
  private Iterable<@Nullable Object> gather(
      Held task, ReduceInput input, ReduceInputs.Reader reader) {
    Gathering gathering = gatherings.open(input);
    task.afterwards(() -> threads.execute(() -> {
      gatherings.close(gathering);
      if (task.isGivenBack()) {
        gathering.release();
      } else {
        gathering.done();
      }
    }));
    return new ReduceInputs(gathering, reader, new ReduceInputs.Slot() {
      @Override
      public void leave() {
        board.leave(task);
      }

      @Override
      public void enter() throws InterruptedException {
        board.enter(task);
      }
    });
  }

  private void obey(byte[] body) {
    Order order;
    try {
      order = Order.decode(body);
    } catch (WireException e) {
      WorkerLog.say("an order was passed over: " + e.getMessage());
      return;
    }
    if (order instanceof Order.Cancel cancel) {
      board.cancel(cancel);
    } else if (order instanceof Order.Drain drain) {
      if (drain.isFor(identity.id())) {
        threads.execute(() -> end(NO_LIMIT));
      }
    } else {
      report();
    }
  }

  /** Runs a task on this thread; null when it goes on elsewhere, or is tried again. */
  private @Nullable TaskResult run(Held task) {
    TaskRunner.Ending ending = ending(task);
    if (ending == null || (task.isGivenBack() && ending.outcome() == Outcome.CANCELLED)) {
      return null; // it was ended for the sake of the next one who runs it
    }
    return task.tell() ? result(task, ending) : null;
  }

  /** What is told of a task; null where it is tried again. */
  private @Nullable TaskResult result(Held task, TaskRunner.Ending ending) {
    Duration elapsed = task.elapsed();
    boolean isRetried = task.task().retries() > 0
        && (ending.outcome() == Outcome.FAILED || ending.outcome() == Outcome.TIMED_OUT);
    if (isRetried && retry(task)) {
      return null;
    }
    return new TaskResult(
        task.key().index(),
        ending.outcome(),
        task.task().attempt(),
        task.task().deaths(),
        task.started(),
        elapsed,
        ending.value(),
        ending.isFailure());
  }

  /** A thread cannot be ended: it keeps its slot, and nobody waits for what it gives. */
  private void goesOn(Held task, TaskRunner.Ending timedOut) {
    threads.execute(() -> tellFor(task, timedOut));
  }

  private void tellFor(Held task, TaskRunner.Ending ending) {
    TaskResult result = task.tell() ? result(task, ending) : null;
    if (result != null) {
      results.add(task, result);
    }
  }

  /** How a task ended; null when it is somebody else's now. */
  @SuppressWarnings("CatchingUnchecked") // a task without a result would hang its client
  private TaskRunner.@Nullable Ending ending(Held task) {
    try {
      if (task.isCancelled()) {
        throw new InterruptedException();
      }
      if (task.task().deaths() >= MOST_DEATHS) {
        return failed(
            Outcome.KILLED,
            "its worker died " + task.task().deaths() + " times while it ran or was about to");
      }
      if (!shares.canEverHold(task.task().cpus(), task.task().gpus())) {
        return failed(
            Outcome.REFUSED,
            "it takes %s cpus and %d gpus, and a worker has %s and %d"
                .formatted(task.task().cpus(), task.task().gpus(), shares.cpus(), shares.gpus()));
      }
      TaskRunner runner = task.code() instanceof Code.Command ? commands : functions;
      return runEnding(runner, task);
    } catch (InterruptedException e) {
      return failed(Outcome.CANCELLED, "it was cancelled");
    } catch (TaskRunner.RefusedException e) {
      return failed(Outcome.REFUSED, String.valueOf(e.getMessage()));
    } catch (Exception | LinkageError | StackOverflowError e) {
      return new TaskRunner.Ending(
          Outcome.REFUSED, new Payload.Inline(Failure.of(e, new byte[0]).encode()), true);
    }
  }

  private TaskRunner.@Nullable Ending runEnding(TaskRunner runner, Held task)
      throws TaskRunner.RefusedException, InterruptedException, IOException {
    try {
      return runner.run(task);
    } catch (TaskRunner.CutShortException e) {
      handBack(task, task.task());
      return null;
    }
  }

  private boolean isToldToEnd() throws InterruptedException {
    return told.await(SIGNALS_APART.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static TaskRunner.Ending failed(Outcome outcome, String why) {
    return new TaskRunner.Ending(outcome, new Payload.Inline(Failure.of(why).encode()), true);
  }

  private boolean retry(Held task) {
    try {
      handBack(task, task.task().again());
      return true;
    } catch (InterruptedException e) { // cancelled: it is not tried again
      return false;
    }
  }

  private void ended(Held task, TaskResult result) {
    results.add(task, result);
    takeAsMany();
  }

  /** As have room, and some more where they are short. */
  private void takeAsMany() {
    Inbox open;
    Inbox openSingles;
    synchronized (this) {
      open = tasks;
      openSingles = returned;
    }
    try {
      if (open != null && openSingles != null) {
        open.prefetch(prefetch());
        openSingles.prefetch(singles());
      }
    } catch (IOException | RuntimeException e) {
      return; // the connection is lost, and the next one begins with what is right then
    }
  }

  private void tick() {
    String why = whyToEnd();
    if (why == null) {
      report();
    } else {
      WorkerLog.say(why + ": ending");
      threads.execute(() -> end(settings.drain()));
    }
  }

  /** Who has results that nobody takes is not idle, and may have nobody left who would. */
  private @Nullable String whyToEnd() {
    Duration idle = settings.idle();
    if (idle.isZero()) {
      return null;
    }
    if (board.idle().compareTo(idle) > 0) {
      return "nothing to do for " + idle;
    }
    boolean isAlone = board.runningCount() == 0 && withoutBroker().compareTo(idle) > 0;
    return isAlone ? "no broker for " + idle : null;
  }

  /** For how long there has been no connection. */
  private synchronized Duration withoutBroker() {
    return talk == null ? Duration.ofNanos(System.nanoTime() - lostAt) : Duration.ZERO;
  }

  private synchronized void report() {
    WorkerReport report = new WorkerReport(
        identity.id(),
        identity.host(),
        identity.pid(),
        identity.job(),
        state,
        shares.cpus(),
        shares.gpus(),
        board.runningCount(),
        board.waitingCount(),
        board.done(),
        Instant.now());
    if (talk == null) {
      return;
    }
    try {
      talk.basicPublish(queues.reports(), "", null, report.encode());
    } catch (IOException | RuntimeException e) {
      return; // lost, and told so by the session
    }
  }

  /**
   * Ends with this JVM, as {@link #end}. A task that has called {@link System#exit} is why, and is
   * not begun again; where a thread of its own has, all that run are suspects.
   *
   * @param patience how long those that run are given
   */
  void endWithJvm(Duration patience) {
    for (Held task : board.running()) {
      if (task.isExiting()) {
        tellFor(task, failed(Outcome.KILLED, "it called System.exit, which ends its worker"));
      }
    }
    isExited = Thread.getAllStackTraces().entrySet().stream()
        .anyMatch(each -> each.getKey() != main && Held.isExiting(each.getValue()));
    end(patience);
  }

  /**
   * Takes no more tasks, gives back those that were not begun, and waits for those that run; ends
   * them when their time is over, and gives them back, too. Returns when all is done.
   *
   * @param patience how long those that run are given; the shortest that was told holds
   */
  void end(Duration patience) {
    long limit = System.nanoTime() + patience.toNanos();
    boolean isFirst;
    synchronized (this) {
      isFirst = state == WorkerReport.State.READY;
      if (isFirst) {
        state = WorkerReport.State.DRAINING;
        deadline.set(limit);
      } else {
        deadline.accumulateAndGet(limit, (a, b) -> a - b < 0 ? a : b);
      }
    }
    told.countDown();
    try {
      if (isFirst) {
        drain();
      } else {
        ended.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drain() throws InterruptedException {
    report();
    try {
      stopTaking();
      giveBack(board.close());
      if (!awaitEmpty() && board.runningCount() > 0) {
        WorkerLog.say(board.runningCount() + " tasks are given back: they ran into the end");
      }
    } finally {
      leave();
    }
  }

  private boolean awaitEmpty() throws InterruptedException {
    while (true) {
      long left = deadline.get() - System.nanoTime();
      if (board.awaitEmpty(Duration.ofNanos(Math.min(left, LOOK.toNanos())))) {
        return true;
      }
      if (left <= 0) {
        return false;
      }
    }
  }

  private void stopTaking() {
    List<Inbox> open;
    synchronized (this) {
      open = inboxes;
    }
    for (Inbox each : open) {
      try {
        each.stop();
      } catch (IOException | RuntimeException e) {
        WorkerLog.say("the connection was lost at the end: " + e.getMessage());
        return; // what it held belongs to the broker again
      }
    }
  }

  /** As fresh ones: nobody died of them. */
  private void giveBack(List<Held> waiting) throws InterruptedException {
    for (Held task : waiting) {
      handBack(task, task.task());
    }
  }

  /** Somebody begins it, this worker perhaps; nobody died of it. */
  private void handBack(Held held, Task task) throws InterruptedException {
    if (!held.giveBack()) {
      return;
    }
    String queue = isReducer(held.code()) ? queues.reducers() : queues.tasks();
    byte[] body =
        TaskMessage.of(held.key().batch(), held.code(), task.withCode(0)).encode();
    board.handOver(held);
    publisher.publish(new Publisher.Outgoing(queue, body, () -> board.forget(held)));
  }

  private void leave() {
    try {
      List<Held> running = board.running();
      for (Held task : running) {
        if (!task.isTold()) {
          handBack(task, isExited ? task.task().afterDeath() : task.task());
        }
      }
      running.forEach(Held::cancel); // what runs on beside its next attempt is nobody's
      board.awaitStill(TO_STOP);
      board.awaitEmpty(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      state = WorkerReport.State.GONE;
    }
    report();
    session.close();
    ended.countDown();
  }
}
