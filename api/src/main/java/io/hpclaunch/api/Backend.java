// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import io.hpclaunch.api.transport.Transport;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What users hold: a configured scheduler, with the journal, the queue of held jobs, the monitor
 * and the deadlines that core puts around every {@link HPCBackend}. Safe for use by several
 * threads.
 *
 * @since 0.1
 */
public interface Backend {
  /**
   * The configured entry's name, or the type where none is configured.
   *
   * @return the name; ids of jobs begin with it
   */
  String name();

  /**
   * The type of scheduler.
   *
   * @return the plugin's name, such as {@code slurm}
   */
  String type();

  /**
   * Submits a job, once, whatever happens in between.
   *
   * @param spec what to run
   * @return a handle; its job is queued with the scheduler, or held in the client's own queue until
   *     the scheduler has room
   * @throws InvalidJob when the job cannot be carried out as written
   * @throws Rejected when the scheduler refused; nothing runs
   * @throws OutcomeUnknown when the scheduler may have taken it; never submit it again blindly
   * @throws BackendUnavailable when the scheduler could not be reached; nothing runs
   * @throws Unsupported when this backend can't do what the job needs; nothing was submitted
   */
  HPCProcess submit(JobSpec spec);

  /**
   * Submits a job under a token of the caller's, who keeps it before the call and calls again after
   * a crash: whatever happened in between, at most one job with this token runs. Where a job with
   * the token is known it is the answer, whether or not it has ended, and nothing is submitted; the
   * description is not compared with the one it was submitted with. {@link JobId#of(String, Token)}
   * is an id of the job.
   *
   * <p>After {@link Rejected} and {@link BackendUnavailable} the same token may be used again;
   * after {@link OutcomeUnknown} as well: then the next call looks for the job, and submits it only
   * when it is certain that nothing was.
   *
   * @param spec what to run
   * @param token a token that nobody else uses, such as {@link Token#random()}
   * @return a handle, as of {@link #submit(JobSpec)}
   * @throws InvalidJob when the job cannot be carried out as written
   * @throws Rejected when the scheduler refused; nothing runs
   * @throws OutcomeUnknown when a job with this token may be there without being known yet
   * @throws BackendUnavailable when the scheduler could not be reached; nothing runs
   * @throws Unsupported when this backend can't do what the job needs; nothing was submitted
   */
  default HPCProcess submit(JobSpec spec, Token token) {
    throw new Unsupported("backend " + name() + " takes no token of the caller's");
  }

  /**
   * The job that was submitted under a token. What an earlier client left open is settled before,
   * as far as that is possible; nothing is submitted.
   *
   * @param token the token
   * @return a handle, or empty where no record of ours has a job with that token, or its submission
   *     has an outcome that is not known yet
   * @throws BackendUnavailable when the records cannot be read
   */
  default Optional<HPCProcess> find(Token token) {
    throw new Unsupported("backend " + name() + " takes no token of the caller's");
  }

  /**
   * A handle on a job that was submitted before, by whatever process.
   *
   * @param id the job's id
   * @return the handle
   * @throws InvalidJob when the id belongs to another backend, or no record of ours has the job and
   *     the scheduler denies it
   * @throws BackendUnavailable when no record of ours has the job and the scheduler cannot be asked
   */
  HPCProcess attach(JobId id);

  /**
   * Asks about jobs, all in one round of queries. What cannot be determined now is
   * {@link JobState#UNKNOWN}, with the reason.
   *
   * @param ids the jobs, elements and whole arrays
   * @return an observation for each; a job that no record of ours has and that the scheduler denies
   *     is missing
   */
  Map<JobId, JobInfo> status(Collection<JobId> ids);

  /**
   * Asks for the end of jobs and returns. What was not submitted yet never will be. Some backends
   * wait for the ends, for a limited time: {@link HPCBackend#cancelPatience()}.
   *
   * @param ids the jobs; those that have ended, or that nobody knows, are passed over
   * @throws Rejected when the scheduler refused some
   * @throws BackendUnavailable when the scheduler could not be asked
   */
  void cancel(Collection<JobId> ids);

  /**
   * What a job has written.
   *
   * @param id the job
   * @return its logs
   */
  JobLogs logs(JobId id);

  /**
   * What {@link #submit} would hand to the scheduler; nothing is submitted.
   *
   * @param spec what would be run
   * @return the batch script or object
   * @throws Unsupported when this backend can't do what the job needs
   */
  String script(JobSpec spec);

  /**
   * What a job was submitted with.
   *
   * @param id a job that a record of ours has
   * @return the batch script or object
   * @throws InvalidJob when no record of ours has the job
   * @throws BackendUnavailable when it cannot be read
   */
  String script(JobId id);

  /**
   * Forgets a job that has ended and removes its folder. Files at paths that the user named stay.
   *
   * @param id a job that a record of ours has
   * @throws InvalidJob when no record of ours has the job, or it has not ended
   * @throws BackendUnavailable when its folder cannot be removed; the record stays
   */
  void clean(JobId id);

  /**
   * What the scheduler has to give.
   *
   * @return nodes and queues
   * @throws Unsupported when this backend has no way to ask
   * @throws BackendUnavailable when the scheduler could not be asked
   */
  ResourceReport resources();

  /**
   * The scheduler's queue.
   *
   * @param mineOnly whether to leave out other users' jobs
   * @return the jobs
   * @throws Unsupported when this backend has no way to ask
   * @throws BackendUnavailable when the scheduler could not be asked
   */
  List<QueueReporter.Entry> queue(boolean mineOnly);

  /**
   * What the scheduler's own state and reason mean.
   *
   * @param info an observation of this backend's
   * @return an explanation, or empty where the backend has no more to say than the state
   */
  default Optional<ReasonExplainer.Explanation> explain(JobInfo info) {
    return Optional.empty();
  }

  /**
   * The register that remembers the jobs submitted here. It is made where nothing was kept yet.
   *
   * @return which one it is; empty where it cannot be told
   */
  default Optional<JobRegister.Identity> register() {
    return Optional.empty();
  }

  /**
   * The way to the host that jobs' files are on. It belongs to the backend: it is not to be closed
   * by those who ask for it.
   *
   * @return the transport
   * @throws Unsupported when jobs' files can't be reached
   */
  default Transport transport() {
    throw new Unsupported("the files of jobs of backend " + name() + " cannot be reached");
  }

  /**
   * The folder that the jobs' directories are in, on the {@link #transport() transport}'s host. It
   * need not exist. Where it depends on the home folder there, the first call asks the host.
   *
   * @return an absolute path that ends in {@code /jobs}
   * @throws BackendUnavailable when that host cannot be asked
   * @throws Unsupported when jobs' files can't be reached
   */
  default String workspace() {
    throw new Unsupported("the files of jobs of backend " + name() + " cannot be reached");
  }

  /**
   * What this backend can do.
   *
   * @return the capabilities
   */
  Capabilities capabilities();
}
