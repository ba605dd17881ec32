// SPDX-License-Identifier: Apache-2.0
/**
 * How a launcher's command line is planned: the user's words go in as {@linkplain
 * io.hpclaunch.api.launch.Segment segments}, a {@linkplain io.hpclaunch.api.launch.LaunchPlan plan} comes
 * out, and the process that asked becomes the launcher.
 */
@NullMarked
package io.hpclaunch.api.launch;

import org.jspecify.annotations.NullMarked;
