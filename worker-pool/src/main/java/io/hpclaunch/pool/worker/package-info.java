// SPDX-License-Identifier: Apache-2.0
/**
 * The worker: a process inside a batch job that takes tasks from the broker. It uses the JDK, the
 * client of the broker and SLF4J's interface, and nothing else of ours but what it says and reads.
 */
@NullMarked
package io.hpclaunch.pool.worker;

import org.jspecify.annotations.NullMarked;
