// SPDX-License-Identifier: Apache-2.0
/** The launchers {@code mpi} and {@code fork}. */
module io.hpclaunch.mpi {
  requires transitive io.hpclaunch.api;

  exports io.hpclaunch.mpi;

  provides io.hpclaunch.api.HPCLauncher with
      io.hpclaunch.mpi.MpiLauncher,
      io.hpclaunch.mpi.ForkLauncher;
}
