// SPDX-License-Identifier: Apache-2.0
/** Runs of tasks with files, which go on wherever the process that drives them is killed. */
@NullMarked
package io.hpclaunch.operator;

import org.jspecify.annotations.NullMarked;
