// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of what the plugin's package keeps to itself. */
@NullMarked
package io.hpclaunch.pbs;

import org.jspecify.annotations.NullMarked;
