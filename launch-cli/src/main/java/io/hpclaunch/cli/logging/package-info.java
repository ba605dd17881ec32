// SPDX-License-Identifier: Apache-2.0
/** Binds SLF4J: warnings of the library become lines of the command. */
@NullMarked
package io.hpclaunch.cli.logging;

import org.jspecify.annotations.NullMarked;
