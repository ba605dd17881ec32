// SPDX-License-Identifier: Apache-2.0
/** What is remembered of jobs: records, and the journal of intents. */
@NullMarked
package io.hpclaunch.core.store;

import org.jspecify.annotations.NullMarked;
