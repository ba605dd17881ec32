// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.Token;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one command told of jobs, by their numbers; elements of an array by Slurm's index. */
final class JobTable {
  private final Map<String, Entry> jobs = new HashMap<>();

  /** A job or an array. */
  static final class Entry {
    private final Map<Integer, JobInfo> elements = new TreeMap<>();
    private @Nullable JobInfo plain;
    private @Nullable Token token;

    /** Of a plain job. */
    @Nullable JobInfo plain() {
      return plain;
    }

    /** Of an array; empty for a plain job. */
    Map<Integer, JobInfo> elements() {
      return elements;
    }

    @Nullable Token token() {
      return token;
    }

    /** Of an element, or of a plain job. */
    @Nullable JobInfo info(@Nullable Integer index) {
      return index == null ? plain : elements.get(index);
    }
  }

  static JobTable of(Squeue.Listing listing) {
    JobTable table = new JobTable();
    for (Squeue.Row row : listing.rows()) {
      table.add(row.id(), row.rawId(), row.info(), SlurmToken.of(row.workDir(), row.command()));
    }
    return table;
  }

  static JobTable of(Sacct.Records records) {
    JobTable table = new JobTable();
    for (Sacct.Job job : records.jobs()) {
      table.add(job.id(), job.rawId(), job.info(), SlurmToken.of(job.workDir(), null));
    }
    return table;
  }

  void addAll(JobTable other) {
    jobs.putAll(other.jobs);
  }

  private void add(SlurmId id, String rawId, JobInfo info, @Nullable Token token) {
    Entry entry = jobs.computeIfAbsent(id.job(), job -> new Entry());
    entry.token = entry.token == null ? token : entry.token;
    if (id.task() != null) {
      entry.elements.put(id.task(), info);
      if (!rawId.equals(id.job())) { // the element that starts last has the array's own number
        jobs.computeIfAbsent(rawId, job -> new Entry()).plain = info;
      }
    } else if (id.tasks() != null) {
      for (ArrayRange range : id.tasks().ranges()) {
        for (int i = range.first(); i <= range.last(); i += range.step()) {
          entry.elements.putIfAbsent(i, info);
        }
      }
    } else if (id.component() == null || Objects.equals(id.component(), 0) || entry.plain == null) {
      entry.plain = info;
    }
  }

  @Nullable Entry get(String job) {
    return jobs.get(job);
  }
}
