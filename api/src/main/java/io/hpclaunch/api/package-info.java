// SPDX-License-Identifier: Apache-2.0
/**
 * Run work on whatever computer is at hand. Users begin at {@link io.hpclaunch.api.Backends} and
 * {@link io.hpclaunch.api.JobSpec}; plugin authors implement {@link io.hpclaunch.api.HPCBackend} or
 * {@link io.hpclaunch.api.HPCLauncher}.
 *
 * <p>Nothing here is {@code null} unless it is marked {@code @Nullable}. All times are instants, all
 * sizes are bytes.
 */
@NullMarked
package io.hpclaunch.api;

import org.jspecify.annotations.NullMarked;
