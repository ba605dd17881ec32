// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transport;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.CopyProgress;
import io.hpclaunch.api.transport.FileCopy;
import io.hpclaunch.api.transport.FileStat;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.store.CommandBudget;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A way to a host on which commands wait for their turn, and files do not. */
public final class BudgetedTransport implements Transport {
  private final Transport way;
  private final CommandBudget budget;

  /**
   * Makes it.
   *
   * @param way the way itself, which stays the caller's to close
   * @param budget what commands wait for
   */
  public BudgetedTransport(Transport way, CommandBudget budget) {
    this.way = way;
    this.budget = budget;
  }

  @Override
  public CommandResult run(Command command) throws IOException {
    budget.await(command);
    return way.run(command);
  }

  @Override
  public RunningCommand start(Command command) throws IOException {
    budget.await(command);
    return way.start(command);
  }

  @Override
  public String host() {
    return way.host();
  }

  @Override
  public boolean isLocal() {
    return way.isLocal();
  }

  @Override
  public String home() throws IOException {
    return way.home();
  }

  @Override
  public void putAll(List<FileCopy> files, CopyProgress progress) throws IOException {
    way.putAll(files, progress);
  }

  @Override
  public void getAll(List<FileCopy> files, CopyProgress progress) throws IOException {
    way.getAll(files, progress);
  }

  @Override
  public void setAttributes(String path, int mode, Instant modified) throws IOException {
    way.setAttributes(path, mode, modified);
  }

  @Override
  public String readLink(String path) throws IOException {
    return way.readLink(path);
  }

  @Override
  public void makeLink(String text, String path) throws IOException {
    way.makeLink(text, path);
  }

  @Override
  public void put(Path source, String target) throws IOException {
    way.put(source, target);
  }

  @Override
  public void write(byte[] content, String target, int mode) throws IOException {
    way.write(content, target, mode);
  }

  @Override
  public void get(String source, Path target) throws IOException {
    way.get(source, target);
  }

  @Override
  public InputStream read(String path, long offset) throws IOException {
    return way.read(path, offset);
  }

  @Override
  public List<FileStat> list(String path) throws IOException {
    return way.list(path);
  }

  @Override
  public Optional<FileStat> stat(String path) throws IOException {
    return way.stat(path);
  }

  @Override
  public void rename(String source, String target) throws IOException {
    way.rename(source, target);
  }

  @Override
  public boolean mkdir(String path, int mode) throws IOException {
    return way.mkdir(path, mode);
  }

  @Override
  public void remove(String path) throws IOException {
    way.remove(path);
  }

  /** The way is shared, and closed by who opened it. */
  @Override
  public void close() {}
}
