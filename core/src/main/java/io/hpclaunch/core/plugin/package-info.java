// SPDX-License-Identifier: Apache-2.0
/** Finds plugins on the class path, on the module path and in plugin folders. */
@NullMarked
package io.hpclaunch.core.plugin;

import org.jspecify.annotations.NullMarked;
