// SPDX-License-Identifier: Apache-2.0
/** Commands in containers: the runtimes, what each is told, and the lines of a job's script. */
@NullMarked
package io.hpclaunch.core.container;

import org.jspecify.annotations.NullMarked;
