// SPDX-License-Identifier: Apache-2.0
/** The store {@code redis}: records and journals for clients on several hosts. */
@NullMarked
package io.hpclaunch.redis;

import org.jspecify.annotations.NullMarked;
