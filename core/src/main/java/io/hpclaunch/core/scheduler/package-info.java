// SPDX-License-Identifier: Apache-2.0
/**
 * What schedulers that are driven by commands have in common: running the commands, following jobs
 * through their listings, and folders for output. A plugin adds a renderer, parsers and tables.
 */
@NullMarked
package io.hpclaunch.core.scheduler;

import org.jspecify.annotations.NullMarked;
