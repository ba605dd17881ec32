// SPDX-License-Identifier: Apache-2.0
/** The store that client and workers see: what is too large for the broker, and jars. */
@NullMarked
package io.hpclaunch.pool.store;

import org.jspecify.annotations.NullMarked;
