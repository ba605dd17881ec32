// SPDX-License-Identifier: Apache-2.0
/** Makes man pages and completions out of the commands' own model. */
@NullMarked
package io.hpclaunch.cli.docs;

import org.jspecify.annotations.NullMarked;
