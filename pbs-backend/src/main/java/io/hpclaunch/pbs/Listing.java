// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * An answer of qstat about jobs.
 *
 * @param jobs those that were read, in the order of the answer
 * @param rejected how much was not understood: each job that could not be read, and one more where
 *     the answer itself is cut off or none at all. Where it is 0 the answer is whole
 * @param damaged the ids of jobs that are in the answer and could not be read
 * @param cut whether its end is missing, or it is no such answer at all: that a job is not in it
 *     says nothing
 */
record Listing(List<PbsJob> jobs, int rejected, Set<PbsId> damaged, boolean cut) {
  Listing {
    jobs = List.copyOf(jobs);
    damaged = Set.copyOf(damaged);
  }

  /** Collects an answer. */
  static final class Builder {
    private final List<PbsJob> jobs = new ArrayList<>();
    private final Set<PbsId> damaged = new LinkedHashSet<>();
    private int rejected;
    private boolean cut;

    /** Adds what was read of a job, unless its id or state is missing. */
    void add(PbsRecord found) {
      PbsId id = PbsId.parse(found.name());
      PbsJob job = id == null ? null : PbsJob.of(id, found);
      if (id != null && job == null) {
        damaged(id);
      } else if (job == null) {
        reject();
      } else {
        jobs.add(job);
      }
    }

    void damaged(PbsId id) {
      damaged.add(id);
      rejected++;
    }

    void reject() {
      rejected++;
    }

    /** Its end is missing. */
    void cut() {
      cut = true;
    }

    Listing build() {
      return new Listing(jobs, rejected, damaged, cut);
    }
  }
}
