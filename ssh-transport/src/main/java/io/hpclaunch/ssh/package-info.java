// SPDX-License-Identifier: Apache-2.0
/** The transport {@code ssh}: hosts that are reached through SSH. */
@NullMarked
package io.hpclaunch.ssh;

import org.jspecify.annotations.NullMarked;
