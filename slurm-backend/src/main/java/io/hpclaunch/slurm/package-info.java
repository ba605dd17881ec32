// SPDX-License-Identifier: Apache-2.0
/** The backend {@code slurm}: clusters that Slurm schedules, from a login node or over SSH. */
@NullMarked
package io.hpclaunch.slurm;

import org.jspecify.annotations.NullMarked;
