// SPDX-License-Identifier: Apache-2.0
/** What a client writes down of its batches, so that another one can go on after its death. */
@NullMarked
package io.hpclaunch.pool.journal;

import org.jspecify.annotations.NullMarked;
