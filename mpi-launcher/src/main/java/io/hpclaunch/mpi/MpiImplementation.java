// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.mpi;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The implementations of MPI that differ in what they need and in the options of their launcher.
 *
 * <p>Sources: orterun(1) of Open MPI 4.1.4, prterun(1) of Open MPI 5.0 (PRRTE 3), {@code mpiexec
 * --help} of MPICH 4.0.2 (Hydra), the Developer Reference of Intel MPI 2021.
 */
enum MpiImplementation {
  /** Open MPI up to 4: the ORTE run time. */
  OPEN_MPI_4,
  /** Open MPI from 5: the PRRTE run time. */
  OPEN_MPI_5,
  /** MPICH and its kin, with the Hydra launcher. */
  MPICH,
  /** Intel MPI, with its own Hydra. */
  INTEL,
  /** Anything else: nothing is added, and every option known above may have values. */
  UNKNOWN;

  private static final Set<String> OPEN_MPI_ONE = Set.of(
      "n",
      "np",
      "c",
      "N",
      "x",
      "H",
      "host",
      "hostfile",
      "machinefile",
      "default-hostfile",
      "app",
      "am",
      "tune",
      "bind-to",
      "map-by",
      "rank-by",
      "ppr",
      "cf",
      "cartofile",
      "cpu-list",
      "cpu-set",
      "cpus-per-proc",
      "cpus-per-rank",
      "debugger",
      "hnp",
      "launch-agent",
      "max-restarts",
      "max-vm-size",
      "npernode",
      "npersocket",
      "ompi-server",
      "output-filename",
      "path",
      "personality",
      "prefix",
      "preload-files",
      "report-events",
      "report-pid",
      "report-uri",
      "rf",
      "rankfile",
      "stdin",
      "timeout",
      "wd",
      "wdir",
      "xml-file",
      "xterm",
      "tmpdir",
      // PRRTE's
      "output",
      "output-directory",
      "display",
      "runtime-options",
      "pset",
      "with-ft",
      "dvm-uri",
      "namespace",
      "forward-signals",
      "memory-alloc-kind",
      "gpu-support",
      "cpus",
      "set-sid",
      "stream-buffering",
      "dvm-hostfile",
      "rtos");
  private static final Set<String> OPEN_MPI_TWO =
      Set.of("mca", "gmca", "omca", "gomca", "pmixmca", "gpmixmca", "prtemca", "gprtemca");

  private static final Set<String> HYDRA_ONE = Set.of(
      "n",
      "np",
      "f",
      "hosts",
      "host",
      "hostfile",
      "machinefile",
      "machine",
      "wdir",
      "path",
      "arch",
      "soft",
      "file",
      "configfile",
      "genvlist",
      "envlist",
      "launcher",
      "launcher-exec",
      "rmk",
      "topolib",
      "bind-to",
      "map-by",
      "membind",
      "demux",
      "iface",
      "ppn",
      "prepend-pattern",
      "outfile-pattern",
      "errfile-pattern",
      "nameserver",
      "localhost",
      "usize",
      "order-nodes",
      "gpus-per-proc",
      "gpu-subdevs-per-proc",
      "pmi-port-range",
      "hostlist",
      "timeout",
      // Intel's
      "perhost",
      "grr",
      "bootstrap",
      "bootstrap-exec",
      "bootstrap-exec-args",
      "branch-count",
      "umask",
      "s",
      "gtool",
      "gtoolfile",
      "hosts-group",
      "pmi-connect",
      "use-app-topology",
      "tmpdir",
      "nolocal-host",
      "tune-file");
  private static final Set<String> HYDRA_TWO = Set.of("genv", "env");

  /**
   * Recognises an implementation by the answer of its launcher to {@code --version}.
   *
   * @param answer standard output and standard error
   * @return the implementation, or {@link #UNKNOWN}
   */
  static MpiImplementation recognise(String answer) {
    int version = answer.indexOf("(Open MPI) ");
    if (version >= 0) {
      return majorBelow5(answer, version + "(Open MPI) ".length()) ? OPEN_MPI_4 : OPEN_MPI_5;
    }
    if (answer.contains("OpenRTE")) {
      return OPEN_MPI_4;
    }
    if (answer.contains("PRRTE")) {
      return OPEN_MPI_5;
    }
    if (answer.contains("Intel(R) MPI")) {
      return INTEL;
    }
    if (answer.contains("HYDRA build details")) {
      return MPICH;
    }
    return UNKNOWN;
  }

  private static boolean majorBelow5(String answer, int at) {
    return at + 1 < answer.length() && answer.charAt(at) < '5' && answer.charAt(at + 1) == '.';
  }

  /**
   * How many of the words that follow an option are its values.
   *
   * @param option with its dashes, of which one and two mean the same
   * @return 0, 1 or 2
   */
  int valuesOf(String option) {
    String name = option.substring(option.startsWith("--") ? 2 : 1);
    boolean openMpi = this != MPICH && this != INTEL;
    boolean hydra = this != OPEN_MPI_4 && this != OPEN_MPI_5;
    if ((openMpi && OPEN_MPI_TWO.contains(name)) || (hydra && HYDRA_TWO.contains(name))) {
      return 2;
    }
    if ((openMpi && OPEN_MPI_ONE.contains(name)) || (hydra && HYDRA_ONE.contains(name))) {
      return 1;
    }
    return 0;
  }

  /**
   * What the implementation needs in its environment to run at all.
   *
   * @param superuser whether root asks
   * @param crowded whether there are more ranks than cores
   * @return variables to set, unless the user has set them
   */
  Map<String, String> needs(boolean superuser, boolean crowded) {
    Map<String, String> variables = new LinkedHashMap<>();
    boolean openMpi = this == OPEN_MPI_4 || this == OPEN_MPI_5;
    if (openMpi && superuser) {
      variables.put("OMPI_ALLOW_RUN_AS_ROOT", "1");
      variables.put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
      if (this == OPEN_MPI_5) {
        variables.put("PRTE_ALLOW_RUN_AS_ROOT", "1");
        variables.put("PRTE_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
      }
    }
    if (openMpi && crowded) {
      if (this == OPEN_MPI_5) {
        variables.put("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe");
      } else {
        variables.put("OMPI_MCA_rmaps_base_oversubscribe", "1");
      }
    }
    return variables;
  }
}
