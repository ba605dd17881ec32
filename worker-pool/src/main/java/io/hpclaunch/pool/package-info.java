// SPDX-License-Identifier: Apache-2.0
/** Worker pools: many short tasks inside few batch jobs. */
@NullMarked
package io.hpclaunch.pool;

import org.jspecify.annotations.NullMarked;
