// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.api.Token;
import io.hpclaunch.cli.Hpc;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.RawWriter;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command {@code hpc} over schedulers of the test's own: {@code cluster}, and others. */
final class HpcCommand implements HpcRuntime {
  final FakeRegister register = new FakeRegister();
  final FakeTime time = new FakeTime();
  final FakeScheduler cluster;

  private final Path folder;
  private final Map<String, FakeScheduler> schedulers = new LinkedHashMap<>();
  private Map<String, String> environment = Map.of();
  private Installation installation = Installation.NONE;
  private @Nullable OutputStream stdout;

  HpcCommand(Path folder) {
    this.folder = folder;
    cluster = scheduler("cluster");
  }

  FakeScheduler scheduler(String name) {
    FakeScheduler made = new FakeScheduler(name, register);
    schedulers.put(name, made);
    return made;
  }

  HpcCommand environment(Map<String, String> variables) {
    environment = variables;
    return this;
  }

  HpcCommand terminals(Installation.Stream... streams) {
    installation = installation.withTerminals(streams);
    return this;
  }

  /** What takes the bytes in place of memory. */
  HpcCommand stdout(OutputStream out) {
    stdout = out;
    return this;
  }

  /** Has the register remember a job, as it was last seen. */
  KnownJob remembers(String id, JobInfo info, @Nullable String array) {
    Instant submitted = info.submitted() == null ? FakeTime.START : info.submitted();
    KnownJob job = new KnownJob(
        JobId.parse(id),
        Token.random(),
        "job",
        submitted,
        info,
        array == null ? null : ArrayRange.parse(array),
        Map.of(),
        "/jobs/x",
        array == null ? "/jobs/x/stdout" : "/jobs/x/stdout.{index}",
        array == null ? "/jobs/x/stderr" : "/jobs/x/stderr.{index}");
    register.add(job);
    return job;
  }

  /** How a command ended; the output byte for byte. */
  record Result(int status, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  Result run(String... words) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream out = stdout == null ? kept : stdout;
    int status;
    try (Session session = new Session(Map.of(), folder, installation)) {
      session.runtime(this);
      session.time(time);
      session.callersEnvironment(environment);
      session.streams(out, err);
      status = Hpc.commandLine(session)
          .setOut(new PrintWriter(new RawWriter(out)))
          .setErr(new PrintWriter(new RawWriter(err), true))
          .execute(words);
    }
    return new Result(
        status, kept.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.UTF_8));
  }

  @Override
  public Backend backend() {
    return cluster;
  }

  @Override
  public Backend backend(String name) {
    FakeScheduler found = schedulers.get(name);
    if (found == null) {
      throw new InvalidConfiguration("no backend '" + name + "'");
    }
    return found;
  }

  @Override
  public Backend open(String type, Map<String, ? extends @Nullable Object> config) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Detection detect() {
    return new Detection(null, Map.of());
  }

  @Override
  public List<PluginInfo> plugins() {
    return List.of();
  }

  @Override
  public List<PluginProblem> pluginProblems() {
    return List.of();
  }

  @Override
  public List<String> configuredBackends() {
    return List.copyOf(schedulers.keySet());
  }

  @Override
  public HPCLauncher launcher(String name) {
    throw new InvalidConfiguration("no launcher '" + name + "'");
  }

  @Override
  public JobRegister jobs() {
    return register;
  }

  @Override
  public void close() {
    // nothing is open
  }
}
