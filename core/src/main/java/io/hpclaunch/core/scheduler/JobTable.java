// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.scheduler;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.Token;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one listing told of jobs, by their numbers; elements of an array by the scheduler's index.
 */
public final class JobTable {
  private final Map<String, Entry> jobs = new HashMap<>();

  /** A table in which nothing stands. */
  public JobTable() {}

  /** A job or an array. */
  public static final class Entry {
    private final Map<Integer, JobInfo> elements = new TreeMap<>();
    private boolean array;
    private @Nullable JobInfo plain;
    private @Nullable Token token;

    private Entry() {}

    /**
     * What was told of a plain job.
     *
     * @return the job, or null where this is an array
     */
    public @Nullable JobInfo plain() {
      return plain;
    }

    /**
     * What was told of an array's elements.
     *
     * @return the elements by the scheduler's index; empty for a plain job
     */
    public Map<Integer, JobInfo> elements() {
      return Collections.unmodifiableMap(elements);
    }

    /**
     * Whether this is an array, also one of which no element was listed.
     *
     * @return false for a plain job
     */
    public boolean isArray() {
      return array;
    }

    /**
     * The token that the scheduler keeps with the job.
     *
     * @return the token, or null where none was seen
     */
    public @Nullable Token token() {
      return token;
    }

    /**
     * What was told of an element, or of a plain job.
     *
     * @param index the scheduler's index, or null for a plain job
     * @return null where nothing was told
     */
    public @Nullable JobInfo info(@Nullable Integer index) {
      return index == null ? plain : elements.get(index);
    }
  }

  /**
   * Adds a plain job.
   *
   * @param job its number
   * @param info what was told
   * @param token the token that stands with it, or null
   */
  public void add(String job, JobInfo info, @Nullable Token token) {
    entry(job, token).plain = info;
  }

  /**
   * Adds an element of an array.
   *
   * @param job the array's number
   * @param index the scheduler's index
   * @param info what was told
   * @param token the token that stands with it, or null
   */
  public void add(String job, int index, JobInfo info, @Nullable Token token) {
    Entry entry = entry(job, token);
    entry.array = true;
    entry.elements.put(index, info);
  }

  /**
   * Adds elements that wait together, save those that have a row of their own.
   *
   * @param job the array's number
   * @param ranges the scheduler's indices; none where only the array as a whole is listed
   * @param info what was told of all of them
   * @param token the token that stands with them, or null
   */
  public void add(String job, Collection<ArrayRange> ranges, JobInfo info, @Nullable Token token) {
    Entry entry = entry(job, token);
    entry.array = true;
    for (ArrayRange range : ranges) {
      for (int i = range.first(); i <= range.last(); i += range.step()) {
        entry.elements.putIfAbsent(i, info);
      }
    }
  }

  private Entry entry(String job, @Nullable Token token) {
    Entry entry = jobs.computeIfAbsent(job, j -> new Entry());
    entry.token = entry.token == null ? token : entry.token;
    return entry;
  }

  /**
   * Takes over the jobs of another table. Those that both have are taken as the other has them.
   *
   * @param other the other table
   */
  public void addAll(JobTable other) {
    jobs.putAll(other.jobs);
  }

  /**
   * Looks a job up.
   *
   * @param job its number
   * @return null where nothing was told of it
   */
  public @Nullable Entry get(String job) {
    return jobs.get(job);
  }
}
