// SPDX-License-Identifier: Apache-2.0
/** The backend {@code slurm}, clusters that Slurm schedules, and the launcher {@code srun}. */
module io.hpclaunch.slurm {
  requires transitive io.hpclaunch.api;
  requires transitive io.hpclaunch.core;
  requires org.slf4j;

  exports io.hpclaunch.slurm;

  provides io.hpclaunch.api.HPCBackend with
      io.hpclaunch.slurm.SlurmBackend;
  provides io.hpclaunch.api.HPCLauncher with
      io.hpclaunch.slurm.SrunLauncher;
}
