// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.script.JobScript;
import io.hpclaunch.core.shell.RawBytes;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The real backend with the real agent, on this machine, in a state folder of its own. */
final class ShellSite implements AutoCloseable {
  /** So that no test leaves an agent behind for long. */
  static final Map<String, String> SHORT_LIVED = Map.of("HPC_SHELL_IDLE", "1");

  private final Path state;
  private final List<ShellBackend> open = new ArrayList<>();
  private final List<Long> agents = new ArrayList<>();

  ShellSite(Path state) {
    this.state = state;
  }

  /** A backend of an entry with this config, as users get it. */
  ShellBackend backend(Map<String, ?> config) {
    return open(new ShellBackend(SHORT_LIVED), config, new LocalTransport());
  }

  /** One that talks to a session. */
  ShellBackend session(Map<String, ?> config, Transport transport, AgentSession.Patience patience) {
    return session(config, transport, patience, Map.of());
  }

  /** One whose session has these variables, too. */
  ShellBackend session(
      Map<String, ?> config,
      Transport transport,
      AgentSession.Patience patience,
      Map<String, String> variables) {
    Map<String, String> environment = new HashMap<>(SHORT_LIVED);
    environment.putAll(variables);
    return open(
        new ShellBackend(environment, host -> new AgentSession(host, patience)), config, transport);
  }

  private ShellBackend open(ShellBackend backend, Map<String, ?> config, Transport transport) {
    Map<String, Object> settings = new HashMap<>(config);
    if (transport.isLocal()) { // entries with slots of their own share the queue here
      settings.putIfAbsent("root", state.resolve("shell").toString());
    }
    BackendEntry entry = BackendEntry.of("shell", Map.of("config", settings));
    entry.check(backend.configKeys());
    backend.initialize(new Context(
        "shell",
        entry.config(),
        entry.submit(),
        transport,
        state.resolve("jobs").toString(),
        state,
        Clock.systemUTC()));
    open.add(backend);
    return backend;
  }

  private record Context(
      String name,
      Settings config,
      Settings submit,
      Transport transport,
      String workspace,
      Path stateDirectory,
      Clock clock)
      implements BackendContext {}

  /** A job's folder with its script, as core makes them before it submits. */
  Request request(JobSpec spec, ShellBackend backend) {
    return request(spec, Token.random(), backend);
  }

  Request request(JobSpec spec, Token token, ShellBackend backend) {
    try {
      Path folder = Files.createDirectories(state.resolve("jobs").resolve(token.value()));
      Request request = new Request(spec, token, folder);
      Files.write(folder.resolve("script"), RawBytes.encode(backend.script(request)));
      Files.setPosixFilePermissions(
          folder.resolve("script"), PosixFilePermissions.fromString("rwx------"));
      return request;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Submits lines of shell. */
  NativeId submit(ShellBackend backend, String... lines) {
    return backend.submit(request(JobSpec.builder("job").shell(lines).build(), backend));
  }

  NativeId submit(ShellBackend backend, JobSpec spec) {
    return backend.submit(request(spec, backend));
  }

  /** What core would hand over. */
  record Request(JobSpec spec, Token token, Path folder) implements SubmitRequest {
    @Override
    public int attempt() {
      return 1;
    }

    @Override
    public String jobDirectory() {
      return folder.toString();
    }

    @Override
    public String scriptPath() {
      return jobDirectory() + "/script";
    }

    @Override
    public @Nullable String stdin() {
      return spec.stdin();
    }

    @Override
    public String stdout() {
      return output(spec.stdout(), "stdout");
    }

    @Override
    public String stderr() {
      return output(spec.stderr(), "stderr");
    }

    private String output(@Nullable String given, String own) {
      String ending = spec.array() == null ? "" : ".{index}";
      return given == null ? jobDirectory() + "/" + own + ending : given;
    }

    @Override
    public @Nullable ArrayRange array() {
      return spec.array();
    }

    @Override
    public String script(ScriptForm form) {
      if (form.opensStreams()) {
        throw new AssertionError("the agent opens the streams");
      }
      return JobScript.of(spec, token, form, jobDirectory()).backend("shell").render();
    }

    String text(String file) {
      try {
        return Files.readString(folder.resolve(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The one job's observation, which must say something. */
  static JobInfo seen(ShellBackend backend, NativeId id) {
    Observation told = backend.query(List.of(id)).get(id);
    if (told instanceof Observation.Seen seen) {
      return seen.info();
    }
    throw new AssertionError(id + ": " + told);
  }

  static Map<Integer, JobInfo> elements(ShellBackend backend, NativeId id) {
    Observation told = backend.query(List.of(id)).get(id);
    if (told instanceof Observation.SeenArray seen) {
      return seen.elements();
    }
    throw new AssertionError(id + ": " + told);
  }

  /** The job's last observation. */
  static JobInfo end(ShellBackend backend, NativeId id) {
    AgentSpool.await(() -> seen(backend, id).state().isFinal());
    return seen(backend, id);
  }

  static Map<Integer, JobInfo> endOfAll(ShellBackend backend, NativeId id) {
    AgentSpool.await(
        () -> elements(backend, id).values().stream().allMatch(i -> i.state().isFinal()));
    return elements(backend, id);
  }

  Path state() {
    return state;
  }

  Path root() {
    return state.resolve("shell");
  }

  /** The spool of this host. */
  Path spool() {
    return root().resolve(lines(Path.of("/proc/sys/kernel/hostname")).get(0));
  }

  /** The folder of the agent's scripts. */
  Path scripts() {
    return root().resolve("agent-" + AgentScripts.version());
  }

  /** Remembers the agent that is at work, for the end. */
  void rememberAgent() {
    long agent = agent();
    if (agent > 0) {
      agents.add(agent);
    }
  }

  private long agent() {
    List<String> lines = lines(spool().resolve("agent"));
    return lines.isEmpty() ? 0 : Long.parseLong(lines.get(0).split(" ", -1)[0]);
  }

  /** The lines, or none where there is no such file. */
  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of(); // it was removed in between
    }
  }

  /** The processes that serve a client of this site; what they fork is not among them. */
  List<ProcessHandle> sessions() {
    try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
      return children
          .filter(child -> commandLine(child).contains("hpc-shell " + root() + " serve"))
          .toList();
    }
  }

  private static String commandLine(ProcessHandle process) {
    return process.info().commandLine().orElse("");
  }

  /** Ends all that runs, then the agents. */
  @Override
  public void close() {
    if (!open.isEmpty() && Files.isDirectory(spool())) {
      ShellBackend backend = backend(Map.of());
      Collection<NativeId> active =
          backend.queue(true).stream().map(QueueReporter.Entry::id).toList();
      backend.cancel(active);
      AgentSpool.await(() -> backend.queue(true).isEmpty());
      rememberAgent();
    }
    open.forEach(ShellBackend::close);
    AgentSpool.await(() -> sessions().isEmpty());
    agents.forEach(AgentSpool::kill);
    AgentSpool.await(() -> AgentSpool.processes(root()).isEmpty());
  }
}
