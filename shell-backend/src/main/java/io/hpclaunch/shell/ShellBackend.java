// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.Detectable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobLedger;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.api.ResourceReporter;
import io.hpclaunch.api.ScriptForm;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.container.ContainerHost;
import io.hpclaunch.core.container.ContainerSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The machine at hand, or one behind SSH, without a scheduler. Found by {@code shell},
 * {@code local} and {@code none}.
 *
 * <p>Jobs are queued and started there by an agent: scripts that this plugin brings along and that
 * run for as long as there are jobs. No server is needed, no job needs its client, and what was
 * queued goes on where an agent that was killed left it. The agent starts jobs first come, first
 * served, while there are cpus, gpus and memory that no other job of this user holds; a job gets
 * the gpus that are its own in {@code CUDA_VISIBLE_DEVICES}.
 *
 * <p>A job that asks for no memory holds none. One that does is held to it only where the variable
 * {@code HPC_SHELL_CGROUP} names a control group that is the user's own and limits memory; there it
 * ends as out of memory when the kernel ends a process of it. The type of a gpu is not looked at.
 * All nodes of a job are this one machine, so that cpus are tasks times cpus per task.
 *
 * @since 0.1
 */
public final class ShellBackend
    implements HPCBackend, Detectable, ResourceReporter, QueueReporter, ContainerHost, JobLedger {
  private static final String NAME = "shell";
  private static final int ASKED_LAST = 1000;

  private final Map<String, String> environment;
  private final Function<AgentHost, Verbs> way;
  private @Nullable BackendContext context;
  private @Nullable AgentHost host;
  private @Nullable Verbs verbs;
  private @Nullable JobWatch watch;
  private @Nullable ShellConfig config;

  /** Made by the service loader. */
  public ShellBackend() {
    this(Map.of());
  }

  /** With variables for hpc-shell and its agent, beside those that they have anyway. */
  ShellBackend(Map<String, String> environment) {
    this(environment, host -> new AgentSession(host, AgentSession.Patience.DEFAULT));
  }

  /** With another way to hpc-shell. */
  ShellBackend(Map<String, String> environment, Function<AgentHost, Verbs> way) {
    this.environment = environment;
    this.way = way;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean matches(String name) {
    return name.equals(NAME) || name.equals("local") || name.equals("none");
  }

  @Override
  public List<ConfigKey> configKeys() {
    List<ConfigKey> keys = new ArrayList<>(ShellConfig.KEYS);
    keys.addAll(ContainerSettings.KEYS);
    keys.add(ConfigKey.of(
        "cores_per_socket",
        ConfigKey.Type.INTEGER,
        "cores of each socket; default: the machine's"));
    keys.add(ConfigKey.of(
        "sockets_per_node", ConfigKey.Type.INTEGER, "sockets of the machine; default: its own"));
    keys.add(ConfigKey.of(
        "nnode",
        ConfigKey.Type.INTEGER,
        "number of such machines that launchers count with; default: 1"));
    return List.copyOf(keys);
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.of(
        Capability.ARRAYS,
        Capability.DEPENDENCIES,
        Capability.CONTAINERS,
        Capability.STAGE_IN,
        Capability.SECRETS,
        Capability.LAUNCHERS,
        Capability.STDIN,
        Capability.PROLOGUE,
        Capability.WARNING,
        Capability.GPUS,
        Capability.WALLTIME,
        Capability.SHARED_FILES);
  }

  @Override
  public Duration killGrace() {
    return config().killGrace();
  }

  @Override
  public boolean runsOnTransportsHost() {
    return true;
  }

  /** An answer costs the machine next to nothing. */
  @Override
  public Duration pollingInterval() {
    return Duration.ofMillis(100);
  }

  @Override
  public void initialize(BackendContext context) {
    ShellConfig settings = ShellConfig.of(context.config());
    this.context = context;
    config = settings;
    AgentHost there = new AgentHost(context.transport(), root(context, settings), environment);
    host = there;
    Verbs made = way.apply(there);
    verbs = made;
    watch = new JobWatch(made, context.clock());
  }

  /**
   * The folder of the queue, which the entry's name alone decides: whatever else of its
   * configuration changes, jobs that were submitted before are found again. Where an entry has the
   * type's name, or there is none, it is the same. Another host has its own state folder, which it
   * must tell: null.
   */
  private @Nullable String root(BackendContext context, ShellConfig config) {
    if (!ownsQueue(context, config)) {
      return config.root();
    }
    String name = context.name();
    return context.stateDirectory() + "/shell" + (matches(name) ? "" : "-" + Words.encode(name));
  }

  /** Whether no other entry of this configuration is to have the same queue. */
  private static boolean ownsQueue(BackendContext context, ShellConfig config) {
    return config.root() == null && context.transport().isLocal();
  }

  /** The folder of the queue: of its hosts each sees the others' jobs. */
  @Override
  public String ledger() {
    return initialized(host).root();
  }

  @Override
  public void close() {
    Verbs open = verbs;
    if (open != null) {
      open.close();
    }
  }

  /** The agent opens the standard streams, so that a job that cannot begin can say why. */
  @Override
  public String script(SubmitRequest request) {
    return request.script(ScriptForm.DEFAULT.streamsOpened());
  }

  @Override
  public NativeId submit(SubmitRequest request) {
    ShellConfig settings = config();
    String id = JobLine.id(request.token());
    List<String> answer;
    try {
      answer = verbs().call("submit", limits(settings), List.of(JobLine.of(request, settings)));
    } catch (AnswerLost e) {
      throw new OutcomeUnknown(request.token(), String.valueOf(e.getMessage()), e);
    }
    Answers.Submitted outcome = Answers.submit(id, answer);
    if (outcome == null) {
      throw new OutcomeUnknown(
          request.token(), "hpc-shell answered a submission with " + answer, null);
    }
    if (outcome.reason() != null) {
      throw new Rejected(outcome.reason());
    }
    NativeId submitted = NativeId.of(id);
    if (request.array() == null) {
      initialized(watch).submitted(submitted);
    }
    return submitted;
  }

  /** Entries that share a queue need not all say what the machine may give. */
  private List<String> limits(ShellConfig settings) {
    return ownsQueue(context(), settings) ? JobLine.limits(settings) : JobLine.options(settings);
  }

  @Override
  public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    Collection<NativeId> asked = new LinkedHashSet<>(ids);
    try {
      return initialized(watch).query(asked);
    } catch (BackendUnavailable | AnswerLost e) {
      Observation why = Observation.notAnswered(String.valueOf(e.getMessage()));
      Map<NativeId, Observation> none = new LinkedHashMap<>();
      asked.forEach(id -> none.put(id, why));
      return none;
    }
  }

  @Override
  public void cancel(Collection<NativeId> ids) {
    if (ids.isEmpty()) {
      return;
    }
    List<String> elsewhere = Answers.elsewhere(ask("cancel", lines(new LinkedHashSet<>(ids))));
    if (!elsewhere.isEmpty()) {
      throw new Rejected("only the host that a job runs on can end it: cancel "
          + String.join(", ", elsewhere) + " there");
    }
  }

  @Override
  public Map<Token, NativeId> find(Collection<Token> tokens, Instant since) {
    List<String> lines = new ArrayList<>();
    tokens.forEach(token -> lines.add(token.value()));
    return Answers.find(tokens, ask("find", lines));
  }

  @Override
  public void forget(Collection<NativeId> ids) {
    if (ids.isEmpty()) {
      return;
    }
    List<String> kept = Answers.kept(ask("clean", lines(new LinkedHashSet<>(ids))));
    if (!kept.isEmpty()) {
      throw new Rejected(String.join("; ", kept));
    }
  }

  /** All jobs here are of one user: an agent has no others. An array has an entry an element. */
  @Override
  public List<Entry> queue(boolean mineOnly) {
    return Answers.queue(ask("queue", List.of()));
  }

  private static List<String> lines(Collection<NativeId> ids) {
    List<String> lines = new ArrayList<>(ids.size());
    ids.forEach(id -> lines.add(JobLine.id(id)));
    return lines;
  }

  /** What changes nothing, or can be asked for again. */
  private List<String> ask(String verb, List<String> lines) {
    try {
      return verbs().call(verb, List.of(), lines);
    } catch (AnswerLost e) {
      throw new BackendUnavailable(String.valueOf(e.getMessage()), e);
    }
  }

  private Verbs verbs() {
    return initialized(verbs);
  }

  private ShellConfig config() {
    return initialized(config);
  }

  private BackendContext context() {
    return initialized(context);
  }

  private static <T> T initialized(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not initialized");
    }
    return part;
  }

  @Override
  public int detectionOrder() {
    return ASKED_LAST;
  }

  @Override
  public Finding detect(Transport here) {
    return Finding.present("the shell is always there");
  }

  @Override
  public ResourceReport resources() {
    BackendContext c = context();
    HostFacts facts = HostFacts.ask(c.transport());
    Settings config = c.config();
    int sockets = atLeastOne(config, "sockets_per_node", facts.sockets());
    int cores = atLeastOne(config, "cores_per_socket", facts.coresPerSocket());
    ResourceReport.NodeGroup node = new ResourceReport.NodeGroup(
        facts.name(),
        null,
        atLeastOne(config, "nnode", 1),
        "up",
        sockets,
        cores,
        atLeastOne(config, "slots", facts.processors()),
        config.size("memory").orElse(facts.memory() == 0 ? null : facts.memory()),
        facts.gpus());
    return new ResourceReport(List.of(node), List.of());
  }

  private static int atLeastOne(Settings config, String key, int otherwise) {
    int value = config.integer(key).orElse(otherwise);
    if (value < 1) {
      throw new InvalidConfiguration(config.origin(key).orElse("configuration") + ": " + key
          + " must be at least 1, not " + value);
    }
    return value;
  }
}
