// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.launch;

import io.hpclaunch.core.shell.Quoting;

/** What {@code hpc-launch --help} and {@code --version} print. */
final class Usage {
  static final String LINE =
      "hpc-launch [--backend NAME] [LAUNCHER-OPTIONS] PROGRAM [ARGUMENTS] [: …]";

  private static final String HELP = """
      Usage: hpc-launch [--backend NAME] [--config-file F] [--set KEY=VALUE] [--profile P] [--dry-run]
                        [LAUNCHER-OPTIONS] PROGRAM [ARGUMENTS]
                        [: [LAUNCHER-OPTIONS] PROGRAM [ARGUMENTS]]…

      Starts a parallel program in the foreground, and becomes its launcher.

        --backend NAME     a configured backend (its launch.type), a launcher (mpi, mpiexec, fork …), or
                           a type of backend; default: the configured one, else mpi, else fork
        --config-file F    read this configuration file and no other
        --set KEY=VALUE    set one key of the configuration, such as backends.site.launch.exec=mpirun
        --profile P        choose a profile of the configuration
        --dry-run          print the command line and run nothing
        --debug            print stack traces with errors
        -h, --help         print this text
        --version          print the version

      These options stand first. From the first other word on, everything belongs to the launcher or to
      the program. The program begins at the first word that names an executable, or behind --.
      -n N (-np N, --n N, --np N, -nN) gives the number of ranks; : divides several programs.

        hpc-launch --backend=mpi -n 4 echo 'Hello, world!'
        hpc-launch --backend=mpi -n 1 hostname : -n 3 date

      Exit status: the launcher's own; before it runs 2 wrong usage or configuration, 3 something
      needed cannot be reached, 127 no such launcher or program.
      """;

  private Usage() {}

  static String help() {
    return print(HELP);
  }

  static String version() {
    String version = Usage.class.getPackage().getImplementationVersion();
    return print("hpc-launch " + (version == null ? "(unpackaged)" : version) + "\n");
  }

  /** Lines for the shell that print a text. */
  private static String print(String text) {
    return "printf %s " + Quoting.quote(text) + "\nexit 0\n";
  }
}
