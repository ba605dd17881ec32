// SPDX-License-Identifier: Apache-2.0
/** The command {@code hpc}: its sub-commands, their common options, and how errors are told. */
@NullMarked
package io.hpclaunch.cli;

import org.jspecify.annotations.NullMarked;
