// SPDX-License-Identifier: Apache-2.0
/** Measurements of single parts, by JMH; whole commands are measured by the scripts beside. */
@NullMarked
package io.hpclaunch.benchmarks;

import org.jspecify.annotations.NullMarked;
