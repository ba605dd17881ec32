// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.api.ResourceReporter;
import io.hpclaunch.api.Unsupported;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What users hold: asks the plugin, one call at a time, and leaves jobs to {@link Jobs}. */
final class CoreBackend implements Backend, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CoreBackend.class);

  private final String name;
  private final String type;
  private final HPCBackend plugin;
  private final Jobs jobs;

  /** A plugin need not bear two calls at once; only its close may come beside another. */
  private final Object turn = new Object();

  private volatile boolean closed;

  CoreBackend(String name, String type, HPCBackend plugin, Jobs jobs) {
    this.name = name;
    this.type = type;
    this.plugin = plugin;
    this.jobs = jobs;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public HPCProcess submit(JobSpec spec) {
    checkOpen();
    return jobs.submit(spec);
  }

  @Override
  public HPCProcess attach(JobId id) {
    checkOpen();
    return jobs.attach(id);
  }

  @Override
  public Map<JobId, JobInfo> status(Collection<JobId> ids) {
    checkOpen();
    return jobs.status(ids);
  }

  @Override
  public void cancel(Collection<JobId> ids) {
    checkOpen();
    jobs.cancel(ids);
  }

  @Override
  public JobLogs logs(JobId id) {
    checkOpen();
    return jobs.logs(id);
  }

  @Override
  public String script(JobSpec spec) {
    checkOpen();
    return jobs.script(spec);
  }

  @Override
  public String script(JobId id) {
    checkOpen();
    return jobs.script(id);
  }

  @Override
  public ResourceReport resources() {
    checkOpen();
    if (!(plugin instanceof ResourceReporter reporter)) {
      throw cannot("tell its resources");
    }
    synchronized (turn) {
      return reporter.resources();
    }
  }

  @Override
  public List<QueueReporter.Entry> queue(boolean mineOnly) {
    checkOpen();
    if (!(plugin instanceof QueueReporter reporter)) {
      throw cannot("list its queue");
    }
    synchronized (turn) {
      return reporter.queue(mineOnly);
    }
  }

  @Override
  public Capabilities capabilities() {
    checkOpen();
    synchronized (turn) {
      return plugin.capabilities();
    }
  }

  /** Closes the plugin once; one that fails to does not keep others from being closed. */
  @Override
  public void close() {
    closed = true;
    try {
      plugin.close();
    } catch (RuntimeException | LinkageError e) {
      log.warn("Backend {} does not close", name, e);
    }
  }

  private Unsupported cannot(String what) {
    return new Unsupported("backend " + name + " of type " + type + " cannot " + what);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the runtime of backend " + name + " is closed");
    }
  }

  @Override
  public String toString() {
    return name.equals(type) ? name : name + " (" + type + ")";
  }
}
