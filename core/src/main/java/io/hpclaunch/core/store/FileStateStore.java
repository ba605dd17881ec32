// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.config.StateFolder;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Records and journals as files of the state folder, as docs/jobs.md lays them out. */
public final class FileStateStore implements StateStore {
  /** What {@code store.type} calls it. */
  public static final String TYPE = "files";

  private static final String REMEDY =
      "move it away, make it your own, or set HPC_STATE_DIR to a folder of your own";

  private final Path folder;
  private final JobStore jobs;
  private final Journals journals;

  /**
   * Names a state folder; nothing is read or made yet.
   *
   * @param folder the folder
   * @param durable whether what is written must survive the loss of power
   * @param clock the present
   */
  public FileStateStore(Path folder, boolean durable, Clock clock) {
    this.folder = folder;
    this.jobs = new FileJobStore(folder, durable, clock);
    this.journals = new FileJournals(folder, durable, clock);
  }

  @Override
  public JobStore jobs() {
    return jobs;
  }

  @Override
  public Journals journals() {
    return journals;
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public void check(boolean submitting) {
    String fault = StateFolder.fault(folder);
    if (fault != null) {
      String told = submitting ? "; nothing was submitted; " : "; ";
      throw new InvalidConfiguration("the state folder cannot be used: " + fault + told + REMEDY);
    }
  }

  @Override
  public HpcException unwritable(IOException e) {
    String text = "the state folder cannot be written: " + StateFolder.words(e)
        + "; nothing was submitted; set HPC_STATE_DIR to a folder of your own";
    boolean full =
        e instanceof FileSystemException && String.valueOf(e.getMessage()).contains("No space");
    return full || !(e instanceof FileSystemException)
        ? new BackendUnavailable(text, e)
        : new InvalidConfiguration(text, e);
  }

  @Override
  public HpcException unreadable(IOException e) {
    String fault = StateFolder.fault(folder);
    if (fault != null) {
      return new InvalidConfiguration(
          "the state folder cannot be used: " + fault + "; " + REMEDY, e);
    }
    IOException first = e.getCause() instanceof FileSystemException told ? told : e;
    return new BackendUnavailable(
        "the state folder cannot be read: " + StateFolder.words(first)
            + "; mend it, or set HPC_STATE_DIR to a folder of your own",
        e);
  }

  @Override
  public StoreHealth health() {
    return new StoreHealth("files below " + folder, List.of());
  }

  @Override
  public void close() {
    jobs.close();
  }
}
