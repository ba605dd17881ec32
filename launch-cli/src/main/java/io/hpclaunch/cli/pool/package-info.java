// SPDX-License-Identifier: Apache-2.0
/** The commands about worker pools. */
@NullMarked
package io.hpclaunch.cli.pool;

import org.jspecify.annotations.NullMarked;
