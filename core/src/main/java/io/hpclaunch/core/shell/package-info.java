// SPDX-License-Identifier: Apache-2.0
/** Words for shells: the one place where anything is quoted. */
@NullMarked
package io.hpclaunch.core.shell;

import org.jspecify.annotations.NullMarked;
