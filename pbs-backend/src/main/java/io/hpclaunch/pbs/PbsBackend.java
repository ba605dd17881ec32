// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.ArrayRange;
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
import io.hpclaunch.api.OutputDelivery;
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
import io.hpclaunch.core.scheduler.JobQueries;
import io.hpclaunch.core.scheduler.NoAnswer;
import io.hpclaunch.core.scheduler.OutputFolders;
import io.hpclaunch.core.scheduler.SchedulerCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs on clusters that OpenPBS, PBS Professional or Torque schedules, through the commands: qsub,
 * qstat, qdel, pbsnodes. Found by {@code pbs}, {@code qsub}, {@code openpbs} and {@code torque}.
 * Seen on OpenPBS 23.06; Torque is written from the documentation of version 6.
 *
 * <p>A job's token travels as a variable, and as the directory of its submission.
 *
 * @since 0.1
 */
public final class PbsBackend
    implements HPCBackend,
        Detectable,
        ResourceReporter,
        QueueReporter,
        ReasonExplainer,
        OutputDelivery,
        ContainerHost {
  private static final String NAME = "pbs";
  private static final List<String> ALIASES = List.of("qsub", "openpbs", "torque");

  /** Before Slurm, which brings wrappers that look like PBS, and never the other way round. */
  private static final int ASKED = 100;

  private static final Duration DETECTION_LIMIT = Duration.ofSeconds(10);
  private static final Duration POLLING = Duration.ofSeconds(5);

  /** kill_delay of a queue, unless a site sets another: pbs_queue_attributes(7B). */
  private static final Duration KILL_DELAY = Duration.ofSeconds(10);

  /** Another client's answer may be that old; less than the time between two rounds of one. */
  private static final Duration SHARED = Duration.ofSeconds(2);

  private static final int IDS_PER_CALL = 200;

  /** Of a whole array, whose end is that of its elements. */
  private static final Set<String> ENDED = Set.of("F", "X", "C");

  /**
   * Each command takes a port below 1024 of the host, which stays in TIME_WAIT for a minute. Of
   * about 512 (seen on OpenPBS 23.06: the next command took 61 s) some are left for others.
   */
  private static final int COMMANDS_PER_MINUTE = 400;

  /** Made when something is logged: hpc-launch loads this class and starts no logging. */
  private static final class Log {
    static final Logger LOG = LoggerFactory.getLogger(PbsBackend.class);
  }

  private @Nullable BackendContext context;
  private @Nullable PbsConfig config;
  private @Nullable SchedulerCommands commands;
  private @Nullable PbsCommands pbs;
  private @Nullable PbsListings listings;
  private @Nullable JobQueries queries;

  /** Made by the service loader. */
  public PbsBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean matches(String name) {
    return name.equals(NAME) || ALIASES.contains(name);
  }

  @Override
  public List<ConfigKey> configKeys() {
    List<ConfigKey> keys = new ArrayList<>(PbsConfig.KEYS);
    keys.addAll(ContainerSettings.KEYS);
    return List.copyOf(keys);
  }

  @Override
  public Duration killGrace() {
    return KILL_DELAY;
  }

  @Override
  public Duration pollingInterval() {
    return POLLING;
  }

  @Override
  public int commandsPerMinute() {
    return COMMANDS_PER_MINUTE;
  }

  @Override
  public void initialize(BackendContext context) {
    PbsConfig settings = PbsConfig.of(context.config());
    SchedulerCommands made =
        new SchedulerCommands(context, settings.commands(installed(context.transport())));
    PbsCommands asking = new PbsCommands(made, settings.dialect());
    PbsListings told = new PbsListings(asking, settings.history());
    this.context = context;
    config = settings;
    commands = made;
    pbs = asking;
    listings = told;
    queries = new JobQueries(told, context.clock(), SHARED);
  }

  private static <T> T initialized(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not initialized");
    }
    return part;
  }

  /** {@code PBS_EXEC} of this machine, where PATH has no qsub. */
  private static @Nullable String installed(Transport transport) {
    String exec = System.getenv("PBS_EXEC");
    if (!transport.isLocal() || exec == null || exec.isEmpty()) {
      return null;
    }
    for (String folder : String.valueOf(System.getenv("PATH")).split(":", -1)) {
      if (folder.startsWith("/") && Files.isExecutable(Path.of(folder, "qsub"))) {
        return null;
      }
    }
    return exec;
  }

  /** Arrays go as far as max_array_size says; where it cannot be asked qsub will say. */
  @Override
  public Capabilities capabilities() {
    EnumSet<Capability> all = EnumSet.allOf(Capability.class);
    if (initialized(pbs).isTorque()) {
      all.remove(Capability.CHUNKS);
    }
    Integer size = null;
    try {
      ServerInfo server = initialized(pbs).server();
      size = server == null ? null : server.maxArraySize();
    } catch (NoAnswer e) {
      Log.LOG.debug("max_array_size is not known: {}", e.why());
    }
    return new Capabilities(all, size == null ? null : Math.max(0, size - 1));
  }

  // ---- submission

  @Override
  public String script(SubmitRequest request) {
    return request.script(
        PbsDirectives.form(request, initialized(pbs).dialect(), initialized(config)));
  }

  @Override
  public NativeId submit(SubmitRequest request) {
    List<String> argv = new ArrayList<>(List.of("qsub"));
    argv.addAll(initialized(context).submit().words("default_options"));
    argv.add(request.scriptPath());
    OutputFolders.make(initialized(context).transport(), request);
    try {
      return submitted(
          request,
          initialized(commands)
              .submit(argv, request.jobDirectory(), initialized(config).submitLimit()));
    } catch (CommandFailed e) {
      if (e.fate() == CommandFailed.Fate.NOT_STARTED) {
        throw new BackendUnavailable("qsub cannot be run: " + e.getMessage(), e);
      }
      throw new OutcomeUnknown(request.token(), "qsub: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new OutcomeUnknown(request.token(), "qsub: " + e.getMessage(), e);
    }
  }

  private static NativeId submitted(SubmitRequest request, CommandResult result) {
    NativeId id = QsubAnswer.read(result.stdout());
    if (id != null && result.status() == 0) {
      return id;
    }
    if (id != null) { // what failed came after the submission
      throw new OutcomeUnknown(
          request.token(),
          "qsub told job " + id + " and ended with status " + result.status(),
          null);
    }
    throw QsubError.of(result.status(), result.stderr()).exception(request.token());
  }

  // ---- following

  @Override
  public Map<NativeId, Observation> query(Collection<NativeId> ids) {
    List<NativeId> known = new ArrayList<>(ids.size());
    Map<NativeId, Observation> told = new HashMap<>();
    for (NativeId id : ids) {
      if (PbsId.parse(id.value()) == null) {
        told.put(id, Observation.notKnown(id + " is no id of PBS"));
      } else {
        known.add(id);
      }
    }
    told.putAll(initialized(queries).query(known));
    return told;
  }

  @Override
  public Map<Token, NativeId> find(Collection<Token> tokens, Instant since) {
    Map<Token, NativeId> found = new HashMap<>();
    try {
      note(found, tokens, initialized(pbs).queued(false, Duration.ZERO).jobs());
    } catch (NoAnswer e) {
      throw new BackendUnavailable(e.why(), e);
    }
    if (found.size() < tokens.size() && initialized(listings).keepsEnded(null)) {
      try {
        note(found, tokens, initialized(pbs).remembered(false, Duration.ZERO).jobs());
      } catch (NoAnswer e) { // what began to run has left its claim, too
        Log.LOG.debug("The history cannot be searched: {}", e.why());
      }
    }
    return found;
  }

  private static void note(Map<Token, NativeId> found, Collection<Token> tokens, Listing listing) {
    for (PbsJob job : listing.jobs()) {
      Token token = PbsListings.token(job);
      if (token != null && tokens.contains(token)) {
        found.put(token, job.id().whole().nativeId());
      }
    }
  }

  /** In state E the node brings the job's files to where it was submitted. */
  @Override
  public boolean isDelivering(JobInfo info) {
    return "E".equals(info.nativeState());
  }

  // ---- cancelling

  @Override
  public void cancel(Collection<NativeId> ids) {
    List<String> words = words(ids);
    List<String> refusals = new ArrayList<>();
    for (int from = 0; from < words.size(); from += IDS_PER_CALL) {
      List<String> argv = new ArrayList<>(List.of("qdel"));
      argv.addAll(words.subList(from, Math.min(words.size(), from + IDS_PER_CALL)));
      String refusal = cancel(argv);
      if (!refusal.isEmpty()) {
        refusals.add(refusal);
      }
    }
    if (!refusals.isEmpty()) {
      throw new Rejected(String.join("; ", refusals));
    }
  }

  private String cancel(List<String> argv) {
    try {
      CommandResult result = initialized(commands).run(argv);
      return result.status() == 0 ? "" : QdelError.refusal(result.status(), result.stderr());
    } catch (IOException e) {
      throw new BackendUnavailable("qdel: " + e.getMessage(), e);
    }
  }

  /** Neighbours among the elements of an array are one word: {@code 84[2-3].server}. */
  private List<String> words(Collection<NativeId> ids) {
    List<String> words = new ArrayList<>();
    Map<PbsId, TreeSet<Integer>> elements = new LinkedHashMap<>();
    for (NativeId id : ids) {
      PbsId job = PbsId.parse(id.value());
      if (job == null) {
        continue; // nothing that PBS could know
      }
      Integer index = PbsId.of(id).index();
      if (index == null) {
        words.add(job.text());
      } else {
        elements.computeIfAbsent(job.whole(), j -> new TreeSet<>()).add(index);
      }
    }
    elements.forEach((array, indices) -> {
      for (ArrayRange run : runs(indices)) {
        String range = run.size() == 1 ? String.valueOf(run.first()) : run.toString();
        words.add(array.text().replace("[]", "[" + range + "]"));
      }
    });
    return words;
  }

  private List<ArrayRange> runs(SortedSet<Integer> indices) {
    List<ArrayRange> runs = new ArrayList<>();
    int first = -1;
    int last = -1;
    for (int index : indices) {
      if (first >= 0 && (index != last + 1 || initialized(pbs).isTorque())) {
        runs.add(ArrayRange.of(first, last));
        first = index;
      }
      first = first < 0 ? index : first;
      last = index;
    }
    runs.add(ArrayRange.of(first, last));
    return runs;
  }

  // ---- the cluster

  @Override
  public int detectionOrder() {
    return ASKED;
  }

  /**
   * Both commands must answer as PBS's own: Slurm and Grid Engine bring commands of these names.
   * That a server is down now does not make this another kind of machine.
   */
  @Override
  public Finding detect(Transport here) {
    String exec = installed(here);
    String folder = exec == null ? "" : exec + "/bin/";
    Map<String, String> answers = new LinkedHashMap<>();
    for (String name : List.of("qsub", "qstat")) {
      try {
        CommandResult result =
            here.run(Command.of(folder + name, "--version").withTimeout(DETECTION_LIMIT));
        answers.put(name, result.stdout() + "\n" + result.stderr());
      } catch (CommandFailed e) {
        return e.fate() == CommandFailed.Fate.NOT_STARTED
            ? Finding.absent(
                "there is no " + name + " on PATH", "load PBS's module, or set PBS_EXEC")
            : Finding.absent(name + " --version did not answer: " + e.getMessage(), null);
      } catch (IOException e) {
        return Finding.absent(name + " --version failed: " + e.getMessage(), null);
      }
    }
    return finding(answers.getOrDefault("qstat", ""), answers.getOrDefault("qsub", ""));
  }

  private static Finding finding(String qstat, String qsub) {
    Dialects.Verdict both = Dialects.of(qstat, qsub);
    if (both.impostor()) {
      return Finding.absent(both.words(), null);
    }
    String remedy = "if this is a PBS, say which by config.dialect";
    if (both.dialect() == null) {
      return Finding.absent(both.words(), remedy);
    }
    for (String each : List.of(qstat, qsub)) {
      if (Dialects.of(each, "").dialect() == null) {
        return Finding.absent(
            "only one of qsub and qstat answers as PBS's: " + both.words(), remedy);
      }
    }
    return Finding.present("qsub and qstat answer: " + both.words());
  }

  @Override
  public ResourceReport resources() {
    PbsCommands asking = initialized(pbs);
    try {
      ServerInfo server = asking.server();
      return new ResourceReport(
          PbsNodes.parse(asking.nodes()),
          PbsQueues.parse(asking.queues(), server == null ? null : server.defaultQueue()));
    } catch (NoAnswer e) {
      throw new BackendUnavailable(e.why(), e);
    }
  }

  @Override
  public List<Entry> queue(boolean mineOnly) {
    List<Entry> entries = new ArrayList<>();
    try {
      String me = mineOnly ? user() : null;
      for (PbsJob job : initialized(pbs).queued(false, Duration.ZERO).jobs().jobs()) {
        JobInfo info = PbsStates.info(job);
        boolean over = info.state().isFinal() || ENDED.contains(job.state());
        if (!over && (me == null || me.equals(job.user()))) {
          entries.add(entry(job, info));
        }
      }
    } catch (NoAnswer e) {
      throw new BackendUnavailable(e.why(), e);
    }
    return entries;
  }

  private static Entry entry(PbsJob job, JobInfo info) {
    return new Entry(
        job.id().nativeId(),
        job.name() == null ? "" : job.name(),
        job.user(),
        info.state(),
        info.nativeState(),
        job.queue(),
        info.reason(),
        info.submitted(),
        info.started(),
        job.requested().nodect());
  }

  /** Whose jobs those are that this client submits. */
  private String user() throws NoAnswer {
    Transport transport = initialized(context).transport();
    if (transport.isLocal()) {
      return System.getProperty("user.name", "");
    }
    try {
      return transport.run(Command.of("id", "-un")).stdout().strip();
    } catch (IOException | BackendUnavailable e) {
      throw new NoAnswer("id -un: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<Explanation> explain(JobInfo info) {
    return PbsReasons.explain(info);
  }
}
