// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.LaunchSettings;
import io.hpclaunch.api.launch.Placeholders;
import io.hpclaunch.api.launch.Segment;
import io.hpclaunch.api.launch.Topology;
import io.hpclaunch.api.launch.Word;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Starts parallel programs by Slurm's {@code srun}: in the allocation it stands in, else in one of
 * its own. Found by {@code srun}, and by a path to it.
 *
 * <p>The command line stays the user's, with two additions. Where the program says by the libraries
 * it names that it needs {@code --mpi=pmix} or {@code --mpi=pmi2}, and srun has that, the option
 * stands first; the user's own {@code --mpi}, the configuration's, and {@code SLURM_MPI_TYPE} keep
 * it away. Several programs go into a file for {@code --multi-prog}; as components of a
 * heterogeneous job ({@code --het-group}) they stay divided by {@code :}.
 *
 * @since 0.1
 */
public final class SrunLauncher implements HPCLauncher {
  private static final String NAME = "srun";
  private static final String MPI_TYPE = "SLURM_MPI_TYPE";

  private String executable = NAME;

  /** Made by the service loader. */
  public SrunLauncher() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean matches(String name) {
    return name.equals(NAME) || name.endsWith("/" + NAME);
  }

  @Override
  public void initialize(LaunchContext context) {
    String configured = context.settings().exec();
    executable = configured != null ? configured : NAME;
    if (configured == null && context.requestedName().indexOf('/') >= 0) {
      executable = context.requestedName();
    }
  }

  @Override
  public String executable() {
    return executable;
  }

  @Override
  public int valuesOf(String option) {
    return SrunOptions.valuesOf(option);
  }

  @Override
  public Optional<Topology> topology(LaunchContext context) {
    Path srun = context.which(executable).orElse(null);
    Optional<Path> sinfo = srun == null
        ? Optional.empty()
        : context.which(srun.resolveSibling("sinfo").toString());
    if (sinfo.isEmpty()) {
      sinfo = context.which("sinfo");
    }
    return SrunTopology.of(context, sinfo.orElse(null));
  }

  @Override
  public LaunchPlan plan(LaunchContext context, List<Segment> segments) {
    List<SrunOptions> options = new ArrayList<>(segments.size());
    List<Segment> counted = new ArrayList<>(segments.size());
    boolean components = false;
    for (Segment segment : segments) {
      SrunOptions own = new SrunOptions(segment.options(), flag(context));
      options.add(own);
      counted.add(counted(segment, own, flag(context)));
      components |= own.has("--het-group") || own.has("--pack-group");
    }
    LaunchPlan plan = segments.size() == 1 || components
        ? HPCLauncher.super.plan(context, counted)
        : oneStep(context, counted, options);
    return inheriting(withMpi(plan, context, options, counted), context, options);
  }

  private static @Nullable String flag(LaunchContext context) {
    return context.settings().numprocFlag();
  }

  /** srun has spellings of the count that hpc-launch does not read. */
  private static Segment counted(Segment segment, SrunOptions own, @Nullable String flag) {
    if (segment.count().isPresent() || !own.has("--ntasks")) {
      return segment;
    }
    return new Segment(segment.options(), segment.program(), OptionalInt.of(own.count(flag)));
  }

  // ---- several programs
  // --------------------------------------------------------------------------

  private LaunchPlan oneStep(
      LaunchContext context, List<Segment> segments, List<SrunOptions> options) {
    String flag = flag(context);
    int total = total(segments);
    SrunPrograms programs = new SrunPrograms();
    for (Segment segment : segments) {
      programs.add(segment.ranks(), segment.program());
    }
    List<Word> line = new ArrayList<>(texts(context.settings().localOptions()));
    line.add(Word.of(flag == null ? "-n" : flag));
    line.add(Word.of(Integer.toString(total)));
    line.addAll(SrunOptions.ofOneStep(options, flag));
    Segment step = new Segment(
        line, List.of(Word.of("--multi-prog"), new Word.FilePath(0)), OptionalInt.of(total));
    LaunchPlan plan = HPCLauncher.super.plan(context, List.of(step));
    List<Word> argv = new ArrayList<>(plan.argv());
    argv.addAll(1, global(context, total));
    return new LaunchPlan(argv, plan.set(), plan.unset(), List.of(programs.file()));
  }

