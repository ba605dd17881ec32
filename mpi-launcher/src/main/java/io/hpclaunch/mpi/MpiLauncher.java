// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.mpi;

import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.LaunchSettings;
import io.hpclaunch.api.launch.Segment;
import io.hpclaunch.api.launch.Word;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Starts MPI programs by the launcher of the MPI that is installed: {@code mpiexec} or
 * {@code mpirun}.
 *
 * <p>Found by {@code mpi}, {@code mpiexec}, {@code mpirun}, by names that begin with one of the
 * latter two ({@code mpirun.openmpi}, {@code mpiexec.hydra}), and by a path to such a file. The
 * command line stays the user's; what the implementation needs to run as root, or with more ranks
 * than cores, goes through environment variables that the user has not set.
 *
 * @since 0.1
 */
public final class MpiLauncher implements HPCLauncher {
  private static final String NAME = "mpi";
  private static final List<String> PREFERRED = List.of("mpiexec", "mpirun");

  /** Variables of batch systems: inside an allocation the launcher learns the slots from it. */
  private static final List<String> ALLOCATIONS =
      List.of("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "PE_HOSTFILE", "OAR_JOB_ID", "FLUX_URI");

  /** Options that tell the launcher how many slots there are. */
  private static final List<String> HOST_OPTIONS =
      List.of("H", "host", "hosts", "hostfile", "machinefile", "machine", "default-hostfile", "f");

  private @Nullable LaunchContext context;
  private String executable = PREFERRED.get(0);
  private @Nullable MpiImplementation implementation;

  /** Made by the service loader. */
  public MpiLauncher() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String executable() {
    return executable;
  }

  @Override
  public boolean matches(String name) {
    if (name.equals(NAME)) {
      return true;
    }
    String file = name.substring(name.lastIndexOf('/') + 1);
    for (String known : PREFERRED) {
      if (file.equals(known) || file.startsWith(known + ".") || file.startsWith(known + "-")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void initialize(LaunchContext context) {
    this.context = context;
    String configured = context.settings().exec();
    if (configured != null) {
      executable = configured;
    } else if (!context.requestedName().equals(NAME)) {
      executable = context.requestedName();
    } else {
      executable = installed(context);
    }
  }

  private static String installed(LaunchContext context) {
    for (String candidate : PREFERRED) {
      if (context.which(candidate).isPresent()) {
        return candidate;
      }
    }
    throw new ExecutableNotFound(
        "no mpiexec or mpirun on PATH: install an MPI (Debian: openmpi-bin; Fedora: openmpi), load its"
            + " module, name it in launch.exec, or start copies without MPI by --backend=fork");
  }

  @Override
  public int valuesOf(String option) {
    return implementation().valuesOf(option);
  }

  @Override
  public LaunchPlan plan(LaunchContext context, List<Segment> segments) {
    LaunchPlan plan = HPCLauncher.super.plan(context, segments);
    boolean superuser = context.superuser();
    boolean crowded = crowded(context, segments);
    if (!superuser && !crowded) {
      return plan;
    }
    return plan.withDefaults(implementation().needs(superuser, crowded), context);
  }

  /** Whether this machine alone is to run more ranks than it has cores. */
  private static boolean crowded(LaunchContext context, List<Segment> segments) {
    int ranks = 0;
    for (Segment segment : segments) {
      ranks += segment.ranks();
    }
    if (ranks <= 1 || ranks <= context.localCores()) {
      return false;
    }
    for (String variable : ALLOCATIONS) {
      if (context.environment(variable) != null) {
        return false;
      }
    }
    return !namesHosts(context.settings(), segments);
  }

  private static boolean namesHosts(LaunchSettings settings, List<Segment> segments) {
    boolean named = namesHosts(settings.globalOptions())
        || namesHosts(settings.defaultOptions())
        || namesHosts(settings.localOptions())
        || namesHosts(settings.preOptions());
    for (Segment segment : segments) {
      for (Word option : segment.options()) {
        named |= namesHosts(option.text());
      }
    }
    return named;
  }

  private static boolean namesHosts(List<String> options) {
    boolean named = false;
    for (String option : options) {
      named |= namesHosts(option);
    }
    return named;
  }

  private static boolean namesHosts(String option) {
    if (!option.startsWith("-")) {
      return false;
    }
    int equals = option.indexOf('=');
    int end = equals < 0 ? option.length() : equals;
    int start = option.startsWith("--") ? 2 : 1;
    return end > start && HOST_OPTIONS.contains(option.substring(start, end));
  }

  private MpiImplementation implementation() {
    MpiImplementation known = implementation;
    if (known == null) {
      known = ask();
      implementation = known;
    }
    return known;
  }

  private MpiImplementation ask() {
    LaunchContext c = context;
    Optional<Path> path = c == null ? Optional.empty() : c.which(executable);
    if (c == null || path.isEmpty()) {
      return MpiImplementation.UNKNOWN;
    }
    String answer = c.ask(path.get(), List.of("--version"), new Recognition());
    for (MpiImplementation candidate : MpiImplementation.values()) {
      if (candidate.name().equals(answer)) {
        return candidate;
      }
    }
    return MpiImplementation.UNKNOWN;
  }

  /** A class and no lambda: the first lambda costs each start of hpc-launch some milliseconds. */
  private static final class Recognition implements UnaryOperator<String> {
    @Override
    public String apply(String answer) {
      return MpiImplementation.recognise(answer).name();
    }
  }
}
