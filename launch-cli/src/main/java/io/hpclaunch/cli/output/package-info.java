// SPDX-License-Identifier: Apache-2.0
/** How the commands print: tables for people, JSON for programs. */
@NullMarked
package io.hpclaunch.cli.output;

import org.jspecify.annotations.NullMarked;
