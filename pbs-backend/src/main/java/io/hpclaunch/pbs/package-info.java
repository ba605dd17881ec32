// SPDX-License-Identifier: Apache-2.0
/** The backend {@code pbs}: OpenPBS, PBS Professional and Torque, from a login node or over SSH. */
@NullMarked
package io.hpclaunch.pbs;

import org.jspecify.annotations.NullMarked;
