// SPDX-License-Identifier: Apache-2.0
/** The backend {@code shell}: the machine at hand, or one behind SSH, without a scheduler. */
@NullMarked
package io.hpclaunch.shell;

import org.jspecify.annotations.NullMarked;
