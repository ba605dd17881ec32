// SPDX-License-Identifier: Apache-2.0
/** The life of jobs: submission, reconciliation, the queue of held ones, the monitor. */
@NullMarked
package io.hpclaunch.core.job;

import org.jspecify.annotations.NullMarked;