  private static int total(List<Segment> segments) {
    long total = 0;
    for (Segment segment : segments) {
      total += segment.ranks();
    }
    if (total > Integer.MAX_VALUE) {
      throw new InvalidJob(total + " ranks are more than " + Integer.MAX_VALUE);
    }
    return (int) total;
  }

  private static List<Word> global(LaunchContext context, int total) {
    List<Word> options = texts(context.settings().globalOptions());
    for (Word option : options) {
      if (option.text().indexOf('%') >= 0) {
        return Placeholders.replace(options, context.topology().layout(total));
      }
    }
    return options;
  }

  private static List<Word> texts(List<String> options) {
    List<Word> words = new ArrayList<>(options.size());
    for (String option : options) {
      words.add(Word.of(option));
    }
    return words;
  }

  // ---- what srun is told beside
  // ------------------------------------------------------------------

  private LaunchPlan withMpi(
      LaunchPlan plan, LaunchContext context, List<SrunOptions> options, List<Segment> segments) {
    SrunMpi mpi =
        given(context, MPI_TYPE) || has(context, options, "--mpi") ? null : mpi(context, segments);
    Path srun = mpi == null ? null : context.which(executable).orElse(null);
    if (mpi == null || srun == null) {
      return plan;
    }
    String types = ask(context, srun, List.of("--mpi=list"), new SrunMpi.Types());
    if (!SrunMpi.Types.have(types, mpi)) {
      return plan;
    }
    List<Word> argv = new ArrayList<>(plan.argv());
    argv.add(1, Word.of("--mpi=" + mpi.type()));
    return new LaunchPlan(argv, plan.set(), plan.unset(), plan.files());
  }

  /** The MPI of the programs, or null where none names one, or they differ. */
  private static @Nullable SrunMpi mpi(LaunchContext context, List<Segment> segments) {
    SrunMpi all = null;
    for (Segment segment : segments) {
      Path program = context.which(segment.program().get(0).text()).orElse(null);
      SrunMpi own = program == null ? null : SrunMpi.of(SrunElf.libraries(program));
      if (all != null && own != null && own != all) {
        return null;
      }
      all = own == null ? all : own;
    }
    return all;
  }

  /**
   * From 22.05 on a step does not inherit the allocation's cpus of a task, unless this variable
   * says so.
   */
  private static LaunchPlan inheriting(
      LaunchPlan plan, LaunchContext context, List<SrunOptions> options) {
    String cpus = context.environment("SLURM_CPUS_PER_TASK");
    return cpus == null || has(context, options, "--cpus-per-task")
        ? plan
        : plan.withDefaults(Map.of("SRUN_CPUS_PER_TASK", cpus), context);
  }

  private static boolean given(LaunchContext context, String variable) {
    return context.environment(variable) != null
        || context.settings().variables().containsKey(variable);
  }

  private static boolean has(LaunchContext context, List<SrunOptions> options, String name) {
    LaunchSettings settings = context.settings();
    List<Word> configured = texts(settings.defaultOptions());
    configured.addAll(texts(settings.preOptions()));
    configured.addAll(texts(settings.globalOptions()));
    configured.addAll(texts(settings.localOptions()));
    boolean has = new SrunOptions(configured, settings.numprocFlag()).has(name);
    for (SrunOptions own : options) {
      has |= own.has(name);
    }
    return has;
  }

  /** Asks one of Slurm's commands about the cluster that the launch is meant for. */
  static String ask(
      LaunchContext context, Path command, List<String> arguments, UnaryOperator<String> digest) {
    String conf = context.settings().variables().get("SLURM_CONF");
    conf = conf == null ? context.environment("SLURM_CONF") : conf;
    Path env = conf == null ? null : context.which("env").orElse(null);
    if (env == null) {
      return context.ask(command, arguments, digest);
    }
    // another cluster's answer is another one: what is remembered goes by the arguments
    List<String> argv = new ArrayList<>(List.of("SLURM_CONF=" + conf, command.toString()));
    argv.addAll(arguments);
    return context.ask(env, argv, digest);
  }
}
