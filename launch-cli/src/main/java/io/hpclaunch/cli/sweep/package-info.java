// SPDX-License-Identifier: Apache-2.0
/** The commands about sweeps. */
@NullMarked
package io.hpclaunch.cli.sweep;

import org.jspecify.annotations.NullMarked;
