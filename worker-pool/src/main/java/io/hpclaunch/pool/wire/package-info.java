// SPDX-License-Identifier: Apache-2.0
/** What client and workers say to each other. It uses the JDK and nothing else. */
@NullMarked
package io.hpclaunch.pool.wire;

import org.jspecify.annotations.NullMarked;
