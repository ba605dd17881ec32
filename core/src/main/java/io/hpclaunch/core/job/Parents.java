// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.WholeJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that a job waits for. A scheduler knows its jobs for some minutes after their end only,
 * and takes one that it does not know for none: what has ended is judged here and not left to it.
 */
final class Parents {
  private final String backend;
  private final PluginGate gate;
  private final Observer observer;
  private final ClientState client;

  Parents(String backend, PluginGate gate, Observer observer, ClientState client) {
    this.backend = backend;
    this.gate = gate;
    this.observer = observer;
    this.client = client;
  }

  /**
   * How the jobs stand that a job waits for.
   *
   * @param open what is left to wait for, as the scheduler knows it: a split array is several jobs
   * @param held whether one of them is not submitted yet
   * @param never why the job can never run, or null
   */
  record Standing(
      List<Dependency> open, boolean held, @Nullable String never) {}

  /**
   * Asks about the parents, all at once.
   *
   * @param spec the job that waits
   * @return how they stand
   * @throws InvalidJob when one is not known to anybody
   * @throws BackendUnavailable when it cannot be determined how one stands
   */
  Standing look(JobSpec spec) {
    if (spec.dependencies().isEmpty()) {
      return new Standing(List.of(), false, null);
    }
    Map<Dependency, WholeJob> parents = parents(spec);
    Map<NativeId, JobState> strangers = strangers(spec, parents.keySet());
    List<Dependency> open = new ArrayList<>();
    boolean held = false;
    String never = null;
    for (Dependency each : spec.dependencies()) {
      WholeJob parent = parents.get(each);
      JobRecord record = parent == null ? null : parent.record();
      JobState state = parent == null
          ? strangers.get(each.job().nativeId())
          : info(parent, each).state();
      if (record != null && !record.isSubmitted() && !record.isFinal()) {
        held = true;
      } else if (state == null || !state.isFinal()) {
        open.addAll(natively(each, record));
      } else if (!isSatisfied(each.kind(), state)) {
        never = "it waits for " + each + ", which ended " + state.name().toLowerCase(Locale.ROOT);
      }
    }
    return new Standing(open, held, never);
  }

  /**
   * The dependencies as the scheduler knows them, whatever became of the jobs: for a dry run.
   *
   * @param spec the job that waits
   * @return what stands in its script
   */
  List<Dependency> natively(JobSpec spec) {
    List<Dependency> all = new ArrayList<>();
    for (Dependency each : spec.dependencies()) {
      all.addAll(natively(each, record(each).orElse(null)));
    }
    return all;
  }

  /** Those that we have records of, as fresh as the scheduler tells. */
  private Map<Dependency, WholeJob> parents(JobSpec spec) {
    Map<Dependency, WholeJob> parents = new LinkedHashMap<>();
    for (Dependency each : spec.dependencies()) {
      if (!each.job().backend().equals(backend)) {
        throw new InvalidJob("dependency " + each + " is a job of another backend, which " + backend
            + " cannot wait for");
      }
      record(each).ifPresent(record -> {
        checkElement(each, record);
        parents.put(each, whole(each, record));
      });
    }
    Map<Token, WholeJob> open = new LinkedHashMap<>();
    parents.values().forEach(parent -> {
      if (parent.record().isSubmitted() && !parent.record().isFinal()) {
        open.put(parent.record().token(), parent);
      }
    });
    if (!open.isEmpty()) {
      Map<Token, Judge.Verdict> verdicts = observer.observe(open.values());
      parents.replaceAll((each, parent) -> {
        Judge.Verdict verdict = verdicts.get(parent.record().token());
        return verdict == null ? parent : known(each, verdict);
      });
    }
    return parents;
  }

  /** A job that the scheduler denies must not be handed to it as a condition. */
  private static WholeJob known(Dependency dependency, Judge.Verdict verdict) {
    JobRecord record = verdict.record();
    if (record.missingSince() != null && !record.isFinal()) {
      throw new BackendUnavailable("the job waits for " + dependency.job()
          + ", and how that one stands cannot be determined: "
          + verdict.shown().reason() + "; try again later");
    }
    return verdict.job();
  }

