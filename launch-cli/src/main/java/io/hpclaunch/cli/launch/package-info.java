// SPDX-License-Identifier: Apache-2.0
/**
 * {@code hpc-launch}: plans a launch line for the shell that asked. Everything here is on the path of
 * each start, so that it loads little: no logging, no command-line library.
 */
@NullMarked
package io.hpclaunch.cli.launch;

import org.jspecify.annotations.NullMarked;
