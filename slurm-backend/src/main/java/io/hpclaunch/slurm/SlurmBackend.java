// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.Detectable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.ReasonExplainer;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.api.ResourceReporter;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.container.ContainerHost;
import io.hpclaunch.core.container.ContainerSettings;
import io.hpclaunch.core.scheduler.CarriedToken;
import io.hpclaunch.core.scheduler.JobQueries;
import io.hpclaunch.core.scheduler.NoAnswer;
import io.hpclaunch.core.scheduler.OutputFolders;
import io.hpclaunch.core.scheduler.SchedulerCommands;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs on clusters that Slurm schedules, through its commands: sbatch, squeue, sacct, scancel,
 * scontrol, sinfo. Found by {@code slurm} and {@code sbatch}. Written for Slurm 21.08 and newer,
 * seen on 22.05.
 *
 * <p>A job's token travels as the directory of its submission, as the path of its script, and as
 * its comment: accounting keeps the first two wherever it keeps jobs.
 *
 * @since 0.1
 */
public final class SlurmBackend
    implements HPCBackend,
        Detectable,
        ResourceReporter,
        QueueReporter,
        ReasonExplainer,
        ContainerHost {
  private static final String NAME = "slurm";
  private static final int ASKED = 200;
  private static final Duration DETECTION_LIMIT = Duration.ofSeconds(10);
  private static final Duration POLLING = Duration.ofSeconds(2);

  /** KillWait where it cannot be asked: the default of slurm.conf(5). */
  private static final Duration KILL_WAIT = Duration.ofSeconds(30);

  /** Another client's answer may be that old; less than the time between two rounds of one. */
  private static final Duration SHARED = Duration.ofSeconds(1);

  /** Clocks of clients and clusters differ. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

  /** As many words as a command line takes anywhere. */
  private static final int IDS_PER_CALL = 1000;

  /** Made when something is logged: hpc-launch loads this class and starts no logging. */
  private static final class Log {
    static final Logger LOG = LoggerFactory.getLogger(SlurmBackend.class);
  }

  private @Nullable BackendContext context;
  private @Nullable SchedulerCommands commands;
  private @Nullable SlurmConfig config;
  private @Nullable SlurmListings listings;
  private @Nullable JobQueries queries;
  private @Nullable LimitCheck limits;

  /** Made by the service loader. */
  public SlurmBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean matches(String name) {
    return name.equals(NAME) || name.equals("sbatch");
  }

  @Override
  public String defaultLauncher() {
    return "srun";
  }

  @Override
  public List<ConfigKey> configKeys() {
    List<ConfigKey> keys = new ArrayList<>(SlurmConfig.KEYS);
    keys.addAll(ContainerSettings.KEYS);
    return List.copyOf(keys);
  }

  @Override
  public Duration killGrace() {
    try {
      Integer seconds = initialized(listings).config(cluster()).killWait();
      return seconds == null ? KILL_WAIT : Duration.ofSeconds(seconds);
    } catch (NoAnswer e) {
      Log.LOG.debug("KillWait is not known: {}", e.why());
      return KILL_WAIT;
    }
  }

  @Override
  public Duration pollingInterval() {
    return POLLING;
  }

  @Override
  public void initialize(BackendContext context) {
    SlurmConfig settings = SlurmConfig.of(context.config());
    SchedulerCommands made = new SchedulerCommands(context, settings.commands());
    SlurmListings told = new SlurmListings(made, settings.accounting());
    this.context = context;
    config = settings;
    commands = made;
    listings = told;
    queries = new JobQueries(told, context.clock(), SHARED);
    limits = new LimitCheck(made, told, context.clock(), settings.cluster());
  }

  private static <T> T initialized(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not initialized");
    }
    return part;
  }

  private @Nullable String cluster() {
    return initialized(config).cluster();
  }

  /** Arrays go as far as MaxArraySize says; where it cannot be asked sbatch will say. */
  @Override
  public Capabilities capabilities() {
    EnumSet<Capability> all = EnumSet.allOf(Capability.class);
    all.remove(Capability.CHUNKS);
    Integer size = null;
    try {
      size = initialized(listings).config(cluster()).maxArraySize();
    } catch (NoAnswer e) {
      Log.LOG.debug("MaxArraySize is not known: {}", e.why());
    }
    return new Capabilities(all, size == null ? null : Math.max(0, size - 1));
  }

  // ---- submission

  @Override
  public String script(SubmitRequest request) {
    return request.script(SlurmDirectives.form(request));
  }

  @Override
  public NativeId submit(SubmitRequest request) {
    List<String> argv = new ArrayList<>(List.of("sbatch", "--parsable"));
    if (cluster() != null) {
      argv.add("--clusters=" + cluster());
    }
    List<String> options = initialized(context).submit().words("default_options");
    argv.addAll(options);
    argv.add(request.scriptPath());
    if (initialized(config).checkLimits()
        && options.isEmpty()
        && PartitionLimits.apply(request.spec())) {
      initialized(limits).check(request.spec().resources());
    }
    OutputFolders.make(initialized(context).transport(), request);
    try {
      return submitted(
          request, initialized(commands).submit(argv, null, initialized(config).submitLimit()));
    } catch (CommandFailed e) {
      if (e.fate() == CommandFailed.Fate.NOT_STARTED) {
        throw new BackendUnavailable("sbatch cannot be run: " + e.getMessage(), e);
      }
      throw new OutcomeUnknown(request.token(), "sbatch: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new OutcomeUnknown(request.token(), "sbatch: " + e.getMessage(), e);
    }
  }

  private static NativeId submitted(SubmitRequest request, CommandResult result) {
    NativeId id = SbatchAnswer.read(result.stdout());
    if (id != null && result.status() == 0) {
      return id;
    }
    if (id != null) { // what failed came after the submission
      throw new OutcomeUnknown(
          request.token(),
          "sbatch told job " + id + " and ended with status " + result.status(),
          null);
    }
    throw SbatchError.of(result.status(), result.stderr()).exception(request.token());
  }

  // ---- following

  @Override
  public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    return initialized(queries).query(ids);
  }

  @Override
  public Map<Token, NativeId> find(Collection<Token> tokens, Instant since) {
    Map<Token, NativeId> found = new HashMap<>();
    try {
      String told =
          initialized(commands).ask(Squeue.mine(cluster()), Duration.ZERO).text();
      for (Squeue.Row row : Squeue.parse(told).rows()) {
        note(found, tokens, row.id(), row.command(), row.workDir(), row.comment());
      }
    } catch (NoAnswer e) {
      throw new BackendUnavailable(e.why(), e);
    }
    if (found.size() < tokens.size() && initialized(listings).keepsEnded(cluster())) {
      findInAccounts(found, tokens, since.minus(CLOCKS_DIFFER));
    }
    return found;
  }

  /** What ended long since; what began to run before has left its claim, too. */
  private void findInAccounts(Map<Token, NativeId> found, Collection<Token> tokens, Instant since) {
    try {
      String told = initialized(commands).ask(Sacct.find(since, cluster()));
      for (Sacct.Found job : Sacct.parseFound(told)) {
        note(found, tokens, job.id(), job.submitLine(), job.workDir(), job.comment());
      }
    } catch (NoAnswer e) {
      Log.LOG.debug("Accounts cannot be searched: {}", e.why());
    }
  }

  private void note(
      Map<Token, NativeId> found, Collection<Token> tokens, SlurmId id, @Nullable String... texts) {
    for (Token token : tokens) {
      for (String text : texts) {
        if (CarriedToken.isIn(text, token)) {
          found.put(token, NativeId.of(id.job()).onCluster(cluster()));
        }
      }
    }
  }

  // ---- cancelling

  @Override
  public void cancel(Collection<NativeId> ids) {
    Map<String, List<String>> clusters = new LinkedHashMap<>();
    for (NativeId id : new LinkedHashSet<>(ids)) {
      String cluster = id.cluster() == null ? "" : id.cluster();
      clusters
          .computeIfAbsent(cluster, c -> new ArrayList<>())
          .add(initialized(listings).text(id));
    }
    List<String> refusals = new ArrayList<>();
    clusters.forEach((cluster, some) -> {
      for (int from = 0; from < some.size(); from += IDS_PER_CALL) {
        List<String> few = some.subList(from, Math.min(some.size(), from + IDS_PER_CALL));
        String refusal = cancel(cluster, few);
        if (!refusal.isEmpty()) {
          refusals.add(refusal);
        }
      }
    });
    if (!refusals.isEmpty()) {
      throw new Rejected(String.join("; ", refusals));
    }
  }

  /** What Slurm refused; jobs that it does not know, or that have ended, are no refusal. */
  private String cancel(String cluster, List<String> ids) {
    List<String> argv = new ArrayList<>(List.of("scancel"));
    if (!cluster.isEmpty()) {
      argv.add("--clusters=" + cluster);
    }
    argv.addAll(ids);
    CommandResult result;
    try {
      result = initialized(commands).run(argv);
    } catch (IOException e) {
      throw new BackendUnavailable("scancel: " + e.getMessage(), e);
    }
    return result.status() == 0 ? "" : ScancelError.refusal(result.status(), result.stderr());
  }

  // ---- the cluster

  @Override
  public int detectionOrder() {
    return ASKED;
  }

  /**
   * Both commands must answer as Slurm's own: other schedulers bring commands of these names. That
   * a controller is down now does not make this another kind of machine.
   */
  @Override
  public Finding detect(Transport here) {
    String version = "";
    for (String name : List.of("sbatch", "squeue")) {
      try {
        CommandResult result = here.run(Command.of(name, "--version").withTimeout(DETECTION_LIMIT));
        version = result.stdout().strip();
        String said = SchedulerCommands.oneLine(result.stderr());
        if (result.status() != 0 && said.contains("configuration")) {
          return Finding.absent(
              name + " finds no cluster: " + said, "set SLURM_CONF to the cluster's slurm.conf");
        }
        if (result.status() != 0 || !version.startsWith("slurm")) {
          return Finding.absent(
              name + " --version answered '" + version.lines().findFirst().orElse("")
                  + "', and not as Slurm's does",
              "name the scheduler with --backend, or mend " + name);
        }
      } catch (CommandFailed e) {
        return e.fate() == CommandFailed.Fate.NOT_STARTED
            ? Finding.absent(
                "there is no " + name + " on PATH", "load Slurm's module, if there is one")
            : Finding.absent(name + " --version did not answer: " + e.getMessage(), null);
      } catch (IOException e) {
        return Finding.absent(name + " --version failed: " + e.getMessage(), null);
      }
    }
    return Finding.present("sbatch and squeue answer: " + version);
  }

  @Override
  public ResourceReport resources() {
    return Sinfo.parse(asked(Sinfo.argv(cluster())));
  }

  @Override
  public List<Entry> queue(boolean mineOnly) {
    List<String> argv = mineOnly ? Squeue.mine(cluster()) : Squeue.everybodys(cluster());
    List<Entry> entries = new ArrayList<>();
    for (Squeue.Row row : Squeue.parse(asked(argv)).rows()) {
      JobInfo info = row.info();
      if (!info.state().isFinal()) {
        entries.add(entry(row, info));
      }
    }
    return entries;
  }

  private Entry entry(Squeue.Row row, JobInfo info) {
    NativeId id = NativeId.of(row.id().job()).onCluster(cluster());
    return new Entry(
        row.id().task() == null ? id : id.element(row.id().task()),
        row.name() == null ? "" : row.name(),
        row.user(),
        info.state(),
        info.nativeState(),
        row.partition(),
        info.reason(),
        info.submitted(),
        info.started(),
        row.nodeCount());
  }

  private String asked(List<String> argv) {
    try {
      return initialized(commands).ask(argv);
    } catch (NoAnswer e) {
      throw new BackendUnavailable(e.why(), e);
    }
  }

  @Override
  public Optional<Explanation> explain(JobInfo info) {
    return SlurmReasons.explain(info);
  }
}
