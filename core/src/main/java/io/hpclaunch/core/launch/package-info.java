// SPDX-License-Identifier: Apache-2.0
/**
 * From a launch line to the command that is run: words → segments → plan → a line for the shell that
 * asked. Everything here is on the path of each start of {@code hpc-launch}, so that it loads little.
 */
@NullMarked
package io.hpclaunch.core.launch;

import org.jspecify.annotations.NullMarked;
