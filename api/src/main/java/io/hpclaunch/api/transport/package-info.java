// SPDX-License-Identifier: Apache-2.0
/** Commands and files on the host that a scheduler is reached from: this machine, or one behind SSH. */
@NullMarked
package io.hpclaunch.api.transport;

import org.jspecify.annotations.NullMarked;