  private static void checkElement(Dependency dependency, JobRecord parent) {
    Integer index = dependency.job().nativeId().index();
    if (index != null && !JobPaths.hasElement(parent, index)) {
      throw new InvalidJob("dependency " + dependency + " names an element that job " + parent.id()
          + " does not have");
    }
  }

  private static JobInfo info(WholeJob parent, Dependency dependency) {
    Integer index = dependency.job().nativeId().index();
    return index == null ? parent.record().last().info() : Followed.element(parent, index);
  }

  /** Whether an end is what was waited for; one that nobody knows is no success. */
  private static boolean isSatisfied(Dependency.Kind kind, JobState end) {
    return switch (kind) {
      case AFTERANY -> true;
      case AFTEROK -> end == JobState.COMPLETED;
      case AFTERNOTOK -> end != JobState.COMPLETED;
    };
  }

  /** Where jobs stand that no record of ours has; the scheduler must know them. */
  private Map<NativeId, JobState> strangers(JobSpec spec, Set<Dependency> known) {
    List<NativeId> ids = new ArrayList<>();
    for (Dependency each : spec.dependencies()) {
      if (!known.contains(each)) {
        ids.add(each.job().nativeId());
      }
    }
    Map<NativeId, JobState> states = new HashMap<>();
    gate.query(ids).forEach((id, answer) -> {
      String stranger = "the job waits for " + backend + ":" + id;
      if (answer instanceof Observation.NotKnown not) {
        throw new InvalidJob(stranger + ", which nobody knows: " + not.evidence());
      }
      if (answer instanceof Observation.NotAnswered not) {
        throw new BackendUnavailable(stranger
            + ", which no record of ours has, and the scheduler cannot be asked: " + not.why());
      }
      if (answer instanceof Observation.Seen seen) {
        states.put(id, seen.info().state());
      }
      if (answer instanceof Observation.SeenArray array && hasEnded(array)) {
        states.put(id, allCompleted(array) ? JobState.COMPLETED : JobState.FAILED);
      }
    });
    return states;
  }

  private static boolean hasEnded(Observation.SeenArray array) {
    return array.exhaustive()
        && array.elements().values().stream().allMatch(info -> info.state().isFinal());
  }

  private static boolean allCompleted(Observation.SeenArray array) {
    return array.elements().values().stream().allMatch(info -> info.state() == JobState.COMPLETED);
  }

  private Optional<JobRecord> record(Dependency dependency) {
    try {
      return client.store().find(dependency.job());
    } catch (IOException e) {
      throw new InvalidJob(
          "the record of " + dependency.job() + " cannot be read: " + e.getMessage(), e);
    }
  }

  private WholeJob whole(Dependency dependency, JobRecord record) {
    try {
      return client.store().whole(record);
    } catch (IOException e) {
      throw new InvalidJob(
          "the elements of " + dependency.job() + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** As the scheduler knows it: a split array is several jobs. */
  private List<Dependency> natively(Dependency each, @Nullable JobRecord parent) {
    Integer index = each.job().nativeId().index();
    if (parent != null && !parent.chunks().isEmpty()) {
      return onChunks(each, parent, index);
    }
    NativeId id = parent == null ? each.job().nativeId() : parent.id().nativeId();
    return List.of(on(each, index == null ? id.whole() : id.element(index)));
  }

  private List<Dependency> onChunks(
      Dependency dependency, JobRecord parent, @Nullable Integer index) {
    if (index == null && dependency.kind() == Dependency.Kind.AFTERNOTOK) {
      throw new Unsupported(
          "dependency " + dependency + ": the array is " + parent.chunks().size()
              + " jobs of this scheduler, of which it cannot wait for any one to fail");
    }
    List<Dependency> all = new ArrayList<>();
    for (JobRecord.Chunk chunk : parent.chunks()) {
      if (index == null) {
        all.add(on(dependency, chunk.id()));
      } else if (JobPaths.contains(chunk.part(), index)) {
        all.add(on(dependency, chunk.id().element(index - chunk.offset())));
      }
    }
    return all;
  }

  private Dependency on(Dependency dependency, NativeId id) {
    return new Dependency(dependency.kind(), new JobId(backend, id));
  }
}
