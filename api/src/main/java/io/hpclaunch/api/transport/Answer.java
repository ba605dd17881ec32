// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import java.time.Instant;

/**
 * What a command answered that only asks, and when it was asked: another process of the same user
 * may have done so.
 *
 * @param result how it ended and what it wrote
 * @param asked when it was started; what happened later is not in it
 * @since 0.1
 */
public record Answer(CommandResult result, Instant asked) {}
