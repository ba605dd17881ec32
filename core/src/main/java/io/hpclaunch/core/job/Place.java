// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.JobLedger;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.store.JobRecord;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The place of a backend's jobs: the folder that their folders are in and, where no scheduler knows
 * everybody's jobs, the {@link JobLedger} that knows them. Where clients share a store and no
 * files, what a client doesn't find says nothing of jobs of another place: the shell backend's jobs
 * of another host, or of another state folder, are not lost because this one knows none of them.
 * Where all clients see the same files, job folders are found by their paths, and only the ledger
 * counts: it is another one after its path in the configuration was changed.
 *
 * <p>Its name is that of the folder of job folders, and behind a {@code +} that of the ledger.
 */
final class Place {
  private static final String BETWEEN = "+";

  private final Transport transport;
  private final NamedFolder workspace;
  private final @Nullable NamedFolder ledger;
  private final boolean shared;

  /**
   * Means a place; nothing is read or made yet.
   *
   * @param transport the way to it
   * @param workspace the folder of its job folders
   * @param ledger the folder of the list of its jobs, or null where a scheduler knows them
   * @param shared whether the store is shared by clients that may see other places
   */
  Place(
      Transport transport,
      Supplier<String> workspace,
      @Nullable Supplier<String> ledger,
      boolean shared) {
    this.transport = transport;
    this.workspace = new NamedFolder(transport, workspace, false);
    this.ledger = ledger == null ? null : new NamedFolder(transport, ledger, true);
    this.shared = shared;
  }

  /** The place of a plugin's jobs. */
  static Place of(
      PluginGate gate, Transport transport, Supplier<String> workspace, boolean shared) {
    boolean hasLedger = gate.ask(plugin -> plugin instanceof JobLedger);
    Supplier<String> ledger = () -> gate.ask(plugin -> ((JobLedger) plugin).ledger());
    return new Place(transport, workspace, hasLedger ? ledger : null, shared);
  }

  /** A place's name, taken apart. */
  private record Name(String workspace, @Nullable String ledger) {
    static Name of(String text) {
      int end = text.indexOf(BETWEEN);
      return end < 0
          ? new Name(text, null)
          : new Name(text.substring(0, end), text.substring(end + BETWEEN.length()));
    }
  }

  /**
   * The place's name, for a job that is about to be submitted.
   *
   * @return the name, made where there was none; null where nothing depends on it
   * @throws BackendUnavailable when it cannot be made; nothing may be submitted then
   */
  @Nullable String ensured() {
    String name = shared ? workspace.ensured() : "";
    if (ledger != null) {
      return name + BETWEEN + ledger.ensured();
    }
    return shared ? name : null;
  }

  /** Where a job or an intent is that was kept with a place's name. */
  Sight look(@Nullable String place) {
    if (place == null) {
      return Sight.HERE;
    }
    Name name = Name.of(place);
    Sight folder = inWorkspace(name);
    Sight list = inLedger(name);
    return folder.compareTo(list) > 0 ? folder : list;
  }

  /** Jobs of a store that is not shared name none. */
  private Sight inWorkspace(Name name) {
    return name.workspace().isEmpty() ? Sight.HERE : workspace.look(name.workspace());
  }

  /** Jobs of versions that named no ledger are where their folders are. */
  private Sight inLedger(Name name) {
    if (ledger == null || name.ledger() == null) {
      return Sight.HERE;
    }
    Sight sight = ledger.look(name.ledger());
    return shared || sight != Sight.ELSEWHERE ? sight : ledger.lookWhereItWas(name.ledger());
  }

  /** Whether what other clients see of a job of another place is written down for this one. */
  boolean isShared() {
    return shared;
  }

  /** Whether an intent can be settled from here. */
  boolean isHere(@Nullable String place) {
    return look(place) == Sight.HERE;
  }

  /** Why this place cannot be seen now. */
  String fault() {
    String why = workspace.fault();
    if (why == null && ledger != null) {
      why = ledger.fault();
    }
    return transport.host() + " cannot be asked: " + (why == null ? "try again" : why);
  }

  /** Refuses what needs a job's files, where they are not to be seen from here. */
  void requireFolder(JobRecord record) {
    if (record.place() == null) {
      return;
    }
    Name name = Name.of(record.place());
    switch (inWorkspace(name)) {
      case HERE -> {}
      case UNREACHABLE -> throw unreachable(record);
      case ELSEWHERE ->
        throw new BackendUnavailable("job " + record.id()
            + " was submitted with its folder " + record.jobFolder()
            + " in another place than the workspace " + workspace.path() + " on "
            + transport.host()
            + ": ask where it was submitted, or give both the same workspace (its"
            + " place is called " + name.workspace() + ")");
    }
  }

  /** Refuses what needs a job's files and who knows it, where one of them is not here. */
  void require(JobRecord record) {
    requireFolder(record);
    if (record.place() == null || ledger == null) {
      return;
    }
    switch (inLedger(Name.of(record.place()))) {
      case HERE -> {}
      case UNREACHABLE -> throw unreachable(record);
      case ELSEWHERE ->
        throw new BackendUnavailable(
            "job " + record.id() + " was submitted in another place: " + inAnotherLedger(record));
    }
  }

  /** Why nobody here knows a job that is in another ledger, and what to do. */
  String inAnotherLedger(JobRecord record) {
    Name name = Name.of(String.valueOf(record.place()));
    String own = ledger == null ? workspace.path() : ledger.path();
    return "it is in the list of jobs '" + name.ledger() + "', and not in " + own + " on "
        + transport.host() + ": ask with the state folder (HPC_STATE_DIR) and the configuration of"
        + " the backend that it was submitted with";
  }

  private BackendUnavailable unreachable(JobRecord record) {
    return new BackendUnavailable("job " + record.id() + ": " + fault());
  }

  /** Whether a job of this place has its folder. */
  boolean hasFolder(JobRecord record) throws IOException {
    return new JobFolder(transport, record.jobFolder()).exists();
  }
}
