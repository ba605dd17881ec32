// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import com.google.common.collect.Lists;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.script.JobScript;
import io.hpclaunch.core.store.CancelWish;
import io.hpclaunch.core.store.JobRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for the end of jobs: the scheduler, or where it does not have a job yet, by its claim. */
final class Cancellation {
  private static final int MARKS_AT_ONCE = 500;
  private static final Logger log = LoggerFactory.getLogger(Cancellation.class);

  private final PluginGate gate;
  private final Transport transport;
  private final ClientState client;
  private final Submissions submissions;
  private final Place place;

  Cancellation(
      PluginGate gate,
      Transport transport,
      ClientState client,
      Submissions submissions,
      Place place) {
    this.gate = gate;
    this.transport = transport;
    this.client = client;
    this.submissions = submissions;
    this.place = place;
  }

  /**
   * Asks for the end of jobs.
   *
   * @param ids the jobs
   * @return those of which no record is kept
   */
  Set<JobId> cancel(Collection<JobId> ids) {
    Set<NativeId> ours = new LinkedHashSet<>();
    Set<JobId> strangers = new LinkedHashSet<>();
    Map<Token, JobRecord> wished = new LinkedHashMap<>();
    List<String> marks = new ArrayList<>();
    for (JobId id : ids) {
      Optional<JobRecord> record = record(id);
      if (record.isEmpty()) {
        strangers.add(id);
      } else if (!record.get().isFinal()) {
        place.require(record.get());
        ours.addAll(natives(record.get(), id));
        if (record.get().isSubmitted()) {
          CancelWish wish = CancelWish.of(id.nativeId().index());
          wished.merge(
              record.get().token(),
              record.get().withWish(wish),
              (one, other) -> one.withWish(wish));
          marks.add(JobScript.cancelMark(record.get().jobFolder(), id.nativeId().index()));
        } else {
          unsubmitted(record.get(), id);
        }
      }
    }
    wished.values().forEach(this::note);
    mark(marks);
    strangers.forEach(id -> ours.add(id.nativeId()));
    gate.cancel(ours);
    return strangers;
  }

  private Optional<JobRecord> record(JobId id) {
    try {
      return client.store().find(id);
    } catch (IOException e) {
      log.warn("Job {} is cancelled by its id alone: {}", id, e.getMessage());
      return Optional.empty(); // the scheduler may know it
    }
  }

  /** Some schedulers only say of a job that was cancelled that a signal ended it. */
  private void note(JobRecord record) {
    try {
      client.store().save(record);
    } catch (IOException e) {
      log.warn("That job {} was cancelled cannot be noted: {}", record.id(), e.getMessage());
    }
  }

  /**
   * A scheduler may be about to start a job whose end is asked for, and lose one of the two: the
   * script looks for the mark before it starts the command.
   */
  private void mark(List<String> marks) {
    for (List<String> some : Lists.partition(marks, MARKS_AT_ONCE)) {
      try {
        transport.run(Command.of(JobScript.markCancelled(some)));
      } catch (IOException e) {
        log.warn("Jobs that are just starting may run all the same: {}", e.getMessage());
      }
    }
  }

  /** The chunks or elements that the scheduler knows. */
  private static List<NativeId> natives(JobRecord record, JobId id) {
    Integer index = id.nativeId().index();
    if (index == null) {
      return Judge.asked(record);
    }
    if (!JobPaths.hasElement(record, index)) {
      throw new InvalidJob("job " + record.id() + " has no element " + index);
    }
    if (record.chunks().isEmpty()) {
      return record.isSubmitted() ? List.of(record.id().nativeId().element(index)) : List.of();
    }
    List<NativeId> found = new ArrayList<>();
    for (JobRecord.Chunk chunk : record.chunks()) {
      if (JobPaths.contains(chunk.part(), index)) {
        found.add(chunk.id().element(index - chunk.offset()));
      }
    }
    return found;
  }

  /** With its claim taken a job cannot run, even if the scheduler has it without our knowing. */
  private void unsubmitted(JobRecord record, JobId id) {
    if (id.nativeId().index() != null) {
      return;
    }
    JobFolder folder = new JobFolder(transport, record.jobFolder());
    try {
      if (!folder.exists()) {
        return;
      }
      String owner = folder.takeClaim(JobScript.claimName(null));
      if (!owner.equals("-") && !owner.isEmpty()) {
        gate.cancel(List.of(NativeId.of(owner)));
        return;
      }
      folder.write(JobFolder.CANCELLED, client.clock().instant() + "\n");
    } catch (IOException e) {
      throw new BackendUnavailable(record.id() + " cannot be cancelled: " + e.getMessage(), e);
    }
    submissions.ended(record, null, "cancelled before it was submitted");
  }
}
