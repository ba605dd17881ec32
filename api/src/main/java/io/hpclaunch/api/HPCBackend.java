// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A scheduler, as a plugin implements it. Four methods make a useful backend: {@link #name()},
 * {@link #submit}, {@link #query} and {@link #cancel}; all others have defaults.
 *
 * <p>A plugin is found through {@code META-INF/services/io.hpclaunch.api.HPCBackend} or a module's
 * {@code provides}; it needs a public constructor without parameters. Core makes one instance for
 * each configured entry and calls {@link #initialize} before anything but {@link #name()},
 * {@link #matches(String)}, {@link #defaultLauncher()}, {@link #configKeys()},
 * {@link #commandsPerMinute()} and what {@link Detectable} asks. Calls may come from several
 * threads, but never two at once on one instance, save for {@link #close()}.
 *
 * <p>A plugin tells what the scheduler says and no more: it never concludes that a job is lost,
 * never retries a submission and keeps no journal. Core does. Further interfaces that it may
 * implement: {@link Detectable}, {@link ResourceReporter}, {@link QueueReporter},
 * {@link LogReader}, {@link OutputDelivery}, {@link ReasonExplainer}, {@link ChangeFeed},
 * {@link JobLedger}.
 *
 * @since 0.1
 */
public interface HPCBackend extends AutoCloseable {
  /**
   * The type of backend, such as {@code slurm}.
   *
   * @return a word of letters, digits, {@code -}, {@code _} and {@code .}; always the same
   */
  String name();

  /**
   * Submits one job, once. What {@link #script} says stands in {@link SubmitRequest#scriptPath()}.
   *
   * @param request what to submit, with the token that must travel with it
   * @return the scheduler's id
   * @throws Rejected when the scheduler refused and nothing of the job runs;
   *     {@link Rejected#noRoom} when it would take the job later: core holds it until then
   * @throws OutcomeUnknown when the scheduler may have taken the job without having told its id
   * @throws BackendUnavailable when the request surely did not reach the scheduler
   * @throws Unsupported when the scheduler cannot do what the job needs; nothing was submitted
   */
  NativeId submit(SubmitRequest request);

  /**
   * Asks about jobs, all in as few commands as there are ways to ask (one for the queue, one for
   * accounting), whatever their number.
   *
   * @param ids jobs, elements of arrays, and whole arrays
   * @return an observation for each of the ids, and for no other. A whole array is answered by
   *     {@link Observation.SeenArray}
   */
  Map<NativeId, Observation> query(Collection<NativeId> ids);

  /**
   * Asks for the end of jobs and returns without waiting for it. Jobs that have ended or are not
   * known are passed over: to cancel again does no harm.
   *
   * @param ids jobs, elements of arrays, and whole arrays
   * @throws Rejected when the scheduler refused some; all others were asked to end
   * @throws BackendUnavailable when the scheduler could not be asked
   */
  void cancel(Collection<NativeId> ids);

  /**
   * How long whoever cancels jobs waits for them to be gone, after {@link #cancel} has returned:
   * for schedulers on which a job goes on for a while after it was asked to end, and which nobody
   * watches once the client is gone. Core looks by {@link #query}, and gives up after that time.
   *
   * @return zero by default: nobody waits
   */
  default Duration cancelPatience() {
    return Duration.ZERO;
  }

  /**
   * Whether this backend answers to a name: its type or an alias.
   *
   * @param name a name that the user gave; never null
   * @return true if it does
   */
  default boolean matches(String name) {
    return name().equals(name);
  }

  /**
   * The launcher that {@code hpc-launch} takes for this type when none is configured.
   *
   * @return a launcher's name
   */
  default String defaultLauncher() {
    return "mpi";
  }

  /**
   * Hands over the entry's configuration and the means to work with. Does not contact the
   * scheduler.
   *
   * @param context what core provides; to be kept
   * @throws InvalidConfiguration when the configuration cannot be used
   */
  default void initialize(BackendContext context) {}

  /**
   * Looks for jobs by the tokens that travelled with them, whether queued, running or ended.
   *
   * @param tokens what to look for
   * @param since when the oldest of them was submitted
   * @return the ids of those found; a token without one is missing from the map
   * @throws BackendUnavailable when the scheduler could not be asked
   * @throws Unsupported when this backend has no way to look, which is the default
   */
  default Map<Token, NativeId> find(Collection<Token> tokens, Instant since) {
    throw new Unsupported(name() + " cannot look for a job by its token");
  }

  /**
   * What {@link #submit} hands to the scheduler: its batch script, or its object as YAML or JSON. A
   * pure function: nothing is asked, nothing is written. Core writes the text to
   * {@link SubmitRequest#scriptPath()} before it submits, and shows it in a dry run.
   *
   * @param request what is or would be submitted
   * @return the text
   * @throws Unsupported when the scheduler cannot do what the job needs
   */
  default String script(SubmitRequest request) {
    return request.script(List.of());
  }

  /**
   * What this backend can do beyond running a single command.
   *
   * @return the capabilities; none by default
   */
  default Capabilities capabilities() {
    return Capabilities.of();
  }

  /**
   * The least time between two rounds of queries, where {@code submit.polling_interval} says
   * nothing. Core waits longer while nothing happens.
   *
   * @return 2 s by default
   */
  default Duration pollingInterval() {
    return Duration.ofSeconds(2);
  }

  /**
   * How many commands a minute the scheduler and the host that they run on bear, where
   * {@code submit.commands_per_minute} says nothing. Core keeps to it over all processes and
   * threads of the user: a quarter of them may come at once, after that commands are spaced, and
   * one that comes too early waits. For schedulers whose clients use up something that comes back
   * only after a while, or whose sites count requests.
   *
   * @return the most commands within any 60 s; 0, the default, for no limit
   */
  default int commandsPerMinute() {
    return 0;
  }

  /**
   * The keys that this backend understands in its entry's {@code config}.
   *
   * @return the keys; none by default
   */
  default List<ConfigKey> configKeys() {
    return List.of();
  }

  /**
   * Removes what this backend itself keeps of jobs that have ended, when a user cleans up. Jobs
   * that are not known are passed over. Schedulers keep their own books: by default nothing is
   * done.
   *
   * @param ids jobs and whole arrays
   * @throws Rejected when some of them must stay, such as one that runs; all others were removed
   * @throws BackendUnavailable when the scheduler could not be asked
   */
  default void forget(Collection<NativeId> ids) {}

  /** Gives back what {@link #initialize} took. Jobs go on. */
  @Override
  default void close() {}
}
