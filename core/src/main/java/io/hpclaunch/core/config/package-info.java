// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration: where files are looked for, how scopes are merged, what each value is and
 * where it came from. Begin at {@link io.hpclaunch.core.config.Configuration#load}.
 */
@NullMarked
package io.hpclaunch.core.config;

import org.jspecify.annotations.NullMarked;
