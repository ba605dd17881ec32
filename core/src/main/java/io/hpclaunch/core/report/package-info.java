// SPDX-License-Identifier: Apache-2.0
/** Pages about what has run, for browsers. */
@NullMarked
package io.hpclaunch.core.report;

import org.jspecify.annotations.NullMarked;
