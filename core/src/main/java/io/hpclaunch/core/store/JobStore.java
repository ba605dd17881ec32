// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.Token;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Remembers jobs beyond the life of a client. Several processes may use one store at once; nothing
 * that one of them knows is lost to another. Safe for use by several threads.
 */
public interface JobStore extends AutoCloseable {
  /**
   * Which store this is. One that is new gets an identity now.
   *
   * @return the same for all clients of this store
   * @throws IOException when it has none yet and cannot be written, or cannot be read
   */
  JobRegister.Identity identity() throws IOException;

  /**
   * Brings a record, and what is known of the job's elements, together with what stands, and keeps
   * the result. It costs what is new, and not what there is.
   *
   * @param job what the caller knows; elements that are missing stay as they stand
   * @return what stands now
   * @throws IOException when it cannot be kept; of what stood before nothing is lost
   */
  WholeJob save(WholeJob job) throws IOException;

  /**
   * Brings a record together with the one that stands, and keeps the result. Elements stay as they
   * are.
   *
   * @param record what the caller knows
   * @return what stands now
   * @throws IOException when it cannot be kept; what stood before still stands
   */
  default JobRecord save(JobRecord record) throws IOException {
    return save(WholeJob.of(record)).record();
  }

  /**
   * As {@link #save(WholeJob)}, where the job has a record: one that was removed stays so.
   *
   * @param job what the caller knows
   * @return what stands now, or empty where there is no record
   * @throws IOException when it cannot be kept; of what stood before nothing is lost
   */
  Optional<WholeJob> update(WholeJob job) throws IOException;

  /**
   * Reads what is known of an array's elements.
   *
   * @param record the array's record; a plain job has no elements
   * @return the elements
   * @throws DamagedRecord when they cannot be understood
   * @throws IOException when they cannot be read
   */
  Elements elements(JobRecord record) throws IOException;

  /**
   * A record together with what is known of its elements.
   *
   * @param record the record
   * @return the job
   * @throws IOException as {@link #elements}
   */
  default WholeJob whole(JobRecord record) throws IOException {
    return new WholeJob(record, elements(record));
  }

  /**
   * Reads one record.
   *
   * @param token the submission
   * @return the record, or empty when there is none
   * @throws DamagedRecord when it cannot be understood
   * @throws IOException when it cannot be read
   */
  Optional<JobRecord> load(Token token) throws IOException;

  /**
   * Finds a job by its id. Where a scheduler gave one id twice, the job that was saved first last
   * is found.
   *
   * @param id the job, an element of it, or one chunk of a split array
   * @return the record, or empty when there is none
   * @throws DamagedRecord when it cannot be understood
   * @throws IOException when it cannot be read
   */
  Optional<JobRecord> find(JobId id) throws IOException;

  /**
   * The ids that begin with a prefix.
   *
   * @param backend the entry's name
   * @param prefix what the scheduler's id begins with
   * @return the ids, sorted
   * @throws IOException when the store cannot be read
   */
  List<JobId> complete(String backend, String prefix) throws IOException;

  /**
   * The backends that have jobs.
   *
   * @return the entries' names, sorted
   * @throws IOException when the store cannot be read
   */
  List<String> backends() throws IOException;

  /**
   * The jobs that have not ended, without reading their records.
   *
   * @return the tokens
   * @throws IOException when the store cannot be read
   */
  List<Token> active() throws IOException;

  /**
   * The jobs whose end became known in a span of time, without reading their records: to whole days
   * (UTC), so that some just outside the span are among them.
   *
   * @param from the beginning
   * @param to the end
   * @return the tokens, by day
   * @throws IOException when the store cannot be read
   */
  List<Token> ended(Instant from, Instant to) throws IOException;

  /**
   * Forgets a job that has ended; what belongs to it is removed first, while nobody can take a
   * further observation of it in. A record that is damaged is forgotten, too.
   *
   * @param token the submission
   * @param first what is to be done before; not done when the job stays
   * @return false where it stays, since it has not ended, or not any more: a job that was lost may
   *     have been seen again; true also when it is not known
   * @throws IOException when {@code first} fails or the store cannot be written
   */
  boolean remove(Token token, Removal first) throws IOException;

  /**
   * Forgets a job that has ended. Its folder is not touched.
   *
   * @param token the submission
   * @return as {@link #remove(Token, Removal)}
   * @throws IOException when the store cannot be written
   */
  default boolean remove(Token token) throws IOException {
    return remove(token, () -> {});
  }

  /** Removes what belongs to a job. */
  @FunctionalInterface
  interface Removal {
    /**
     * Removes it.
     *
     * @throws IOException when that fails; the job is not forgotten then
     */
    void run() throws IOException;
  }

  /**
   * Reads several records; one that is damaged harms no other.
   *
   * @param tokens the submissions; those without a record are passed over
   * @return what was read, and what could not be
   */
  default Loaded load(Collection<Token> tokens) {
    List<JobRecord> records = new ArrayList<>();
    List<Damage> damaged = new ArrayList<>();
    for (Token token : tokens) {
      try {
        load(token).ifPresent(records::add);
      } catch (IOException e) {
        damaged.add(new Damage(token, String.valueOf(e.getMessage())));
      }
    }
    return new Loaded(records, damaged);
  }

  /** Gives back what the store holds open. */
  @Override
  default void close() {}

  /**
   * Several records.
   *
   * @param records those that could be read
   * @param damaged those that could not
   */
  record Loaded(List<JobRecord> records, List<Damage> damaged) {
    /** Copies the lists. */
    public Loaded {
      records = List.copyOf(records);
      damaged = List.copyOf(damaged);
    }
  }

  /**
   * A record that could not be read.
   *
   * @param token the submission
   * @param why one line for the user
   */
  record Damage(Token token, String why) {}
}
