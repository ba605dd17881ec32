// SPDX-License-Identifier: Apache-2.0
/** {@code hpc run}: tasks with files, prepared, submitted, polled and collected. */
@NullMarked
package io.hpclaunch.cli.run;

import org.jspecify.annotations.NullMarked;
