// SPDX-License-Identifier: Apache-2.0
/** Commands and files on this machine. */
@NullMarked
package io.hpclaunch.core.transport;

import org.jspecify.annotations.NullMarked;
