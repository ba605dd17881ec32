// SPDX-License-Identifier: Apache-2.0
/** The runtime behind {@link io.hpclaunch.api.Backends} and {@link io.hpclaunch.api.Launchers}. */
@NullMarked
package io.hpclaunch.core.runtime;

import org.jspecify.annotations.NullMarked;
