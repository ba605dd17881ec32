// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.ReasonExplainer;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.api.ResourceReporter;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.job.BackendJobs;
import io.hpclaunch.core.job.PluginGate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What users hold: jobs by {@link BackendJobs}, the rest asked of the plugin. */
final class CoreBackend implements Backend, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CoreBackend.class);

  private final String name;
  private final String type;
  private final PluginGate gate;
  private final BackendJobs jobs;
  private final Supplier<String> workspace;

  private final Transport transport;
  private volatile boolean closed;

  CoreBackend(
      String name,
      String type,
      PluginGate gate,
      BackendJobs jobs,
      Transport transport,
      Supplier<String> workspace) {
    this.name = name;
    this.type = type;
    this.gate = gate;
    this.jobs = jobs;
    this.transport = transport;
    this.workspace = workspace;
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
  public HPCProcess submit(JobSpec spec, Token token) {
    checkOpen();
    return jobs.submit(spec, token);
  }

  @Override
  public Optional<HPCProcess> find(Token token) {
    checkOpen();
    return jobs.find(token);
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
  public void clean(JobId id) {
    checkOpen();
    jobs.clean(id);
  }

  @Override
  public ResourceReport resources() {
    checkOpen();
    return gate.ask(plugin -> {
      if (plugin instanceof ResourceReporter reporter) {
        return reporter.resources();
      }
      throw cannot("tell its resources");
    });
  }

  @Override
  public List<QueueReporter.Entry> queue(boolean mineOnly) {
    checkOpen();
    List<QueueReporter.Entry> queue = gate.ask(plugin -> {
      if (plugin instanceof QueueReporter reporter) {
        return reporter.queue(mineOnly);
      }
      throw cannot("list its queue");
    });
    return jobs.named(queue, mineOnly);
  }

  @Override
  public Optional<ReasonExplainer.Explanation> explain(JobInfo info) {
    return gate.ask(plugin ->
        plugin instanceof ReasonExplainer explainer ? explainer.explain(info) : Optional.empty());
  }

  @Override
  public Optional<JobRegister.Identity> register() {
    checkOpen();
    return jobs.register();
  }

  @Override
  public Transport transport() {
    checkOpen();
    return transport;
  }

  @Override
  public String workspace() {
    checkOpen();
    return workspace.get();
  }

  @Override
  public Capabilities capabilities() {
    checkOpen();
    return gate.capabilities();
  }

  /** Closes the plugin once; one that fails to does not keep others from being closed. */
  @Override
  public void close() {
    closed = true;
    jobs.close();
    try {
      gate.close();
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
