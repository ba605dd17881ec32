// SPDX-License-Identifier: Apache-2.0
/** The launchers {@code mpi} (Open MPI, MPICH, Intel MPI) and {@code fork} (no MPI at all). */
@NullMarked
package io.hpclaunch.mpi;

import org.jspecify.annotations.NullMarked;
