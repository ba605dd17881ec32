// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The jobs that the user's state folder remembers, whichever client submitted them, to whatever
 * backend. Nothing here asks a scheduler.
 *
 * @since 0.1
 */
public interface JobRegister {
  /**
   * Tells one register from another: what one remembers another knows nothing of.
   *
   * @param id the same for all clients of one register, of no other, and never changed
   * @param place where it is, for people
   */
  record Identity(String id, String place) {}

  /**
   * Finds the job that a user means.
   *
   * @param text {@code [BACKEND:]NATIVE[@CLUSTER][/INDEX]}, a beginning of a native id that no
   *     other job has, or a token
   * @param defaultBackend where a bare native id belongs that no record has
   * @return the id; no record need have it
   * @throws InvalidJob when the text is no id, or several jobs begin with it: the message names
   *     them
   */
  JobId resolve(String text, String defaultBackend);

  /**
   * What is remembered of a job.
   *
   * @param id the job, or an element of it
   * @return the job, whole; or empty when no record has it
   * @throws InvalidJob when its record is damaged
   */
  Optional<KnownJob> find(JobId id);

  /**
   * The jobs that have not ended, as far as is known.
   *
   * @return the jobs, by the time of their submission
   */
  Listing active();

  /**
   * The jobs that have ended, as far as is known, since some time.
   *
   * @param since the earliest end
   * @return the jobs, by the time of their submission
   */
  Listing ended(Instant since);

  /**
   * The backends of submissions whose outcome is still open, since a client died in the middle, the
   * scheduler did not tell, or there was no room. Any question to such a backend settles what can
   * be settled.
   *
   * @return the entries' names
   */
  List<String> unsettled();

  /**
   * Forgets a job that has ended. Its folder is not touched.
   *
   * @param id the job
   * @throws InvalidJob when it has not ended
   */
  void forget(JobId id);

  /**
   * Several jobs.
   *
   * @param jobs those whose records could be read
   * @param damaged a line for each record that could not
   */
  record Listing(List<KnownJob> jobs, List<String> damaged) {
    /** Copies the lists. */
    public Listing {
      jobs = List.copyOf(jobs);
      damaged = List.copyOf(damaged);
    }
  }
}
