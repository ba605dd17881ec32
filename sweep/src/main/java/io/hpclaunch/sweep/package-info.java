// SPDX-License-Identifier: Apache-2.0
/** Parameter sweeps: one program, many combinations of values, on every backend. */
@NullMarked
package io.hpclaunch.sweep;

import org.jspecify.annotations.NullMarked;
